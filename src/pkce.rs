//! PKCE: only who asked for the code can use it.
//!
//! A code can be caught on its way through the browser. So the client invents a secret for this
//! one login, the code verifier. With the question it sends only the secret's hash, the code challenge;
//! with the code it sends the secret itself. The server hashes it and compares.
//! An attacker with the code, and even the hash, has no verifier and gets nothing.
//!
//! ```text
//! code verifier  ->  SHA-256  ->  base64 for URLs  ->  code challenge
//! ```
//!
//! Specification: [RFC 7636 §4.1, §4.2]. Next: `authorize.rs`, which sends the challenge.
//!
//! [RFC 7636 §4.1, §4.2]: https://www.rfc-editor.org/rfc/rfc7636#section-4.1

use crate::by_hand::{base64, random, sha256};
use crate::error::Error;

/// A new code verifier: 43 characters that carry 256 random bits. One for each login.
///
/// # Errors
///
/// [`Error::NoRandomness`].
pub fn new_code_verifier() -> Result<String, Error> {
    random::unguessable()
}

/// The code challenge for a verifier, by the method `S256`. The method `plain` would protect nothing.
pub fn code_challenge(code_verifier: &str) -> String {
    base64::encode_url_safe(&sha256::sha256(code_verifier.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7636 Appendix B.
    #[test]
    fn the_example_of_rfc_7636_appendix_b_holds() {
        assert_eq!(
            code_challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }

    /// RFC 7636 §4.1: 43 to 128 characters of `A-Z a-z 0-9 - . _ ~`.
    #[test]
    fn a_code_verifier_has_the_legal_length_and_characters() {
        let verifier = new_code_verifier().unwrap();
        assert_eq!(verifier.len(), 43);
        assert!(verifier.chars().all(|c| c.is_ascii_alphanumeric() || "-._~".contains(c)));
        assert_ne!(verifier, new_code_verifier().unwrap());
    }
}
