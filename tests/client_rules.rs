//! Rules of the client as a whole program: what it asks for, how often, and what it leaves behind.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "in a test, a panic is the answer"
)]

mod common;

use std::fs;
use std::net::TcpStream;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use common::*;
use oauth2_by_hand::http::{Request, Response};

/// An empty folder of its own.
fn empty_folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// A login with step3 at that provider, whose redirect has been brought back with `query`.
fn login(origin: &str, query: &str) -> (String, String, i32) {
    let redirect_uri = format!("http://127.0.0.1:{}/callback", free_port());
    let mut step3 = program("step3");
    step3.arg("--no-browser").envs([
        ("OAUTH_CLIENT_ID", "id"),
        ("OAUTH_CLIENT_SECRET", "secret"),
        ("OAUTH_REDIRECT_URI", &redirect_uri),
    ]);
    let mut step3 = Running::start(step3.envs(endpoints(origin)));
    let url = step3.authorization_url();
    let state = parameter(&url, "state").unwrap();
    browse(&format!("{redirect_uri}?{query}&state={state}"));
    step3.end()
}

/// RFC 6749 §4.1.2, §10.5: the code may have arrived, and a second try would look like a theft.
#[test]
fn a_code_is_sent_once_whatever_comes_back() {
    type Answer = fn(&Request) -> Option<Response>;
    let rows: [(&str, Answer); 5] = [
        ("hangs up", |_| None),
        ("503", |_| Some(Response::new(503, "text/plain", "").with_header("retry-after", "0"))),
        ("redirect", |_| {
            Some(Response::new(307, "text/plain", "").with_header("location", "/token"))
        }),
        ("invalid_client", |_| {
            Some(Response::new(401, "application/json", r#"{"error":"invalid_client"}"#))
        }),
        ("PKCE is unknown", |_| {
            Some(Response::new(400, "application/json", r#"{"error":"invalid_request"}"#))
        }),
    ];
    for (what, answer) in rows {
        let (origin, requests) = provider_that(answer);

        let (printed, errors, exit_code) = login(&origin, "code=the-code");

        assert_eq!(exit_code, 1, "{what}\n{printed}{errors}");
        let requests = requests.lock().unwrap();
        let targets: Vec<&str> = requests.iter().map(|one| one.target.as_str()).collect();
        assert_eq!(targets, ["/token"], "{what}");
        // RFC 9700 §2.1.1: no answer makes us leave out PKCE or add a second method of authentication.
        assert!(requests[0].body.contains("code_verifier="), "{what}");
    }
}

/// RFC 9700 §2.1.1, RFC 7636 §7.2: an error is an error, and not a reason to ask again without PKCE.
#[test]
fn a_refused_question_is_not_asked_again_in_a_weaker_way() {
    let (origin, requests) = provider_that(|_| None);
    let (printed, errors, exit_code) = login(&origin, "error=invalid_request");
    assert_eq!(exit_code, 1, "{errors}");
    let asked: Vec<&str> = printed
        .lines()
        .filter(|line| line.starts_with(&origin) && line.contains("response_type=code"))
        .collect();
    let [url] = asked.as_slice() else { panic!("asked {} times", asked.len()) };
    assert!(url.contains("code_challenge_method=S256") && !url.contains("plain"), "{url}");
    assert!(requests.lock().unwrap().is_empty(), "and no token was asked for");
}

/// passport-oauth2 CVE-2021-41580: a 200 without a token counted as a login.
#[test]
fn a_login_without_a_token_or_without_a_user_ends_with_1() {
    let token =
        || Response::new(200, "application/json", r#"{"access_token":"a","token_type":"Bearer"}"#);
    let json = |body: &str| Response::new(200, "application/json", body);
    // Where there is no token, whatever is sent in its place would even be answered with a user.
    for (token_answer, user_answer) in [
        (json("{}"), Some(json(r#"{"id":1}"#))),
        (json(r#"{"token_type":"Bearer"}"#), Some(json(r#"{"id":1}"#))),
        (json(r#"{"error":"bad"}"#), Some(json(r#"{"id":1}"#))),
        (token(), Some(json("{}"))),
        (token(), Some(Response::new(401, "application/json", r#"{"id":1}"#))),
        (token(), None),
    ] {
        let (origin, _) = provider_that(move |request| match request.path() {
            "/token" => Some(token_answer.clone()),
            _ => user_answer.clone(),
        });
        let (printed, _, exit_code) = login(&origin, "code=c");
        assert_eq!(exit_code, 1, "{printed}");
    }
}

/// RFC 6749 §10.4, RFC 9700 §2.2.2: what is not kept cannot be stolen.
#[test]
fn a_login_leaves_no_file_behind() {
    let folder = empty_folder("nothing-is-kept");
    let mut step3 = program("step3");
    step3.arg("--approve").current_dir(&folder);
    for variable in
        ["HOME", "TMPDIR", "TMP", "TEMP", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "APPDATA"]
    {
        step3.env(variable, &folder);
    }
    let (_, errors, exit_code) = run(&mut step3);
    assert_eq!((exit_code, errors.as_str()), (0, ""));
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
}

/// toolhive #6238, mcp-remote #260: bound on all interfaces; bound after the browser had opened.
#[test]
fn when_the_url_is_shown_the_port_is_open_and_only_on_this_machine() {
    let port = free_port();
    let mut step1 = program("step1");
    step1
        .arg("--no-browser")
        .env("OAUTH_REDIRECT_URI", format!("http://127.0.0.1:{port}/callback"));
    for (name, value) in
        provider().settings().iter().filter(|(name, _)| *name != "OAUTH_REDIRECT_URI")
    {
        step1.env(name, value);
    }
    let mut step1 = Running::start(&mut step1);
    step1.authorization_url();
    assert!(TcpStream::connect(("127.0.0.1", port)).is_ok());
    // Linux answers on all of 127.0.0.0/8: a program that listens on 0.0.0.0 would answer here.
    assert!(TcpStream::connect(("127.0.0.2", port)).is_err());
}

/// Puts `script` into a folder as `xdg-open`. The file `told` that it may leave there, and a `PATH` that finds it.
#[cfg(target_os = "linux")]
fn opener(name: &str, script: &str) -> (PathBuf, String) {
    use std::os::unix::fs::PermissionsExt;
    let folder = empty_folder(name);
    let opener = folder.join("xdg-open");
    fs::write(&opener, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&opener, fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
    (folder.join("told"), path)
}

#[cfg(target_os = "linux")]
fn wait_for(told: &std::path::Path) -> String {
    let start = Instant::now();
    while !told.exists() {
        assert!(start.elapsed() < Duration::from_secs(60), "the opener was not started");
        thread::yield_now();
    }
    fs::read_to_string(told).unwrap()
}

/// mcp-remote CVE-2025-6514, webbrowser RUSTSEC-2026-0257: the URL reached a shell, or became an option.
#[cfg(target_os = "linux")]
#[test]
fn the_browser_gets_the_url_as_one_argument_and_no_shell_reads_it() {
    // How many arguments it got and what they were.
    let script = r#"cd "${0%/*}" && printf '%s\n' "$#" "$@" > part && mv part told"#;
    let (told, path) = opener("a-browser", script);
    // What a shell would run, and what would be an option, in a place that the user can choose.
    let endpoint = "http://127.0.0.1:9/authorize?a=$(touch$IFS)&b=;c='d'";
    let mut step1 = program("step1");
    step1.env("PATH", path).envs([
        ("OAUTH_CLIENT_ID", "--id;touch x"),
        ("OAUTH_CLIENT_SECRET", "canary-secret"),
        ("OAUTH_REDIRECT_URI", &format!("http://127.0.0.1:{}/callback", free_port())),
        ("OAUTH_AUTHORIZE_URL", endpoint),
        ("OAUTH_TOKEN_URL", "http://127.0.0.1:9/token"),
        ("OAUTH_USERINFO_URL", "http://127.0.0.1:9/user"),
    ]);
    let mut step1 = Running::start(&mut step1);
    let url = step1.line(|line| line.starts_with(endpoint));

    let told = wait_for(&told);

    assert_eq!(told, format!("1\n{url}\n"));
    assert!(!told.contains("canary"));
}

/// Extensions and crash reports of a browser read its environment. Variables of others stay.
#[cfg(target_os = "linux")]
#[test]
fn the_browser_inherits_none_of_our_variables() {
    let script = r#"cd "${0%/*}" && env > part && mv part told"#;
    let (told, path) = opener("an-environment", script);
    let mut step1 = program("step1");
    step1.env("PATH", path).envs([
        ("OAUTH_CLIENT_SECRET", "CanarySecretCanary"),
        ("OAUTH_SOMETHING_NEW", "CanarySecretCanary"),
        ("oauth_lower_case", "CanarySecretCanary"),
        ("OAUTH_REDIRECT_URI", &format!("http://{}/callback", free_address())),
        ("NOT_OAUTH_AT_ALL", "kept"),
    ]);
    let mut step1 = Running::start(&mut step1);
    step1.authorization_url();

    let told = wait_for(&told);

    assert!(!told.to_ascii_uppercase().contains("\nOAUTH_") && !told.contains("Canary"), "{told}");
    assert!(told.contains("NOT_OAUTH_AT_ALL=kept"), "{told}");
}

/// Ctrl-C goes to the whole group of the terminal: it ends the program, and shall not close the browser.
#[cfg(target_os = "linux")]
#[test]
fn the_browser_is_in_a_process_group_of_its_own() {
    // The fifth field of /proc/PID/stat is the process group.
    let script = r#"cd "${0%/*}" && read -r _ _ _ _ group _ < /proc/$$/stat && echo "$$ $group" > part && mv part told"#;
    let (told, path) = opener("a-group", script);
    let redirect_uri = format!("http://127.0.0.1:{}/callback", free_port());
    let mut step1 = program("step1");
    let mut step1 =
        Running::start(step1.env("PATH", path).env("OAUTH_REDIRECT_URI", &redirect_uri));
    let url = step1.authorization_url();
    let told = wait_for(&told);
    let (process, group) = told.trim().split_once(' ').unwrap();
    assert_eq!(process, group);

    browse(&answer(&url, "allow"));
    let (printed, errors, code) = step1.end();
    assert_eq!((code, errors.as_str()), (0, ""));
    assert!(!printed.contains("No browser could be started"), "{printed}");
}

/// A person at another machine, or one who pastes, wants no window here.
#[cfg(target_os = "linux")]
#[test]
fn no_browser_is_opened_where_none_is_wanted() {
    let mut files = Vec::new();
    for option in ["--no-browser", "--paste", "--approve"] {
        let (told, path) = opener(&format!("unwanted{option}"), r#"touch "${0%/*}/told""#);
        let redirect_uri = format!("http://127.0.0.1:{}/callback", free_port());
        let mut step1 = program("step1");
        step1.arg(option).env("PATH", path).env("OAUTH_REDIRECT_URI", &redirect_uri);
        let mut step1 = Running::start(&mut step1);
        let url = step1.authorization_url();
        match option {
            "--no-browser" => drop(browse(&answer(&url, "allow"))),
            "--paste" => step1.type_line(&answer(&url, "allow")),
            _ => (),
        }
        let (printed, errors, code) = step1.end();
        assert_eq!((code, errors.as_str()), (0, ""), "{printed}");
        files.push((option, told));
    }
    // An opener would be a process of its own, and may be a little later than the program's end.
    let start = Instant::now();
    while start.elapsed() < Duration::from_millis(300) {
        for (option, told) in &files {
            assert!(!told.exists(), "{option}");
        }
        thread::yield_now();
    }
}

/// `xdg-open` is there and finds no browser: it ends with an error code.
#[cfg(target_os = "linux")]
#[test]
fn an_opener_that_fails_is_the_same_as_none() {
    let (_, path) = opener("no-browser", "exit 3");
    let redirect_uri = format!("http://127.0.0.1:{}/callback", free_port());
    let mut step1 = program("step1");
    let mut step1 =
        Running::start(step1.env("PATH", path).env("OAUTH_REDIRECT_URI", &redirect_uri));
    step1.line(|line| line.contains("No browser could be started."));
}

/// A log, a panic, a debugger's line: whatever prints a message that was not asked for, prints no secret.
#[test]
fn a_message_that_prints_itself_masks_what_is_secret() {
    let url = "https://example.com/token?code=canary-in-the-url-and-more&x=1";
    let pairs = [("client_secret", "canary-in-the-form-and-more"), ("code_verifier", "canary")];
    let request = Request::post_form(url, &pairs).with_header("Authorization", "Bearer canary");
    let body = r#"{"access_token":"canary-in-the-answer","refresh_token":"canary"}"#;
    let response = Response::new(200, "application/json", body).with_header("set-cookie", "canary");
    for shown in
        [request.to_string(), format!("{request:?}"), response.to_string(), format!("{response:?}")]
    {
        assert!(!shown.contains("canary"), "{shown}");
        assert!(shown.contains('…'), "{shown}");
    }
}

/// An HTTP library would turn them into a header that nobody printed.
#[test]
fn credentials_in_a_url_are_named_as_what_they_are() {
    for url in ["https://me@example.com/", "https://me:pw@example.com/"] {
        let problem = oauth2_by_hand::http::endpoint::parse(url).unwrap_err();
        assert_eq!(problem, "it must not hold a user name or password before the host");
    }
}

/// A proxy that has ended, and one that lets nothing through: what happened, and the variable to look at.
#[test]
fn a_proxy_that_does_not_pass_the_request_on_is_named() {
    let (refusing, _) = provider_that(|_| Some(Response::new(407, "text/plain", "")));
    for proxy in [refusing, "http://127.0.0.1:9".to_owned()] {
        let redirect_uri = format!("http://{}/callback", free_address());
        let mut step2 = Running::start(
            program("step2")
                .arg("--no-browser")
                .env("https_proxy", proxy)
                .env("OAUTH_CLIENT_ID", "id")
                .env("OAUTH_REDIRECT_URI", &redirect_uri)
                .envs(endpoints("https://provider.example")),
        );
        let state = parameter(&step2.authorization_url(), "state").unwrap();
        browse(&format!("{redirect_uri}?code=c&state={state}"));
        let (_, errors, code) = step2.end();
        assert_eq!(code, 1);
        let errors = errors.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(errors.contains("by the proxy that HTTPS_PROXY or ALL_PROXY names"), "{errors}");
        assert!(errors.contains("Likely cause: the proxy is not running, or does not"), "{errors}");
    }
}

/// Otherwise the request would bypass the proxy. The value may hold a password.
#[test]
fn an_unusable_proxy_is_named_before_anything_is_sent() {
    for (variable, value) in [
        ("ALL_PROXY", "socks5://me:CanaryPassword@127.0.0.1:1080"),
        ("https_proxy", "htp://me:CanaryPassword@127.0.0.1:3128"),
    ] {
        let (printed, errors, code) = run(program("step3")
            .arg("--paste")
            .env(variable, value)
            .env("OAUTH_CLIENT_ID", "id")
            .envs(endpoints("https://provider.example")));
        assert_eq!(code, 2, "{errors}");
        assert!(errors.starts_with(&format!("step3: {variable}: ")), "{errors}");
        assert!(!format!("{printed}{errors}").contains("Canary"), "{printed}{errors}");
        assert!(!printed.contains("response_type=code"), "no login was begun: {printed}");

        // Requests that stay on this machine do not use the proxy.
        let (_, errors, code) = run(program("step3").arg("--approve").env(variable, value));
        assert_eq!(code, 0, "{errors}");
    }
}
