//! Step 1: the authorization URL, and what is believed of a redirect.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "in a test, a panic is the answer"
)]

mod common;

use common::*;
use oauth2_by_hand::authorize::{authorization_url, new_state, read_redirect};
use oauth2_by_hand::{Client, Error};

/// RFC 6749 §4.1.1, RFC 7636 §4.3: each parameter once, and nothing else.
#[test]
fn the_authorization_url_says_exactly_this() {
    let client = client(&[("OAUTH_SCOPE", "read:user user:email")]);
    assert_eq!(
        authorization_url(&client, "a/state", CODE_CHALLENGE),
        "http://127.0.0.1:9000/authorize?response_type=code&client_id=workshop\
         &redirect_uri=http%3A%2F%2F127.0.0.1%3A8080%2Fcallback&scope=read%3Auser+user%3Aemail\
         &state=a%2Fstate&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM\
         &code_challenge_method=S256"
    );
}

/// RFC 6749 §3.1: the endpoint's own query "MUST be retained when adding additional query parameters".
#[test]
fn an_endpoint_keeps_the_query_of_its_own() {
    for (endpoint, start) in [
        ("https://example.com/a", "https://example.com/a?response_type=code&"),
        ("https://example.com/a?", "https://example.com/a?&response_type=code&"),
        ("https://example.com/a?b=c", "https://example.com/a?b=c&response_type=code&"),
        ("https://example.com/a?b=c&", "https://example.com/a?b=c&&response_type=code&"),
    ] {
        let client = client(&[("OAUTH_AUTHORIZE_URL", endpoint)]);
        let url = authorization_url(&client, "s", CODE_CHALLENGE);
        assert!(url.starts_with(start), "{url}");
    }
}

/// RFC 6749 §3.3: without a scope the server chooses.
#[test]
fn without_a_scope_none_is_asked_for() {
    let client = client(&[("OAUTH_SCOPE", "")]);
    let client = oauth2_by_hand::Client { scope: String::new(), ..client };
    assert!(!authorization_url(&client, "s", CODE_CHALLENGE).contains("scope"));
}

#[test]
fn the_secret_and_the_verifier_are_never_in_the_url() {
    let url = authorization_url(&workshop(), "s", CODE_CHALLENGE);
    assert!(!url.contains("secret") && !url.contains(CODE_VERIFIER));
}

#[test]
fn every_login_has_a_state_of_its_own() {
    let (one, other) = (new_state().unwrap(), new_state().unwrap());
    assert_eq!(one.len(), 43);
    assert_ne!(one, other);
}

const STATE: &str = "K3nsKxXm9lQy8sYHfRkQ0f2nUeTgD1iVbwzpo7jCM4E";

/// Reads a redirect for the client whose issuer is `http://127.0.0.1:9000`, with `{S}` and `{I}` filled in.
fn read(query: &str) -> Result<String, Error> {
    let query = query.replace("{S}", STATE).replace("{I}", "http%3A%2F%2F127.0.0.1%3A9000");
    read_redirect(&query, &workshop(), STATE)
}

#[test]
fn a_redirect_with_our_state_and_issuer_gives_its_code() {
    for (query, code) in [
        ("code=abc&state={S}&iss={I}", "abc"),
        ("iss={I}&state={S}&code=abc", "abc"),
        ("&&code=abc&&state={S}&iss={I}&", "abc"),
        ("code=a%2Bb%2Fc%3D&state={S}&iss={I}", "a+b/c="),
        ("code=a+b&state={S}&iss={I}", "a b"),
        ("code=abc&state={S}&iss={I}&error=", "abc"),
        ("code=abc&state={S}&iss={I}&x=1&x=2&session_state&access_token=t", "abc"),
        ("%63ode=abc&st%61te={S}&iss={I}", "abc"),
    ] {
        assert_eq!(read(query), Ok(code.to_owned()), "{query}");
    }
    let long = "c".repeat(8 * 1024);
    assert_eq!(read(&format!("code={long}&state={{S}}&iss={{I}}")), Ok(long));
}

/// RFC 6749 §10.12.
#[test]
fn a_redirect_without_our_state_is_not_believed_whatever_else_it_says() {
    for (query, error) in [
        ("", Error::StateMissing),
        ("code=abc&iss={I}", Error::StateMissing),
        ("code=abc&state=&iss={I}", Error::StateMissing),
        ("error=access_denied&iss={I}", Error::StateMissing),
        ("code=abc&state=x&iss={I}", Error::StateMismatch),
        ("code=abc&state={S}x&iss={I}", Error::StateMismatch),
        ("code=abc&state=x{S}&iss={I}", Error::StateMismatch),
        ("error=access_denied&state=x&iss={I}", Error::StateMismatch),
        ("code=abc&state={S}&state={S}&iss={I}", Error::Repeated("state")),
        ("code=abc&state={S}&st%61te=x&iss={I}", Error::Repeated("state")),
    ] {
        assert_eq!(read(query), Err(error), "{query}");
    }
}

#[test]
fn every_flipped_bit_of_the_state_is_refused() {
    for position in 0..STATE.len() {
        for bit in 0..8 {
            let mut flipped = STATE.as_bytes().to_vec();
            flipped[position] ^= 1 << bit;
            let state = String::from_utf8_lossy(&flipped).into_owned();
            let query = form_urlencoded::Serializer::new(String::from("code=abc&iss={I}&"))
                .append_pair("state", &state)
                .finish();
            assert!(read(&query).is_err(), "{query}");
        }
    }
}

/// RFC 9207 §2.4.
#[test]
fn a_redirect_of_another_provider_is_refused() {
    let expected = || ISSUER.to_owned();
    let missing =
        |error: &str| Error::IssuerMissing { expected: expected(), error: error.to_owned() };
    let other =
        |received: &str| Error::IssuerMismatch { expected: expected(), received: received.into() };
    for (query, error) in [
        ("code=abc&state={S}", missing("")),
        ("code=abc&state={S}&iss=", missing("")),
        ("code=abc&state={S}&Iss={I}", missing("")),
        ("error=access_denied&state={S}", missing("access_denied")),
        ("error=server_error&error_description=x&state={S}&iss=", missing("server_error")),
        ("code=abc&state={S}&iss={I}%2F", other("http://127.0.0.1:9000/")),
        ("code=abc&state={S}&iss=HTTP%3A%2F%2F127.0.0.1%3A9000", other("HTTP://127.0.0.1:9000")),
        ("error=access_denied&state={S}&iss=https://evil.example", other("https://evil.example")),
        ("code=abc&state={S}&iss={I}&iss={I}", Error::Repeated("iss")),
    ] {
        assert_eq!(read(query), Err(error), "{query}");
    }
}

#[test]
fn without_a_known_issuer_iss_is_not_looked_at() {
    let client = Client { issuer: None, requires_issuer: false, ..workshop() };
    for query in ["code=abc&state=s", "code=abc&state=s&iss=https://anything.example"] {
        assert_eq!(read_redirect(query, &client, "s"), Ok("abc".into()));
    }
}

/// GitHub has switched `iss` on, off and on again: a preset knows its name, and not whether it comes.
#[test]
fn where_iss_is_known_but_not_promised_its_absence_is_accepted_and_another_one_refused() {
    let issuer = "https://github.com/login/oauth";
    let client = Client { issuer: Some(issuer.into()), requires_issuer: false, ..workshop() };
    let read = |query: &str| read_redirect(query, &client, "s");
    let denied = Error::AuthorizationRefused { error: "denied".into(), description: "".into() };
    for (query, expected) in [
        ("code=abc&state=s", Ok("abc".into())),
        ("code=abc&state=s&iss=", Ok("abc".into())),
        ("code=abc&state=s&iss=https://github.com/login/oauth", Ok("abc".into())),
        ("error=denied&state=s", Err(denied.clone())),
        ("error=denied&state=s&iss=https%3A%2F%2Fgithub.com%2Flogin%2Foauth", Err(denied)),
    ] {
        assert_eq!(read(query), expected, "{query}");
    }
    for received in
        ["https://github.com/login/oauth/", "https://github.com", "https://evil.example"]
    {
        let mismatch = Error::IssuerMismatch { expected: issuer.into(), received: received.into() };
        for query in ["code=abc", "error=denied"] {
            assert_eq!(read(&format!("{query}&state=s&iss={received}")), Err(mismatch.clone()));
        }
    }
}

/// RFC 6749 §4.1.2.1.
#[test]
fn a_refusal_is_reported_as_what_it_is() {
    let refused = |error: &str, description: &str| {
        Err(Error::AuthorizationRefused { error: error.into(), description: description.into() })
    };
    assert_eq!(
        read("error=access_denied&error_description=No+%26+never&state={S}&iss={I}"),
        refused("access_denied", "No & never")
    );
    assert_eq!(read("error=invalid_scope&state={S}&iss={I}"), refused("invalid_scope", ""));
}

#[test]
fn a_redirect_without_a_usable_code_is_refused() {
    for (query, error) in [
        ("state={S}&iss={I}", Error::BadCode("it has none")),
        ("code=&state={S}&iss={I}", Error::BadCode("it has none")),
        ("access_token=t&state={S}&iss={I}", Error::BadCode("it has none")),
        ("code=a&error=b&state={S}&iss={I}", Error::BadCode("it has an error and a code at once")),
        (
            "code=a%0Ab&state={S}&iss={I}",
            Error::BadCode("it holds characters that no code may hold"),
        ),
        (
            "code=%C3%A4&state={S}&iss={I}",
            Error::BadCode("it holds characters that no code may hold"),
        ),
        ("code=a&code=a&state={S}&iss={I}", Error::Repeated("code")),
        ("code=a&%63ode=b&state={S}&iss={I}", Error::Repeated("code")),
        ("error=a&error=a&state={S}&iss={I}", Error::Repeated("error")),
        ("code=%z1&state={S}&iss={I}", Error::BadCode("a '%' without two hexadecimal digits")),
        ("code=%FF&state={S}&iss={I}", Error::BadCode("bytes that are not UTF-8 text")),
        ("code=a%00&state={S}&iss={I}", Error::BadCode("a NUL character")),
    ] {
        assert_eq!(read(query), Err(error), "{query}");
    }
    let too_long = format!("code={}&state={{S}}&iss={{I}}", "c".repeat(8 * 1024 + 1));
    assert_eq!(read(&too_long), Err(Error::BadCode("it is longer than 8 KiB")));
}

#[test]
fn every_prefix_of_a_good_redirect_is_refused() {
    let good = format!("code=abc&iss={}&state={STATE}", "http%3A%2F%2F127.0.0.1%3A9000");
    assert_eq!(read(&good), Ok("abc".into()));
    for length in 0..good.len() {
        assert!(read(&good[..length]).is_err(), "{}", &good[..length]);
    }
}
