//! The configuration: what is taken, and which variable a refusal names.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "in a test, a panic is the answer"
)]

mod common;

use oauth2_by_hand::client::ClientAuthentication;
use oauth2_by_hand::client::settings;
use oauth2_by_hand::{Client, Error};

const GOOD: [(&str, &str); 5] = [
    ("OAUTH_CLIENT_ID", "id"),
    ("OAUTH_AUTHORIZE_URL", "https://example.com/authorize"),
    ("OAUTH_TOKEN_URL", "https://example.com/token"),
    ("OAUTH_USERINFO_URL", "https://example.com/user"),
    ("OAUTH_SCOPE", "a"),
];

fn with(name: &str, value: &str) -> Result<Client, Error> {
    let all = GOOD.iter().copied().chain([(name, value)]);
    settings::client(&all.map(|(name, value)| (name.into(), value.into())).collect())
}

#[test]
fn the_least_that_is_needed_makes_a_public_client() {
    let client = with("", "").unwrap();
    assert_eq!(client.client_secret, None);
    assert_eq!(client.redirect_uri, "http://127.0.0.1:8080/callback");
    assert_eq!(client.client_authentication, ClientAuthentication::Post);
    assert_eq!(client.issuer, None);
    assert_eq!(client.revocation_endpoint, None);
    assert_eq!(client.user_id_members, ["id", "sub"]);
    assert!(!client.any_port);
}

#[test]
fn good_values_are_kept_to_the_byte() {
    for value in [
        "https://example.com",
        "https://example.com/?",
        "https://EXAMPLE.com/t/",
        "http://localhost:1/t",
    ] {
        assert_eq!(with("OAUTH_TOKEN_URL", value).unwrap().token_endpoint, value);
    }
    assert_eq!(
        with("OAUTH_CLIENT_SECRET", "a b%&£€").unwrap().client_secret.as_deref(),
        Some("a b%&£€")
    );
    assert_eq!(with("OAUTH_CLIENT_SECRET", "").unwrap().client_secret, None);
    assert_eq!(with("OAUTH_SCOPE", "  b   a:c ").unwrap().scope, "b a:c");
    assert_eq!(with("OAUTH_SCOPE", "").unwrap().scope, "");
    let basic = with("OAUTH_CLIENT_AUTH", "basic").unwrap().client_authentication;
    assert_eq!(basic, ClientAuthentication::Basic);
    let revoke = "https://example.com/revoke?a=b";
    let with_revocation = with("OAUTH_REVOCATION_URL", revoke).unwrap();
    assert_eq!(with_revocation.revocation_endpoint.as_deref(), Some(revoke));
    assert_eq!(with("OAUTH_REVOCATION_URL", "").unwrap().revocation_endpoint, None);
    assert_eq!(with("OAUTH_USER_ID", "user_id").unwrap().user_id_members, ["user_id"]);
    assert_eq!(with("OAUTH_USER_ID", "").unwrap().user_id_members, ["id", "sub"]);
    let redirect_uri = "http://localhost:8080/callback?own=query";
    assert_eq!(with("OAUTH_REDIRECT_URI", redirect_uri).unwrap().redirect_uri, redirect_uri);
}

#[test]
fn a_bad_value_is_refused_with_the_name_of_its_variable() {
    let rows = [
        ("OAUTH_CLIENT_ID", ""),
        ("OAUTH_CLIENT_ID", " id"),
        ("OAUTH_CLIENT_ID", "i\nd"),
        ("OAUTH_CLIENT_SECRET", "secret\n"),
        ("OAUTH_CLIENT_SECRET", "secret "),
        ("OAUTH_CLIENT_SECRET", "sec\u{7f}ret"),
        ("OAUTH_CLIENT_ID", "\u{feff}id"),
        ("OAUTH_CLIENT_ID", "i\u{200b}d"),
        ("OAUTH_CLIENT_SECRET", "secret\u{2060}"),
        ("OAUTH_CLIENT_SECRET", "\u{202a}secret"),
        ("OAUTH_CLIENT_SECRET", "sec\u{ad}ret"),
        ("OAUTH_CLIENT_SECRET", "sec\u{fffd}ret"),
        ("OAUTH_CLIENT_AUTH", "Post"),
        ("OAUTH_CLIENT_AUTH", "jwt"),
        ("OAUTH_SCOPE", "a\tb"),
        ("OAUTH_SCOPE", "a\"b"),
        ("OAUTH_SCOPE", "a\\b"),
        ("OAUTH_SCOPE", "ä"),
        ("OAUTH_AUTHORIZE_URL", ""),
        ("OAUTH_AUTHORIZE_URL", "example.com/authorize"),
        ("OAUTH_AUTHORIZE_URL", "http://example.com/authorize"),
        ("OAUTH_AUTHORIZE_URL", "https://example.com/authorize#"),
        ("OAUTH_AUTHORIZE_URL", "https://example.com/authorize?state=x"),
        ("OAUTH_AUTHORIZE_URL", "https://example.com/authorize?st%61te=x"),
        ("OAUTH_TOKEN_URL", ""),
        ("OAUTH_TOKEN_URL", "https://me:pw@example.com/token"),
        ("OAUTH_TOKEN_URL", "http://127.1/token"),
        ("OAUTH_TOKEN_URL", "http://localhost.evil/token"),
        ("OAUTH_USERINFO_URL", "ftp://example.com/user"),
        ("OAUTH_USERINFO_URL", "https://example.com/us er"),
        ("OAUTH_REVOCATION_URL", "http://example.com/revoke"),
        ("OAUTH_REVOCATION_URL", "https://example.com/revoke#"),
        ("OAUTH_ISSUER", "example.com"),
        ("OAUTH_USER_ID", "id,sub"),
        ("OAUTH_USER_ID", "id sub"),
        ("OAUTH_USER_ID", "data/id"),
        ("OAUTH_USER_ID", "id\n"),
        ("OAUTH_USER_ID", "i\u{7f}d"),
        ("OAUTH_REDIRECT_URI", "/callback"),
        ("OAUTH_REDIRECT_URI", "http://192.168.0.1/callback"),
        ("OAUTH_REDIRECT_URI", "http://127.0.0.1:8080/callback#x"),
        ("OAUTH_REDIRECT_URI", "http://127.0.0.1:8080/callback?code=x"),
        ("OAUTH_REDIRECT_URI", "http://127.0.0.1:0/callback"),
        ("OAUTH_REDIRECT_URI", "http://127.0.0.1:99999/callback"),
    ];
    for (name, value) in rows {
        match with(name, value) {
            Err(Error::Configuration { setting, .. }) => assert_eq!(setting, name, "{value:?}"),
            Err(other) => panic!("{name}={value:?} gave {other}"),
            Ok(_) => panic!("{name}={value:?} was taken"),
        }
    }
}

/// Look-alikes of what a copy leaves behind: RFC 6749 Appendix A.1 and A.2 do not forbid them to be real.
#[test]
fn an_id_or_a_secret_may_have_quotes_and_letters_of_any_alphabet() {
    for value in ["\"quoted\"", "'", "a b", "schlüssel", "ключ", "100%+/=&#"] {
        assert!(with("OAUTH_CLIENT_ID", value).is_ok(), "{value}");
        assert!(with("OAUTH_CLIENT_SECRET", value).is_ok(), "{value}");
    }
}

#[test]
fn the_text_of_a_refusal_never_repeats_a_secret() {
    let Err(error) = with("OAUTH_CLIENT_SECRET", "canary-secret\n") else { panic!() };
    assert!(!format!("{error}{error:?}").contains("canary"));
}
