//! The habits of other providers, one by one: each is there in its mode, and in no other.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "in a test, a panic is the answer"
)]

mod common;

use common::*;
use oauth2_by_hand::client::settings;
use oauth2_by_hand::fetch_token::{
    granted_scopes, read_refreshed_token, read_token, refresh_request, token_request,
};
use oauth2_by_hand::get_user_info::{read_user, user_info_request};
use oauth2_by_hand::http::{Request, Response};
use oauth2_by_hand::practice::{Provider, quirks};
use oauth2_by_hand::{Client, Error, authorize};

/// A provider with the habits of that name, and its client `workshop`.
fn like(name: &str) -> (Provider, Client) {
    let provider = Provider::like(ISSUER, quirks::quirks(name).unwrap());
    let own = provider.settings().into_iter().map(|(name, value)| (name.to_owned(), value));
    let client = settings::client(&own.collect()).unwrap();
    (provider, client)
}

fn redirect(provider: &Provider, client: &Client, person: &str) -> String {
    let url = authorize::authorization_url(client, "state-of-this-login", CODE_CHALLENGE);
    click(provider, &url, "allow", person)
}

/// The token request of a login that has got so far.
fn ready(provider: &Provider, client: &Client, person: &str) -> Request {
    let url = redirect(provider, client, person);
    let query = url.split_once('?').unwrap().1;
    let code = authorize::read_redirect(query, client, "state-of-this-login").unwrap();
    token_request(client, &code, CODE_VERIFIER)
}

fn without(mut request: Request, header: &str) -> Request {
    request.headers.retain(|(name, _)| name != header);
    request
}

fn json(response: &Response) -> serde_json::Value {
    serde_json::from_slice(&response.body).unwrap()
}

/// A whole login without a socket, and the remarks that were made on the way.
fn log_in(name: &str, person: &str) -> (serde_json::Value, serde_json::Value, Vec<String>) {
    let (provider, client) = like(name);
    let answer = provider.answer(&ready(&provider, &client, person));
    let token = read_token(&answer.response).unwrap();
    let user = provider.answer(&user_info_request(&client, &token.access_token));
    assert!(read_user(&user.response, &client).is_ok(), "{}", user.response);
    let remarks = [answer.remarks, user.remarks].concat();
    (json(&answer.response), json(&user.response), remarks)
}

#[test]
fn github_answers_with_a_form_unless_json_is_asked_for() {
    let (provider, client) = like("github");
    let request = without(ready(&provider, &client, "ada"), "Accept");

    let answer = provider.answer(&request);

    assert_eq!(answer.response.media_type(), "application/x-www-form-urlencoded");
    assert!(answer.remarks.iter().any(|remark| remark.contains("the answer is a form")));
    let token = read_token(&answer.response).unwrap();
    assert_eq!((token.scope, token.token_type), (Some("read:user".into()), "bearer".into()));
    assert_eq!(token.remarks[0], "the answer is a form, where RFC 6749 §5.1 has JSON");
}

#[test]
fn github_sends_errors_under_200_with_names_of_its_own() {
    let (provider, client) = like("github");
    let request = ready(&provider, &client, "ada");
    assert_eq!(provider.handle(&request).status, 200);

    let replayed = provider.answer(&request);

    assert_eq!(replayed.response.status, 200);
    assert!(replayed.remarks.iter().any(|remark| remark.contains("comes under 200 OK")));
    let Err(Error::TokenRefused { error, .. }) = read_token(&replayed.response) else {
        panic!("a used code bought a token");
    };
    assert_eq!(error, "bad_verification_code");
}

#[test]
fn github_puts_commas_between_scopes_and_promises_no_end() {
    let (provider, mut client) = like("github");
    client.scope = "read:user user:email".into();

    let response = provider.handle(&ready(&provider, &client, "ada"));

    let members = json(&response);
    assert_eq!(members["scope"], "read:user,user:email");
    assert_eq!(members["token_type"], "bearer");
    assert!(members.get("expires_in").is_none() && members.get("refresh_token").is_none());
    let token = read_token(&response).unwrap();
    assert_eq!(granted_scopes(&token, &client.scope), ["read:user", "user:email"]);
}

#[test]
fn github_answers_403_without_a_user_agent() {
    let (provider, client) = like("github");
    let token = read_token(&provider.handle(&ready(&provider, &client, "ada"))).unwrap();
    let request = user_info_request(&client, &token.access_token);

    let nameless = provider.answer(&without(request.clone(), "User-Agent"));

    assert_eq!(nameless.response.status, 403);
    assert_eq!(nameless.remarks, ["Like GitHub: 403, because the request has no User-Agent."]);
    assert_eq!(provider.handle(&request).status, 200);
}

#[test]
fn the_practice_provider_itself_does_not_mind_a_missing_user_agent() {
    let (provider, client) = (provider(), workshop());
    let token = read_token(&provider.handle(&ready(&provider, &client, "ada"))).unwrap();
    let request = user_info_request(&client, &token.access_token);
    assert_eq!(provider.handle(&without(request, "User-Agent")).status, 200);
}

#[test]
fn what_people_have_not_filled_in_is_null() {
    for name in ["github", "gitlab"] {
        let (_, ada, remarks) = log_in(name, "ada");
        assert!(ada["bio"].is_null() && ada["name"] == "Ada Winter", "{ada}");
        assert!(remarks.iter().any(|remark| remark.contains("null for what")));
        let (_, zoe, _) = log_in(name, "zoe");
        assert!(zoe["name"].is_null() && zoe["bio"].is_string(), "{zoe}");
    }
    let (_, user, _) = log_in("strict", "zoe");
    assert_eq!(user["name"], "Zoë Okoro");
}

#[test]
fn google_and_gitlab_grant_under_another_name() {
    let (token, _, _) = log_in("google", "ada");
    assert_eq!(token["scope"], "https://www.googleapis.com/auth/userinfo.profile");
    let (token, _, _) = log_in("gitlab", "ada");
    assert_eq!(token["scope"], "read_user profile");
}

#[test]
fn google_gives_a_refresh_token_on_the_first_consent_only() {
    let (provider, client) = like("google");
    let first = json(&provider.handle(&ready(&provider, &client, "ada")));
    let second = provider.answer(&ready(&provider, &client, "ada"));
    let other = json(&provider.handle(&ready(&provider, &client, "zoe")));

    assert!(first["refresh_token"].is_string() && other["refresh_token"].is_string());
    assert!(json(&second.response).get("refresh_token").is_none());
    assert!(second.remarks.iter().any(|remark| remark.contains("no refresh token")));
}

/// RFC 6749 §6: without a new one, the old refresh token stays good.
#[test]
fn where_no_new_refresh_token_comes_the_old_one_stays_good() {
    let (provider, client) = like("google");
    let mut token = read_token(&provider.handle(&ready(&provider, &client, "ada"))).unwrap();
    let first = token.refresh_token.clone().unwrap();
    for _ in 0..3 {
        let response = provider.handle(&refresh_request(&client, &first));
        token = read_refreshed_token(&response, &token).unwrap();
        assert_eq!(token.refresh_token.as_deref(), Some(first.as_str()));
    }
}

#[test]
fn a_secret_in_the_place_that_is_not_read_is_refused_and_not_tried_twice() {
    let rows = [
        ("github", "basic", 200, "incorrect_client_credentials", "in the form only"),
        ("spotify", "post", 401, "invalid_client", "in the Authorization header only"),
        ("vimeo", "post", 401, "invalid_client", "in the Authorization header only"),
    ];
    for (name, method, status, error, remark) in rows {
        let (provider, mut client) = like(name);
        client.client_authentication = match method {
            "basic" => oauth2_by_hand::client::ClientAuthentication::Basic,
            _ => oauth2_by_hand::client::ClientAuthentication::Post,
        };
        let answer = provider.answer(&ready(&provider, &client, "ada"));
        assert_eq!(answer.response.status, status, "{name}");
        assert_eq!(json(&answer.response)["error"], error);
        assert!(answer.remarks.iter().any(|one| one.contains(remark)), "{:?}", answer.remarks);
    }
}

/// Every member, so that a learner sees at home what the real API sends.
#[test]
fn each_user_has_the_shape_of_its_provider() {
    let avatar = "http://127.0.0.1:9000/avatar.svg?person=ada";
    let size = |width: u32| serde_json::json!({"width": width, "height": width, "link": format!("{avatar}&size={width}")});
    let bio = "Keeps bees and very tidy notebooks.";
    let rows = [
        (
            "strict",
            serde_json::json!({"id": 1815, "login": "ada", "name": "Ada Winter", "bio": bio, "avatar_url": avatar}),
        ),
        (
            "github",
            serde_json::json!({"id": 1815, "login": "ada", "name": "Ada Winter", "bio": null, "avatar_url": avatar}),
        ),
        (
            "gitlab",
            serde_json::json!({"id": 1815, "username": "ada", "name": "Ada Winter", "bio": null,
                "avatar_url": avatar, "state": "active"}),
        ),
        ("google", serde_json::json!({"sub": "1815", "name": "Ada Winter", "picture": avatar})),
        (
            "spotify",
            serde_json::json!({"account_id": "1815", "id": "ada", "display_name": "Ada Winter", "type": "user",
                "images": [{"url": avatar, "height": 300, "width": 300}], "uri": "spotify:user:ada"}),
        ),
        (
            "vimeo",
            serde_json::json!({"uri": "/users/1815", "name": "Ada Winter", "bio": bio,
                "pictures": {"active": true, "sizes": [size(30), size(300), size(75)]}}),
        ),
        (
            "discord",
            serde_json::json!({"id": "1815", "username": "ada", "global_name": "Ada Winter",
                "avatar": "8c7d6f5e4b3a29180f1e2d3c4b5a6978"}),
        ),
    ];
    for (name, expected) in rows {
        assert_eq!(log_in(name, "ada").1, expected, "{name}");
    }
    let (provider, client) = like("vimeo");
    let token = read_token(&provider.handle(&ready(&provider, &client, "ada"))).unwrap();
    let response = provider.handle(&user_info_request(&client, &token.access_token));
    assert_eq!(response.media_type(), "application/vnd.vimeo.user+json");
}

/// Whose habit it is, and what to look out for: said when the API answers.
#[test]
fn what_an_api_has_of_its_own_is_said_in_its_providers_name() {
    for (name, remark) in [
        ("strict", None),
        ("github", Some("Like GitHub: null for what this person has not filled in.")),
        ("gitlab", Some("Like GitLab: null for what this person has not filled in.")),
        (
            "google",
            Some(
                "Like Google: the id is called sub and is a string, the picture is called picture.",
            ),
        ),
        (
            "spotify",
            Some(
                "Like Spotify: the id is called account_id, the name is called display_name, the picture is the url of the first of images.",
            ),
        ),
        (
            "vimeo",
            Some(
                "Like Vimeo: there is no id but a uri, whose last part it is; the picture comes in sizes; the type is Vimeo's own.",
            ),
        ),
        (
            "discord",
            Some(
                "Like Discord: the name is called global_name, the id is a string, and avatar is a hash and no address.",
            ),
        ),
    ] {
        let (.., remarks) = log_in(name, "ada");
        assert_eq!(remarks.last().map(String::as_str), remark, "{name}");
    }
}

#[test]
fn each_mode_says_whose_habits_it_has() {
    let titles: Vec<(&str, &str)> = quirks::ALL.iter().map(|one| (one.name, one.title)).collect();
    let expected = [
        ("strict", "a strict provider"),
        ("github", "GitHub"),
        ("gitlab", "GitLab"),
        ("google", "Google"),
        ("spotify", "Spotify"),
        ("vimeo", "Vimeo"),
        ("discord", "Discord"),
        ("trello", "Trello"),
        ("odd", "an odd server"),
    ];
    assert_eq!(titles, expected);
}

#[test]
fn each_mode_names_its_scopes_when_another_one_is_asked_for() {
    for (name, names) in [
        ("strict", "the scopes here are read:user and user:email"),
        ("github", "the scopes here are read:user and user:email"),
        ("gitlab", "the scopes here are read_user and email"),
        ("google", "the scopes here are openid, profile and email"),
        ("spotify", "the scope here is user-read-email"),
        ("vimeo", "the scopes here are public and email"),
        ("discord", "the scopes here are identify and email"),
    ] {
        let (provider, mut client) = like(name);
        client.scope = "everything".into();
        let url = authorize::authorization_url(&client, "s", CODE_CHALLENGE);
        let location = provider.handle(&Request::get(&url));
        let location = location.header("location").unwrap();
        assert_eq!(parameter(location, "error").as_deref(), Some("invalid_scope"), "{name}");
        assert_eq!(parameter(location, "error_description").as_deref(), Some(names), "{name}");
        let (_, names) = names.split_once(" here ").unwrap();
        let (_, names) = names.split_once(' ').unwrap();
        client.scope = names.replace(',', "").replace(" and", "");
        let url = authorize::authorization_url(&client, "s", CODE_CHALLENGE);
        assert_eq!(provider.handle(&Request::get(&url)).status, 200, "{name}: {}", client.scope);
    }
}

/// The lines to paste for each mode: its scope, where the secret goes, whether it says who it is, which member is the id.
#[test]
fn each_mode_has_the_settings_that_fit_it() {
    for (name, scope, client_auth, issuer, user_id) in [
        ("strict", "read:user", None, Some(ISSUER), None),
        ("github", "read:user", None, Some(ISSUER), None),
        ("gitlab", "read_user", None, None, None),
        ("google", "profile", None, Some(ISSUER), None),
        ("spotify", "", Some("basic"), None, Some("account_id")),
        ("vimeo", "public", Some("basic"), None, Some("uri")),
        ("discord", "identify", None, None, None),
        ("odd", "read:user", None, Some(ISSUER), None),
    ] {
        let settings = like(name).0.settings();
        let value = |wanted: &str| {
            settings.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.as_str())
        };
        assert_eq!(
            (
                value("OAUTH_SCOPE"),
                value("OAUTH_CLIENT_AUTH"),
                value("OAUTH_ISSUER"),
                value("OAUTH_USER_ID")
            ),
            (Some(scope), client_auth, issuer, user_id),
            "{name}"
        );
    }
}

#[test]
fn a_scope_means_the_same_under_another_name() {
    let (provider, mut client) = like("gitlab");
    client.scope = "read_user email".into();
    let token = read_token(&provider.handle(&ready(&provider, &client, "ada"))).unwrap();
    let user = provider.handle(&user_info_request(&client, &token.access_token));
    assert_eq!(json(&user)["email"], "ada@example.org");
    assert!(log_in("gitlab", "ada").1.get("email").is_none(), "not asked for, not told");
}

/// GitHub sends it since August 2026, and Google's metadata promises it.
#[test]
fn those_of_which_a_document_says_so_send_iss_and_the_metadata_agrees() {
    for quirks in quirks::ALL {
        let name = quirks.name;
        let (provider, client) = like(name);
        let iss = parameter(&redirect(&provider, &client, "ada"), "iss");
        let promised = ["github", "google", "strict", "odd"].contains(&name);
        assert_eq!(iss.is_some(), promised, "{name}");
        let url = format!("{ISSUER}/.well-known/oauth-authorization-server");
        let metadata = json(&provider.handle(&Request::get(&url)));
        assert_eq!(metadata["authorization_response_iss_parameter_supported"], promised);
        assert_eq!(metadata["token_endpoint"], client.token_endpoint);
    }
}

/// RFC 9700 §2.1.1.
#[test]
fn strict_refuses_a_confidential_client_without_pkce() {
    let url = format!(
        "{ISSUER}/authorize?response_type=code&client_id=workshop&state=s&\
         redirect_uri=http%3A%2F%2F127.0.0.1%3A8080%2Fcallback"
    );
    let (strict, _) = like("strict");

    let answer = strict.handle(&Request::get(&url));

    let location = answer.header("location").unwrap();
    assert_eq!(parameter(location, "error").as_deref(), Some("invalid_request"));
    assert_eq!(parameter(location, "state").as_deref(), Some("s"));
    let plain = provider().answer(&Request::get(&url));
    assert_eq!(plain.response.status, 200);
    assert!(plain.remarks[0].contains("gives up PKCE"));
}

#[test]
fn odd_has_long_codes_and_tokens_that_need_encoding() {
    let (provider, client) = like("odd");
    let url = redirect(&provider, &client, "ada");
    let code = parameter(&url, "code").unwrap();
    assert!(code.len() > 500 && code.starts_with("4/") && code.ends_with("%2B="), "{code}");
    assert!(!url.contains("code=4/"), "it is encoded on its way: {url}");

    let token = provider.handle(&token_request(&client, &code, CODE_VERIFIER));

    let token = read_token(&token).unwrap();
    assert!(token.access_token.len() > 700 && token.access_token.ends_with("=="));
    assert_eq!(token.expires_in, Some(3600));
    assert_eq!(token.remarks, ["expires_in is a string, where RFC 6749 §5.1 has a number"]);
}

/// RFC 6749 §2.3.1 wants the parts form-encoded; some servers compare what they get as it is.
#[test]
fn odd_takes_basic_raw_so_that_an_odd_secret_works_in_the_form_only() {
    let (provider, mut client) = like("odd");
    assert_eq!(provider.handle(&ready(&provider, &client, "ada")).status, 200);

    client.client_authentication = oauth2_by_hand::client::ClientAuthentication::Basic;
    let answer = provider.answer(&ready(&provider, &client, "ada"));

    assert_eq!(
        (answer.response.status, &json(&answer.response)["error"]),
        (401, &"invalid_client".into())
    );
    assert!(answer.remarks.iter().any(|remark| remark.contains("Basic credentials are taken raw")));
}

#[test]
fn odd_denies_on_a_page_and_sends_nobody_back() {
    let (provider, client) = like("odd");
    let url = authorize::authorization_url(&client, "s", CODE_CHALLENGE);
    let page = provider.handle(&Request::get(&url));

    let answer = provider.answer(&decision(&page, "deny", "ada"));

    assert_eq!((answer.response.status, answer.response.header("location")), (400, None));
    assert!(answer.response.text().unwrap().contains("You said no"));
    assert_eq!(
        answer.remarks,
        ["Like an odd server: Deny ends here, on a page: the client is not told."]
    );
}

#[test]
fn odd_answers_an_unknown_scope_with_access_denied_and_no_word() {
    let (provider, mut client) = like("odd");
    client.scope = "read:everything".into();
    let url = authorize::authorization_url(&client, "s", CODE_CHALLENGE);
    let location = provider.handle(&Request::get(&url));
    let location = location.header("location").unwrap();
    assert_eq!(parameter(location, "error").as_deref(), Some("access_denied"));
    assert_eq!(parameter(location, "error_description"), None);
}

#[test]
fn odd_has_a_token_endpoint_whose_slash_counts() {
    let (provider, mut client) = like("odd");
    assert_eq!(client.token_endpoint, format!("{ISSUER}/token/"));
    client.token_endpoint = format!("{ISSUER}/token");

    let answer = provider.answer(&ready(&provider, &client, "ada"));

    assert_eq!(answer.response.status, 404);
    assert!(answer.remarks[0].contains("ends with a slash"), "{:?}", answer.remarks);
}
