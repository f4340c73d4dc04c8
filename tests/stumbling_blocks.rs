//! The twelve things that beginners stumble on: each is produced on purpose, and each message is read.
//!
//! A message has to name what happened, the likely cause and what to do, so whole phrases are looked for.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "in a test, a panic is the answer"
)]

mod common;

use std::process::Command;

use common::*;
use oauth2_by_hand::fetch_token::{read_token, token_request};
use oauth2_by_hand::get_user_info::{read_user, user_info_request};
use oauth2_by_hand::http::{Request, Response};
use oauth2_by_hand::practice::{Provider, quirks};
use oauth2_by_hand::{Error, authorize};

/// One line, so that a phrase can be looked for wherever it was wrapped.
fn unwrapped(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Runs a program that fails: its output and the three parts of what it says.
fn fails(command: &mut Command) -> (String, String) {
    let (printed, errors, code) = run(command);
    assert!(code == 1 || code == 2, "{code}\n{printed}");
    for part in ["\n  Likely cause: ", "\n  What to do: "] {
        assert_eq!(errors.matches(part).count(), 1, "{errors}");
    }
    (unwrapped(&printed), unwrapped(&errors))
}

fn assert_says(text: &str, phrases: &[&str]) {
    for phrase in phrases {
        assert!(text.contains(phrase), "{phrase:?} is not in:\n{text}");
    }
}

fn approved(like: &str) -> Command {
    let mut step3 = program("step3");
    step3.args(["--like", like, "--approve"]);
    step3
}

/// A code of the practice provider, in the request that spends it.
fn token_request_at(provider: &Provider) -> Request {
    let url = authorize::authorization_url(&workshop(), "s", CODE_CHALLENGE);
    let redirect = click(provider, &url, "allow", "ada");
    token_request(&workshop(), &parameter(&redirect, "code").unwrap(), CODE_VERIFIER)
}

/// A learner who writes `token_request` and forgets a field is told which, and not four possibilities.
#[test]
fn a_field_that_is_missing_from_the_token_request_is_named() {
    for name in
        ["grant_type", "code", "redirect_uri", "code_verifier", "client_id", "client_secret"]
    {
        for is_empty in [false, true] {
            let provider = Provider::new(ISSUER);
            let mut request = token_request_at(&provider);
            let pairs = request.body.split('&').filter_map(|pair| match pair.split_once('=') {
                Some((key, _)) if key == name => is_empty.then(|| format!("{key}=")),
                _ => Some(pair.to_owned()),
            });
            request.body = pairs.collect::<Vec<_>>().join("&");
            let says = unwrapped_error(read_token(&provider.handle(&request)));
            let cause = format!(
                "Likely cause: the request has no {name}, or an empty one. What to do: add it"
            );
            assert!(says.contains(&cause), "{says}");
        }
    }
    // Look-alikes: more than one name, another request's, no name.
    let words =
        ["redirect_uri or code_verifier is missing", "code_challenge is missing", "bad code"];
    for description in words {
        let refused = Error::TokenRefused {
            error: "invalid_request".into(),
            description: description.into(),
        };
        assert!(!refused.to_string().contains("the request has no"), "{refused}");
    }
    let at_step_1 = Error::AuthorizationRefused {
        error: "invalid_request".into(),
        description: "client_id is missing".into(),
    };
    assert!(!at_step_1.to_string().contains("the request has no"), "{at_step_1}");
}

fn unwrapped_error<T>(result: Result<T, Error>) -> String {
    unwrapped(&result.err().unwrap().to_string())
}

/// 1. A second tab, a reload, a forged redirect: missing and different are told apart, and the wait goes on.
#[test]
fn stumbling_block_1_the_state_is_missing_or_another_one() {
    let mut step1 = Running::start(program("step1").arg("--paste"));
    step1.authorization_url();
    step1.type_line("http://127.0.0.1:8080/callback?code=x");
    step1.type_line("http://127.0.0.1:8080/callback?code=x&state=of-an-earlier-tab");
    step1.end_input();
    let (printed, _, code) = step1.end();
    assert_eq!(code, 1);
    assert_says(
        &unwrapped(&printed),
        &[
            "Not accepted: the redirect has no state, so it belongs to no login that we started.",
            "Not accepted: the redirect has another state than ours, so it belongs to no login",
            "The wait goes on.",
        ],
    );
    assert_says(
        &unwrapped(&Error::StateMismatch.to_string()),
        &[
            "a tab of an earlier login was used or reloaded",
            "use the browser tab that this program",
        ],
    );
    assert_says(
        &unwrapped(&Error::StateMissing.to_string()),
        &["opened by hand", "lost the state"],
    );
}

/// 2. Plain http is for this machine, and there is no switch that says otherwise.
#[test]
fn stumbling_block_2_https_off_this_machine_and_http_on_it() {
    let mut step3 = program("step3");
    step3.envs([
        ("OAUTH_CLIENT_ID", "id"),
        ("OAUTH_AUTHORIZE_URL", "http://auth.example.com/authorize"),
        ("OAUTH_TOKEN_URL", "https://auth.example.com/token"),
        ("OAUTH_USERINFO_URL", "https://auth.example.com/user"),
    ]);
    let (_, errors) = fails(&mut step3);
    assert_says(
        &errors,
        &[
            "OAUTH_AUTHORIZE_URL: http:// is for 127.0.0.1, [::1] and localhost only; anything else \
           needs https://",
            "without TLS everyone on the network could read the secret, the code and the token",
        ],
    );
    let (_, _, code) = run(program("step3").arg("--approve"));
    assert_eq!(code, 0, "http on loopback needs no switch");
}

/// 3. Another scope than the one asked for is a success, and the difference is shown.
#[test]
fn stumbling_block_3_the_granted_scope_differs() {
    let (printed, errors, code) =
        run(program("step3").args(["--provider", "google", "--like", "google", "--approve"]));
    assert_eq!((code, errors.as_str()), (0, ""));
    assert_says(
        &unwrapped(&printed),
        &["The granted scope differs from the one asked for, which is no error. \
           Asked: openid profile. \
           Granted: openid https://www.googleapis.com/auth/userinfo.profile. \
           Missing: profile. \
           Extra: https://www.googleapis.com/auth/userinfo.profile."],
    );
    let (printed, ..) = run(program("step3").arg("--approve"));
    assert!(!printed.contains("differs from the one asked for"), "{printed}");
}

/// 4. A form where JSON should be is read, with a note; a page is refused, and its type named.
#[test]
fn stumbling_block_4_the_token_answer_is_not_json() {
    let github = Provider::like(ISSUER, quirks::quirks("github").unwrap());
    let mut request = token_request_at(&github);
    assert_eq!(request.header("Accept"), Some("application/json"), "we ask for JSON");
    request.headers.retain(|(name, _)| name != "Accept");
    let token = read_token(&github.handle(&request)).unwrap();
    assert_eq!(token.remarks[0], "the answer is a form, where RFC 6749 §5.1 has JSON");

    let page = Response::new(200, "text/html", "<p>Sign in</p>");
    assert_says(
        &unwrapped_error(read_token(&page)),
        &[
            "HTTP 200 with a body of type \"text/html\"",
            "OAUTH_TOKEN_URL is not the token endpoint",
            "compare the URL with the provider's documentation",
        ],
    );
}

/// 5. Under 200 OK, and still an error: it is found before anybody looks for a token.
#[test]
fn stumbling_block_5_an_error_under_200() {
    let mut step3 = program("step3");
    step3.args(["--provider", "github", "--like", "github", "--approve"]);
    step3.env("OAUTH_CLIENT_ID", "workshop").env("OAUTH_CLIENT_SECRET", "not-this-one");
    let (printed, errors) = fails(&mut step3);
    assert_says(&printed, &["HTTP/1.1 200 OK", "comes under 200 OK.", "The answer is no."]);
    assert!(!printed.contains("guard it like a password"), "there is no token to notice");
    assert_says(
        &errors,
        &[
            "step3: the token endpoint refused: \"incorrect_client_credentials\"",
            "GitHub's word for invalid_client: the client ID or the client secret is wrong.",
            "copy both anew from the application's settings.",
        ],
    );
    assert!(!errors.contains("access_token"), "{errors}");
}

/// 6. One byte is enough. What we sent is printed, so that it can be compared and registered.
#[test]
fn stumbling_block_6_the_redirect_uri_is_not_the_registered_one() {
    for redirect_uri in [
        "http://127.0.0.1:8080/callback/",
        "http://localhost:8080/callback",
        "http://127.0.0.1:8080/Callback",
    ] {
        let mut step1 = program("step1");
        step1.args(["--like", "strict", "--approve"]).env("OAUTH_REDIRECT_URI", redirect_uri);
        let (_, errors) = fails(&mut step1);
        // Port 8080 may be another test's; then the practice provider's any-port rule applies.
        let (host, path) = redirect_uri.split_once(":8080").unwrap();
        let sent = errors.split_once("We sent exactly ").unwrap().1.split(' ').next().unwrap();
        assert!(sent.starts_with(host) && sent.ends_with(path), "{sent}");
        assert_says(
            &errors,
            &[
                "the authorization server showed a page instead of sending us back",
                "The redirect URI is not the one that is registered for this client.",
                "a slash at the end, the path, localhost for 127.0.0.1, mostly the port too",
                "register exactly that redirect URI, or set OAUTH_REDIRECT_URI to the registered one",
            ],
        );
    }
    // The same string in both legs: the token endpoint compares it again.
    let provider = provider();
    let url = authorize::authorization_url(&workshop(), "s", CODE_CHALLENGE);
    let code = parameter(&click(&provider, &url, "allow", "ada"), "code").unwrap();
    let other = client(&[("OAUTH_REDIRECT_URI", "http://127.0.0.1:8081/callback")]);
    let answer = provider.handle(&token_request(&other, &code, CODE_VERIFIER));
    assert_says(
        &unwrapped_error(read_token(&answer)),
        &["invalid_grant", "redirect_uri is not the one of the authorization request"],
    );
}

/// 7. An API that wants to know who asks.
#[test]
fn stumbling_block_7_403_for_want_of_a_user_agent() {
    let github = Provider::like(ISSUER, quirks::quirks("github").unwrap());
    let token = read_token(&github.handle(&token_request_at(&github))).unwrap();
    let mut request = user_info_request(&workshop(), &token.access_token);
    assert!(request.header("User-Agent").is_some(), "ours always says who we are");
    request.headers.retain(|(name, _)| name != "User-Agent");

    assert_says(
        &unwrapped_error(read_user(&github.handle(&request), &workshop())),
        &["HTTP 403", "the request has no User-Agent", "set OAUTH_SCOPE"],
    );
}

/// 8. A code that was used, is old, or belongs elsewhere: one error code for all of them.
#[test]
fn stumbling_block_8_invalid_grant() {
    let provider = provider();
    let request = token_request_at(&provider);
    assert!(read_token(&provider.handle(&request)).is_ok());
    let late = token_request_at(&provider);
    provider.let_time_pass(std::time::Duration::from_secs(61));
    let mut stolen = token_request_at(&provider);
    stolen.body = stolen.body.replace(CODE_VERIFIER, &CODE_VERIFIER.to_lowercase());

    let rows = [
        (request, "this code was used already"),
        (late, "this code is older than 60 seconds"),
        (stolen, "code_verifier does not fit the code_challenge"),
    ];
    for (request, words) in rows {
        assert_says(
            &unwrapped_error(read_token(&provider.handle(&request))),
            &[
                "the token endpoint refused: \"invalid_grant\"",
                words,
                "the code was used already (a reload), is too old, or belongs to another redirect URI, \
                 client or code verifier.",
                "a code can be exchanged once, and some servers count a failed try too.",
            ],
        );
    }
}

/// 9. A wrong secret, a stray newline, or the right secret in the wrong place.
#[test]
fn stumbling_block_9_invalid_client() {
    let cause = "the client secret is wrong or has a stray character at its end, or this provider \
                 reads it in another place.";
    let remedy =
        "copy ID and secret anew, or set OAUTH_CLIENT_AUTH to the other of post and basic.";

    let mut wrong = program("step3");
    let (_, errors) = fails(wrong.arg("--approve").env("OAUTH_CLIENT_SECRET", "workshop-secre"));
    assert_says(&errors, &["\"invalid_client\" \"the client secret is wrong\"", cause, remedy]);

    let mut elsewhere = approved("spotify");
    let (_, errors) = fails(elsewhere.env("OAUTH_CLIENT_AUTH", "post"));
    assert_says(&errors, &["send the client secret as Authorization: Basic", cause, remedy]);

    let mut newline = program("step3");
    let (_, errors) =
        fails(newline.arg("--approve").env("OAUTH_CLIENT_SECRET", "workshop-secret\n"));
    assert_says(&errors, &["OAUTH_CLIENT_SECRET: it holds a line end"]);
}

/// 10. Texts for numbers, other letters, null: let pass, and said.
#[test]
fn stumbling_block_10_odd_token_answers() {
    let (printed, errors, code) = run(&mut approved("odd"));
    assert_eq!((code, errors.as_str()), (0, ""));
    assert_says(
        &unwrapped(&printed),
        &[
            "Accepted although it deviates: expires_in is a string, where RFC 6749 §5.1 has a number.",
            "in 3600 seconds",
        ],
    );
    let null =
        r#"{"access_token":"abc","token_type":"BEARER","expires_in":null,"refresh_token":null}"#;
    let token = read_token(&Response::new(200, "application/json", null)).unwrap();
    assert_eq!((token.token_type.as_str(), token.expires_in), ("BEARER", None));
}

/// 11. No is an answer: a friendly page, a clear end.
#[test]
fn stumbling_block_11_the_user_clicks_deny() {
    let deny = |like: &str| {
        let mut step3 = Running::start(program("step3").args(["--like", like, "--no-browser"]));
        let url = step3.authorization_url();
        step3.line(|line| line.ends_with("ends the wait."));
        let (origin, _) = url.split_once("/authorize").unwrap();
        let host = origin.strip_prefix("http://").unwrap();
        let page = browse(&url);
        let cookie = page.split_once("set-cookie: ").unwrap().1.split(';').next().unwrap();
        let body = format!(
            "transaction={}&consent_token={}&person=ada&decision=deny",
            hidden(&page, "transaction"),
            hidden(&page, "consent_token")
        );
        let length = body.len();
        let click = format!(
            "POST /authorize HTTP/1.1\r\nHost: {host}\r\nOrigin: {origin}\r\nCookie: {cookie}\r\n\
             Content-Length: {length}\r\n\r\n{body}"
        );
        (step3, raw(host, click.as_bytes()))
    };

    let (step3, answer) = deny("github");
    let location = answer.split_once("location: ").unwrap().1.lines().next().unwrap();
    assert!(browse(location).contains("No login this time"));
    let (_, errors, code) = step3.end();
    assert_eq!(code, 1);
    assert_says(
        &unwrapped(&errors),
        &[
            "the authorization server says that the user refused: \"access_denied\"",
            "the user clicked Deny",
            "start again and click Allow.",
        ],
    );

    // Where the provider tells nobody, the wait has an end, and it was said how to stop it.
    let (mut step3, answer) = deny("odd");
    assert!(answer.starts_with("HTTP/1.1 400 ") && !answer.contains("location: "), "{answer}");
    step3.line(|line| line.contains("Deny ends here, on a page"));
    assert_says(&unwrapped(&step3.printed), &["waits 5 minutes", "Ctrl-C ends the wait."]);
    assert_says(
        &unwrapped(&Error::NoRedirect(300).to_string()),
        &["the provider showed an error of its own", "Ctrl-C ends the wait at any time."],
    );
}

/// 12. `/`, `+`, `%` and `=` in codes and secrets arrive as they left: decoded once, encoded once.
#[test]
fn stumbling_block_12_encoding() {
    let (printed, errors, code) = run(&mut approved("odd"));
    assert_eq!((code, errors.as_str()), (0, ""));
    assert_says(
        &printed,
        &[
            "GET /callback?code=4%2F",
            "%252B%3D&state=",
            "&client_secret=100%25-workshop%2Fsecret%2B",
        ],
    );

    // The same secret as Basic, at a server that does not decode: the RFC's way fails there, and says so.
    let (printed, errors) = fails(approved("odd").env("OAUTH_CLIENT_AUTH", "basic"));
    assert_says(&printed, &["Basic credentials are taken raw, against RFC 6749 §2.3.1."]);
    assert_says(
        &errors,
        &["invalid_client", "set OAUTH_CLIENT_AUTH to the other of post and basic"],
    );

    let broken =
        authorize::read_redirect("code=a%2&state=s&iss=http://127.0.0.1:9000", &workshop(), "s");
    assert_says(&unwrapped_error(broken), &["was encoded twice", "start the login again"]);
}
