//! Rules of the practice provider that hold on every page, for every error, and under a flood.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "in a test, a panic is the answer"
)]

mod common;

use std::collections::HashSet;

use common::*;
use oauth2_by_hand::http::{Request, Response};
use oauth2_by_hand::practice::{self, Provider};
use serde_json::Value;

const GOOD: [(&str, &str); 7] = [
    ("response_type", "code"),
    ("client_id", "workshop"),
    ("redirect_uri", REDIRECT_URI),
    ("scope", "read:user"),
    ("state", "s"),
    ("code_challenge", CODE_CHALLENGE),
    ("code_challenge_method", "S256"),
];

/// The good authorization request with some parameters changed.
fn url(changes: &[(&str, &str)]) -> String {
    let value = |name: &str| changes.iter().find(|(key, _)| *key == name).map(|(_, value)| *value);
    let pairs = GOOD.map(|(name, good)| (name, value(name).unwrap_or(good)));
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    format!("{ISSUER}/authorize?{query}")
}

fn get(provider: &Provider, url: &str) -> Response {
    provider.handle(&Request::get(url))
}

/// The token request for a code, with some parameters changed.
fn token_request(code: &str, changes: &[(&str, &str)]) -> Request {
    let good = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", REDIRECT_URI),
        ("code_verifier", CODE_VERIFIER),
        ("client_id", "workshop"),
        ("client_secret", "workshop-secret"),
    ];
    let value = |name: &str| changes.iter().find(|(key, _)| *key == name).map(|(_, value)| *value);
    let pairs = good.map(|(name, good)| (name, value(name).unwrap_or(good)));
    Request::post_form(&format!("{ISSUER}/token"), &pairs)
}

fn code(provider: &Provider) -> String {
    parameter(&click(provider, &url(&[]), "allow", "ada"), "code").unwrap()
}

fn json(response: &Response) -> Value {
    serde_json::from_slice(&response.body).unwrap()
}

/// RFC 6749 §10.13, RFC 9700 §4.16.
#[test]
fn no_page_fits_into_a_frame_runs_a_script_or_is_shared_with_another_origin() {
    let provider = provider();
    let mut wrong_host = Request::get(&format!("{ISSUER}/"));
    wrong_host.headers[0].1 = "evil.example".into();
    let pages = [
        get(&provider, &url(&[])),
        get(&provider, &url(&[("client_id", "nobody")])),
        get(&provider, &format!("{ISSUER}/")),
        get(&provider, &format!("{ISSUER}/register")),
        get(&provider, &format!("{ISSUER}/nothing")),
        get(&provider, &format!("{ISSUER}/token")),
        provider.handle(&Request::post_form(&format!("{ISSUER}/authorize"), &[])),
        provider.handle(&Request::post_form(&format!("{ISSUER}/register"), &[])),
        provider.handle(&wrong_host),
    ];
    for page in pages {
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.contains("default-src 'none'"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        assert_eq!(page.header("x-frame-options"), Some("DENY"));
        assert_eq!(page.header("cache-control"), Some("no-store"));
        assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
        let shares = |(name, _): &&(String, String)| name.starts_with("access-control");
        assert_eq!(page.headers.iter().find(shares), None);
    }
}

/// RFC 6749 §10.14: what comes in goes out as text, in a header and in a page.
#[test]
fn a_state_with_line_ends_and_tags_splits_no_header_and_no_page() {
    let provider = provider();
    let nasty = "<script>\"'>\r\nSet-Cookie: a=b\r\n\r\n\u{1b}[2J&state=x#%00";
    let asked = url(&[("state", nasty)]);

    let page = get(&provider, &asked);
    assert!(!page.text().unwrap().contains("<script"));
    for what in ["allow", "deny"] {
        let answer = provider.handle(&decision(&get(&provider, &asked), what, "ada"));
        let location = answer.header("location").unwrap();
        assert!(location.bytes().all(|byte| byte.is_ascii_graphic()), "{location}");
        assert_eq!(parameter(location, "state").as_deref(), Some(nasty));
        let head = answer.head_to_wire();
        assert!(!head.to_ascii_lowercase().contains("\r\nset-cookie: a=b"), "{head}");
    }
}

/// RFC 6749 §5.2: "Values for the "error_description" parameter MUST NOT include characters outside
/// the set %x20-21 / %x23-5B / %x5D-7E."
#[test]
fn every_error_has_legal_characters_and_repeats_nothing_of_the_request() {
    let provider = provider();
    let evil = "\"\\<evil>\r\n\u{1b}é";
    let form = |pairs: &[(&str, &str)]| {
        json(&provider.handle(&Request::post_form(&format!("{ISSUER}/token"), pairs)))
    };
    let mut errors = vec![
        form(&[]),
        form(&[(evil, evil)]),
        form(&[("client_id", evil)]),
        form(&[("client_id", "workshop"), ("client_secret", evil)]),
        form(&[("client_id", "workshop-public"), ("grant_type", evil)]),
        form(&[("client_id", "workshop-public"), ("grant_type", "authorization_code")]),
        form(&[("client_id", "workshop-public"), ("grant_type", "refresh_token")]),
        form(&[("client_id", "workshop-public"), ("client_id", "x")]),
    ];
    for (name, _) in GOOD {
        let answer = get(&provider, &url(&[(name, evil)]));
        let Some(location) = answer.header("location") else { continue };
        let of = |name| parameter(location, name).unwrap_or_default();
        let (error, description) = (of("error"), of("error_description"));
        errors.push(serde_json::json!({ "error": error, "error_description": description }));
    }
    for name in ["code", "redirect_uri", "code_verifier", "grant_type"] {
        errors.push(json(&provider.handle(&token_request(&code(&provider), &[(name, evil)]))));
    }
    assert!(errors.len() >= 16);
    for error in errors {
        for member in ["error", "error_description"] {
            let text = error[member].as_str().unwrap();
            let legal = |c: char| (' '..='~').contains(&c) && c != '"' && c != '\\';
            assert!(!text.is_empty() && text.chars().all(legal), "{error}");
            assert!(!text.contains("evil"), "{error}");
        }
    }
}

/// RFC 6749 §5.1.
#[test]
fn a_token_is_kept_by_no_cache_and_says_what_it_is_for() {
    let provider = provider();
    let answer = provider.handle(&token_request(&code(&provider), &[]));
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("pragma"), Some("no-cache"));
    assert_eq!(json(&answer)["scope"], "read:user");
}

/// RFC 7636 §4.2: 43 to 128 unreserved characters.
#[test]
fn a_code_challenge_has_43_to_128_unreserved_characters() {
    let long = |length| "a".repeat(length);
    let with = |end: &str| "a".repeat(43 - end.len()) + end;
    for (challenge, good) in [
        (long(42), false),
        (long(43), true),
        (long(128), true),
        (long(129), false),
        (with("-._~"), true),
        (with("+"), false),
        (with("="), false),
        (with(" "), false),
        (with("é"), false),
    ] {
        let answer = get(&provider(), &url(&[("code_challenge", &challenge)]));
        let expected = if good { 200 } else { 303 };
        assert_eq!(answer.status, expected, "{challenge}");
        let error = answer.header("location").and_then(|location| parameter(location, "error"));
        assert_eq!(error.as_deref(), (!good).then_some("invalid_request"));
    }
}

/// RFC 6749 §3.2: "Parameters sent without a value MUST be treated as if they were omitted".
#[test]
fn at_the_token_endpoint_an_empty_parameter_is_absent_and_an_unknown_one_is_ignored() {
    let provider = provider();
    let code = code(&provider);
    for name in ["grant_type", "code"] {
        let answer = json(&provider.handle(&token_request(&code, &[(name, "")])));
        assert_eq!(answer["error"], "invalid_request", "{name}");
    }
    for name in ["redirect_uri", "code_verifier"] {
        let answer = json(&provider.handle(&token_request(&code, &[(name, "")])));
        assert_eq!(answer["error"], "invalid_grant", "{name}");
    }
    let mut request = token_request(&code, &[]);
    request.body += "&audience=x&audience=y&resource=&&nonce";
    assert_eq!(provider.handle(&request).status, 200);
}

/// RFC 6749 §2.3.1; golang/oauth2 #237.
#[test]
fn basic_credentials_are_form_decoded_and_the_type_of_the_body_may_have_a_parameter() {
    let provider = provider();
    let mut request = token_request(&code(&provider), &[]);
    request.body = request.body.replace("&client_id=workshop&client_secret=workshop-secret", "");
    request.headers.retain(|(name, _)| name != "Content-Type");
    // base64 of "work%73hop:workshop%2Dsecret"
    let request = request
        .with_header("Authorization", "bAsIc d29yayU3M2hvcDp3b3Jrc2hvcCUyRHNlY3JldA==")
        .with_header("Content-Type", "Application/X-WWW-Form-Urlencoded ; charset=utf-8");
    assert_eq!(provider.handle(&request).status, 200);
}

/// RFC 6749 §10.10: 256 random bits are 43 characters of base64.
#[test]
fn codes_and_tokens_are_long_and_never_the_same() {
    let provider = provider();
    let mut seen = HashSet::new();
    for _ in 0..100 {
        let code = code(&provider);
        let answer = json(&provider.handle(&token_request(&code, &[])));
        let tokens =
            ["access_token", "refresh_token"].map(|name| answer[name].as_str().unwrap().to_owned());
        for value in [code].into_iter().chain(tokens) {
            assert_eq!(value.len(), 43);
            assert!(seen.insert(value));
        }
    }
}

/// OliveTin CVE-2026-67437: a map of states without a bound.
#[test]
fn a_flood_of_questions_pushes_out_old_ones_and_the_newest_is_answered() {
    let provider = provider();
    let old = decision(&get(&provider, &url(&[])), "allow", "ada");
    for _ in 0..2_000 {
        get(&provider, &url(&[]));
    }
    let new = decision(&get(&provider, &url(&[])), "allow", "ada");
    assert_eq!(provider.handle(&new).status, 303);
    assert_eq!(provider.handle(&old).status, 403, "there is room for a fixed number");
}

/// The provider has no password: it must not be there for the network.
#[test]
fn the_provider_listens_on_this_machine_only() {
    let (_provider, server) = practice::start(&practice::quirks::PLAIN, 0, |_| ()).unwrap();
    assert!(!server.addresses().is_empty());
    assert!(server.addresses().iter().all(|address| address.ip().is_loopback()));
    // Linux answers on all of 127.0.0.0/8: a program that listens on 0.0.0.0 would answer here.
    let port = server.addresses()[0].port();
    assert!(std::net::TcpStream::connect(("127.0.0.2", port)).is_err());
}

/// RFC 6749 §3.2: a reader that takes two of them for none would grant more than either says.
#[test]
fn a_parameter_that_comes_twice_is_refused_also_where_it_could_be_absent() {
    let provider = provider();
    let answer = json(&provider.handle(&token_request(&code(&provider), &[])));
    let refresh_token = answer["refresh_token"].as_str().unwrap();
    let refresh = |scopes: &[&str]| {
        let pairs = [
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh_token),
            ("client_id", "workshop"),
            ("client_secret", "workshop-secret"),
        ];
        let pairs: Vec<_> =
            pairs.into_iter().chain(scopes.iter().map(|scope| ("scope", *scope))).collect();
        provider.handle(&Request::post_form(&format!("{ISSUER}/token"), &pairs))
    };
    assert_eq!(json(&refresh(&["read:user", "read:user"]))["error"], "invalid_request");
    assert_eq!(refresh(&["read:user"]).status, 200);
}
