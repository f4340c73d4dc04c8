//! `provider --like mallory`: our own programs pass each of its tricks, and a careless client falls for each.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "in a test, a panic is the answer"
)]

mod common;
#[path = "common/whole_client.rs"]
mod whole_client;

use std::io::{Read, Write};
use std::net::TcpStream;

use common::*;
use form_urlencoded::Serializer;
use oauth2_by_hand::client::settings::Settings;

const NOTHING_USED: &str = "played, and nothing of it was used so far";

/// Each trick, in order; what step3 comes to, and what the report says of it.
const TRICKS: [(&str, &str, &str); 12] = [
    ("other-state", "", "passed"),
    ("no-state", "", "passed"),
    (
        "other-issuer",
        "step3: the redirect comes from \"https://mallory.example\", but",
        NOTHING_USED,
    ),
    (
        "error-and-code",
        "step3: the redirect brought no authorization code: it has an",
        NOTHING_USED,
    ),
    ("code-twice", "step3: the parameter \"code\" came more than once", NOTHING_USED),
    ("token-redirect", "step3: the token endpoint's answer cannot be used: HTTP 307", NOTHING_USED),
    (
        "token-type",
        "step3: the token endpoint's answer cannot be used: its token_type",
        NOTHING_USED,
    ),
    ("error-and-token", "step3: the token endpoint refused: \"invalid_grant\"", NOTHING_USED),
    ("user-redirect", "step3: the API's answer is not a user: HTTP 307", NOTHING_USED),
    ("no-pkce", "", "passed"),
    ("no-id", "step3: the API's answer is not a user: it has no usable id", "look at your client"),
    (
        "evil-words",
        "step3: the token endpoint refused: \"invalid_grant\" \"\\r\\u{1b}[2K",
        "look at your client",
    ),
];

struct Mallory {
    issuer: String,
    settings: Vec<(String, String)>,
    _running: Running,
}

impl Mallory {
    fn start(arguments: &[&str]) -> Mallory {
        let mut command = program("provider");
        let mut running =
            Running::start(command.args(["--like", "mallory", "--port", "0"]).args(arguments));
        running.line(|line| line.starts_with("Every request"));
        let pasted = running.printed.lines().filter_map(|line| {
            let line = line.strip_prefix("export ").or(line.strip_prefix("$env:"))?;
            let (name, value) = line.split_once('=')?;
            Some((name.trim().to_owned(), value.trim().trim_matches('\'').to_owned()))
        });
        let settings: Vec<_> = pasted.collect();
        let issuer = settings.iter().find(|(name, _)| name == "OAUTH_ISSUER").unwrap().1.clone();
        Mallory { issuer, settings, _running: running }
    }

    /// What the report says of each trick.
    fn outcomes(&self) -> Vec<(String, String)> {
        let report = browse(&format!("{}/mallory", self.issuer));
        let (_, rows) = report.split_once("What your client did:\n\n").unwrap();
        let rows = rows.lines().filter(|line| !line.starts_with(' '));
        let rows = rows.map(|line| line.split_once(' ').unwrap());
        rows.map(|(name, outcome)| (name.to_owned(), outcome.trim().to_owned())).collect()
    }

    /// Allows the login at `url`: the redirects that the browser then opens, the false one first.
    fn redirects(&self, url: &str) -> Vec<String> {
        let location = answer(url, "allow");
        if !location.starts_with(&format!("{}/mallory/answers?", self.issuer)) {
            return vec![location];
        }
        let page = browse(&location);
        let links = page.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
        links.map(|link| link.replace("&amp;", "&")).collect()
    }
}

/// A login with step3, whose browser opens the false redirect and then the true one.
fn log_in_with_step3(mallory: &Mallory) -> (String, String, i32) {
    let mut command = program("step3");
    command.envs(mallory.settings.iter().cloned()).arg("--no-browser");
    command.env("OAUTH_REDIRECT_URI", format!("http://{}/callback", free_address()));
    let mut step3 = Running::start(&mut command);
    open_all(mallory.redirects(&step3.authorization_url()));
    step3.end()
}

/// As a browser, with one tab for each.
fn open_all(redirects: Vec<String>) {
    for redirect in redirects {
        let (host, path) = redirect.strip_prefix("http://").unwrap().split_once('/').unwrap();
        // The first one may have ended the program, and then nobody listens.
        if let Ok(mut stream) = TcpStream::connect(host) {
            let request = format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\n\r\n");
            let _ = stream.write_all(request.as_bytes());
            let _ = stream.read_to_end(&mut Vec::new());
        }
    }
}

#[test]
fn step3_passes_each_trick() {
    let mallory = Mallory::start(&[]);

    for (number, (name, expected, outcome)) in TRICKS.into_iter().enumerate() {
        let (printed, errors, code) = log_in_with_step3(&mallory);

        let ended_well = expected.is_empty();
        assert_eq!(
            (code, printed.contains("We know who it is:")),
            (i32::from(!ended_well), ended_well),
            "{name}"
        );
        assert!(errors.replace('\n', " ").starts_with(expected), "{name}: {errors}");
        assert!(!printed.contains('\u{1b}') && !errors.contains('\u{1b}'), "{name}");
        assert_eq!(mallory.outcomes()[number], (name.to_owned(), outcome.to_owned()));
    }
}

/// An exercise of TUTORIAL.md: a client of at most 80 lines. It fails with the same words as step3.
#[test]
fn the_whole_client_passes_each_trick() {
    assert!(include_str!("common/whole_client.rs").lines().count() <= 80);
    let mallory = std::sync::Arc::new(Mallory::start(&[]));
    let mut settings: Settings = mallory.settings.iter().cloned().collect();

    for (number, (name, expected, outcome)) in TRICKS.into_iter().enumerate() {
        let redirect_uri = format!("http://{}/callback", free_address());
        settings.insert("OAUTH_REDIRECT_URI".into(), redirect_uri);
        let provider = std::sync::Arc::clone(&mallory);
        let open_in_browser = |url: &str| {
            let url = url.to_owned();
            std::thread::spawn(move || open_all(provider.redirects(&url)));
        };
        let said = match whole_client::log_in(&settings, open_in_browser) {
            Ok(user) => user.name.unwrap_or_default(),
            Err(error) => format!("step3: {error}").replace('\n', " "),
        };
        let expected = if expected.is_empty() { "Ada Winter" } else { expected };
        assert!(said.starts_with(expected), "{name}: {said}");
        assert_eq!(mallory.outcomes()[number], (name.to_owned(), outcome.to_owned()));
    }
}

/// The web app, and a browser of it: a cookie.
struct WebApp {
    address: String,
    cookie: String,
    _running: Running,
}

impl WebApp {
    fn start(mallory: &Mallory) -> WebApp {
        let mut command = program("webapp");
        command.envs(mallory.settings.iter().cloned());
        command.env("OAUTH_REDIRECT_URI", format!("http://{}/callback", free_address()));
        let mut running = Running::start(&mut command);
        let url = running.line(|line| line.starts_with("http://") && line.ends_with('/'));
        let address = url.split('/').nth(2).unwrap().to_owned();
        WebApp { address, cookie: String::new(), _running: running }
    }

    fn get(&mut self, target: &str) -> String {
        let (address, cookie) = (&self.address, &self.cookie);
        let request =
            format!("GET {target} HTTP/1.1\r\nHost: {address}\r\nCookie: {cookie}\r\n\r\n");
        let answer = raw(address, request.as_bytes());
        if let Some((_, cookie)) = answer.split_once("set-cookie: ") {
            self.cookie = cookie.split(';').next().unwrap().to_owned();
        }
        answer
    }
}

#[test]
fn the_web_app_passes_each_trick() {
    let mallory = Mallory::start(&[]);

    for (number, (name, expected, outcome)) in TRICKS.into_iter().enumerate() {
        let mut app = WebApp::start(&mallory);
        let answer = app.get("/login?provider=custom");
        let url = answer.split_once("location: ").unwrap().1.lines().next().unwrap().to_owned();
        for redirect in mallory.redirects(&url) {
            let page = app.get(&redirect[redirect.find("/callback").unwrap()..]);
            assert!(!page.contains("<script") && !page.contains('\u{1b}'), "{name}");
        }

        let is_logged_in = app.get("/welcome").contains("Ada Winter");
        assert_eq!(is_logged_in, expected.is_empty(), "{name}");
        assert_eq!(mallory.outcomes()[number], (name.to_owned(), outcome.to_owned()));
    }
}

/// Status line, headers and body of the answer to a form, or to a GET with a token.
fn send(url: &str, form: &str, token: &str) -> String {
    let rest = url.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_once('/').unwrap();
    let (method, authorization) = match token {
        "" => ("POST", String::new()),
        token => ("GET", format!("Authorization: Bearer {token}\r\n")),
    };
    let length = form.len();
    raw(
        host,
        format!(
            "{method} /{path} HTTP/1.1\r\nHost: {host}\r\n{authorization}\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{form}"
        )
        .as_bytes(),
    )
}

/// A request of the client `workshop` with a state and without PKCE.
fn authorization_url(mallory: &Mallory) -> String {
    format!(
        "{}/authorize?response_type=code&client_id=workshop&state=xyz&redirect_uri=http%3A%2F%2F127.0.0.1%3A8080%2Fcallback",
        mallory.issuer
    )
}

/// A client that believes everything: the first redirect, any token, any address that it is sent to.
fn log_in_carelessly(mallory: &Mallory, client_id: &str, pkce: bool, state: &str) {
    let setting = |name: &str| {
        let found = mallory.settings.iter().find(|(known, _)| known == name);
        found.unwrap().1.clone()
    };
    let mut query = Serializer::new(String::new());
    query.append_pair("response_type", "code").append_pair("client_id", client_id);
    query.append_pair("redirect_uri", REDIRECT_URI);
    if pkce {
        query.append_pair("code_challenge", CODE_CHALLENGE);
        query.append_pair("code_challenge_method", "S256");
    }
    if !state.is_empty() {
        query.append_pair("state", state);
    }
    let url = format!("{}?{}", setting("OAUTH_AUTHORIZE_URL"), query.finish());
    let redirect = mallory.redirects(&url).swap_remove(0);
    let mut form = Serializer::new(String::new());
    form.append_pair("grant_type", "authorization_code");
    form.append_pair("code", &parameter(&redirect, "code").unwrap());
    form.append_pair("redirect_uri", REDIRECT_URI).append_pair("client_id", client_id);
    if client_id == "workshop" {
        form.append_pair("client_secret", "workshop-secret");
    }
    if pkce {
        form.append_pair("code_verifier", CODE_VERIFIER);
    }
    let form = form.finish();
    let mut answer = send(&setting("OAUTH_TOKEN_URL"), &form, "");
    if let Some((_, location)) = answer.split_once("location: ") {
        answer = send(location.lines().next().unwrap(), &form, "");
    }
    if let Some((_, token)) = answer.split_once("\"access_token\": \"") {
        let token = token.split('"').next().unwrap();
        let answer = send(&setting("OAUTH_USERINFO_URL"), "", token);
        if let Some((_, location)) = answer.split_once("location: ") {
            send(location.lines().next().unwrap(), "", token);
        }
    }
}

/// Without this test, the report could call every client correct.
#[test]
fn a_careless_client_falls_for_each_trick_that_the_provider_can_see() {
    let mallory = Mallory::start(&[]);
    for _ in TRICKS {
        log_in_carelessly(&mallory, "workshop", false, "xyz");
    }

    for ((name, outcome), (expected, _, honest)) in mallory.outcomes().into_iter().zip(TRICKS) {
        let seen = if honest.starts_with("look") { honest } else { "FELL FOR IT" };
        assert_eq!((name.as_str(), outcome.as_str()), (expected, seen));
    }
}

/// RFC 9700 §2.1 lets a client rely on PKCE in the place of a state. Against a false iss that is no help.
#[test]
fn a_client_with_pkce_and_without_a_state_is_listed_as_relying_on_pkce() {
    let mallory = Mallory::start(&[]);
    for _ in 0..3 {
        log_in_carelessly(&mallory, "workshop-public", true, "");
    }

    let outcomes: Vec<String> =
        mallory.outcomes().into_iter().map(|(_, outcome)| outcome).collect();
    let relies = "relies on PKCE (RFC 9700 §2.1)";
    assert_eq!(outcomes[..4], [relies, relies, "FELL FOR IT", "not played yet"]);
}

#[test]
fn a_client_without_a_state_and_without_pkce_falls() {
    let mallory = Mallory::start(&[]);
    log_in_carelessly(&mallory, "workshop", false, "");
    assert_eq!(mallory.outcomes()[0], ("other-state".to_owned(), "FELL FOR IT".to_owned()));
}

/// It has sent the false code: that it gets a token with the true one does not mend it.
#[test]
fn a_client_that_tries_both_redirects_has_fallen_in_either_order() {
    for order in [[0, 1], [1, 0]] {
        let mallory = Mallory::start(&["--trick", "no-state"]);
        let redirects = mallory.redirects(&authorization_url(&mallory));
        for index in order {
            let code = parameter(&redirects[index], "code").unwrap();
            let form = format!(
                "grant_type=authorization_code&code={code}&client_id=workshop&client_secret=workshop-secret\
                 &redirect_uri=http%3A%2F%2F127.0.0.1%3A8080%2Fcallback"
            );
            send(&format!("{}/token", mallory.issuer), &form, "");
        }
        assert_eq!(mallory.outcomes(), [("no-state".to_owned(), "FELL FOR IT".to_owned())]);
    }
}

/// Otherwise the browser would go on with the code that the trick needs, and the trick would be over.
#[test]
fn a_double_click_on_allow_is_one_login_and_gets_the_same_answers() {
    let mallory = Mallory::start(&[]);
    let url = authorization_url(&mallory);
    let page = browse(&url);
    let (head, html) = page.split_once("\r\n\r\n").unwrap();
    let cookie = head.split_once("set-cookie: ").unwrap().1.split(';').next().unwrap();
    let form = Serializer::new(String::new())
        .append_pair("transaction", &hidden(html, "transaction"))
        .append_pair("consent_token", &hidden(html, "consent_token"))
        .append_pair("person", "ada")
        .append_pair("decision", "allow")
        .finish();
    let (issuer, host) = (&mallory.issuer, mallory.issuer.strip_prefix("http://").unwrap());
    let click = format!(
        "POST /authorize HTTP/1.1\r\nHost: {host}\r\nOrigin: {issuer}\r\nCookie: {cookie}\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    );

    let [first, second] = [raw(host, click.as_bytes()), raw(host, click.as_bytes())];

    assert!(first.contains("/mallory/answers?code="), "{first}");
    assert_eq!(first, second);
    assert_eq!(mallory.outcomes()[1].1, "not played yet");
}

#[test]
fn a_client_that_has_a_state_and_does_not_compare_it_falls_also_with_pkce() {
    let mallory = Mallory::start(&[]);
    log_in_carelessly(&mallory, "workshop-public", true, "xyz");
    assert_eq!(mallory.outcomes()[0], ("other-state".to_owned(), "FELL FOR IT".to_owned()));
}

/// Some take the first of two codes, some the last.
#[test]
fn a_client_that_takes_the_second_of_two_codes_falls_too() {
    let mallory = Mallory::start(&["--trick", "code-twice"]);
    let redirect = mallory.redirects(&authorization_url(&mallory)).swap_remove(0);
    let codes: Vec<&str> = redirect.split("code=").skip(1).collect();
    let [_, second] = codes[..] else { panic!("{redirect}") };
    let second = second.split('&').next().unwrap();

    send(&format!("{}/token", mallory.issuer), &format!("code={second}"), "");

    assert_eq!(mallory.outcomes(), [("code-twice".to_owned(), "FELL FOR IT".to_owned())]);
}

#[test]
fn one_trick_can_be_played_each_time_and_the_last_login_counts() {
    let mallory = Mallory::start(&["--trick", "no-pkce"]);
    for (pkce, outcome) in [(true, "passed"), (false, "FELL FOR IT"), (true, "passed")] {
        log_in_carelessly(&mallory, "workshop", pkce, "xyz");
        assert_eq!(mallory.outcomes(), [("no-pkce".to_owned(), outcome.to_owned())]);
    }
}

#[test]
fn after_the_last_trick_comes_the_first_again() {
    let mallory = Mallory::start(&[]);
    for _ in TRICKS {
        log_in_carelessly(&mallory, "workshop", true, "xyz");
    }
    assert_eq!(mallory.outcomes()[0].1, "FELL FOR IT");

    let (_, _, code) = log_in_with_step3(&mallory);

    assert_eq!((mallory.outcomes()[0].1.as_str(), code), ("passed", 0));
}

/// DNS rebinding: the report says what a client did, and a page from the internet must not read it.
#[test]
fn the_report_is_not_for_another_host() {
    let mallory = Mallory::start(&[]);
    let address = mallory.issuer.strip_prefix("http://").unwrap();
    let port = address.split(':').nth(1).unwrap();

    let answer = raw(
        address,
        format!("GET /mallory HTTP/1.1\r\nHost: mallory.example:{port}\r\n\r\n").as_bytes(),
    );

    assert!(answer.starts_with("HTTP/1.1 421 "), "{answer}");
    assert!(!answer.contains("other-state"));
}

/// The tricks are played on clients that log in, and on nobody else.
#[test]
fn a_page_that_no_login_needs_is_the_practice_providers_own() {
    let mallory = Mallory::start(&[]);

    assert!(browse(&format!("{}/register", mallory.issuer)).contains("Register a new application"));
    assert!(mallory.outcomes().iter().all(|(_, outcome)| outcome == "not played yet"));
}

/// A person who says no has not logged in, and no trick is used up.
#[test]
fn a_denied_login_is_no_trick() {
    let mallory = Mallory::start(&[]);
    let location = answer(&authorization_url(&mallory), "deny");

    assert!(
        location.starts_with("http://127.0.0.1:8080/callback?error=access_denied&"),
        "{location}"
    );
    assert!(mallory.outcomes().iter().all(|(_, outcome)| outcome == "not played yet"));
}

#[test]
fn only_the_provider_can_be_like_mallory_and_a_trick_has_to_be_one() {
    for (name, arguments, happened) in [
        (
            "step3",
            vec!["--like", "mallory"],
            "step3: only the provider program can be like mallory.",
        ),
        (
            "webapp",
            vec!["--like=mallory"],
            "webapp: only the provider program can be like mallory.",
        ),
        ("step1", vec!["--trick", "no-state"], "step1: unknown option \"--trick\"."),
        ("provider", vec!["--trick", "no-state"], "provider: there is no trick \"no-state\" here."),
        (
            "provider",
            vec!["--like", "mallory", "--trick", "x"],
            "provider: there is no trick \"x\" here.",
        ),
        ("provider", vec!["--like", "mallory", "--trick"], "provider: --trick needs a value."),
        (
            "provider",
            vec!["--like", "mallory", "--like", "github"],
            "provider: --like mallory and --like of another one do not go together.",
        ),
    ] {
        let (printed, errors, code) = run(program(name).args(&arguments));
        assert_eq!((printed.as_str(), code), ("", 2), "{arguments:?}");
        assert!(errors.replace('\n', " ").starts_with(happened), "{errors}");
    }
}
