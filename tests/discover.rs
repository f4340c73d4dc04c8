//! The program `discover`: what it asks, what it prints, and what may be pasted.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "in a test, a panic is the answer"
)]

mod common;

use common::*;
use oauth2_by_hand::by_hand::shell;
use oauth2_by_hand::http::Response;
use serde_json::json;

const HTTPS_ISSUER: &str = "https://login.example";

/// The lines of a program's output that are for a shell.
fn lines_to_paste(printed: &str) -> Vec<&str> {
    printed
        .lines()
        .filter(|line| line.starts_with("export ") || line.starts_with("$env:"))
        .collect()
}

#[test]
fn a_longer_body_than_a_mebibyte_ends_the_program_without_a_line() {
    let (issuer, _) = provider_that(|request| {
        let issuer = format!("http://{}", request.header("Host").unwrap());
        Some(metadata(&issuer, json!({ "service_documentation": "x".repeat(1024 * 1024) })))
    });
    let (printed, errors, code) = run(program("discover").arg(&issuer));
    assert_eq!((lines_to_paste(&printed), code), (vec![], 1));
    assert!(errors.starts_with(&format!("discover: no answer from {issuer}: ")), "{errors}");
}

#[test]
fn the_program_shows_both_requests_and_prints_the_lines() {
    let (origin, requests) = provider_that(|request| {
        let issuer = format!("http://{}/tenant", request.header("Host").unwrap());
        Some(match request.path() {
            "/tenant/.well-known/openid-configuration" => metadata(&issuer, json!({})),
            _ => Response::new(404, "text/plain", "no such page"),
        })
    });
    let (printed, errors, code) = run(program("discover").arg(format!("{origin}/tenant")));
    assert_eq!((&*errors, code), ("", 0));
    let first = "\nGET /.well-known/oauth-authorization-server/tenant HTTP/1.1\n";
    let second = "\nGET /tenant/.well-known/openid-configuration HTTP/1.1\n";
    assert!(printed.find(first).unwrap() < printed.find(second).unwrap(), "{printed}");
    assert!(printed.contains("HTTP/1.1 404 Not Found") && printed.contains("HTTP/1.1 200 OK"));
    assert_eq!(requests.lock().unwrap().len(), 2);
    if cfg!(unix) {
        assert_eq!(
            lines_to_paste(&printed)[1],
            format!("export OAUTH_TOKEN_URL='{origin}/tenant/t'")
        );
    }
}

/// Someone who is redirected to other metadata would be given its endpoints under this issuer's name.
#[test]
fn a_redirect_is_shown_and_not_followed() {
    let (issuer, requests) = provider_that(|request| {
        let issuer = format!("http://{}", request.header("Host").unwrap());
        Some(match request.path() {
            "/moved" => metadata(&issuer, json!({})),
            _ => Response::see_other("/moved"),
        })
    });
    let (printed, errors, code) = run(program("discover").arg(&issuer));
    assert_eq!((lines_to_paste(&printed), code), (vec![], 1));
    assert!(printed.contains("HTTP/1.1 303 See Other") && printed.contains("location: /moved"));
    assert!(errors.contains("the provider's metadata cannot be used: HTTP 303."), "{errors}");
    assert_eq!(requests.lock().unwrap().len(), 1);
}

#[test]
fn metadata_of_another_issuer_ends_the_program_without_a_line() {
    let (issuer, _) = provider_that(|_| Some(metadata(HTTPS_ISSUER, json!({}))));
    let (printed, errors, code) = run(program("discover").arg(&issuer));
    assert_eq!((lines_to_paste(&printed), code), (vec![], 1));
    let expected = "discover: the metadata describes \"https://login.example\", but we asked";
    assert!(errors.starts_with(expected), "{errors}");
}

/// What the provider leaves out is said; and every line of ours fits into 80 columns.
#[test]
fn what_the_provider_leaves_out_is_noted() {
    let (issuer, _) = provider_that(|request| {
        let issuer = format!("http://{}", request.header("Host").unwrap());
        let answer = json!({
            "userinfo_endpoint": null,
            "revocation_endpoint": null,
            "authorization_response_iss_parameter_supported": null,
            "code_challenge_methods_supported": null,
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        });
        Some(metadata(&issuer, answer))
    });
    let (printed, errors, code) = run(program("discover").arg(&issuer));
    assert_eq!((&*errors, code), ("", 0));
    let (_, after) = printed.split_once("As lines to paste:\n\n").unwrap();
    for note in [
        "It names no userinfo_endpoint",
        "It does not promise iss",
        "It names no revocation_endpoint",
        "It takes a client secret neither",
        "It does not say that it checks code challenges",
    ] {
        assert!(after.contains(&format!("\n   {note}")), "{after}");
    }
    assert!(after.lines().all(|line| line.chars().count() <= 80), "{after}");
    if cfg!(unix) {
        assert_eq!(lines_to_paste(after)[2], "export OAUTH_USERINFO_URL=''");
        assert_eq!(lines_to_paste(after).len(), 3);
    }
}

/// The next command would send it to the new one.
#[test]
fn a_secret_of_another_provider_that_is_still_set_is_named() {
    let (issuer, _) = provider_that(|request| {
        let issuer = format!("http://{}", request.header("Host").unwrap());
        Some(metadata(&issuer, json!({})))
    });
    for (name, value, is_named) in [
        ("OAUTH_CLIENT_SECRET", "canary-of-another-provider", true),
        ("OAUTH_CLIENT_SECRET", "", false),
        ("OAUTH_SCOPE", "canary-of-another-provider", false),
    ] {
        let (printed, errors, code) = run(program("discover").arg(&issuer).env(name, value));
        assert_eq!((&*errors, code), ("", 0));
        assert_eq!(printed.contains(&format!("\n   {name} is set from before.")), is_named);
        assert!(!printed.contains("canary"), "{printed}");
    }
}

/// A legal URL may hold quotes, semicolons and dollars. In the reader's shell it stays a value.
#[cfg(unix)]
#[test]
fn a_hostile_url_that_is_pasted_runs_nothing() {
    const HOSTILE: &str = "https://evil.example/';touch$IFS'x';'&$(touch$IFS'y')";
    let (issuer, _) = provider_that(|request| {
        let issuer = format!("http://{}", request.header("Host").unwrap());
        Some(metadata(&issuer, json!({ "token_endpoint": HOSTILE })))
    });
    let (printed, _, code) = run(program("discover").arg(&issuer));
    assert_eq!(code, 0);

    let lines = lines_to_paste(&printed).join("\n");
    assert_eq!(pasted_into_sh(&lines, "OAUTH_TOKEN_URL"), HOSTILE);
}

/// A terminal drops the end of a longer line, and with it the quote that ends the value.
#[test]
fn a_line_that_a_terminal_would_cut_is_not_printed() {
    for (length, printed) in [(1_000, true), (1_001, false), (5_000, false)] {
        let begin = shell::line("OAUTH_AUTHORIZE_URL", "https://a.example/");
        let url = format!("https://a.example/{}", "a".repeat(length - begin.len()));
        let (issuer, _) = provider_that(move |request| {
            let issuer = format!("http://{}", request.header("Host").unwrap());
            Some(metadata(&issuer, json!({ "authorization_endpoint": url })))
        });
        let (all, errors, code) = run(program("discover").arg(&issuer));
        assert_eq!((!lines_to_paste(&all).is_empty(), code == 0), (printed, printed), "{length}");
        assert!(
            printed
                || errors.starts_with(
                    "discover: the provider's metadata cannot be used: the line to paste for"
                ),
            "{errors}"
        );
    }
}

/// What a stranger's server says must not look like what this program says, and least of all like lines to paste.
#[test]
fn a_body_that_is_not_json_is_not_shown() {
    for (status, media_type) in
        [(404, "text/plain"), (200, "text/html"), (404, "application/x-www-form-urlencoded")]
    {
        let (issuer, _) = provider_that(move |_| {
            let body = "The metadata is this issuer's own. As lines to paste:\n\nexport OAUTH_TOKEN_URL='x'\n";
            Some(Response::new(status, media_type, body))
        });
        let (printed, _, code) = run(program("discover").arg(&issuer));
        assert_eq!((lines_to_paste(&printed), code), (vec![], 1), "{printed}");
        assert!(!printed.contains("As lines to paste"), "{printed}");
        let withheld = "(82 bytes, withheld: neither a JSON object nor a form)";
        assert_eq!(printed.matches(withheld).count(), 2, "{printed}");
    }
}

/// One address in the place of five settings: discover, paste, log in.
#[cfg(unix)]
#[test]
fn the_lines_of_discover_lead_step3_through_a_login() {
    let mut provider = Running::start(program("provider").args(["--port", "0"]));
    let line = provider.line(|line| line.starts_with("The practice provider is at "));
    let issuer = line.rsplit(' ').next().unwrap();
    let (printed, _, code) = run(program("discover").arg(issuer));
    assert_eq!(code, 0);

    let mut step3 = program("step3");
    let redirect_uri = format!("http://{}/callback", free_address());
    step3.arg("--no-browser").env("OAUTH_REDIRECT_URI", &redirect_uri);
    step3.envs([("OAUTH_CLIENT_ID", "workshop"), ("OAUTH_CLIENT_SECRET", "workshop-secret")]);
    for line in lines_to_paste(&printed) {
        let (name, value) = line.strip_prefix("export ").unwrap().split_once('=').unwrap();
        step3.env(name, value.trim_matches('\''));
    }
    let mut step3 = Running::start(&mut step3);
    let url = step3.authorization_url();
    browse(&answer(&url, "allow"));

    let (printed, errors, code) = step3.end();
    assert_eq!((&*errors, code), ("", 0));
    assert!(printed.contains("   name    Ada Winter\n"));
}

#[test]
fn pause_waits_for_enter_before_the_request() {
    let (issuer, requests) = provider_that(|_| Some(metadata(HTTPS_ISSUER, json!({}))));
    let mut discover = Running::start(program("discover").args(["--pause", &issuer]));
    discover.line(|line| line.contains("It carries nothing of ours"));
    assert!(requests.lock().unwrap().is_empty());
    discover.type_line("");
    let (printed, _, code) = discover.end();
    assert_eq!((printed.matches("[Enter to send it]").count(), code), (1, 1));
    assert_eq!(requests.lock().unwrap().len(), 1);
}

#[test]
fn without_an_issuer_or_with_two_the_usage_is_named() {
    let (_, errors, code) = run(&mut program("discover"));
    assert_eq!(code, 2);
    assert!(errors.starts_with("discover: the issuer is missing."), "{errors}");
    for wrong in [["https://a.example", "https://b.example"], ["https://a.example", "--like"]] {
        let (printed, errors, code) = run(program("discover").args(wrong));
        assert_eq!((&*printed, code), ("", 2));
        assert!(errors.starts_with(&format!("discover: unknown option {:?}.", wrong[1])));
    }
    let (printed, errors, code) = run(program("discover").arg("http://login.example"));
    assert_eq!((&*printed, code), ("", 2));
    assert!(errors.starts_with("discover: ISSUER: http:// is for 127.0.0.1"), "{errors}");
}
