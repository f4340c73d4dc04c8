//! With a real provider no secret is ever in full on the screen, in an error, or in `Debug`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "in a test, a panic is the answer"
)]

mod common;

use common::*;
use oauth2_by_hand::http::{Request, Response};

const SECRET: &str = "canary-secret/with+signs&more";
const CODE: &str = "canary-code/with+signs&more=";
const TOKEN: &str = "canary-token.with+signs/and==";
const REFRESH: &str = "canary-refresh/with+signs";

/// A run of step3 with masked secrets: everything that it printed but the authorization URL, the
/// secrets that were on the wire, and the exit code.
fn masked_run(answer: fn(&Request) -> Response, client_auth: &str) -> (String, Vec<String>, i32) {
    let (origin, requests) = provider_that(move |request| Some(answer(request)));
    let port = free_port();
    let redirect_uri = format!("http://127.0.0.1:{port}/callback");
    let mut step3 = program("step3");
    step3.args(["--no-browser", "--mask-secrets"]).envs([
        ("OAUTH_CLIENT_ID", "canary"),
        ("OAUTH_CLIENT_SECRET", SECRET),
        ("OAUTH_CLIENT_AUTH", client_auth),
        ("OAUTH_REDIRECT_URI", &redirect_uri),
    ]);
    let mut step3 = Running::start(step3.envs(endpoints(&origin)));
    let url = step3.authorization_url();
    let state = parameter(&url, "state").unwrap();
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("code", CODE)
        .append_pair("state", &state)
        .finish();
    browse(&format!("{redirect_uri}?{query}"));

    let (printed, errors, code) = step3.end();
    let mut secrets: Vec<String> = [SECRET, CODE, TOKEN, REFRESH].map(str::to_owned).to_vec();
    secrets.push(state);
    let bodies =
        requests.lock().unwrap().clone().into_iter().map(|request| format!("?{}", request.body));
    secrets.extend(bodies.filter_map(|body| parameter(&body, "code_verifier")));
    assert_eq!(secrets.len(), 6, "the verifier was on the wire");
    (printed.replace(&url, "") + &errors, secrets, code)
}

/// The secret in every spelling in which it could stand there.
fn assert_hidden(shown: &str, secrets: &[String]) {
    use base64::Engine;
    for secret in secrets {
        let encoded: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        let base64 = base64::engine::general_purpose::STANDARD.encode(secret);
        for spelling in [secret.as_str(), &encoded, &encoded.to_lowercase(), &base64, &secret[..14]]
        {
            assert!(!shown.contains(spelling), "{spelling} is in\n{shown}");
        }
    }
}

fn json(status: u16, body: &str) -> Response {
    Response::new(status, "application/json", body)
}

fn token_response() -> Response {
    json(
        200,
        &format!(
            r#"{{"access_token":"{TOKEN}","token_type":"Bearer","refresh_token":"{REFRESH}"}}"#
        ),
    )
}

#[test]
fn a_login_that_works_shows_no_secret() {
    for client_auth in ["post", "basic"] {
        let (shown, secrets, code) = masked_run(
            |request| match request.path() {
                "/token" => {
                    token_response().with_header("set-cookie", &format!("session={REFRESH}"))
                }
                _ => json(
                    200,
                    r#"{"id":7,"name":"Ada","email":"private@example.com","plan":{"id":"gold"}}"#,
                ),
            },
            client_auth,
        );
        assert_eq!(code, 0, "{shown}");
        assert_hidden(&shown, &secrets);
        assert!(
            shown.contains("code=cana…&") && shown.contains("Authorization: Bearer cana…"),
            "{shown}"
        );
        assert!(shown.contains("Secrets are masked. --show-secrets shows them in full."));
        assert!(shown.contains("\"name\":\"Ada\""));
        assert!(!shown.contains("private@") && !shown.contains("gold"), "{shown}");
    }
}

/// A server may say anything, also our own secrets, in any encoding.
#[test]
fn an_error_that_repeats_a_secret_shows_none() {
    let (shown, secrets, code) = masked_run(
        |request| {
            let sent = form_urlencoded::byte_serialize(request.body.as_bytes()).collect::<String>();
            json(
                400,
                &format!(
                    r#"{{"error":"invalid_grant","error_description":"no {CODE} for {SECRET}: {sent}"}}"#
                ),
            )
        },
        "post",
    );
    assert_eq!(code, 1);
    assert!(shown.contains("invalid_grant"));
    assert_hidden(&shown, &secrets);
}

#[test]
fn a_refused_token_is_not_shown_either() {
    let (shown, secrets, code) = masked_run(
        |request| match request.path() {
            "/token" => token_response(),
            _ => {
                let challenge =
                    format!("Bearer error=\"invalid_token\", error_description=\"{TOKEN} is bad\"");
                json(401, &format!(r#"{{"message":"{TOKEN}"}}"#))
                    .with_header("www-authenticate", &challenge)
            }
        },
        "post",
    );
    assert_eq!(code, 1);
    assert!(shown.contains("invalid_token"));
    assert_hidden(&shown, &secrets);
}

#[test]
fn an_answer_that_cannot_be_read_is_withheld() {
    for answer in [
        (|_: &Request| json(200, &format!(r#"{{"access_token":"{TOKEN}"#)))
            as fn(&Request) -> Response,
        |_| Response::new(200, "text/plain", [TOKEN.as_bytes(), b"\xff"].concat()),
        |_| Response::new(500, "text/html", format!("<p>{SECRET}</p>")),
    ] {
        let (shown, secrets, code) = masked_run(answer, "post");
        assert_eq!(code, 1, "{shown}");
        assert_hidden(&shown, &secrets);
    }
}

/// Secrets are worth nothing where all three endpoints are on loopback; there, `--mask-secrets` still hides.
#[test]
fn the_practice_provider_shows_everything_unless_told_not_to() {
    let (shown, ..) = run(program("step3").arg("--approve"));
    assert!(shown.contains("client_secret=workshop-secret"));
    let (masked, _, code) = run(program("step3").args(["--approve", "--mask-secrets"]));
    assert_eq!(code, 0);
    assert!(!masked.contains("workshop-secret") && masked.contains("client_secret=…"), "{masked}");
}
