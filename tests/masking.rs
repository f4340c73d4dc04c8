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
fn masked_run(
    answer: impl Fn(&Request) -> Response + Send + 'static,
    client_auth: &str,
) -> (String, Vec<String>, i32) {
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

/// Checks that no spelling of a secret appears in the output.
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

/// The lines of such a body would stand between ours.
#[test]
fn a_form_with_line_ends_is_withheld() {
    let form = "access_token=t&token_type=Bearer&scope=x\n\nWe know who it is:\nname Ada";
    let (printed, _, _) =
        masked_run(move |_| Response::new(200, "application/x-www-form-urlencoded", form), "post");
    assert!(
        printed.contains("(69 bytes, withheld: neither a JSON object nor a form)"),
        "{printed}"
    );
    assert!(!printed.contains("\nname Ada"), "{printed}");
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
        assert!(shown.contains("\"name\": \"Ada\""));
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

/// Answers in which a server repeats the secrets of a login, in other spellings and in other places.
fn echoes(secrets: &[String]) -> Vec<Response> {
    use base64::Engine;
    let engine = base64::engine::general_purpose::STANDARD;
    let every = |spell: &dyn Fn(&str) -> String| -> String {
        secrets.iter().map(|secret| spell(secret)).collect::<Vec<_>>().join(" ")
    };
    let escaped = every(&|secret| secret.replace('+', "\\u002B").replace('/', "\\u002f"));
    let percent = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let component = |text: &str| percent(text).replace('+', "%20");
    let plain = every(&str::to_owned);
    let jwt = engine.encode(format!("{{\"echo\":\"{plain}\"}}"));
    let described = |text: &str| {
        json(400, &format!(r#"{{"error":"invalid_grant","error_description":"{text}"}}"#))
    };
    let ok = r#""access_token":"a","token_type":"Bearer""#;
    vec![
        described(&escaped),
        described(&plain),
        described(&every(&|secret| percent(secret))),
        described(&every(&|secret| percent(secret).to_lowercase())),
        described(&every(&|secret| component(&component(secret)))),
        described(&every(&|secret| engine.encode(secret))),
        described(&format!("see eyJhbGciOiJub25lIn0.{jwt}.")),
        json(
            400,
            &format!(r#"{{"error":"x","error_description":["{escaped}"],"detail":"{plain}"}}"#),
        ),
        json(200, &format!(r#"{{"accessToken":"{plain}"}}"#)),
        json(200, &format!(r#"["{plain}"]"#)),
        json(200, &format!(r#"{{{ok},"{plain}":1}}"#)),
        Response::new(400, "application/xml", format!("<e>{plain}</e>")),
        Response::new(400, "text/plain", plain.clone()),
        Response::new(400, "text/html", format!("<p>{plain}")),
        Response::new(200, "application/jwt", format!("e30.{jwt}.")),
        json(400, r#"{"error":"x"}"#).with_header("x-access-token", &plain),
        Response::new(302, "text/plain", "").with_header(
            "location",
            &format!("https://a.example/?u=https%3A%2F%2Fb%3Fx%3D{}", percent(&percent(&plain))),
        ),
        json(401, r#"{"error":"x"}"#)
            .with_header("www-authenticate", &format!("Bearer error_description=\"{plain}\"")),
    ]
}

/// A server may say anything, also our own secrets, in any spelling.
#[test]
fn no_echo_of_a_secret_reaches_the_screen() {
    let count = echoes(&[String::new()]).len();
    for number in 0..count {
        for at_the_api in [false, true] {
            let (shown, secrets, _) = masked_run(
                move |request| {
                    let body = format!("?{}", request.body);
                    let sent = parameter(&body, "code_verifier");
                    let mut secrets = [SECRET, CODE].map(str::to_owned).to_vec();
                    secrets.extend(sent);
                    match request.path() {
                        "/token" if at_the_api => token_response(),
                        "/token" => echoes(&secrets).swap_remove(number),
                        _ => echoes(&[SECRET, CODE, TOKEN, REFRESH].map(str::to_owned))
                            .swap_remove(number),
                    }
                },
                "post",
            );
            assert_hidden(&shown, &secrets);
        }
    }
}

/// At the application, the words of a redirect come from anywhere.
#[test]
fn no_secret_in_the_words_of_a_redirect_reaches_the_screen() {
    for words in ["error=x&error_description=", "code=c&iss="] {
        let redirect_uri = format!("http://{}/callback", free_address());
        let mut step3 = program("step3");
        step3.args(["--no-browser", "--mask-secrets"]).envs([
            ("OAUTH_CLIENT_ID", "canary"),
            ("OAUTH_CLIENT_SECRET", SECRET),
            ("OAUTH_ISSUER", "http://127.0.0.1:9"),
            ("OAUTH_REDIRECT_URI", &redirect_uri),
        ]);
        let mut step3 = Running::start(step3.envs(endpoints("http://127.0.0.1:9")));
        let url = step3.authorization_url();
        let state = parameter(&url, "state").unwrap();
        let said: String =
            form_urlencoded::byte_serialize(format!("{SECRET} {state}").as_bytes()).collect();
        browse(&format!("{redirect_uri}?{words}{said}&state={state}"));

        let (printed, errors, code) = step3.end();
        assert_eq!(code, 1, "{errors}");
        assert_hidden(&(printed.replace(&url, "") + &errors), &[SECRET.to_owned(), state]);
    }
}

/// Any page can send requests to the redirect URI, with as many values as it likes.
#[test]
fn no_number_of_stray_requests_shows_a_secret() {
    let redirect_uri = format!("http://127.0.0.1:{}/callback", free_port());
    let mut step1 = program("step1");
    step1.args(["--no-browser", "--mask-secrets"]).env("OAUTH_REDIRECT_URI", &redirect_uri);
    let mut step1 = Running::start(&mut step1);
    let url = step1.authorization_url();
    for number in 0..40 {
        browse(&format!("{redirect_uri}?code=junk{number}abcdef&state=junk{number}ghijkl"));
    }
    let state = parameter(&url, "state").unwrap();
    let to_provider = url.split("/authorize").next().unwrap();
    let iss = form_urlencoded::byte_serialize(to_provider.as_bytes()).collect::<String>();
    browse(&format!("{redirect_uri}?code={CODE}&state={state}&iss={iss}"));
    let (printed, errors, code) = step1.end();
    assert_eq!((code, errors.as_str()), (0, ""), "{printed}");
    assert!(!printed.contains(CODE), "{printed}");
    let verifier = printed.lines().find(|line| line.contains("code_verifier  ")).unwrap();
    assert!(verifier.ends_with('…'), "{verifier}");
}

/// Servers' words may be long, and are cut only when the secrets in them are hidden.
#[test]
fn a_secret_at_the_end_of_a_long_description_is_not_shown_in_part() {
    for filling in [480, 490, 990] {
        let words = format!("{}{SECRET} {CODE}", "x ".repeat(filling / 2));
        let body = format!(r#"{{"error":"invalid_grant","error_description":"{words}"}}"#);
        let (shown, ..) = masked_run(move |_| json(400, &body), "post");
        let start = |secret: &str| secret.chars().take(8).collect::<String>();
        assert!(!shown.contains(&start(SECRET)) && !shown.contains(&start(CODE)), "{shown}");
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

/// One that was exported for a real provider may still be in the environment.
#[test]
fn in_practice_a_client_secret_of_another_provider_is_masked_unless_it_is_to_be_shown() {
    let secret = "real+secret/of-another%provider";
    for arguments in [
        &["--approve"][..],
        &["--approve", "--provider", "github", "--like", "github"],
        &["--approve", "--like", "spotify"],
    ] {
        for client_auth in ["post", "basic"] {
            let mut step3 = program("step3");
            step3
                .args(arguments)
                .env("OAUTH_CLIENT_SECRET", secret)
                .env("OAUTH_CLIENT_AUTH", client_auth);
            let (printed, errors, _) = run(&mut step3);
            assert_hidden(&format!("{printed}{errors}"), &[secret.to_owned()]);
            assert!(printed.contains("The client secret is masked"), "{printed}");
            assert!(errors.contains("the token endpoint refused"), "it was sent: {errors}");
        }
    }
    let mut step3 = program("step3");
    step3.args(["--approve", "--show-secrets"]).env("OAUTH_CLIENT_SECRET", secret);
    let (printed, ..) = run(&mut step3);
    assert!(printed.contains("client_secret=real%2Bsecret%2Fof-another%25provider"), "{printed}");
}

/// A client that was pointed at it by mistake sends the secret of another provider.
#[test]
fn the_provider_shows_its_own_client_secrets_and_no_other() {
    let mut provider = Running::start(program("provider").args(["--port", "0"]));
    let line = provider.line(|line| line.starts_with("The practice provider is at "));
    let issuer = line.rsplit(' ').next().unwrap().to_owned();
    for (secret, is_shown) in [
        ("workshop-secret", true),
        ("practice_secret-from-register", true),
        ("real+secret/of-another%provider", false),
    ] {
        for client_auth in ["post", "basic"] {
            let setting = [
                ("OAUTH_CLIENT_SECRET", secret),
                ("OAUTH_CLIENT_AUTH", client_auth),
                ("OAUTH_TOKEN_URL", &format!("{issuer}/token")),
            ];
            let request =
                oauth2_by_hand::fetch_token::token_request(&client(&setting), "c", CODE_VERIFIER);
            oauth2_by_hand::http::send(&request).unwrap();
            provider.line(|line| line.starts_with("POST /token"));
            provider.line(|line| line.contains("<- provider"));
            let shown = provider.printed.rsplit("POST /token").next().unwrap();
            let sent = request.to_wire();
            let own = if client_auth == "post" {
                sent.lines().last()
            } else {
                sent.lines().find(|l| l.starts_with("Authorization"))
            };
            assert_eq!(shown.contains(own.unwrap()), is_shown, "{shown}");
            if !is_shown {
                assert_hidden(shown, &[secret.to_owned()]);
            }
        }
    }
}

/// A message that is 16 times as long may cost 16 times as much. Four times of that is for a busy machine.
#[test]
fn masking_costs_no_more_than_in_proportion_to_the_length() {
    compare_costs(128 << 10);
}

#[test]
#[ignore = "takes ten seconds without optimization; .ci/run runs it"]
fn masking_costs_no_more_than_in_proportion_to_the_length_of_a_mebibyte() {
    compare_costs(1 << 20);
}

fn compare_costs(length: usize) {
    use oauth2_by_hand::show::mask::Mask;
    type Shape = (&'static str, fn(usize) -> String);
    let shapes: [Shape; 8] = [
        ("application/json", |n| {
            format!("{{\"a\":{}1{}}}", "[".repeat(100), "]".repeat(100)) + &" ".repeat(n)
        }),
        ("application/json", |n| format!("{{{}\"a\":1}}", "\"scope\":\"b\",".repeat(n / 12))),
        ("application/json", |n| format!("{{\"error\":\"{}\"}}", "%25".repeat(n / 3))),
        ("application/json", |n| format!("{{\"error\":\"{}\"}}", "\\\\u002B".repeat(n / 7))),
        ("application/json", |n| format!("{{\"error\":\"{}\"}}", "canary-code/".repeat(n / 12))),
        ("application/json", |n| format!("{{\"error\":\"{}\"}}", "{\\\"a\\\":".repeat(n / 8))),
        ("application/x-www-form-urlencoded", |n| "code=abcdefgh&error=".repeat(n / 20)),
        ("application/x-www-form-urlencoded", |n| "&=%".repeat(n / 3)),
    ];
    for (number, (media_type, shape)) in shapes.into_iter().enumerate() {
        let seconds = |length: usize| {
            let response = Response::new(400, media_type, shape(length));
            let tries = (0..3).map(|_| {
                let mut mask = Mask::hiding();
                [SECRET, CODE, TOKEN, REFRESH].iter().for_each(|secret| mask.learn("code", secret));
                let start = std::time::Instant::now();
                mask.response(&response, &[]);
                start.elapsed().as_secs_f64()
            });
            tries.fold(f64::MAX, f64::min)
        };
        let ratio = seconds(length) / seconds(length / 16);
        assert!(ratio < 16.0 * 4.0, "shape {number}: {ratio}");
    }
}
