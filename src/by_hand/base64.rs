//! Base64: any bytes as letters, digits and two more characters.
//!
//! Three bytes are 24 bits, and so are four characters of six bits each. OAuth uses both
//! alphabets: the URL-safe one for random values and the code challenge, without the `=` at the
//! end, and the standard one for a client secret in an `Authorization: Basic` header.
//!
//! ```text
//! [0x14, 0xFB, 0x9C]  <->  "FPuc"
//! ```
//!
//! Specification: [RFC 4648 §4 and §5].
//!
//! [RFC 4648 §4 and §5]: https://www.rfc-editor.org/rfc/rfc4648#section-4

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_SAFE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Standard base64 with padding, as a header carries it (RFC 4648 §4).
pub fn encode(bytes: &[u8]) -> String {
    let mut encoded = characters(bytes, STANDARD);
    while !encoded.len().is_multiple_of(4) {
        encoded.push('=');
    }
    encoded
}

/// URL-safe base64 without padding, as a query carries it without escapes (RFC 4648 §5).
pub fn encode_url_safe(bytes: &[u8]) -> String {
    characters(bytes, URL_SAFE)
}

/// Reads standard base64 with padding. `None` for anything that [`encode`] would not have written.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim_end_matches('=');
    let mut bytes = Vec::with_capacity(digits.len() / 4 * 3 + 2);
    for four in digits.as_bytes().chunks(4) {
        let mut bits: u32 = 0;
        for position in 0..4 {
            let digit = four.get(position).unwrap_or(&b'A');
            bits = bits * 64 + u32::try_from(STANDARD.iter().position(|c| c == digit)?).ok()?;
        }
        let [_, first, second, third] = bits.to_be_bytes();
        bytes.extend([first, second, third].iter().take(four.len() * 6 / 8));
    }
    // One way to write each value: no stray bits, no missing or doubled padding.
    (encode(&bytes) == text).then_some(bytes)
}

fn characters(bytes: &[u8], alphabet: &[u8; 64]) -> String {
    let mut encoded = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let byte = |position: usize| three.get(position).copied().unwrap_or(0);
        let bits = u32::from_be_bytes([0, byte(0), byte(1), byte(2)]);
        // n bytes fill n + 1 characters.
        for shift in [18, 12, 6, 0].iter().take(three.len() + 1) {
            let digit = (bits >> shift & 63) as usize;
            encoded.extend(alphabet.get(digit).copied().map(char::from));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4648 §10.
    #[test]
    fn the_vectors_of_rfc_4648_section_10_hold() {
        let vectors = [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ];
        for (plain, encoded) in vectors {
            assert_eq!(encode(plain.as_bytes()), encoded);
            assert_eq!(decode(encoded), Some(plain.as_bytes().to_vec()));
        }
    }

    /// The octets of RFC 7636 Appendix A.
    #[test]
    fn the_url_safe_alphabet_needs_no_escapes_and_no_padding() {
        assert_eq!(encode_url_safe(&[3, 236, 255, 224, 193]), "A-z_4ME");
        assert_eq!(encode(&[3, 236, 255, 224, 193]), "A+z/4ME=");
    }

    #[test]
    fn text_that_no_encoder_writes_is_refused() {
        for bad in ["Z", "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm9v=", "Z=g=", "Zm8-", "Zm 8", "="]
        {
            assert_eq!(decode(bad), None, "{bad}");
        }
    }
}
