//! URL encoding: how text travels in a query and in a form body.
//!
//! Some characters have a job in a URL (`&`, `=`, `/`, `%`, …) and others are not allowed in it at
//! all. Each byte of such a character is written as `%` and two hexadecimal digits. Forms, and
//! OAuth with them, write one character in another way: a space becomes `+`.
//!
//! ```text
//! ("scope", "read:user user:email")  <->  scope=read%3Auser+user%3Aemail
//! ```
//!
//! Specification: [RFC 3986 §2.1] for the escapes, [RFC 6749 Appendix B] for forms.
//!
//! [RFC 3986 §2.1]: https://www.rfc-editor.org/rfc/rfc3986#section-2.1
//! [RFC 6749 Appendix B]: https://www.rfc-editor.org/rfc/rfc6749#appendix-B

use crate::error::Error;

/// Percent-encodes one name or value of a form, in UTF-8, with `+` for a space.
///
/// ```
/// use oauth2_by_hand::by_hand::urlencoding::encode;
/// assert_eq!(encode("1 + 1 = 2"), "1+%2B+1+%3D+2");
/// ```
pub fn encode(text: &str) -> String {
    // An escape has three characters, so this is always enough.
    let mut encoded = String::with_capacity(3 * text.len());
    for byte in text.bytes() {
        match byte {
            // RFC 3986 §2.3: the unreserved characters, which never need an escape.
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte));
            }
            b' ' => encoded.push('+'),
            _ => {
                encoded.push('%');
                encoded.push(hex_digit(byte / 16));
                encoded.push(hex_digit(byte % 16));
            }
        }
    }
    encoded
}

/// Encodes pairs as a query or a form body: `name=value&name=value`.
pub fn encode_pairs(pairs: &[(&str, &str)]) -> String {
    let encoded: Vec<String> =
        pairs.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    encoded.join("&")
}

/// Decodes one name or value of a form: the reverse of [`encode`].
///
/// # Errors
///
/// A browser lets a broken escape pass; we refuse it, because two readers of one message
/// must never come to different values ([`Error::Encoding`]).
pub fn decode(text: &str) -> Result<String, Error> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => match (hex_value(rest.next()), hex_value(rest.next())) {
                (Some(high), Some(low)) => high * 16 + low,
                _ => return Err(Error::Encoding("a '%' without two hexadecimal digits")),
            },
            _ => byte,
        });
    }
    if bytes.contains(&0) {
        return Err(Error::Encoding("a NUL character"));
    }
    String::from_utf8(bytes).map_err(|_| Error::Encoding("bytes that are not UTF-8 text"))
}

/// Decodes a query or a form body, in its order. A piece without `=` has an empty value.
///
/// # Errors
///
/// As [`decode`].
pub fn decode_pairs(query: &str) -> Result<Vec<(String, String)>, Error> {
    pairs_as_written(query).map(|(name, value)| Ok((decode(name)?, decode(value)?))).collect()
}

/// The pairs of a query or a form body, still encoded, in its order.
pub fn pairs_as_written(query: &str) -> impl Iterator<Item = (&str, &str)> {
    let pieces = query.split('&').filter(|piece| !piece.is_empty());
    pieces.map(|piece| piece.split_once('=').unwrap_or((piece, "")))
}

/// The value of the parameter `name`; `None` if it is absent, or empty, which OAuth reads as absent.
///
/// # Errors
///
/// "Request and response parameters MUST NOT be included more than once"
/// ([RFC 6749 §3.1](https://www.rfc-editor.org/rfc/rfc6749#section-3.1)): [`Error::Repeated`].
pub fn parameter<'a>(
    pairs: &'a [(String, String)],
    name: &'static str,
) -> Result<Option<&'a str>, Error> {
    let named = pairs.iter().filter(|(key, _)| key == name);
    only_value(named.map(|(_, value)| value.as_str()), name)
}

/// The value of the parameter `name` of a query whose other parameters may be written in any way; `None` if it
/// is absent or empty.
///
/// # Errors
///
/// As [`parameter`] and [`decode`].
pub fn query_parameter(query: &str, name: &'static str) -> Result<Option<String>, Error> {
    written_parameter(query, name)?.map(decode).transpose()
}

/// The same, as it was written.
///
/// # Errors
///
/// As [`parameter`].
pub fn written_parameter<'a>(query: &'a str, name: &'static str) -> Result<Option<&'a str>, Error> {
    let pairs = pairs_as_written(query);
    let named = pairs.filter(|(key, _)| decode(key).is_ok_and(|key| key == name));
    only_value(named.map(|(_, value)| value), name)
}

fn only_value<'a>(
    mut values: impl Iterator<Item = &'a str>,
    name: &'static str,
) -> Result<Option<&'a str>, Error> {
    match (values.next(), values.next()) {
        // Two readers of one message must not pick different values.
        (Some(_), Some(_)) => Err(Error::Repeated(name)),
        (value, _) => Ok(value.filter(|value| !value.is_empty())),
    }
}

/// The hexadecimal digit of a value below 16, in upper case (RFC 3986 §2.1).
fn hex_digit(value: u8) -> char {
    char::from(if value < 10 { b'0' + value } else { b'A' + value - 10 })
}

fn hex_value(byte: Option<u8>) -> Option<u8> {
    // `to_digit` gives at most 15 here, so it always fits.
    char::from(byte?).to_digit(16)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6749 Appendix B: U+0020 U+0025 U+0026 U+002B U+00A3 U+20AC.
    #[test]
    fn the_example_of_rfc_6749_appendix_b_is_encoded_as_printed_there() {
        assert_eq!(encode(" %&+£€"), "+%25%26%2B%C2%A3%E2%82%AC");
        assert_eq!(decode("+%25%26%2B%C2%A3%E2%82%AC"), Ok(" %&+£€".into()));
    }

    /// RFC 3986 §2.3.
    #[test]
    fn unreserved_characters_are_left_alone() {
        let unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
        assert_eq!(encode(unreserved), unreserved);
    }

    /// The WHATWG form set writes `~` as `%7E` and a space as `+`, RFC 3986 writes `%20`.
    #[test]
    fn what_other_encoders_write_is_read_too() {
        assert_eq!(decode("%7e%7E~"), Ok("~~~".into()));
        assert_eq!(decode("a+b%20c"), Ok("a b c".into()));
        assert_eq!(decode("*/%2B"), Ok("*/+".into()));
    }

    #[test]
    fn a_broken_escape_is_refused() {
        for broken in ["%", "%4", "%z1", "%1z", "a%", "%%41", "%+1"] {
            let refused = Err(Error::Encoding("a '%' without two hexadecimal digits"));
            assert_eq!(decode(broken), refused, "{broken}");
        }
    }

    #[test]
    fn bytes_that_are_not_text_are_refused() {
        let refused = Err(Error::Encoding("bytes that are not UTF-8 text"));
        assert_eq!(decode("%FF"), refused);
        assert_eq!(decode("%C3"), refused);
        assert_eq!(decode("%C0%80"), refused);
        assert_eq!(decode("a%00b"), Err(Error::Encoding("a NUL character")));
    }

    #[test]
    fn pairs_are_read_in_order_and_empty_pieces_are_passed_over() {
        let pairs = decode_pairs("&b=2&&a=1=1&c&=d&").unwrap();
        let expected = [("b", "2"), ("a", "1=1"), ("c", ""), ("", "d")];
        assert_eq!(pairs, expected.map(|(n, v)| (n.to_owned(), v.to_owned())));
    }

    #[test]
    fn a_name_is_encoded_like_a_value() {
        assert_eq!(encode_pairs(&[("a b", "c&d"), ("e", "")]), "a+b=c%26d&e=");
    }

    #[test]
    fn a_parameter_that_comes_twice_is_refused_however_it_is_spelled() {
        let pairs = decode_pairs("code=a&%63ode=b").unwrap();
        assert_eq!(parameter(&pairs, "code"), Err(Error::Repeated("code")));
    }

    /// RFC 6749 §3.1: "Parameters sent without a value MUST be treated as if they were omitted".
    #[test]
    fn an_empty_parameter_counts_as_absent() {
        let pairs = decode_pairs("code=&state=x").unwrap();
        assert_eq!(parameter(&pairs, "code"), Ok(None));
        assert_eq!(parameter(&pairs, "iss"), Ok(None));
        assert_eq!(parameter(&pairs, "state"), Ok(Some("x")));
    }
}
