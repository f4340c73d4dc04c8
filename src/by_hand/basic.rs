//! Basic: a name and a password in one header.
//!
//! Base64 hides nothing; it only makes any bytes fit into a header. OAuth adds one thing to the
//! old scheme: each part is form-encoded first, so that a colon in one of them cannot be mistaken
//! for the colon between them. Many libraries forget this, and fail if a secret has such a character.
//!
//! ```text
//! client ID + client secret  ->  Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3
//! ```
//!
//! Specification: [RFC 6749 §2.3.1], RFC 7617.
//!
//! [RFC 6749 §2.3.1]: https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1

use super::{base64, urlencoding};

/// The value of an `Authorization` header.
pub fn credentials(client_id: &str, client_secret: &str) -> String {
    let joined =
        format!("{}:{}", urlencoding::encode(client_id), urlencoding::encode(client_secret));
    format!("Basic {}", base64::encode(joined.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6749 §2.3.1, its own example.
    #[test]
    fn the_example_of_rfc_6749_section_2_3_1_holds() {
        assert_eq!(
            credentials("s6BhdRkqt3", "7Fjfp0ZBr1KtDRbnfVdmIw"),
            "Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3"
        );
    }

    /// base64 of `a%3Ab:+%2B%25%26%C2%A3%E2%82%AC`.
    #[test]
    fn each_part_is_form_encoded_before_they_are_joined() {
        assert_eq!(
            credentials("a:b", " +%&£€"),
            "Basic YSUzQWI6KyUyQiUyNSUyNiVDMiVBMyVFMiU4MiVBQw=="
        );
    }
}
