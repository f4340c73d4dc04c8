//! The whole grant without a socket: what each step would send is handed straight to the provider.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "in a test, a panic is the answer"
)]

mod common;

use common::*;
use oauth2_by_hand::http::Request;
use oauth2_by_hand::practice::Provider;
use oauth2_by_hand::{Client, Error, authorize, fetch_token, get_user_info};

/// Steps 1 and 2 up to the token request, for a client of that provider.
fn code(provider: &Provider, client: &Client, state: &str) -> String {
    let url = authorize::authorization_url(client, state, CODE_CHALLENGE);
    let location = click(provider, &url, "allow", "ada");
    let (_, query) = location.split_once('?').unwrap();
    authorize::read_redirect(query, client, state).unwrap()
}

fn token_error(provider: &Provider, request: &Request) -> String {
    match fetch_token::read_token(&provider.handle(request)) {
        Err(Error::TokenRefused { error, .. }) => error,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("this should have been refused"),
    }
}

#[test]
fn three_steps_lead_from_a_question_to_a_name() {
    let (provider, client) = (provider(), workshop());

    let code = code(&provider, &client, "our-state");
    let request = fetch_token::token_request(&client, &code, CODE_VERIFIER);
    let token = fetch_token::read_token(&provider.handle(&request)).unwrap();
    let request = get_user_info::user_info_request(&client, &token.access_token);
    let user = get_user_info::read_user(&provider.handle(&request), &client).unwrap();

    assert_eq!(token.token_type, "Bearer");
    assert_eq!(token.expires_in, Some(3600));
    assert_eq!(token.scope.as_deref(), Some("read:user"));
    assert_eq!(user.id, "1815");
    assert_eq!(user.name.as_deref(), Some("Ada Winter"));
    assert_eq!(user.bio.as_deref(), Some("Keeps bees and very tidy notebooks."));
    let avatar = "http://127.0.0.1:9000/avatar.svg?person=ada";
    assert_eq!(user.avatar_url.as_deref(), Some(avatar));
}

#[test]
fn the_secret_as_basic_and_no_secret_at_all_work_too() {
    for client in [client(&[("OAUTH_CLIENT_AUTH", "basic")]), public()] {
        let provider = provider();
        let code = code(&provider, &client, "s");
        let request = fetch_token::token_request(&client, &code, CODE_VERIFIER);
        assert!(fetch_token::read_token(&provider.handle(&request)).is_ok());
    }
}

/// RFC 6749 §4.1.2: "The client MUST NOT use the authorization code more than once."
#[test]
fn a_code_buys_only_one_token() {
    let (provider, client) = (provider(), workshop());
    let code = code(&provider, &client, "s");
    let request = fetch_token::token_request(&client, &code, CODE_VERIFIER);

    assert!(fetch_token::read_token(&provider.handle(&request)).is_ok());
    assert_eq!(token_error(&provider, &request), "invalid_grant");
}

/// RFC 6749 §4.1.2: the server "SHOULD revoke (when possible) all tokens previously issued".
#[test]
fn a_code_used_twice_takes_its_tokens_with_it() {
    let (provider, client) = (provider(), workshop());
    let code = code(&provider, &client, "s");
    let request = fetch_token::token_request(&client, &code, CODE_VERIFIER);
    let token = fetch_token::read_token(&provider.handle(&request)).unwrap();

    provider.handle(&request);

    let request = get_user_info::user_info_request(&client, &token.access_token);
    let Err(Error::UserInfoRefused { status, error, .. }) =
        get_user_info::read_user(&provider.handle(&request), &client)
    else {
        panic!("the token should be revoked");
    };
    assert_eq!((status, error.as_str()), (401, "invalid_token"));
    let refresh = fetch_token::refresh_request(&client, &token.refresh_token.unwrap());
    assert_eq!(token_error(&provider, &refresh), "invalid_grant");
}

/// OAuth 2.1 draft §7.5.2: otherwise anybody who saw the code could log people out.
#[test]
fn a_code_tried_again_with_a_wrong_verifier_revokes_nothing() {
    let (provider, client) = (provider(), workshop());
    let code = code(&provider, &client, "s");
    let request = fetch_token::token_request(&client, &code, CODE_VERIFIER);
    let token = fetch_token::read_token(&provider.handle(&request)).unwrap();

    let stolen = fetch_token::token_request(&client, &code, "a-guess-of-the-thief");
    assert_eq!(token_error(&provider, &stolen), "invalid_grant");

    let request = get_user_info::user_info_request(&client, &token.access_token);
    assert!(get_user_info::read_user(&provider.handle(&request), &client).is_ok());
}

/// The contract: codes live 60 seconds.
#[test]
fn a_code_is_good_for_a_minute() {
    for (seconds, good) in [(59, true), (60, false)] {
        let (provider, client) = (provider(), workshop());
        let code = code(&provider, &client, "s");
        provider.let_time_pass(std::time::Duration::from_secs(seconds));

        let request = fetch_token::token_request(&client, &code, CODE_VERIFIER);
        let read = fetch_token::read_token(&provider.handle(&request));

        assert_eq!(read.is_ok(), good, "after {seconds} seconds");
    }
}

#[test]
fn an_access_token_expires_when_it_said() {
    let (provider, client) = (provider(), workshop());
    let code = code(&provider, &client, "s");
    let request = fetch_token::token_request(&client, &code, CODE_VERIFIER);
    let token = fetch_token::read_token(&provider.handle(&request)).unwrap();
    let user = get_user_info::user_info_request(&client, &token.access_token);

    provider.let_time_pass(std::time::Duration::from_secs(token.expires_in.unwrap() - 5));
    assert_eq!(provider.handle(&user).status, 200);
    provider.let_time_pass(std::time::Duration::from_secs(5));
    assert_eq!(provider.handle(&user).status, 401);
}

/// RFC 7636 §4.6, RFC 9700 §2.1.1: a verifier that is wrong, cut out or added is refused alike.
#[test]
fn a_code_is_bound_to_its_verifier() {
    let (provider, client) = (provider(), workshop());
    let with_pkce = code(&provider, &client, "s");
    for verifier in ["", "wrong", &CODE_VERIFIER[1..], CODE_CHALLENGE] {
        let request = fetch_token::token_request(&client, &with_pkce, verifier);
        assert_eq!(token_error(&provider, &request), "invalid_grant", "{verifier}");
    }

    // The attacker cut the challenge out of the authorization URL.
    let url = authorize::authorization_url(&client, "s", CODE_CHALLENGE);
    let (url, _) = url.split_once("&code_challenge=").unwrap();
    let without_pkce = parameter(&click(&provider, url, "allow", "ada"), "code").unwrap();
    let request = fetch_token::token_request(&client, &without_pkce, CODE_VERIFIER);
    assert_eq!(token_error(&provider, &request), "invalid_grant");
}

/// RFC 6749 §4.1.3.
#[test]
fn a_code_is_bound_to_its_client_and_its_redirect_uri() {
    let (provider, ours) = (provider(), workshop());
    let code = code(&provider, &ours, "s");

    let other_client = fetch_token::token_request(&public(), &code, CODE_VERIFIER);
    assert_eq!(token_error(&provider, &other_client), "invalid_grant");
    let elsewhere = client(&[("OAUTH_REDIRECT_URI", "http://127.0.0.1:8081/callback")]);
    let other_uri = fetch_token::token_request(&elsewhere, &code, CODE_VERIFIER);
    assert_eq!(token_error(&provider, &other_uri), "invalid_grant");

    // None of these attempts has used it up.
    let request = fetch_token::token_request(&ours, &code, CODE_VERIFIER);
    assert!(fetch_token::read_token(&provider.handle(&request)).is_ok());
}

/// RFC 9700 §4.14.2.
#[test]
fn a_refresh_token_changes_with_each_use_and_a_second_use_ends_it_all() {
    let (provider, client) = (provider(), workshop());
    let code = code(&provider, &client, "s");
    let request = fetch_token::token_request(&client, &code, CODE_VERIFIER);
    let first = fetch_token::read_token(&provider.handle(&request)).unwrap();

    let refresh = fetch_token::refresh_request(&client, first.refresh_token.as_ref().unwrap());
    let second = fetch_token::read_refreshed_token(&provider.handle(&refresh), &first).unwrap();
    assert_ne!(first.access_token, second.access_token);
    assert_ne!(first.refresh_token, second.refresh_token);
    let user = get_user_info::user_info_request(&client, &second.access_token);
    assert_eq!(provider.handle(&user).status, 200);

    assert_eq!(token_error(&provider, &refresh), "invalid_grant");
    assert_eq!(provider.handle(&user).status, 401);
    let refresh = fetch_token::refresh_request(&client, second.refresh_token.as_ref().unwrap());
    assert_eq!(token_error(&provider, &refresh), "invalid_grant");
}

/// RFC 6749 §6: the scope asked for "MUST NOT include any scope not originally granted", and a new refresh
/// token's scope "MUST be identical to that of the refresh token included by the client in the request".
#[test]
fn a_refreshed_token_may_do_less_and_never_more() {
    let (provider, client) = (provider(), client(&[("OAUTH_SCOPE", "read:user user:email")]));
    let code = code(&provider, &client, "s");
    let request = fetch_token::token_request(&client, &code, CODE_VERIFIER);
    let first = fetch_token::read_token(&provider.handle(&request)).unwrap();
    let ask = |token: &fetch_token::Token, scope: &str| {
        let mut request =
            fetch_token::refresh_request(&client, token.refresh_token.as_ref().unwrap());
        request.body.push_str(&format!("&scope={scope}"));
        request
    };
    let has_email = |token: &fetch_token::Token| {
        let request = get_user_info::user_info_request(&client, &token.access_token);
        provider.handle(&request).text().unwrap().contains("\"email\"")
    };

    for more in ["read%3Auser+admin", "admin", "read%3Auser++user%3Aemail"] {
        assert_eq!(token_error(&provider, &ask(&first, more)), "invalid_scope", "{more}");
    }
    let answer = provider.handle(&ask(&first, "read%3Auser"));
    let less = fetch_token::read_refreshed_token(&answer, &first).unwrap();
    let answer = provider.handle(&ask(&less, "read%3Auser+user%3Aemail"));
    let all = fetch_token::read_refreshed_token(&answer, &less).unwrap();

    let scopes = [&first, &less, &all].map(|token| token.scope.as_deref().unwrap());
    assert_eq!(scopes, ["read:user user:email", "read:user", "read:user user:email"]);
    assert_eq!([&first, &less, &all].map(has_email), [true, false, true]);
}

#[test]
fn a_refresh_token_is_good_for_thirty_days() {
    for (seconds, good) in [(2_591_990, true), (2_592_000, false)] {
        let (provider, client) = (provider(), workshop());
        let code = code(&provider, &client, "s");
        let request = fetch_token::token_request(&client, &code, CODE_VERIFIER);
        let token = fetch_token::read_token(&provider.handle(&request)).unwrap();
        provider.let_time_pass(std::time::Duration::from_secs(seconds));
        let refresh = fetch_token::refresh_request(&client, &token.refresh_token.unwrap());
        assert_eq!(provider.handle(&refresh).status == 200, good, "after {seconds} seconds");
    }
}

#[test]
fn a_refresh_token_is_of_no_use_to_another_client() {
    let (provider, client) = (provider(), workshop());
    let code = code(&provider, &client, "s");
    let request = fetch_token::token_request(&client, &code, CODE_VERIFIER);
    let token = fetch_token::read_token(&provider.handle(&request)).unwrap();

    let refresh = fetch_token::refresh_request(&public(), &token.refresh_token.unwrap());

    assert_eq!(token_error(&provider, &refresh), "invalid_grant");
}

#[test]
fn deny_comes_back_as_access_denied() {
    let (provider, client) = (provider(), workshop());
    let url = authorize::authorization_url(&client, "s", CODE_CHALLENGE);
    let location = click(&provider, &url, "deny", "zoe");

    let (_, query) = location.split_once('?').unwrap();
    let denied = authorize::read_redirect(query, &client, "s");

    let error = "access_denied".to_owned();
    let description = "the user clicked Deny".to_owned();
    assert_eq!(denied, Err(Error::AuthorizationRefused { error, description }));
}

#[test]
fn the_second_person_is_somebody_else() {
    let (provider, client) = (provider(), client(&[("OAUTH_SCOPE", "read:user user:email")]));
    let url = authorize::authorization_url(&client, "s", CODE_CHALLENGE);
    let code = parameter(&click(&provider, &url, "allow", "zoe"), "code").unwrap();
    let request = fetch_token::token_request(&client, &code, CODE_VERIFIER);
    let token = fetch_token::read_token(&provider.handle(&request)).unwrap();
    let request = get_user_info::user_info_request(&client, &token.access_token);
    let answer = provider.handle(&request);
    let user = get_user_info::read_user(&answer, &client).unwrap();

    assert_eq!((user.id.as_str(), user.name.as_deref()), ("1906", Some("Zoë Okoro")));
    assert!(answer.text().unwrap().contains("zoe@example.org"));
}
