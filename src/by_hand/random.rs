//! Values that cannot be guessed: `state`, the code verifier, codes, tokens.
//!
//! They come from the operating system's generator, 32 bytes at a time: 256 bits, where
//! [RFC 6749 §10.10] asks that the chance of a guess be at most 2^-128. If the system has none to
//! give, the login ends: a value that is only probably random is no defence at all.
//!
//! [RFC 6749 §10.10]: https://www.rfc-editor.org/rfc/rfc6749#section-10.10

use super::base64;
use crate::error::Error;

/// 43 characters of `A-Z a-z 0-9 - _` that carry 256 random bits.
///
/// # Errors
///
/// [`Error::NoRandomness`] when the operating system gives none. There is no fallback.
pub fn unguessable() -> Result<String, Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|_| Error::NoRandomness)?;
    Ok(base64::encode_url_safe(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_new_and_43_characters_long() {
        let values: std::collections::HashSet<String> =
            (0..1000).map(|_| unguessable().unwrap()).collect();
        assert_eq!(values.len(), 1000);
        assert!(values.iter().all(|value| value.len() == 43));
    }

    /// A generator that fills only a part of the bytes would leave some bit always the same.
    #[test]
    fn every_one_of_the_256_bits_changes() {
        let values: Vec<String> = (0..200).map(|_| unguessable().unwrap()).collect();
        for position in 0..43 {
            let seen: std::collections::HashSet<u8> =
                values.iter().map(|value| value.as_bytes()[position]).collect();
            assert!(seen.len() >= 12, "character {position} is always one of {seen:?}");
        }
    }
}
