//! Secrets that were seen, hidden wherever they return and however they are spelled.
//!
//! A server may repeat a secret in an error text: as it is, percent-encoded, escaped as JSON does it, encoded twice,
//! or inside base64. So a text is decoded step by step, the secret is looked for after each step, and what is
//! hidden is the place in the original text.
//!
//! ```text
//! "no workshop%2Dsecret-of-ours here"  ->  "no work… here"
//! ```

use std::ops::Range;

use crate::by_hand::base64;

/// Shorter values would hide half of every text, and can be guessed anyway.
const MIN_LENGTH: usize = 4;
/// What one login needs. More would let a hostile server make every text expensive.
const MAX_SECRETS: usize = 32;
/// A text that was encoded more often than this is not looked into.
const MAX_DECODINGS: usize = 3;

/// The secrets of one login, each with the spellings to look for.
#[derive(Clone, Default)]
pub(super) struct SeenSecrets(Vec<(String, Vec<String>)>);

impl SeenSecrets {
    /// From now on this value is hidden.
    pub(super) fn learn(&mut self, secret: &str) {
        let is_new = !self.0.iter().any(|(known, _)| known == secret);
        if secret.len() >= MIN_LENGTH && is_new && self.0.len() < MAX_SECRETS {
            let plain = plain_characters(&Decoded::of(secret).text);
            let spellings = [inside_base64(secret), vec![plain]].concat();
            self.0.push((secret.to_owned(), spellings));
        }
    }

    /// The text without the secrets.
    pub(super) fn hide_in(&self, text: &str) -> String {
        let mut found = Vec::new();
        let mut level = Decoded::of(text);
        for _ in 0..=MAX_DECODINGS {
            let plain = plain_characters(&level.text);
            for (secret, spellings) in &self.0 {
                let starts = spellings.iter().flat_map(|spelling| {
                    plain.match_indices(spelling.as_str()).map(|(start, part)| (start, part.len()))
                });
                found.extend(
                    starts.filter_map(|(at, length)| Some((level.place(at, length)?, secret))),
                );
            }
            match level.decoded_once_more() {
                Some(next) => level = next,
                None => break,
            }
        }
        replace(text, found)
    }
}

/// The first four characters and `…`. Of a short value four would be too many.
pub(super) fn shortened(secret: &str) -> String {
    let shown = if secret.chars().count() < 16 { 0 } else { 4 };
    secret.chars().take(shown).chain(['…']).collect()
}

/// Replaces the places by what may be shown of each secret. Of two that overlap, the longer one counts.
fn replace(text: &str, mut found: Vec<(Range<usize>, &String)>) -> String {
    found.sort_by_key(|(place, secret)| (place.start, std::cmp::Reverse(secret.len())));
    let (mut replaced, mut done) = (String::with_capacity(text.len()), 0);
    for (place, secret) in found {
        if place.start >= done {
            replaced.push_str(text.get(done..place.start).unwrap_or_default());
            replaced.push_str(&shortened(secret));
        }
        done = done.max(place.end);
    }
    replaced + text.get(done..).unwrap_or_default()
}

/// A text as one character for each of its bytes, with the place in the original text of each byte of `text`.
struct Decoded {
    text: String,
    places: Vec<Range<usize>>,
}

impl Decoded {
    fn of(text: &str) -> Decoded {
        Decoded::from(text.bytes().enumerate().map(|(at, byte)| (byte, at..at + 1)))
    }

    fn from(bytes: impl Iterator<Item = (u8, Range<usize>)>) -> Decoded {
        let mut decoded = Decoded { text: String::new(), places: Vec::new() };
        for (byte, place) in bytes {
            decoded.text.push(char::from(byte));
            decoded.places.resize(decoded.text.len(), place);
        }
        decoded
    }

    /// The place in the original text of a part of this one.
    fn place(&self, start: usize, length: usize) -> Option<Range<usize>> {
        Some(self.places.get(start)?.start..self.places.get(start + length - 1)?.end)
    }

    /// The text with its escapes undone, or nothing if it has none.
    fn decoded_once_more(&self) -> Option<Decoded> {
        let mut decoded = Vec::new();
        let mut rest = self.text.as_str();
        while let Some(first) = rest.chars().next() {
            let (unescaped, length) = match unescape(rest.as_bytes()) {
                Some((unescaped, length)) => (unescaped, length),
                None => (vec![u8::try_from(first).unwrap_or_default()], first.len_utf8()),
            };
            let place = self.place(self.text.len() - rest.len(), length)?;
            decoded.extend(unescaped.into_iter().map(|byte| (byte, place.clone())));
            rest = rest.get(length..)?;
        }
        let has_escapes = decoded.len() < self.text.chars().count();
        has_escapes.then(|| Decoded::from(decoded.into_iter()))
    }
}

/// What the escape at the start of `rest` stands for, in UTF-8, and how long it is.
fn unescape(rest: &[u8]) -> Option<(Vec<u8>, usize)> {
    let hex = |range: Range<usize>| {
        let digits = rest.get(range).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))?;
        u32::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()
    };
    match *rest {
        [b'%', ..] => Some((vec![hex(1..3)?.try_into().ok()?], 3)),
        [b'\\', b'u', ..] => Some((char::from_u32(hex(2..6)?)?.to_string().into_bytes(), 6)),
        [b'\\', escaped @ (b'"' | b'\\' | b'/'), ..] => Some((vec![escaped], 2)),
        _ => None,
    }
}

/// Without the differences that do not count: forms write a space as `+`, base64 for URLs has `-` and `_` in the
/// place of `+` and `/`, and a server may have changed the case.
fn plain_characters(text: &str) -> String {
    text.replace([' ', '-'], "+").replace('_', "/").to_ascii_lowercase()
}

/// What base64 makes of a secret inside a longer text.
fn inside_base64(secret: &str) -> Vec<String> {
    // None, one or two bytes of a group of three may come before; the first characters hold some of their bits.
    let cores = [("", 0), ("x", 2), ("xx", 3)].into_iter().map(|(before, start)| {
        let bytes = format!("{before}{secret}");
        // The last characters may hold bits of what comes after.
        let end = bytes.len() / 3 * 4;
        plain_characters(base64::encode(bytes.as_bytes()).get(start..end).unwrap_or_default())
    });
    cores.filter(|core| core.len() >= 8).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CANARY: &str = "Canary+tokens/are=30 letters!";

    fn hidden(secret: &str, text: &str) -> String {
        let mut seen = SeenSecrets::default();
        seen.learn(secret);
        seen.hide_in(text)
    }

    #[test]
    fn a_secret_is_hidden_in_every_spelling() {
        for echo in [
            CANARY.to_owned(),
            "Canary%2Btokens%2Fare%3D30+letters%21".to_owned(),
            "Canary%2btokens%2fare%3d30+letters%21".to_owned(),
            "Canary%2Btokens%2Fare%3D30%20letters%21".to_owned(),
            "Canary%252Btokens%252Fare%253D30%2520letters!".to_owned(),
            r"Canary\u002Btokens\u002fare\u003D30 letters!".to_owned(),
            r"\u0043anary+tokens\/are=30 letters!".to_owned(),
            r"Canary%5Cu002Btokens/are=30%20letters!".to_owned(),
            "%43%61%6E%61%72%79%2B%74%6F%6B%65%6E%73/are=30 letters!".to_owned(),
            "Q2FuYXJ5K3Rva2Vucy9hcmU9MzAgbGV0dGVycyE=".to_owned(),
            base64::encode_url_safe(CANARY.as_bytes()),
        ] {
            let shown = hidden(CANARY, &format!("you sent {echo}, no?"));
            assert!(shown.starts_with("you sent Cana…") && shown.ends_with(", no?"), "{shown}");
            assert!(shown.len() < 40, "{shown}");
        }
    }

    /// A JWT or a Basic header has the secret somewhere in the middle.
    #[test]
    fn a_secret_is_hidden_inside_longer_base64() {
        for before in ["", "a", "ab", "abc", "id:"] {
            let encoded = base64::encode(format!("{before}{CANARY}, and more").as_bytes());
            let shown = hidden(CANARY, &encoded);
            assert!(shown.contains("Cana…") && shown.len() < 32, "{before}: {shown}");
        }
    }

    #[test]
    fn a_secret_that_looks_like_an_escape_is_found_as_it_is() {
        for secret in ["100%25-workshop", r"back\u0041slash", "per%cent and%2", "Zo\u{eb}-Secret"] {
            assert_eq!(hidden(secret, &format!("[{secret}]")), "[…]", "{secret}");
            let encoded = crate::by_hand::urlencoding::encode(secret);
            assert_eq!(hidden(secret, &format!("[{encoded}]")), "[…]", "{encoded}");
        }
    }

    #[test]
    fn the_rest_of_the_text_stays() {
        assert_eq!(hidden("abcd", "äbcd ab%20cd %61bcd %zz \\"), "äbcd ab%20cd … %zz \\");
        assert_eq!(hidden("abcd", ""), "");
        assert_eq!(SeenSecrets::default().hide_in("abcd"), "abcd");
    }

    #[test]
    fn of_two_secrets_that_overlap_no_part_is_left() {
        let mut seen = SeenSecrets::default();
        for secret in ["cdef", "abcdefgh", "efghij", "abc", "abcd"] {
            seen.learn(secret);
        }
        assert_eq!(seen.hide_in("abcdefghij abcd abc xcdefx"), "… … abc x…x");
    }

    #[test]
    fn a_server_cannot_make_us_learn_without_end() {
        let mut seen = SeenSecrets::default();
        for number in 1000..9999 {
            seen.learn(&number.to_string());
        }
        assert_eq!(seen.0.len(), MAX_SECRETS);
        assert_eq!(seen.hide_in("1000"), "…");
    }
}
