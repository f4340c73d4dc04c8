//! What we wrote by hand agrees with well-known crates, on random inputs.
//!
//! Plain `cargo test` takes some of them; a million of each take `cargo test --test by_hand -- --ignored`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "in a test, a panic is the answer"
)]

use base64::Engine;
use oauth2_by_hand::by_hand::{base64 as ours, sha256::sha256, urlencoding};
use sha2::Digest;

const SOME: usize = 20_000;
const MILLION: usize = 1_000_000;

/// A small generator (xorshift64*, Vigna 2014): the same inputs in every run, so that a failure can be repeated.
struct Inputs(u64);

impl Inputs {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn bytes(&mut self, at_most: usize) -> Vec<u8> {
        let length = self.next() as usize % (at_most + 1);
        (0..length.div_ceil(8)).flat_map(|_| self.next().to_le_bytes()).take(length).collect()
    }

    /// Text with the characters that matter for URLs far more often than chance would bring them.
    fn text(&mut self) -> String {
        const OFTEN: [char; 12] = [' ', '+', '%', '&', '=', '~', '*', '/', 'é', '€', '😀', '\n'];
        let length = self.next() % 16;
        (0..length)
            .map(|_| match self.next() % 3 {
                0 => OFTEN[self.next() as usize % OFTEN.len()],
                1 => char::from((self.next() % 128) as u8),
                _ => char::from_u32((self.next() % 0x11_0000) as u32).unwrap_or('x'),
            })
            .filter(|c| *c != '\0')
            .collect()
    }
}

#[test]
fn url_encoding_agrees_with_the_form_urlencoded_crate() {
    compare_url_encoding(SOME);
}

fn compare_url_encoding(times: usize) {
    let mut inputs = Inputs(1);
    for _ in 0..times {
        let (name, value) = (inputs.text(), inputs.text());

        let encoded = urlencoding::encode_pairs(&[(&name, &value)]);

        let read: Vec<_> = form_urlencoded::parse(encoded.as_bytes()).into_owned().collect();
        assert_eq!(read, [(name.clone(), value.clone())]);
        let theirs =
            form_urlencoded::Serializer::new(String::new()).append_pair(&name, &value).finish();
        assert_eq!(urlencoding::decode_pairs(&theirs), Ok(vec![(name, value)]), "{theirs}");
    }
}

#[test]
fn base64_agrees_with_the_base64_crate() {
    compare_base64(SOME);
}

fn compare_base64(times: usize) {
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
    let mut inputs = Inputs(2);
    for _ in 0..times {
        let bytes = inputs.bytes(40);

        assert_eq!(ours::encode(&bytes), STANDARD.encode(&bytes));
        assert_eq!(ours::encode_url_safe(&bytes), URL_SAFE_NO_PAD.encode(&bytes));
        assert_eq!(ours::decode(&STANDARD.encode(&bytes)), Some(bytes));
    }
}

/// Whatever the other reader refuses, we refuse, and the other way round.
#[test]
fn base64_refuses_what_the_base64_crate_refuses() {
    compare_base64_refusals(SOME);
}

fn compare_base64_refusals(times: usize) {
    use base64::engine::general_purpose::STANDARD;
    let mut inputs = Inputs(3);
    let alphabet = b"ABab01+/-_=== ";
    for _ in 0..times {
        let length = inputs.next() % 9;
        let text: String = (0..length)
            .map(|_| char::from(alphabet[inputs.next() as usize % alphabet.len()]))
            .collect();
        assert_eq!(ours::decode(&text), STANDARD.decode(&text).ok(), "{text:?}");
    }
}

#[test]
fn sha256_agrees_with_the_sha2_crate() {
    compare_sha256(SOME);
}

fn compare_sha256(times: usize) {
    let mut inputs = Inputs(4);
    for _ in 0..times {
        let bytes = inputs.bytes(130);
        let theirs: [u8; 32] = sha2::Sha256::digest(&bytes).into();
        assert_eq!(sha256(&bytes), theirs);
    }
}

#[test]
#[ignore = "takes half a minute without optimization; .ci/run runs it"]
fn all_of_it_agrees_on_a_million_inputs() {
    compare_url_encoding(MILLION);
    compare_base64(MILLION);
    compare_base64_refusals(MILLION);
    compare_sha256(MILLION);
}
