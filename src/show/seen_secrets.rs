//! Secrets that were seen, hidden wherever they return and however they are spelled.
//!
//! A server may repeat a secret: as it is, percent-encoded, escaped as JSON does it, encoded twice, in base64. So a
//! text is decoded step by step, and what is found after a step is hidden at its place in the original text.

use std::ops::Range;

use crate::by_hand::base64;

/// Shorter values would hide half of every text, and can be guessed anyway.
const MIN_LENGTH: usize = 4;
/// One login needs fewer. More would let a hostile server make every text expensive.
const MAX_SECRETS: usize = 32;
/// A text that was encoded more often is not looked into.
const MAX_DECODINGS: usize = 3;

/// The secrets of one login, each with the encodings to look for.
#[derive(Clone, Default)]
pub(super) struct SeenSecrets(Vec<(String, Vec<String>)>);

impl SeenSecrets {
    /// From now on this value of a message is hidden.
    pub(super) fn learn(&mut self, secret: &str) {
        if self.0.len() < MAX_SECRETS {
            self.learn_own(secret);
        }
    }

    /// The same for a secret of this very login. Messages of strangers cannot take its room.
    pub(super) fn learn_own(&mut self, secret: &str) {
        let is_new = !self.0.iter().any(|(known, _)| known == secret);
        if secret.len() >= MIN_LENGTH && is_new {
            self.0.push((secret.to_owned(), encodings(secret)));
        }
    }

    /// The text with at most the first four characters of each secret.
    pub(super) fn hide_in(&self, text: &str) -> String {
        let mut found = Vec::new();
        let mut level = Decoded::of(text);
        for _ in 0..=MAX_DECODINGS {
            let plain = plain_characters(&level.text);
            for (secret, encoding) in
                self.0.iter().flat_map(|(s, all)| all.iter().map(move |one| (s, one)))
            {
                let starts = plain.match_indices(encoding.as_str()).map(|(start, _)| start);
                found.extend(starts.map(|start| (level.place(start, encoding.len()), secret)));
            }
            level = level.decoded_once_more();
        }
        // Of two that overlap, the first and then the longer one is replaced.
        found.sort_by_key(|(place, secret)| (place.start, std::cmp::Reverse(secret.len())));
        let (mut hidden, mut done) = (String::with_capacity(text.len()), 0);
        for (place, secret) in found {
            if place.start >= done {
                hidden.push_str(text.get(done..place.start).unwrap_or_default());
                hidden.push_str(&shortened(secret));
            }
            done = done.max(place.end);
        }
        hidden + text.get(done..).unwrap_or_default()
    }
}

/// The first four characters and `…`. Of a short value four would be too many.
pub(super) fn shortened(secret: &str) -> String {
    let shown = if secret.chars().count() < 16 { 0 } else { 4 };
    secret.chars().take(shown).chain(['…']).collect()
}

/// A text as one character for each byte, and for each byte of `text` its place in the original.
#[derive(Default)]
struct Decoded {
    text: String,
    places: Vec<Range<usize>>,
}

impl Decoded {
    fn of(text: &str) -> Decoded {
        let mut decoded = Decoded::default();
        text.bytes().enumerate().for_each(|(at, byte)| decoded.push(byte, at..at + 1));
        decoded
    }

    fn push(&mut self, byte: u8, place: Range<usize>) {
        self.text.push(char::from(byte));
        self.places.resize(self.text.len(), place);
    }

    fn place(&self, start: usize, length: usize) -> Range<usize> {
        let part = self.places.get(start..start + length).unwrap_or_default();
        part.first().map_or(0, |first| first.start)..part.last().map_or(0, |last| last.end)
    }

    fn decoded_once_more(&self) -> Decoded {
        let (mut decoded, mut at) = (Decoded::default(), 0);
        while let Some(rest) = self.text.get(at..).filter(|rest| !rest.is_empty()) {
            let (bytes, length) = unescape(rest);
            let place = self.place(at, length);
            bytes.into_iter().for_each(|byte| decoded.push(byte, place.clone()));
            at += length;
        }
        decoded
    }
}

/// The first character of `rest` with its escape undone, and how long the escape is.
fn unescape(rest: &str) -> (Vec<u8>, usize) {
    let hex = |range: Range<usize>| u32::from_str_radix(rest.get(range)?, 16).ok();
    let first = rest.chars().next().unwrap_or_default();
    match (first, rest.chars().nth(1)) {
        ('%', _) => hex(1..3).and_then(|byte| Some((vec![byte.try_into().ok()?], 3))),
        // As errors of ours quote a text: `\u{308}`.
        ('\\', Some('u')) if rest.get(2..3) == Some("{") => {
            let end = rest.bytes().take(10).position(|byte| byte == b'}').unwrap_or_default();
            hex(3..end).and_then(|c| Some((char::from_u32(c)?.to_string().into(), end + 1)))
        }
        // As JSON does it: in two halves beyond U+FFFF.
        ('\\', Some('u')) => hex(2..6).and_then(|c| match (char::from_u32(c), hex(8..12)) {
            (Some(c), _) => Some((c.to_string().into(), 6)),
            (None, low) if rest.get(6..8) == Some("\\u") => {
                let pair = [u16::try_from(c).ok()?, u16::try_from(low?).ok()?];
                Some((String::from_utf16(&pair).ok()?.into(), 12))
            }
            _ => None,
        }),
        ('\\', Some(escaped @ ('"' | '\\' | '/'))) => Some((escaped.to_string().into(), 2)),
        _ => None,
    }
    .unwrap_or_else(|| (vec![u8::try_from(first).unwrap_or_default()], first.len_utf8()))
}

/// The secret as it is, and what base64 makes of it inside a longer text.
fn encodings(secret: &str) -> Vec<String> {
    // None, one or two bytes of a group of three may come before; the first characters hold some of their bits,
    // and the last ones some of what comes after.
    let inside = [("", 0), ("x", 2), ("xx", 3)].into_iter().filter_map(|(before, start)| {
        let bytes = format!("{before}{secret}");
        base64::encode(bytes.as_bytes()).get(start..bytes.len() / 3 * 4).map(str::to_owned)
    });
    let inside = inside.filter(|encoded| encoded.len() >= 8);
    inside.chain([Decoded::of(secret).text]).map(|encoding| plain_characters(&encoding)).collect()
}

/// Without the differences that do not count: forms write a space as `+`, base64 for URLs has `-` and `_` in the
/// place of `+` and `/`, and a server may have changed the case.
fn plain_characters(text: &str) -> String {
    text.replace([' ', '-'], "+").replace('_', "/").to_ascii_lowercase()
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

    /// As JSON writes what is beyond U+FFFF, and as `{:?}` writes combining letters.
    #[test]
    fn a_secret_with_uncommon_characters_is_hidden_in_both_escapes() {
        let secret = "😀Zwo\u{308}lf Affen im Wald";
        for echo in [r"\ud83d\uDE00Zwo\u0308lf Affen im Wald", r"😀Zwo\u{308}lf Affen im Wald"] {
            assert_eq!(hidden(secret, &format!("[{echo}]")), "[😀Zwo…]", "{echo}");
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
        for secret in [
            r"brace\u{41}",
            r"half\ud83d",
            "100%25-workshop",
            r"back\u0041slash",
            "per%cent and%2",
            "Zo\u{eb}-Secret",
        ] {
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
