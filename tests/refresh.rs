//! The program `refresh`: which messages it sends, what it says of providers that do less, and how it ends.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test, a panic is the answer"
)]

mod common;

use common::*;
use oauth2_by_hand::http::{Request, Response};
use serde_json::json;

/// The words without the ends of lines between them, which are wherever 80 columns end.
fn unwrapped(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The first lines of all messages, as they were printed, without the queries.
fn first_lines(printed: &str) -> Vec<&str> {
    let is_first =
        |line: &&str| ["GET /", "POST /", "HTTP/1.1 "].iter().any(|start| line.starts_with(start));
    printed.lines().filter(is_first).map(|line| line.split('?').next().unwrap()).collect()
}

/// A provider that behaves well, but for what `instead` answers.
fn provider_but(
    instead: impl Fn(&Request) -> Option<Response> + Send + 'static,
) -> (String, std::sync::Arc<std::sync::Mutex<Vec<Request>>>) {
    provider_that(move |request| {
        let json = |status, value: serde_json::Value| {
            Response::new(status, "application/json", value.to_string())
        };
        let is_refresh = request.body.contains("grant_type=refresh_token");
        let otherwise = match request.path() {
            "/token" if is_refresh => {
                json(200, json!({ "access_token": "a2", "token_type": "Bearer" }))
            }
            "/token" => json(
                200,
                json!({ "access_token": "a1", "token_type": "Bearer", "refresh_token": "r1" }),
            ),
            "/user" => json(200, json!({ "id": 1, "name": "Ada" })),
            "/revoke" => Response::new(200, "text/plain", ""),
            path => panic!("{path}"),
        };
        Some(instead(request).unwrap_or(otherwise))
    })
}

/// The program at a provider, with Allow clicked: standard output, standard error, exit code.
fn run_at(origin: &str, settings: &[(&str, &str)]) -> (String, String, i32) {
    let redirect_uri = format!("http://{}/callback", free_address());
    let mut refresh = program("refresh");
    refresh.arg("--no-browser").envs(endpoints(origin)).env("OAUTH_CLIENT_ID", "a-client");
    refresh.env("OAUTH_REDIRECT_URI", &redirect_uri).envs(settings.iter().copied());
    let mut refresh = Running::start(&mut refresh);
    let state = parameter(&refresh.authorization_url(), "state").unwrap();
    browse(&format!("{redirect_uri}?code=c&state={state}"));
    refresh.end()
}

fn run_with_revocation(origin: &str) -> (String, String, i32) {
    run_at(origin, &[("OAUTH_REVOCATION_URL", &format!("{origin}/revoke"))])
}

#[test]
fn it_logs_in_refreshes_asks_revokes_and_asks_in_vain() {
    let (printed, errors, code) = run(program("refresh").arg("--approve"));
    assert_eq!((&*errors, code), ("", 0));
    let expected = [
        "GET /callback",
        "POST /token HTTP/1.1",
        "HTTP/1.1 200 OK",
        "POST /token HTTP/1.1",
        "HTTP/1.1 200 OK",
        "GET /user HTTP/1.1",
        "HTTP/1.1 200 OK",
        "POST /revoke HTTP/1.1",
        "HTTP/1.1 200 OK",
        "GET /user HTTP/1.1",
        "HTTP/1.1 401 Unauthorized",
    ];
    assert_eq!(first_lines(&printed), expected, "{printed}");
    assert!(printed.contains("\n   access token   another one\n"), "{printed}");
    assert!(printed.contains("\n   refresh token  another one\n"), "{printed}");
    assert!(printed.contains("\n   name    Ada Winter\n"), "{printed}");
    assert!(printed.ends_with("401: with the refresh token its access tokens have ended, too.\n"));
}

/// The refresh token that the provider gave last is revoked, and the new access token is used.
#[test]
fn what_a_refresh_gives_is_used_and_what_it_does_not_give_is_kept() {
    for (given, revoked, said, scope) in [
        (json!("r2"), "r2", "another one", json!("b")),
        (json!(null), "r1", "the same as before", json!(null)),
    ] {
        let (origin, requests) = provider_but(move |request| {
            let is_refresh = request.body.contains("grant_type=refresh_token");
            let answer = json!({
                "access_token": "a2", "token_type": "Bearer", "refresh_token": given, "scope": scope,
            });
            is_refresh.then(|| Response::new(200, "application/json", answer.to_string()))
        });
        let (printed, _, code) = run_with_revocation(&origin);
        assert_eq!(code, 0);
        for row in [
            &format!("refresh token  {said}"),
            &format!("scope          {said}"),
            "it expires     the server does not say",
        ] {
            assert!(printed.contains(&format!("\n   {row}\n")), "{row}\n{printed}");
        }
        let requests = requests.lock().unwrap();
        assert_eq!(
            requests[1].body,
            "grant_type=refresh_token&refresh_token=r1&client_id=a-client"
        );
        assert_eq!(requests[2].header("Authorization"), Some("Bearer a2"));
        let form = format!("token={revoked}&token_type_hint=refresh_token&client_id=a-client");
        assert_eq!((requests[3].path(), &*requests[3].body), ("/revoke", &*form));
    }
}

#[test]
fn without_a_refresh_token_it_says_so_and_ends_well() {
    let (printed, errors, code) = run(program("refresh").args(["--approve", "--like", "github"]));
    assert_eq!((&*errors, code), ("", 0));
    let expected = "This provider gave no refresh token, so there is nothing to refresh";
    assert!(unwrapped(&printed).contains(expected), "{printed}");
    assert_eq!(first_lines(&printed), ["GET /callback", "POST /token HTTP/1.1", "HTTP/1.1 200 OK"]);
}

#[test]
fn without_a_revocation_endpoint_it_says_so_and_ends_well() {
    let (origin, requests) = provider_but(|_| None);
    let (printed, errors, code) = run_at(&origin, &[]);
    assert_eq!((&*errors, code), ("", 0));
    let expected = "OAUTH_REVOCATION_URL is not set: this provider has no revocation endpoint";
    assert!(unwrapped(&printed).contains(expected), "{printed}");
    assert!(requests.lock().unwrap().iter().all(|request| request.path() != "/revoke"));
}

/// RFC 7009 §3: such a token lives until it expires.
#[test]
fn an_access_token_that_the_api_still_takes_is_noted_as_self_contained() {
    let (origin, _) = provider_but(|_| None);
    let (printed, errors, code) = run_with_revocation(&origin);
    assert_eq!((&*errors, code), ("", 0));
    let expected = "the API still takes the access token. It is self-contained:";
    assert!(unwrapped(&printed).contains(expected), "{printed}");
}

/// RFC 7009 §2.2.1.
#[test]
fn at_503_it_says_that_the_token_still_exists_and_ends_with_1() {
    let (origin, requests) = provider_but(|request| {
        (request.path() == "/revoke").then(|| Response::new(503, "text/plain", "later"))
    });
    let (_, errors, code) = run_with_revocation(&origin);
    assert_eq!(code, 1);
    let expected = "refresh: the revocation endpoint answered HTTP 503: the token still exists.";
    assert!(errors.starts_with(expected), "{errors}");
    assert_eq!(requests.lock().unwrap().len(), 4, "it is not sent twice");
}

#[test]
fn a_refused_refresh_ends_it_with_1() {
    let (origin, requests) = provider_but(|request| {
        let refused = Response::new(400, "application/json", r#"{"error":"invalid_grant"}"#);
        request.body.contains("grant_type=refresh_token").then_some(refused)
    });
    let (_, errors, code) = run_with_revocation(&origin);
    assert_eq!(code, 1);
    assert!(errors.starts_with("refresh: the token endpoint refused: \"invalid_grant\""));
    assert_eq!(requests.lock().unwrap().len(), 2);
}

/// Only 401 is the answer to a revoked token. Trouble at the API says nothing of it.
#[test]
fn another_answer_of_the_api_after_the_revocation_is_an_error() {
    for status in [403, 500] {
        let (origin, _) = provider_but({
            let was_revoked = std::sync::atomic::AtomicBool::new(false);
            move |request| {
                let order = std::sync::atomic::Ordering::SeqCst;
                was_revoked.fetch_or(request.path() == "/revoke", order);
                let is_late = request.path() == "/user" && was_revoked.load(order);
                is_late.then(|| Response::new(status, "text/plain", ""))
            }
        });
        let (printed, errors, code) = run_with_revocation(&origin);
        assert_eq!(code, 1, "{printed}");
        assert!(errors.contains(&format!("HTTP {status}")), "{errors}");
    }
}

#[test]
fn a_revocation_endpoint_elsewhere_masks_the_secrets() {
    let (origin, _) = provider_but(|_| None);
    let mut refresh = program("refresh");
    refresh.arg("--paste").envs(endpoints(&origin)).env("OAUTH_CLIENT_ID", "a-client");
    refresh.env("OAUTH_REVOCATION_URL", "https://login.example/revoke");
    let (printed, ..) = run(&mut refresh);
    assert!(printed.contains("Secrets are masked."), "{printed}");
}

#[test]
fn a_masked_run_shows_none_of_its_tokens() {
    let (in_full, ..) = run(program("refresh").arg("--approve"));
    assert!(in_full.contains("\ntoken=") && in_full.contains("\"refresh_token\": \""));

    let (printed, _, code) = run(program("refresh").args(["--approve", "--mask-secrets"]));

    assert_eq!(code, 0);
    let long = |word: &&str| {
        word.len() >= 43 && word.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
    };
    let words = printed.split(|c: char| !(c.is_ascii_alphanumeric() || "-_".contains(c)));
    let shown: Vec<&str> = words.filter(long).filter(|word| !word.starts_with("---")).collect();
    // The authorization URL is the exception: it has to be usable.
    let url = printed.lines().find(|line| line.contains("response_type=code")).unwrap();
    assert!(shown.iter().all(|word| url.contains(word)), "{shown:?}");
    assert!(!printed.contains("workshop-secret"));
}

/// A stranger's values are learnt up to a number. Those of our own requests and tokens do not count.
#[test]
fn a_redirect_with_many_tokens_takes_no_room_in_the_mask() {
    let verifier = std::sync::Mutex::new(String::new());
    let (origin, _) = provider_that(move |request| {
        let json = |status, value: serde_json::Value| {
            Some(Response::new(status, "application/json", value.to_string()))
        };
        let mut verifier = verifier.lock().unwrap();
        if request.body.contains("grant_type=refresh_token") {
            let words = format!("bad r1-canary-canary a1-canary-canary {verifier}");
            return json(400, json!({ "error": "x", "error_description": words }));
        }
        verifier.push_str(&parameter(&format!("?{}", request.body), "code_verifier").unwrap());
        let answer = json!({
            "access_token": "a1-canary-canary", "token_type": "Bearer",
            "refresh_token": "r1-canary-canary",
        });
        json(200, answer)
    });
    let redirect_uri = format!("http://{}/callback", free_address());
    let mut refresh = program("refresh");
    refresh.args(["--no-browser", "--mask-secrets"]).envs(endpoints(&origin));
    refresh.env("OAUTH_CLIENT_ID", "a-client").env("OAUTH_REDIRECT_URI", &redirect_uri);
    let mut refresh = Running::start(&mut refresh);
    let state = parameter(&refresh.authorization_url(), "state").unwrap();
    let many: String = (0..40).map(|number| format!("&token=of-a-stranger-{number}")).collect();
    browse(&format!("{redirect_uri}?code=c&state={state}{many}"));

    let (printed, errors, code) = refresh.end();

    assert_eq!(code, 1);
    let echoed = unwrapped(&errors);
    let (_, verifier) =
        echoed.split_once("\"bad r1-c… a1-c… ").unwrap_or_else(|| panic!("{echoed}"));
    assert_eq!(verifier.find("…\""), Some(4), "{echoed}");
    assert!(!(printed + &errors).contains("canary-canary"));
}

#[test]
fn a_bad_revocation_endpoint_is_named_before_anything_is_sent() {
    let (origin, requests) = provider_but(|_| None);
    let mut refresh = program("refresh");
    refresh.arg("--no-browser").envs(endpoints(&origin)).env("OAUTH_CLIENT_ID", "a-client");
    let (printed, errors, code) =
        run(refresh.env("OAUTH_REVOCATION_URL", "http://login.example/revoke"));
    assert_eq!((&*printed, code), ("", 2));
    assert!(errors.starts_with("refresh: OAUTH_REVOCATION_URL: http:// is for 127.0.0.1"));
    assert!(requests.lock().unwrap().is_empty());
}
