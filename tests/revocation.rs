//! After the login: what a revoked token takes with it, whose tokens may be revoked, and what the client
//! believes of the answer.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test, a panic is the answer"
)]

mod common;

use std::time::Duration;

use common::*;
use oauth2_by_hand::authorize::{authorization_url, read_redirect};
use oauth2_by_hand::fetch_token::{
    Token, read_refreshed_token, read_revocation, read_token, refresh_request, revoke_request,
    token_request,
};
use oauth2_by_hand::get_user_info::{read_user, user_info_request};
use oauth2_by_hand::http::{Request, Response};
use oauth2_by_hand::practice::Provider;
use oauth2_by_hand::{Client, Error};

const REVOKE: &str = "http://127.0.0.1:9000/revoke";

/// The tokens of a login as Ada.
fn log_in(provider: &Provider, client: &Client) -> Token {
    let url = authorization_url(client, STATE, CODE_CHALLENGE);
    let redirect = click(provider, &url, "allow", "ada");
    let (_, query) = redirect.split_once('?').unwrap();
    let code = read_redirect(query, client, STATE).unwrap();
    read_token(&provider.handle(&token_request(client, &code, CODE_VERIFIER))).unwrap()
}

fn refresh_token(token: &Token) -> &str {
    token.refresh_token.as_deref().unwrap()
}

/// The status of the answer, and what the client reads in it.
fn revoke(provider: &Provider, client: &Client, token: &str, hint: &str) -> Result<(), Error> {
    read_revocation(&provider.handle(&revoke_request(client, REVOKE, token, hint)))
}

/// The answer to a form that one of the RFC's rules forbids.
fn revoke_with(provider: &Provider, pairs: &[(&str, &str)]) -> (u16, String) {
    let answer = provider.handle(&Request::post_form(REVOKE, pairs));
    let body: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
    (answer.status, body["error"].as_str().unwrap().to_owned())
}

fn opens_the_api(provider: &Provider, client: &Client, token: &Token) -> bool {
    let answer = provider.handle(&user_info_request(client, &token.access_token));
    match read_user(&answer, client) {
        Ok(_) => true,
        Err(Error::UserInfoRefused { status: 401, error, .. }) if error == "invalid_token" => false,
        Err(error) => panic!("{error}"),
    }
}

fn can_be_renewed(provider: &Provider, client: &Client, token: &Token) -> bool {
    let answer = provider.handle(&refresh_request(client, refresh_token(token)));
    match read_refreshed_token(&answer, token) {
        Ok(_) => true,
        Err(Error::TokenRefused { error, .. }) if error == "invalid_grant" => false,
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn a_revocation_request_says_exactly_this() {
    let post = revoke_request(&workshop(), REVOKE, "a+b", "refresh_token");
    assert!(post.to_wire().starts_with("POST /revoke HTTP/1.1\r\nHost: 127.0.0.1:9000\r\n"));
    let form = "token=a%2Bb&token_type_hint=refresh_token";
    assert_eq!(post.body, format!("{form}&client_id=workshop&client_secret=workshop-secret"));

    let basic = client(&[("OAUTH_CLIENT_AUTH", "basic")]);
    let basic = revoke_request(&basic, REVOKE, "a+b", "refresh_token");
    assert_eq!(basic.header("Authorization"), Some("Basic d29ya3Nob3A6d29ya3Nob3Atc2VjcmV0"));
    assert_eq!(basic.body, form);

    let public = revoke_request(&public(), REVOKE, "a", "access_token");
    assert_eq!(public.body, "token=a&token_type_hint=access_token&client_id=workshop-public");
}

/// RFC 7009 §2.2 and §2.2.1. Only 200 without an error is a success.
#[test]
fn only_200_says_that_the_token_is_gone() {
    let empty = Response::new(200, "text/plain", "");
    assert_eq!(read_revocation(&empty), Ok(()));
    assert_eq!(read_revocation(&Response::new(200, "application/json", "{}")), Ok(()));
    for (status, body, error) in [
        (503, "", ""),
        (400, r#"{"error":"unsupported_token_type"}"#, "unsupported_token_type"),
        (401, r#"{"error":"invalid_client"}"#, "invalid_client"),
        (200, r#"{"error":"invalid_client"}"#, "invalid_client"),
        (404, "", ""),
        (302, "", ""),
        (204, "", ""),
    ] {
        let refused = read_revocation(&Response::new(status, "application/json", body));
        let expected =
            Error::NotRevoked { status, error: error.into(), description: String::new() };
        assert_eq!(refused, Err(expected));
    }
}

/// RFC 7009 §2.1: "the authorization server SHOULD also invalidate all access tokens based on the same
/// authorization grant".
#[test]
fn a_refresh_token_takes_its_whole_family_with_it() {
    let (provider, client) = (provider(), workshop());
    let first = log_in(&provider, &client);
    let answer = provider.handle(&refresh_request(&client, refresh_token(&first)));
    let second = read_refreshed_token(&answer, &first).unwrap();

    let revoked = revoke(&provider, &client, refresh_token(&second), "refresh_token");

    assert_eq!(revoked, Ok(()));
    assert!(!opens_the_api(&provider, &client, &first));
    assert!(!opens_the_api(&provider, &client, &second));
    assert!(!can_be_renewed(&provider, &client, &second));
}

/// The same person, in another browser: that login goes on.
#[test]
fn the_tokens_of_another_login_stay() {
    let (provider, client) = (provider(), workshop());
    let (ended, other) = (log_in(&provider, &client), log_in(&provider, &client));

    revoke(&provider, &client, refresh_token(&ended), "refresh_token").unwrap();

    assert!(!opens_the_api(&provider, &client, &ended));
    assert!(opens_the_api(&provider, &client, &other));
    assert!(can_be_renewed(&provider, &client, &other));
}

#[test]
fn an_access_token_takes_only_itself() {
    let (provider, client) = (provider(), workshop());
    let token = log_in(&provider, &client);

    let revoked = revoke(&provider, &client, &token.access_token, "access_token");

    assert_eq!(revoked, Ok(()));
    assert!(!opens_the_api(&provider, &client, &token));
    assert!(can_be_renewed(&provider, &client, &token));
}

/// A refresh token that was exchanged already still names its family: whoever gives it back wants that to end.
#[test]
fn a_refresh_token_that_was_used_ends_its_family_too() {
    let (provider, client) = (provider(), workshop());
    let first = log_in(&provider, &client);
    let answer = provider.handle(&refresh_request(&client, refresh_token(&first)));
    let second = read_refreshed_token(&answer, &first).unwrap();

    revoke(&provider, &client, refresh_token(&first), "refresh_token").unwrap();

    assert!(!opens_the_api(&provider, &client, &second));
}

/// RFC 7009 §2.1: a hint that is wrong, unknown or missing makes the server look further.
#[test]
fn a_wrong_hint_is_no_harm() {
    for hint in ["access_token", "id_token", ""] {
        let (provider, client) = (provider(), workshop());
        let token = log_in(&provider, &client);
        assert_eq!(revoke(&provider, &client, refresh_token(&token), hint), Ok(()));
        assert!(!opens_the_api(&provider, &client, &token), "{hint}");
    }
}

/// RFC 7009 §2.2: "invalid tokens do not cause an error response".
#[test]
fn a_token_that_nobody_can_use_is_gone_already() {
    let (provider, client) = (provider(), workshop());
    let token = log_in(&provider, &client);
    assert_eq!(revoke(&provider, &client, "unknown", "refresh_token"), Ok(()));
    assert!(opens_the_api(&provider, &client, &token));

    revoke(&provider, &client, refresh_token(&token), "refresh_token").unwrap();
    assert_eq!(revoke(&provider, &client, refresh_token(&token), "refresh_token"), Ok(()));
    assert_eq!(revoke(&provider, &client, &token.access_token, "access_token"), Ok(()));

    let token = log_in(&provider, &client);
    provider.let_time_pass(Duration::from_secs(31 * 24 * 3600));
    assert_eq!(revoke(&provider, &client, refresh_token(&token), "refresh_token"), Ok(()));
}

/// RFC 7009 §2.1: without this, one client could log out the users of another.
#[test]
fn a_token_of_another_client_is_left_alone_and_refused() {
    let (provider, client) = (provider(), workshop());
    let token = log_in(&provider, &client);
    let refresh_token = refresh_token(&token);
    for (token, hint) in [(refresh_token, "refresh_token"), (&*token.access_token, "access_token")]
    {
        let refused = revoke(&provider, &public(), token, hint);
        let Err(Error::NotRevoked { status: 400, error, .. }) = refused else { panic!("{hint}") };
        assert_eq!(error, "invalid_grant");
    }
    assert!(opens_the_api(&provider, &client, &token));
    assert!(can_be_renewed(&provider, &client, &token));
}

#[test]
fn without_client_authentication_nothing_is_revoked() {
    let (provider, client) = (provider(), workshop());
    let token = log_in(&provider, &client);
    let name = refresh_token(&token);
    for pairs in [
        vec![("token", name)],
        vec![("token", name), ("client_id", "workshop")],
        vec![("token", name), ("client_id", "workshop"), ("client_secret", "guessed")],
        vec![("token", name), ("client_id", "nobody")],
        vec![("token", name), ("client_id", "workshop-public"), ("client_secret", "a")],
    ] {
        assert_eq!(revoke_with(&provider, &pairs), (401, "invalid_client".into()), "{pairs:?}");
    }
    assert!(
        opens_the_api(&provider, &client, &token) && can_be_renewed(&provider, &client, &token)
    );
}

#[test]
fn a_revocation_without_exactly_one_token_in_a_form_is_refused() {
    let provider = provider();
    let client = [("client_id", "workshop-public")];
    for pairs in [&[][..], &[("token", "")], &[("token", "a"), ("token", "b")]] {
        let answer = revoke_with(&provider, &[&client[..], pairs].concat());
        assert_eq!(answer, (400, "invalid_request".into()), "{pairs:?}");
    }
    let in_url = Request::post_form(&format!("{REVOKE}?token=a"), &client);
    assert_eq!(provider.handle(&in_url).status, 400);
    let other_type = Request { headers: Vec::new(), ..Request::post_form(REVOKE, &client) }
        .with_header("Host", "127.0.0.1:9000")
        .with_header("Content-Type", "application/json");
    assert_eq!(provider.handle(&other_type).status, 400);
    assert_eq!(provider.handle(&Request::get(REVOKE)).status, 405);
}

/// As at the token endpoint: each wrong secret makes the next attempt wait.
#[test]
fn secrets_cannot_be_guessed_faster_at_this_endpoint() {
    let provider = provider();
    let guess = [("token", "a"), ("client_id", "workshop"), ("client_secret", "guessed")];
    let statuses: Vec<u16> = (0..6).map(|_| revoke_with(&provider, &guess).0).collect();
    assert_eq!(statuses, [401, 401, 401, 401, 401, 429]);
}
