//! Every error: what it says, and that it says three things.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test, a panic is the answer")]

mod common;

use std::io;

use common::*;
use oauth2_by_hand::Error;
use oauth2_by_hand::http::{Request, loopback, send};

/// One of each, with what its first line says.
fn one_of_each() -> Vec<(Error, &'static str)> {
    let text = str::to_owned;
    let (error, description) = (text("access_denied"), text("not\n\u{1b}[2Jtoday"));
    vec![
        (
            Error::Configuration { setting: "OAUTH_SCOPE", problem: text("it holds a quote.") },
            "OAUTH_SCOPE: it holds a quote.",
        ),
        (Error::NoRandomness, "the operating system gave no random bytes."),
        (
            Error::Encoding("bytes that are no text"),
            "a message in URL encoding holds bytes that are no text.",
        ),
        (Error::Repeated("state"), "the parameter \"state\" came more than once (RFC 6749 §3.1)."),
        (
            Error::PortTaken(text("127.0.0.1:8080")),
            "127.0.0.1:8080 is in use, so this program cannot receive the redirect.",
        ),
        (
            Error::CannotListen { address: text("127.0.0.1:80"), reason: text("not allowed") },
            "cannot listen on 127.0.0.1:80: not allowed.",
        ),
        (Error::NoRedirect(300), "the browser did not come back within 300 seconds."),
        (Error::InputEnded, "standard input ended before a redirected URL was pasted."),
        (
            Error::NotTheRedirect(text(REDIRECT_URI)),
            "our redirect URI is http://127.0.0.1:8080/callback and this is something else.",
        ),
        (
            Error::AnswerElsewhere {
                received: text("POST http://a\u{1b}/"),
                redirect_uri: text(REDIRECT_URI),
            },
            "the answer to this login came as \"POST http://a\\u{1b}/\". It has to be a GET of \"http://127.0.0.1:8080/callback\".",
        ),
        (
            Error::StateMissing,
            "the redirect has no state, so it belongs to no login that we started.",
        ),
        (
            Error::StateMismatch,
            "the redirect has another state than ours, so it belongs to no login that we started.",
        ),
        (
            Error::IssuerMissing { expected: text(ISSUER), error: String::new() },
            "the redirect does not say that it comes from \"http://127.0.0.1:9000\": it has no iss.",
        ),
        (
            Error::IssuerMismatch { expected: text("https://a.example"), received: text("\u{7}") },
            "the redirect comes from \"\\u{7}\", but we asked \"https://a.example\".",
        ),
        (Error::BadCode("it has none"), "the redirect brought no authorization code: it has none."),
        (
            Error::AuthorizationRefused { error: error.clone(), description: description.clone() },
            "the authorization server says that the user refused: \"access_denied\" \
             \"not\\n\\u{1b}[2Jtoday\"",
        ),
        (
            Error::BadUrl("it has no host"),
            "this URL is not one to send anything to: it has no host.",
        ),
        (
            Error::Network { origin: text(ISSUER), reason: text("connection refused") },
            "no answer from http://127.0.0.1:9000: connection refused.",
        ),
        (
            Error::TimedOut { origin: text(ISSUER), seconds: 30 },
            "http://127.0.0.1:9000 did not answer in full within 30 seconds.",
        ),
        (
            Error::TokenRefused { error: text("invalid_grant"), description: String::new() },
            "the token endpoint refused: \"invalid_grant\"",
        ),
        (
            Error::Unavailable { endpoint: "API", status: 503, description: text("\u{7}soon") },
            "the API answered HTTP 503 \"\\u{7}soon\": the provider has trouble.",
        ),
        (
            Error::BadTokenResponse(text("it has no access_token")),
            "the token endpoint's answer cannot be used: it has no access_token.",
        ),
        (
            Error::UserInfoRefused { status: 403, error: String::new(), description },
            "HTTP 403: the API refused: \"not\\n\\u{1b}[2Jtoday\"",
        ),
        (
            Error::BadUserResponse(text("it has no usable id or sub")),
            "the API's answer is not a user: it has no usable id or sub.",
        ),
        (
            Error::NotRevoked {
                status: 400,
                error: text("unsupported_token_type"),
                description: text("\u{7}no"),
            },
            "HTTP 400: the revocation endpoint refused: \"unsupported_token_type\" \"\\u{7}no\" \
             The token may still be valid.",
        ),
        (
            Error::WrongIssuer { asked: text("https://a.example"), received: text("\u{7}") },
            "the metadata describes \"\\u{7}\", but we asked \"https://a.example\". Nothing of it is used.",
        ),
        (
            Error::BadMetadata(text("it has no token_endpoint")),
            "the provider's metadata cannot be used: it has no token_endpoint.",
        ),
    ]
}

/// A new variant does not compile until it has a number here: give it a row above, too, and count it below.
fn number(error: &Error) -> usize {
    match error {
        Error::Configuration { .. } => 0,
        Error::NoRandomness => 1,
        Error::Encoding(_) => 2,
        Error::Repeated(_) => 3,
        Error::PortTaken(_) => 4,
        Error::CannotListen { .. } => 5,
        Error::NoRedirect(_) => 6,
        Error::InputEnded => 7,
        Error::NotTheRedirect(_) => 8,
        Error::AnswerElsewhere { .. } => 9,
        Error::StateMissing => 10,
        Error::StateMismatch => 11,
        Error::IssuerMissing { .. } => 12,
        Error::IssuerMismatch { .. } => 13,
        Error::BadCode(_) => 14,
        Error::AuthorizationRefused { .. } => 15,
        Error::BadUrl(_) => 16,
        Error::Network { .. } => 17,
        Error::TimedOut { .. } => 18,
        Error::TokenRefused { .. } => 19,
        Error::Unavailable { .. } => 20,
        Error::BadTokenResponse(_) => 21,
        Error::UserInfoRefused { .. } => 22,
        Error::BadUserResponse(_) => 23,
        Error::NotRevoked { .. } => 24,
        Error::WrongIssuer { .. } => 25,
        Error::BadMetadata(_) => 26,
    }
}

#[test]
fn every_error_says_what_happened_why_and_what_to_do() {
    let errors = one_of_each();
    assert_eq!(errors.iter().map(|(error, _)| number(error)).collect::<Vec<_>>(), {
        (0..27).collect::<Vec<_>>()
    });
    for (error, expected) in errors {
        let text = error.to_string();
        let lines: Vec<&str> = text.lines().collect();
        let [happened, cause, remedy] = lines[..] else { panic!("not three lines:\n{text}") };
        assert_eq!(happened, expected);
        assert!(cause.strip_prefix("  Likely cause: ").is_some_and(|cause| cause.len() > 20));
        assert!(remedy.strip_prefix("  What to do: ").is_some_and(|remedy| remedy.len() > 20));
    }
}

/// RFC 6585 §4.
#[test]
fn who_asked_too_often_is_told_to_wait() {
    let error = Error::Unavailable { endpoint: "API", status: 429, description: "slow".into() };
    assert_eq!(
        error.to_string(),
        "the API answered HTTP 429, too many requests \"slow\".\n  \
         Likely cause: this client, or this network, has asked too often.\n  \
         What to do: wait a few minutes, then start the login again."
    );
}

/// RFC 6749 §4.1.2.1 and §5.2, GitHub's own codes, and one that nobody knows: the cause's first words.
#[test]
fn each_code_of_a_refusal_has_a_cause_of_its_own() {
    for (error, cause) in [
        ("access_denied", "the user clicked Deny"),
        ("invalid_scope", "OAUTH_SCOPE names something"),
        ("invalid_request", "a parameter is missing"),
        ("unauthorized_client", "this client is not registered"),
        ("unsupported_response_type", "the provider does not offer the authorization code grant"),
        ("server_error", "something broke inside the provider"),
        ("temporarily_unavailable", "the provider is overloaded"),
        ("invalid_client", "the client secret is wrong"),
        ("invalid_grant", "the code was used already (a reload)"),
        ("unsupported_grant_type", "this is not the token endpoint"),
        ("bad_verification_code", "GitHub's word for invalid_grant"),
        ("incorrect_client_credentials", "GitHub's word for invalid_client"),
        ("unsupported_token_type", "this provider does not revoke tokens of this kind"),
        ("redirect_uri_mismatch", "the redirect URI is not the registered one"),
        ("login_required", "OpenID Connect's word"),
        ("consent_required", "OpenID Connect's word"),
        ("interaction_required", "OpenID Connect's word"),
        ("slow_down", "an error code of this provider's own."),
        ("", "an error code of this provider's own."),
    ] {
        let refused = Error::TokenRefused { error: error.into(), description: String::new() };
        let text = refused.to_string();
        assert!(text.contains(&format!("\n  Likely cause: {cause}")), "{text}");
    }
}

/// RFC 7009 §2.2.1: under 503 the token still exists. A code of the token endpoint means another thing here.
#[test]
fn a_token_that_was_not_revoked_is_said_to_exist() {
    for (status, error, happened, cause) in [
        (503, "", "answered HTTP 503: the token still exists.", "maintenance or too many requests"),
        (400, "invalid_grant", "may still be valid.", "the token was given to another client."),
        (400, "unsupported_token_type", "may still be valid.", "this provider does not revoke"),
        (401, "invalid_client", "may still be valid.", "the client secret is wrong"),
        (500, "", "may still be valid.", "an error code of this provider's own."),
    ] {
        let text =
            Error::NotRevoked { status, error: error.into(), description: "".into() }.to_string();
        assert!(text.contains(&format!("{happened}\n  Likely cause: {cause}")), "{text}");
    }
}

/// A cause that may be wrong is worse than none.
#[test]
fn a_broken_connection_has_the_cause_that_its_reason_tells() {
    for (reason, cause) in [
        ("invalid peer certificate: UnknownIssuer", "the certificate is self-signed, has expired,"),
        (
            "received corrupt message of type InvalidContentType",
            "https:// where the port speaks plain",
        ),
        ("its TLS certificate or protocol was refused: x", "the server speaks no version of TLS"),
        (
            "Connection refused, by the proxy that HTTPS_PROXY or ALL_PROXY names",
            "the proxy is not running",
        ),
        ("Connection refused", "the server is not running"),
    ] {
        let error = Error::Network { origin: "https://example.com".into(), reason: reason.into() };
        let text = error.to_string();
        assert!(text.contains(&format!("\n  Likely cause: {cause}")), "{text}");
    }
}

/// RFC 9207 §2 counts error responses in. Without `iss` nothing says whose error it is.
#[test]
fn an_error_without_iss_is_named_and_may_be_anybodys() {
    let text = |error: &str| {
        let (expected, error) = (ISSUER.to_owned(), error.to_owned());
        Error::IssuerMissing { expected, error }.to_string()
    };
    for (error, named) in [("access_denied", "\"access_denied\""), ("a\u{7}", "\"a\\u{7}\"")] {
        let text = text(error);
        assert!(text.starts_with(&format!("the redirect says {named}, but not that it")), "{text}");
        assert!(text.contains("it may be an attacker's"), "{text}");
        assert!(!text.contains("the user refused"), "{text}");
    }
    assert!(text("").contains("do not use its code") && !text("").contains("attacker's"));
}

/// What the server said is repeated, and silence is called silence.
#[test]
fn a_refusal_names_who_refused_and_in_what_words() {
    for (error, description, happened) in [
        ("", "", "the token endpoint refused, and gave no reason."),
        ("", "why", "the token endpoint refused: \"why\""),
        ("invalid_grant", "", "the token endpoint refused: \"invalid_grant\""),
        ("invalid_grant", "why", "the token endpoint refused: \"invalid_grant\" \"why\""),
        ("access_denied", "", "the token endpoint says that the user refused: \"access_denied\""),
    ] {
        let refused = Error::TokenRefused { error: error.into(), description: description.into() };
        assert_eq!(refused.to_string().lines().next(), Some(happened));
    }
}

/// RFC 6750 §3.1: 401 without a code, 401 with one, and 403 are three situations.
#[test]
fn a_token_that_the_api_refuses_has_a_cause_for_each_status() {
    for (status, error, cause) in [
        (401, "", "the server found no access token in the request"),
        (401, "invalid_token", "the access token has expired, was revoked, or belongs to another"),
        (403, "", "the token lacks a scope"),
        (403, "insufficient_scope", "the token lacks a scope"),
    ] {
        let error = error.to_owned();
        let refused = Error::UserInfoRefused { status, error, description: String::new() };
        let text = refused.to_string();
        assert!(text.starts_with(&format!("HTTP {status}: the API refused")), "{text}");
        assert!(text.contains(&format!("\n  Likely cause: {cause}")), "{text}");
    }
}

/// `main` prints it so, when an example returns it.
#[test]
fn an_error_under_debug_is_the_same_text() {
    for (error, _) in one_of_each() {
        assert_eq!(format!("{error:?}"), format!("{error}"));
    }
}

/// A port below 1024, or an address that the machine does not have: not the same as a taken port.
#[test]
fn what_the_system_does_not_allow_is_told_apart_from_a_taken_port() {
    let said = |kind: io::ErrorKind| loopback::cannot_listen(REDIRECT_URI, &kind.into());
    let address = "127.0.0.1:8080".to_owned();
    assert_eq!(said(io::ErrorKind::AddrInUse), Error::PortTaken(address.clone()));
    let reason = "permission denied".to_owned();
    assert_eq!(said(io::ErrorKind::PermissionDenied), Error::CannotListen { address, reason });
}

/// RFC 8252 §8.3: whoever calls it with another address does not open a port to the network.
#[test]
fn nothing_listens_on_any_other_address_than_the_three() {
    for host in ["0.0.0.0", "[::]", "", "192.0.2.1", "example.com", "127.0.0.2"] {
        let error = loopback::listen(host, 0).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput, "{host}");
    }
}

/// What was not checked by the settings is checked again before it is sent.
#[test]
fn only_get_and_post_go_out_and_only_to_urls_that_may_be_sent_to() {
    let put = Request { method: "PUT".into(), ..Request::get("http://127.0.0.1:9/user") };
    assert_eq!(send::send(&put), Err(Error::BadUrl("only GET and POST requests are sent")));
    let open = Request::get("http://example.com/user");
    assert!(matches!(send::send(&open), Err(Error::BadUrl(problem)) if problem.contains("https")));
}
