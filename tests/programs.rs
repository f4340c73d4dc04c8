//! The programs as a person meets them: what they print, what they refuse, how they end.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "in a test, a panic is the answer"
)]

mod common;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Stdio;

use common::*;
use oauth2_by_hand::http::Response;

/// The words without the ends of lines between them, which are wherever 80 columns end.
fn unwrapped(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn step3_logs_in_and_prints_the_user() {
    let (printed, errors, code) = run(program("step3").arg("--approve"));
    assert_eq!((code, errors.as_str()), (0, ""));
    for line in [
        "   name    Ada Winter",
        "   bio     Keeps bees and very tidy notebooks.",
        "   id      1815",
    ] {
        assert!(printed.lines().any(|printed| printed == line), "{line}\n{printed}");
    }
}

#[test]
fn step1_ends_with_the_code_and_step2_with_the_token() {
    let (printed, _, code) = run(program("step1").arg("--approve"));
    assert_eq!(code, 0);
    assert!(printed.contains("== Step 1") && !printed.contains("== Step 2"));
    let redirect = printed.lines().find(|line| line.starts_with("GET /callback?")).unwrap();
    let redirected = parameter(redirect.split(' ').nth(1).unwrap(), "code").unwrap();
    assert!(printed.contains(&format!("   code           {redirected}\n")));

    let (printed, _, code) = run(program("step2").arg("--approve"));
    assert_eq!(code, 0);
    assert!(printed.contains("== Step 2") && !printed.contains("== Step 3"));
    assert!(printed.contains("   we may ask for     read:user\n"));
}

/// The layout is for 80 columns; only messages may be wider.
#[test]
fn every_line_of_ours_fits_into_80_columns() {
    for name in ["step1", "step2", "step3", "refresh"] {
        let (printed, ..) = run(program(name).arg("--approve"));
        let mut in_message = false;
        for line in printed.lines() {
            if line.starts_with("-- ") {
                in_message = true;
            } else if line.starts_with("---") {
                in_message = false;
            } else if in_message {
                continue;
            }
            assert!(line.chars().count() <= 80, "{line}");
        }
    }
    for name in ["step1", "step2", "step3", "discover", "refresh", "provider", "webapp", "attack"] {
        let (help, ..) = run(program(name).arg("--help"));
        assert!(help.lines().all(|line| line.chars().count() <= 80), "{help}");
    }
}

#[test]
fn a_browser_can_answer_and_deny_ends_with_1_and_says_who_refused() {
    let mut step3 = Running::start(program("step3").arg("--no-browser"));
    let url = step3.authorization_url();

    let page = browse(&answer(&url, "deny"));

    assert!(page.contains("No login this time"));
    let (_, errors, code) = step3.end();
    assert_eq!(code, 1);
    assert!(
        errors.starts_with(
            "step3: the authorization server says that the user refused: \"access_denied\""
        ),
        "{errors}"
    );
    assert!(
        errors.contains("\n  Likely cause: the user clicked Deny")
            && errors.contains("\n  What to do: ")
    );
}

#[test]
fn the_redirected_url_can_be_pasted() {
    let mut step3 = Running::start(program("step3").arg("--paste"));
    let url = step3.authorization_url();
    step3.type_line("http://127.0.0.1:8080/callback?code=x&state=of-another-login");
    step3.type_line(&answer(&url, "allow"));
    let (printed, errors, code) = step3.end();
    assert_eq!((code, errors.as_str()), (0, ""));
    assert!(
        printed.contains("Not accepted: the redirect has another state than ours"),
        "{printed}"
    );
    assert!(printed.contains("   name    Ada Winter\n"));
}

/// A page could send forged redirects by the thousand, and push what matters off the screen.
#[test]
fn after_ten_refused_redirects_no_more_are_shown_and_the_login_still_works() {
    let mut step1 = Running::start(program("step1").arg("--paste"));
    let url = step1.authorization_url();
    for number in 0..12 {
        step1.type_line(&format!("http://127.0.0.1:8080/callback?code=x&state=forged-{number}"));
    }
    step1.type_line(&answer(&url, "allow"));
    let (printed, errors, code) = step1.end();
    assert_eq!((code, errors.as_str()), (0, ""));
    assert_eq!(printed.matches("Not accepted: ").count(), 10, "{printed}");
    assert_eq!(printed.matches("More of these are not shown.").count(), 1);
}

/// A wrong URL that the user pasted is reported; a browser that asks for an icon does not.
#[test]
fn another_address_is_refused_in_words_when_it_was_pasted_and_in_silence_at_the_port() {
    let mut step1 = Running::start(program("step1").arg("--paste"));
    let url = step1.authorization_url();
    step1.type_line("https://example.com/where-am-i");
    step1.type_line(&answer(&url, "allow"));
    let (printed, ..) = step1.end();
    let printed = unwrapped(&printed);
    let refusal = "Not accepted: our redirect URI is http://127.0.0.1:8080/callback and this is something else. The wait goes on.";
    assert!(printed.contains(refusal), "{printed}");

    let redirect_uri = format!("http://{}/callback", free_address());
    let mut step1 = Running::start(
        program("step1").arg("--no-browser").env("OAUTH_REDIRECT_URI", &redirect_uri),
    );
    let url = step1.authorization_url();
    let icon = browse(&redirect_uri.replace("/callback", "/favicon.ico"));
    assert!(icon.starts_with("HTTP/1.1 404 "), "{icon}");
    browse(&answer(&url, "allow"));
    let (printed, errors, code) = step1.end();
    assert_eq!((code, errors.as_str()), (0, ""));
    assert!(!printed.contains("Not accepted"), "{printed}");
}

/// A server, a container, a machine without a desktop: the address is on the screen all the same.
#[cfg(all(unix, not(target_os = "macos")))]
#[test]
fn where_no_browser_can_be_started_it_says_so_and_waits() {
    let redirect_uri = format!("http://{}/callback", free_address());
    let mut step1 =
        Running::start(program("step1").env("PATH", "").env("OAUTH_REDIRECT_URI", &redirect_uri));
    let url = step1.authorization_url();
    step1.line(|line| line.contains("No browser could be started."));
    browse(&answer(&url, "allow"));
    let (printed, errors, code) = step1.end();
    assert_eq!((code, errors.as_str()), (0, ""), "{printed}");
    // Said before, so it may not be a promise.
    assert!(printed.contains("Your browser should open this address"), "{printed}");
}

#[test]
fn the_end_of_the_input_ends_the_wait_for_a_pasted_url() {
    for name in ["step1", "step2", "step3"] {
        let (_, errors, code) = run(program(name).arg("--paste"));
        assert_eq!(code, 1);
        assert!(errors.starts_with(&format!("{name}: standard input ended")), "{errors}");
    }
}

#[test]
fn a_value_in_quotes_is_noted_and_one_with_a_hidden_character_is_refused() {
    let start = |secret: &str| {
        let mut step1 = program("step1");
        step1.arg("--paste").stdin(std::process::Stdio::null());
        run(step1.env("OAUTH_CLIENT_ID", "id").env("OAUTH_CLIENT_SECRET", secret))
    };
    let note = "OAUTH_CLIENT_SECRET stands in quotes, which are sent along.";
    for (secret, noted) in [("\"a\"", true), ("'a'", true), ("\"", false), ("a'b'", false)] {
        let (printed, ..) = start(secret);
        assert_eq!(unwrapped(&printed).contains(note), noted, "{secret}: {printed}");
    }
    let (printed, errors, code) = start("\u{feff}canary");
    assert_eq!((code, printed.as_str()), (2, ""));
    assert!(errors.contains("OAUTH_CLIENT_SECRET: it holds a character that is not seen"));
    assert!(!errors.contains("canary"), "{errors}");
}

#[test]
fn pause_waits_for_enter_before_each_message() {
    let mut step3 = Running::start(program("step3").args(["--pause", "--approve"]));
    for _ in 0..3 {
        step3.type_line("");
    }
    let (printed, _, code) = step3.end();
    assert_eq!(code, 0);
    assert_eq!(printed.matches("[Enter and the program answers for you]").count(), 1);
    assert_eq!(printed.matches("[Enter to send it]").count(), 2);
}

/// Nothing holds a connection while a person reads: 300 of them would be more than the server has room for.
#[test]
fn a_page_that_reloads_during_pause_does_not_keep_the_redirect_out() {
    let redirect_uri = format!("http://{}/callback", free_address());
    let mut step3 = Running::start(
        program("step3").args(["--pause", "--no-browser"]).env("OAUTH_REDIRECT_URI", &redirect_uri),
    );
    let url = step3.authorization_url();
    for number in 0..300 {
        let answer = browse(&format!("{redirect_uri}?code=evil&state={number}"));
        assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    }
    let answer = browse(&answer(&url, "allow"));
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains("Code received"), "{answer}");

    for _ in 0..3 {
        step3.type_line("");
    }

    let (printed, errors, code) = step3.end();
    assert_eq!(code, 0, "{errors}");
    assert!(printed.contains("More of these are not shown."), "{printed}");
    assert!(printed.contains("Ada Winter"), "{printed}");
}

#[test]
fn a_wrong_secret_is_named_as_such() {
    let (_, errors, code) = run(program("step3")
        .arg("--approve")
        .env("OAUTH_CLIENT_SECRET", "not-the-workshop-secret"));
    assert_eq!(code, 1);
    assert!(
        errors.starts_with(
            "step3: the token endpoint refused: \"invalid_client\" \"the client secret is wrong\""
        ),
        "{errors}"
    );
    assert!(!errors.contains("not-the-workshop-secret"));
}

#[test]
fn a_client_that_nobody_knows_is_told_what_the_provider_says() {
    let (_, errors, code) = run(program("step3").arg("--approve").env("OAUTH_CLIENT_ID", "nobody"));
    assert_eq!(code, 1);
    let errors = unwrapped(&errors);
    assert!(errors.contains("No client with this client_id is registered here."), "{errors}");
}

#[test]
fn the_public_client_logs_in_without_a_secret_and_basic_works() {
    let (printed, _, code) =
        run(program("step3").arg("--approve").env("OAUTH_CLIENT_ID", "workshop-public"));
    assert_eq!(code, 0);
    assert!(
        printed.contains("workshop-public (public, no secret)")
            && !printed.contains("client_secret")
    );
    assert!(!printed.contains("not used from the environment"), "{printed}");
    let (printed, _, code) =
        run(program("step3").arg("--approve").env("OAUTH_CLIENT_AUTH", "basic"));
    assert_eq!(code, 0);
    assert!(printed.contains("\nAuthorization: Basic d29ya3Nob3A6d29ya3Nob3Atc2VjcmV0\n"));
    // What to notice in a header is printed below the parameters, which have no such name.
    assert!(
        printed.contains("\n   Authorization: Client ID and client secret, in base64"),
        "{printed}"
    );
}

#[test]
fn wrong_usage_names_the_option_and_ends_with_2() {
    let rows: [(&str, &[&str], &str); 15] = [
        ("step1", &["--nonsense"], "step1: unknown option \"--nonsense\""),
        ("step3", &["login"], "step3: unknown option \"login\""),
        ("step3", &["--port", "1"], "step3: unknown option \"--port\""),
        ("provider", &["--approve"], "provider: unknown option \"--approve\""),
        ("webapp", &["--approve"], "webapp: unknown option \"--approve\""),
        ("webapp", &["--show-secrets"], "webapp: unknown option \"--show-secrets\""),
        ("webapp", &["--provider", "faceboook"], "webapp: there is no provider \"faceboook\""),
        ("webapp", &["--port", "x"], "webapp: --port takes a number"),
        ("provider", &["--port", "65536"], "provider: --port takes a number"),
        ("provider", &["--port"], "provider: --port takes a number"),
        ("step3", &["--provider"], "step3: --provider needs a value"),
        ("step3", &["--provider", "faceboook"], "step3: there is no provider \"faceboook\""),
        ("step3", &["--approve=yes"], "step3: --approve takes no value"),
        (
            "step3",
            &["--show-secrets", "--mask-secrets"],
            "step3: --show-secrets and --mask-secrets",
        ),
        (
            "step3",
            &["--provider=github", "--approve"],
            "step3: --approve works with a practice provider only",
        ),
    ];
    for (name, arguments, message) in rows {
        let (printed, errors, code) = run(program(name).args(arguments));
        assert_eq!((code, printed.as_str()), (2, ""), "{arguments:?}");
        assert!(errors.starts_with(message), "{errors}");
        assert!(errors.contains("\n  Likely cause: ") && errors.contains("\n  What to do: "));
    }
}

/// A line of 80 characters stays one; with one more its last word begins the next.
#[test]
fn an_error_is_broken_between_words_at_80_columns() {
    for (length, lines) in [(80, 1), (81, 2)] {
        // `step1: unknown option "`, two words with a space, `".`
        let argument = format!("{} {}", "x".repeat(40), "y".repeat(length - 23 - 41 - 2));
        let (_, errors, _) = run(program("step1").arg(&argument));
        let (happened, _) = errors.split_once("\n  Likely cause: ").unwrap();
        let words = happened.replace('\n', " ");
        assert_eq!(words, format!("step1: unknown option \"{argument}\"."));
        assert_eq!((words.len(), happened.lines().count()), (length, lines));
    }
}

#[test]
fn help_version_and_list_end_well() {
    for (name, purpose) in [
        ("step1", "step1: ask for authorization, and show the code that comes back.\n"),
        ("step2", "step2: step 1, then exchange the code for an access token.\n"),
        ("step3", "step3: the whole login: authorize, fetch the token, get the user.\n"),
        ("provider", "provider: the practice provider alone; shows every request that it gets.\n"),
        ("webapp", "webapp: a small web app to log in to. It prints its address to open.\n"),
        ("attack", "attack: attacks on the code of this repository, each stopped by one line.\n"),
    ] {
        let (help, errors, code) = run(program(name).arg("--help"));
        assert_eq!((code, errors.as_str()), (0, ""));
        assert!(help.starts_with(purpose) && help.contains("--version"), "{help}");
        let (version, _, code) = run(program(name).arg("--version"));
        assert_eq!(
            (code, version.as_str()),
            (0, format!("{name} of oauth2-by-hand 0.1.0\n").as_str())
        );
    }
    let (list, _, code) = run(program("step3").args(["--provider", "list"]));
    assert_eq!(code, 0);
    assert!(list.contains("practice ") && list.contains("github "));
}

#[test]
fn a_bad_configuration_names_the_variable_and_ends_with_2() {
    let rows: [(&[(&str, &str)], &str); 6] = [
        (&[("OAUTH_REDIRECT_URI", "http://127.0.0.1:8080/#")], "OAUTH_REDIRECT_URI"),
        (&[("OAUTH_CLIENT_AUTH", "jwt")], "OAUTH_CLIENT_AUTH"),
        (&[("OAUTH_SCOPE", "a\tb")], "OAUTH_SCOPE"),
        (&[("OAUTH_TOKEN_URL", "https://example.com/token")], "OAUTH_AUTHORIZE_URL"),
        (&[("OAUTH_CLIENT_SECRET", "canary-canary-canary\n")], "OAUTH_CLIENT_SECRET"),
        (&[("OAUTH_REDIRECT_URI", "https://example.com/callback")], "OAUTH_REDIRECT_URI"),
    ];
    for (variables, named) in rows {
        let (_, errors, code) =
            run(program("step3").arg("--no-browser").envs(variables.iter().copied()));
        assert_eq!(code, 2, "{errors}");
        assert!(errors.starts_with(&format!("step3: {named}: ")), "{errors}");
        assert!(!errors.contains("canary"));
    }
}

#[test]
fn github_without_a_registration_says_how_to_get_one() {
    let mut step3 = program("step3");
    step3.args(["--provider", "github"]);
    let (printed, errors, code) = run(&mut step3);
    assert_eq!(code, 2);
    assert!(errors.starts_with("step3: OAUTH_CLIENT_ID: it is not set,"), "{errors}");
    for line in [
        "   https://github.com/settings/developers",
        "   http://127.0.0.1:8080/callback",
        "   cargo run --bin step3 -- --provider github",
    ] {
        assert!(printed.lines().any(|printed| printed == line), "{line}\n{printed}");
    }
    assert!(printed.contains("OAUTH_CLIENT_ID='…' OAUTH_CLIENT_SECRET='…'"), "{printed}");

    let (printed, errors, code) = run(step3.env("OAUTH_CLIENT_ID", "an-id"));
    assert_eq!(code, 2);
    assert!(errors.starts_with("step3: OAUTH_CLIENT_SECRET: it is not set,"));
    assert!(printed.contains("https://github.com/settings/developers"), "{printed}");
    let (printed, _, code) = run(step3.env("OAUTH_CLIENT_SECRET", ""));
    assert_eq!(code, 2);
    assert!(printed.contains("https://github.com/settings/developers"), "{printed}");
}

/// The redirect URI to register is the one that is set in the environment.
#[test]
fn the_redirect_uri_to_register_is_the_one_that_is_set() {
    for (set, shown) in [
        ("", "http://127.0.0.1:8080/callback"),
        ("http://127.0.0.1:8123/back", "http://127.0.0.1:8123/back"),
    ] {
        let mut step3 = program("step3");
        let (printed, _, code) =
            run(step3.args(["--provider", "github"]).env("OAUTH_REDIRECT_URI", set));
        assert_eq!(code, 2);
        assert!(printed.lines().any(|line| line.trim() == shown), "{printed}");
    }
}

/// Practising needs no account, so nobody is sent to get one.
#[test]
fn like_github_needs_no_registration_there() {
    let (printed, errors, code) =
        run(program("step3").args(["--provider", "github", "--like", "github", "--approve"]));
    assert_eq!((code, errors.as_str()), (0, ""), "{printed}");
    assert!(!printed.contains("https://github.com/settings/developers"), "{printed}");
}

/// A server may grant more than was asked for, or less. It is said either way (RFC 6749 §5.1).
#[test]
fn a_granted_scope_that_differs_is_compared_with_the_one_asked_for() {
    for (like, missing, extra) in [
        ("gitlab", "nothing", "profile"),
        ("google", "profile", "https://www.googleapis.com/auth/userinfo.profile"),
    ] {
        let (printed, errors, code) = run(program("step2").args(["--like", like, "--approve"]));
        assert_eq!((code, errors.as_str()), (0, ""), "{printed}");
        let said = unwrapped(&printed);
        assert!(said.contains(&format!("Missing: {missing}. Extra: {extra}.")), "{said}");
    }
    let (printed, ..) = run(program("step2").args(["--like", "github", "--approve"]));
    assert!(!printed.contains("differs from the one asked for"), "{printed}");
}

/// GitHub says no under 200 OK: what there is to notice in a token is not explained beside an error.
#[test]
fn beside_an_answer_that_says_no_stands_that_it_does() {
    for (like, status) in [("github", "HTTP/1.1 200 OK"), ("strict", "HTTP/1.1 401 Unauthorized")] {
        let (printed, _, code) = run(program("step2")
            .args(["--like", like, "--approve"])
            .env("OAUTH_CLIENT_SECRET", "not-the-workshop-secret"));
        assert_eq!(code, 1);
        let (_, answer) = printed.split_once(status).unwrap();
        assert!(answer.contains("The answer is no. Its body, or a header, says why."), "{printed}");
    }
}

/// Of the redirect, what is explained is what is there: not every provider sends iss.
#[test]
fn of_the_redirect_only_what_is_there_is_explained() {
    for (like, iss) in [("strict", true), ("github", true), ("gitlab", false)] {
        let (printed, ..) = run(program("step1").args(["--like", like, "--approve"]));
        assert!(printed.contains("\n      It is ours, so this is the answer"), "{printed}");
        assert_eq!(printed.contains("\n      Names the provider that sent it."), iss);
    }
}

/// With nothing of another provider in the environment there is nothing to warn of.
#[test]
fn a_real_provider_is_named_and_its_secrets_are_masked() {
    let mut step3 = program("step3");
    step3.args(["--provider", "github", "--paste"]);
    let mut step3 = Running::start(
        step3.env("OAUTH_CLIENT_ID", "an-id").env("OAUTH_CLIENT_SECRET", "canary-secret"),
    );
    step3.authorization_url();
    let said = unwrapped(&step3.printed);
    assert!(said.contains("client an-id (with a secret) provider GitHub"), "{said}");
    assert!(said.contains("Secrets are masked. --show-secrets shows them in full."), "{said}");
    assert!(!said.contains("not used from the environment"), "{said}");
    assert!(!said.contains("https://github.com/settings/developers"), "{said}");
}

/// Lines that were pasted for the practice provider may not send GitHub's secret there.
#[test]
fn the_addresses_of_another_provider_are_not_used_for_github() {
    let mut step3 =
        Running::start(program("step3").args(["--provider", "github", "--paste"]).envs([
            ("OAUTH_CLIENT_ID", "id"),
            ("OAUTH_CLIENT_SECRET", "secret"),
            ("OAUTH_AUTHORIZE_URL", "http://127.0.0.1:9000/authorize"),
            ("OAUTH_TOKEN_URL", "http://127.0.0.1:9000/token"),
            ("OAUTH_USERINFO_URL", "http://127.0.0.1:9000/user"),
            ("OAUTH_ISSUER", "http://127.0.0.1:9000"),
        ]));
    let url = step3.authorization_url();
    assert!(url.starts_with("https://github.com/login/oauth/authorize?"), "{url}");
    let said = unwrapped(&step3.printed);
    assert!(
        said.contains("not used from the environment: OAUTH_AUTHORIZE_URL, OAUTH_TOKEN_URL"),
        "{said}"
    );
}

/// With a real provider the redirect URI is registered, so its port cannot be changed.
#[test]
fn a_taken_port_is_an_error_with_a_real_provider_and_a_note_with_the_practice_one() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let redirect_uri = format!("http://{address}/callback");

    let mut github = program("step3");
    github.args(["--provider", "github", "--no-browser"]);
    github.env("OAUTH_CLIENT_ID", "id").env("OAUTH_CLIENT_SECRET", "secret");
    let (_, errors, code) = run(github.env("OAUTH_REDIRECT_URI", &redirect_uri));
    assert_eq!(code, 1);
    assert!(errors.starts_with(&format!("step3: {address} is in use")), "{errors}");
    assert!(
        errors.contains("set OAUTH_REDIRECT_URI to another port") && errors.contains("register")
    );

    let (printed, _, code) =
        run(program("step3").arg("--approve").env("OAUTH_REDIRECT_URI", &redirect_uri));
    assert_eq!(code, 0);
    let printed = unwrapped(&printed);
    assert!(printed.contains(&format!("The port of {redirect_uri} is in use, so this login uses")));
}

#[test]
fn a_closed_pipe_is_no_panic() {
    let mut step3 = program("step3").arg("--approve").spawn().unwrap();
    drop(step3.stdout.take());
    let mut errors = String::new();
    step3.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
    assert_eq!((step3.wait().unwrap().code(), errors.as_str()), (Some(1), ""));
}

/// Unlike `step3 | head`: here the user loses output that they wanted to keep.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_with_a_reason() {
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let (_, errors, code) = run(program("step3").arg("--approve").stdout(full));
    assert_eq!(code, 1);
    assert!(errors.starts_with("step3: cannot read or write the terminal: no storage"), "{errors}");
}

/// Of a redirect that ends the wait, nothing says that the wait goes on.
#[test]
fn a_redirect_without_the_promised_iss_ends_the_wait_and_is_not_said_to_go_on() {
    for answer in ["code=c", "error=access_denied", "error=server_error&error_description=no"] {
        let redirect_uri = format!("http://{}/callback", free_address());
        let mut step1 = Running::start(
            program("step1").arg("--no-browser").env("OAUTH_REDIRECT_URI", &redirect_uri),
        );
        let state = parameter(&step1.authorization_url(), "state").unwrap();
        browse(&format!("{redirect_uri}?{answer}&state={state}"));
        let (printed, errors, code) = step1.end();
        assert_eq!(code, 1);
        assert!(unwrapped(&errors).contains("it has no iss."), "{errors}");
        assert!(!unwrapped(&printed).contains("The wait goes on"), "{printed}");
        assert!(!unwrapped(&errors).contains("user refused"), "{errors}");
    }
}

/// Either may be what it does not know, so both are named, as cause and as remedy.
#[test]
fn an_unknown_client_id_and_another_redirect_uri_are_both_named() {
    let registered = format!("http://{}/callback", free_address());
    for (name, value) in [
        ("OAUTH_CLIENT_ID", "unknown"),
        ("OAUTH_REDIRECT_URI", &*registered.replace("callback", "back")),
    ] {
        let mut step1 = program("step1");
        step1.arg("--approve").env("OAUTH_REDIRECT_URI", &registered).env(name, value);
        let (_, errors, code) = run(&mut step1);
        assert_eq!(code, 1);
        let errors = unwrapped(&errors);
        for words in [
            "does not know the client ID, or",
            "the redirect URI is not the registered one",
            "Copy the client ID anew.",
        ] {
            assert!(errors.contains(words), "{words}: {errors}");
        }
    }
}

/// A login with step3 at a provider that gives this token and says this of the user: what is printed.
fn log_in_with(token: serde_json::Value, user: serde_json::Value, option: &str) -> String {
    let (origin, _) = provider_that(move |request| {
        let answer = if request.path() == "/token" { &token } else { &user };
        Some(Response::new(200, "application/json", answer.to_string()))
    });
    let redirect_uri = format!("http://{}/callback", free_address());
    let mut step3 = Running::start(
        program("step3")
            .args(["--no-browser", option])
            .env("OAUTH_CLIENT_ID", "id")
            .env("OAUTH_SCOPE", "read")
            .env("OAUTH_REDIRECT_URI", &redirect_uri)
            .envs(endpoints(&origin)),
    );
    let state = parameter(&step3.authorization_url(), "state").unwrap();
    browse(&format!("{redirect_uri}?code=c&state={state}"));
    let (printed, errors, code) = step3.end();
    assert_eq!((code, errors.as_str()), (0, ""), "{printed}");
    printed
}

/// A person's name is theirs to choose, line ends included: it cannot add a row to our table.
#[test]
fn a_name_with_line_ends_fakes_no_row() {
    let token = serde_json::json!({ "access_token": "t", "token_type": "Bearer" });
    for end in ["\n", "\r\n", "\r", "\u{2028}", "\u{85}"] {
        let name = format!("Mallory{end}   bio     none{end}   id      1");
        let user = serde_json::json!({ "id": 666, "name": name });
        let printed = log_in_with(token.clone(), user, "--show-secrets");
        let (_, table) = printed.rsplit_once("We know who it is:").unwrap();
        let table = table.replace(['\r', '\u{85}', '\u{2028}'], "\n");
        for row in ["\n   name    Mallory", "\n   bio     (none given)", "\n   id      666\n"] {
            assert!(table.contains(row), "{row:?} is not in {table}");
            assert_eq!(table.matches(&row[..10]).count(), 1, "{row:?} in {table}");
        }
    }
}

/// A real provider asks a real person, also one that the environment names.
#[test]
fn approve_clicks_nothing_at_a_provider_elsewhere() {
    let mut step1 = program("step1");
    step1.arg("--approve").env("OAUTH_CLIENT_ID", "id");
    let (printed, errors, code) = run(step1.envs(endpoints("https://login.example")));
    assert_eq!((code, printed.as_str()), (2, ""));
    let expected = "step1: --approve works with a practice provider only";
    assert!(errors.starts_with(expected), "{errors}");
}

/// Else the name of a stranger's parameter could read like one of OAuth's.
#[test]
fn a_name_with_a_character_that_is_not_seen_shows_it() {
    let mut step1 = Running::start(program("step1").arg("--no-browser"));
    let redirect = answer(&step1.authorization_url(), "allow");
    browse(&format!("{redirect}&iss%E2%81%A0=x&st%C2%ADate=y"));
    let (printed, _, code) = step1.end();
    assert_eq!(code, 0);
    let rows = "\n   \"iss\\u{2060}\" = x\n   \"st\\u{ad}ate\" = y\n";
    assert!(printed.contains(rows), "{printed}");
}

/// Any web page can send the provider a form whose lines would stand between ours.
#[test]
fn a_form_with_line_ends_is_not_shown_on_the_providers_screen() {
    let mut provider = Running::start(program("provider").args(["--port", "0"]));
    let line = provider.line(|line| line.starts_with("The practice provider is at "));
    let host = line.rsplit('/').next().unwrap().to_owned();
    let body = "x\n\nIn a second terminal, paste\n\nexport OAUTH_CLIENT_SECRET='x'\n";
    let request = format!(
        "POST /token HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    raw(&host, request.as_bytes());
    let withheld = format!("({} bytes, withheld: neither a JSON object nor a form)", body.len());
    provider.line(|line| line.starts_with("HTTP/1.1 "));
    assert!(provider.printed.contains(&withheld), "{}", provider.printed);
    assert_eq!(provider.printed.matches("\nIn a second terminal, paste").count(), 0);
    assert_eq!(provider.printed.matches("export OAUTH_CLIENT_SECRET").count(), 1);
}

/// A note of ours is one paragraph, whatever it quotes.
#[test]
fn a_scope_with_line_ends_fakes_no_line() {
    let scope = "x\n\nWe know who it is:\n   name    Ada Winter\r\nexport X=1";
    let token = serde_json::json!({ "access_token": "t", "token_type": "Bearer", "scope": scope });
    for option in ["--mask-secrets", "--show-secrets"] {
        let printed =
            log_in_with(token.clone(), serde_json::json!({ "id": 666, "name": "Mallory" }), option);
        assert!(unwrapped(&printed).contains("The granted scope differs"), "{printed}");
        assert_eq!(printed.matches("\nWe know who it is:").count(), 1, "{printed}");
        assert!(
            !printed.contains("\n   name    Ada") && !printed.contains("\nexport"),
            "{printed}"
        );
    }
}

#[test]
fn what_is_left_out_of_a_user_is_said() {
    let token = serde_json::json!({ "access_token": "t", "token_type": "Bearer" });
    let user = serde_json::json!({ "id": 1, "name": "Ada", "bio": { "text": "none" } });
    let printed = log_in_with(token, user, "--show-secrets");
    let note = "\n   In the answer, its bio is not a string, and was left out.\n";
    assert!(printed.contains(note), "{printed}");
    assert!(printed.contains("\n   bio     (none given)\n"), "{printed}");
}

#[test]
fn the_provider_that_is_gone_is_named() {
    let free = free_address();
    let (_, errors, code) = run(program("step3").arg("--approve").envs([
        ("OAUTH_CLIENT_ID", "workshop"),
        ("OAUTH_REDIRECT_URI", &format!("http://{free}/callback")),
        ("OAUTH_AUTHORIZE_URL", "http://127.0.0.1:9/authorize"),
        ("OAUTH_TOKEN_URL", "http://127.0.0.1:9/token"),
        ("OAUTH_USERINFO_URL", "http://127.0.0.1:9/user"),
    ]));
    assert_eq!(code, 1);
    assert!(errors.starts_with("step3: no answer from http://127.0.0.1:9: "), "{errors}");
}

/// The lines to paste that a provider prints, as a shell would read them.
fn pasted(provider: &mut Running) -> Vec<(String, String)> {
    let mut setting = || {
        let line = provider.line(|line| line.contains("OAUTH_"));
        let line =
            line.trim_start_matches("export ").trim_start_matches("$env:").replace(" = ", "=");
        let (name, value) = line.split_once('=').unwrap();
        (name.to_owned(), value.trim_matches('\'').to_owned())
    };
    (0..9).map(|_| setting()).collect()
}

/// Ctrl-S in its terminal, or a pipe that nobody reads, keeps no client waiting (P34).
#[test]
fn a_provider_whose_output_nobody_reads_answers_everybody() {
    use std::io::BufRead;
    let mut command = program("provider");
    command.args(["--port", "0"]).stdout(std::process::Stdio::piped());
    let mut provider = command.spawn().unwrap();
    let mut lines = std::io::BufReader::new(provider.stdout.take().unwrap()).lines();
    let is_at = "The practice provider is at http://";
    let address = loop {
        let line = lines.next().unwrap().unwrap();
        if let Some(address) = line.strip_prefix(is_at) {
            break address.to_owned();
        }
    };
    // The pipe is full long before: it holds 64 KiB, and an exchange has more than 200 bytes.
    let is_answered = || {
        let mut visitor = std::net::TcpStream::connect(&address).unwrap();
        // Only a provider that keeps its clients waiting is ever so slow.
        visitor.set_read_timeout(Some(std::time::Duration::from_secs(10))).unwrap();
        visitor.write_all(format!("GET / HTTP/1.1\r\nHost: {address}\r\n\r\n").as_bytes()).unwrap();
        let mut answer = Vec::new();
        visitor.read_to_end(&mut answer).is_ok() && answer.starts_with(b"HTTP/1.1 200 ")
    };
    let unanswered = (0..1500).find(|_| !is_answered());
    let told = unanswered
        .is_none()
        .then(|| lines.map(Result::unwrap).find(|line| line.contains("requests are not shown")));
    provider.kill().unwrap();
    provider.wait().unwrap();

    assert_eq!(unanswered, None);
    assert!(told.flatten().is_some_and(|line| line.contains("the terminal stood still")));
}

/// A page of the provider makes a browser fetch its looks: they are told, and fill no screen.
#[test]
fn a_style_sheet_a_picture_and_an_icon_are_one_line_each_on_the_providers_screen() {
    let mut provider = Running::start(program("provider").args(["--port", "0"]));
    let line = provider.line(|line| line.starts_with("The practice provider is at "));
    let (_, address) = line.split_once("http://").unwrap();
    for (number, path, status) in
        [(1, "/style.css", 200), (2, "/avatar.svg?person=ada", 200), (3, "/favicon.ico", 404)]
    {
        raw(address, format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n\r\n").as_bytes());
        let shown = provider.line(|line| line.contains(&format!("{number}. ")));
        let path = path.split('?').next().unwrap();
        assert_eq!(shown, format!("-- {number}. GET {path}: HTTP {status}"));
    }
    raw(address, format!("GET /register HTTP/1.1\r\nHost: {address}\r\n\r\n").as_bytes());
    let next = provider.line(|line| line.contains("4. "));
    assert!(next.starts_with("-- 4. -> provider --"), "{next}");
    assert!(!provider.printed.contains("text/css"), "{}", provider.printed);
}

/// Beside the redirect its parameters are listed. A name with a line end is no row of ours.
#[test]
fn a_parameter_with_line_ends_fakes_no_row_beside_the_redirect() {
    let redirect_uri = format!("http://{}/callback", free_address());
    let mut step1 = Running::start(
        program("step1").arg("--no-browser").env("OAUTH_REDIRECT_URI", &redirect_uri),
    );
    let url = step1.authorization_url();
    let location = answer(&url, "allow");
    browse(&format!("{location}&x%0A%20%20%20state=1&y=2%0D%0A%20%20%20code%20%3D%203"));
    let (printed, errors, code) = step1.end();
    assert_eq!((code, errors.as_str()), (0, ""), "{printed}");
    let (_, beside) = printed.split_once("the redirect (its first line)").unwrap();
    assert!(beside.contains("\n   x\\n   state = 1\n   y = 2\\n   code = 3\n"), "{beside}");
    for name in ["\n   state = ", "\n   code = "] {
        assert_eq!(beside.matches(name).count(), 1, "{beside}");
    }
}

/// `https://127.0.0.1:9000` typed into a browser: it says only that the site is not secure.
#[test]
fn the_provider_says_when_https_was_tried_and_when_a_client_sends_chunks() {
    for mode in [&[][..], &["--like", "mallory"]] {
        let mut provider = Running::start(program("provider").args(["--port", "0"]).args(mode));
        let line = provider.line(|line| line.starts_with("The practice provider is at "));
        let (_, address) = line.split_once("http://").unwrap();

        for hello in [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".as_slice(), b"\x16"] {
            assert!(raw(address, hello).starts_with("HTTP/1.1 400 "));
            provider.line(|line| line.contains("https was tried"));
        }
        raw(address, b"POST /token HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n");
        provider.line(|line| line.contains("send a Content-Length"));
        // Nothing of this is an exchange.
        assert!(!provider.printed.contains("-> provider"), "{}", provider.printed);
    }
}

/// Two terminals: the lines that the provider prints make another program its client.
#[test]
fn the_provider_prints_the_lines_to_paste_and_every_request() {
    let mut provider = Running::start(program("provider").args(["--port", "0"]));
    let settings = pasted(&mut provider);

    let mut step3 = program("step3");
    step3.arg("--approve").envs(settings);
    let free = free_address();
    let (printed, errors, code) =
        run(step3.env("OAUTH_REDIRECT_URI", format!("http://{free}/callback")));

    assert_eq!((code, errors.as_str()), (0, ""), "{printed}");
    for (number, (request, accept)) in (1..).zip([
        ("GET /authorize?", "Accept: text/html"),
        ("POST /authorize ", "Accept: text/html"),
        ("POST /token ", "Accept: application/json"),
        ("GET /user ", "Accept: application/json"),
    ]) {
        provider.line(|line| line.contains(&format!(" {number}. -> provider ")));
        provider.line(|line| line.starts_with(request));
        provider.line(|line| line.starts_with("User-Agent: "));
        assert_eq!(provider.line(|line| line.starts_with("Accept: ")), accept, "{request}");
    }
    // A page is for the browser: only its length is on the screen.
    let page = provider.printed.lines().find(|line| line.starts_with("(text/html, "));
    assert!(page.is_some_and(|line| line.ends_with(" bytes)")), "{}", provider.printed);
    assert!(!provider.printed.contains("<!doctype"), "{}", provider.printed);
}

/// For a screen that a whole room sees, when the user has set a secret of their own.
#[test]
fn the_provider_masks_what_arrives_when_it_is_asked_to() {
    let mut provider = Running::start(program("provider").args(["--port", "0", "--mask-secrets"]));
    let settings = pasted(&mut provider);
    let free = free_address();
    let redirect_uri = format!("http://{free}/callback");
    let mut step3 = program("step3");
    step3.arg("--approve").envs(settings).env("OAUTH_REDIRECT_URI", redirect_uri);
    let (printed, errors, code) = run(&mut step3);
    assert_eq!((code, errors.as_str()), (0, ""), "{printed}");

    let form = provider.line(|line| line.starts_with("grant_type="));
    assert!(form.contains("&client_secret=…"), "{form}");
    let header = provider.line(|line| line.starts_with("Authorization: "));
    assert!(header.starts_with("Authorization: Bearer ") && header.ends_with('…'), "{header}");
}

#[test]
fn the_practice_provider_does_not_take_the_settings_of_another_one() {
    let (printed, _, code) = run(program("step3")
        .args(["--provider", "practice", "--approve"])
        .envs([("OAUTH_CLIENT_ID", "stale"), ("OAUTH_TOKEN_URL", "https://example.com/token")]));
    assert_eq!(code, 0);
    let printed = unwrapped(&printed);
    assert!(printed.contains("not used from the environment: OAUTH_CLIENT_ID, OAUTH_TOKEN_URL."));
}

/// The identity is used, the address of another provider is not.
#[test]
fn of_the_environment_the_practice_provider_takes_the_identity_and_not_the_issuer() {
    let (printed, _, code) = run(program("step1")
        .arg("--approve")
        .envs([("OAUTH_CLIENT_ID", "workshop-public"), ("OAUTH_ISSUER", "https://other.example")]));
    assert_eq!(code, 0);
    let said = unwrapped(&printed);
    assert!(said.contains("Practice: not used from the environment: OAUTH_ISSUER."), "{said}");
}

#[test]
fn a_provider_whose_port_is_taken_says_what_to_do() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let (_, errors, code) = run(program("provider").args(["--port", &port.to_string()]));
    assert_eq!(code, 2);
    assert!(
        errors.starts_with(&format!("provider: cannot listen on 127.0.0.1:{port}")),
        "{errors}"
    );
    assert!(errors.contains("--port 9001"));
}

/// Ctrl-C ends at once: no handler of ours is in the way.
#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_wait_at_once() {
    // A shell that starts us in the background has all of us ignore Ctrl-C (SIGINT, the second signal), and
    // no shell can undo that.
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:\t"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask, 16).ok()).unwrap_or(0);
    if ignored & 0b10 != 0 {
        let words = "left out: whoever started the tests has them ignore Ctrl-C";
        let _ = std::io::Write::write_all(&mut std::io::stderr(), words.as_bytes());
        return;
    }

    use std::os::unix::process::ExitStatusExt;
    let mut child = program("step1").arg("--no-browser").stderr(Stdio::null()).spawn().unwrap();
    let mut stdout = std::io::BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains("response_type=code") {
        line.clear();
        std::io::BufRead::read_line(&mut stdout, &mut line).unwrap();
    }
    let kill = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(kill.unwrap().success());
    assert_eq!(child.wait().unwrap().signal(), Some(2));
}

/// The address of a web app that has just started, such as `http://127.0.0.1:40123/`.
fn web_address(webapp: &mut Running) -> String {
    webapp.line(|line| line.starts_with("http://") && line.ends_with('/'))
}

#[test]
fn the_web_app_prints_its_address_and_answers_there() {
    let mut webapp = Running::start(program("webapp").args(["--port", "0"]));
    let url = web_address(&mut webapp);
    let page = browse(&url);
    assert!(page.starts_with("HTTP/1.1 200 "), "{page}");
    assert_eq!(page.matches(">Log in with Practice</a>").count(), 1, "{page}");
}

#[test]
fn the_web_app_uses_another_port_than_one_that_is_taken() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let redirect_uri = format!("http://{}/callback", taken.local_addr().unwrap());
    let mut webapp = Running::start(program("webapp").env("OAUTH_REDIRECT_URI", &redirect_uri));
    let url = web_address(&mut webapp);
    assert!(!redirect_uri.starts_with(&url));
    let login = browse(&format!("{url}login"));
    let (_, after) = login.split_once("location: ").unwrap();
    let sent = parameter(after.lines().next().unwrap(), "redirect_uri").unwrap();
    assert_eq!(sent, format!("{url}callback"));
}

#[test]
fn a_real_provider_stands_beside_the_practice_provider() {
    let mut webapp = Running::start(
        program("webapp")
            .args(["--provider", "github", "--port", "0"])
            .env("OAUTH_CLIENT_ID", "id")
            .env("OAUTH_CLIENT_SECRET", "secret")
            .env("OAUTH_SCOPE", "of-github"),
    );
    let url = web_address(&mut webapp);
    let page = browse(&url);
    assert!(page.contains(">Log in with Practice</a>") && page.contains(">Log in with GitHub</a>"));
    let to_github = browse(&format!("{url}login?provider=github"));
    assert!(to_github.contains("location: https://github.com/login/oauth/authorize?"));
    assert!(to_github.contains("scope=of-github") && to_github.contains("client_id=id&"));
    // What the environment says is about GitHub, and the practice provider does not hear of it.
    let to_practice = browse(&format!("{url}login?provider=practice"));
    assert!(
        to_practice.contains("scope=read%3Auser") && to_practice.contains("client_id=workshop&")
    );
}

#[test]
fn the_web_app_refuses_a_redirect_uri_at_one_of_its_own_pages() {
    for path in ["", "/", "/?a=b", "/login", "/members?x=1", "/style.css"] {
        let redirect_uri = format!("http://127.0.0.1:8080{path}");
        let (printed, errors, code) =
            run(program("webapp").env("OAUTH_REDIRECT_URI", &redirect_uri));
        assert_eq!((code, printed.as_str()), (2, ""), "{redirect_uri}");
        assert!(errors.contains("OAUTH_REDIRECT_URI: its path /"), "{errors}");
    }
    // Look-alikes.
    for path in ["/login/back", "/Login", "//"] {
        let redirect_uri = format!("http://{}{path}", free_address());
        let mut webapp = Running::start(program("webapp").env("OAUTH_REDIRECT_URI", &redirect_uri));
        web_address(&mut webapp);
    }
}

/// TLS in front: the redirect URI is https, and requests arrive at a port of this machine.
#[test]
fn the_web_app_can_stand_behind_tls() {
    let mut webapp = Running::start(
        program("webapp")
            .args(["--provider", "github", "--port", "0"])
            .env("OAUTH_CLIENT_ID", "id")
            .env("OAUTH_CLIENT_SECRET", "secret")
            .env("OAUTH_REDIRECT_URI", "https://app.example/callback"),
    );
    assert_eq!(webapp.line(|line| line.ends_with('/')), "https://app.example/");
    let port =
        webapp.line(|line| line.contains("listens")).split_whitespace().last().unwrap().to_owned();
    let port = port.trim_end_matches('.');
    let answer = raw(port, b"GET /login HTTP/1.1\r\nHost: app.example\r\n\r\n");
    assert!(answer.contains("set-cookie: __Host-by_hand_session_443="), "{answer}");
    assert!(answer.contains("redirect_uri=https%3A%2F%2Fapp.example%2Fcallback"), "{answer}");
    // Nobody who comes from elsewhere could reach the practice provider on 127.0.0.1.
    let page = raw(port, b"GET / HTTP/1.1\r\nHost: app.example\r\n\r\n");
    assert!(page.contains(">Log in with GitHub</a>"), "{page}");
    assert!(!page.contains("Log in with Practice"), "{page}");
}

/// What a browser with that cookie gets, and the cookie that it has then.
fn browse_with(url: &str, cookie: &str) -> (String, String) {
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let request = format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n\r\n");
    let page = raw(host, request.as_bytes());
    let set = page.split_once("set-cookie: ").and_then(|(_, after)| after.split(';').next());
    let cookie = set.unwrap_or(cookie).to_owned();
    (page, cookie)
}

/// The practice provider's secrets are shown, for they are worth nothing, until somebody wants them masked.
#[test]
fn behind_the_scenes_shows_the_practice_providers_secrets_unless_they_are_to_be_masked() {
    for (arguments, words) in [
        (&["--port", "0"][..], "Secrets are shown in full"),
        (&["--port", "0", "--mask-secrets"], "Secrets are cut off after four characters."),
    ] {
        let mut webapp = Running::start(program("webapp").args(arguments));
        let url = web_address(&mut webapp);
        let (to_provider, cookie) = browse_with(&format!("{url}login"), "");
        let (_, after) = to_provider.split_once("location: ").unwrap();
        let back = answer(after.lines().next().unwrap(), "allow");
        let (_, cookie) = browse_with(&back, &cookie);
        let (page, _) = browse_with(&format!("{url}behind-the-scenes"), &cookie);
        assert!(page.contains(words), "{arguments:?}: {page}");
    }
}

/// A real provider may be reached through a port forward, and its secrets are real then.
#[test]
fn behind_the_scenes_masks_a_custom_provider_on_this_machine() {
    let (provider, _server) =
        oauth2_by_hand::practice::start(&oauth2_by_hand::practice::quirks::PLAIN, 0, |_| ())
            .unwrap();
    let mut webapp = program("webapp");
    webapp
        .envs(provider.settings())
        .env("OAUTH_REDIRECT_URI", format!("http://{}/callback", free_address()));
    let mut webapp = Running::start(&mut webapp);
    let url = web_address(&mut webapp);
    let (to_provider, cookie) = browse_with(&format!("{url}login?provider=custom"), "");
    let (_, after) = to_provider.split_once("location: ").unwrap();
    let back = answer(after.lines().next().unwrap(), "allow");
    let (_, cookie) = browse_with(&back, &cookie);
    let (page, _) = browse_with(&format!("{url}behind-the-scenes"), &cookie);
    assert!(page.contains("Secrets are cut off after four characters."), "{page}");
    assert!(page.contains("client_secret=…") && !page.contains("workshop-secret"), "{page}");
    assert!(page.contains("&quot;name&quot;: &quot;Ada Winter&quot;"), "{page}");
}

/// What is known of a preset's `iss`, and what it means for a redirect without it.
#[test]
fn a_preset_whose_issuer_is_known_says_what_is_checked() {
    for (name, note) in [
        (
            "github",
            "A redirect that names another provider than https://github.com/login/oauth (iss) is refused, one \
             that names none is not: GitHub may not always send it (RFC 9207).",
        ),
        (
            "discord",
            "another provider than https://discord.com (iss) is refused, one that names none is not",
        ),
        ("google", "another provider than https://accounts.google.com (iss) is refused"),
        ("gitlab", "The provider's name (iss) is not checked: OAUTH_ISSUER is not set (RFC 9207)."),
        ("spotify", "The provider's name (iss) is not checked"),
        ("vimeo", "The provider's name (iss) is not checked"),
    ] {
        let (printed, ..) = run(program("step1")
            .args(["--provider", name, "--paste"])
            .envs([("OAUTH_CLIENT_ID", "id"), ("OAUTH_CLIENT_SECRET", "secret")]));
        assert!(unwrapped(&printed).contains(note), "{name}: {printed}");
    }
}

/// A practice run has the practice provider's name, not that of the provider that it plays.
#[test]
fn in_a_practice_run_the_issuer_is_the_practice_providers() {
    let (printed, errors, code) = run(program("step1")
        .args(["--provider", "discord", "--like", "strict", "--approve"])
        .envs([("OAUTH_CLIENT_ID", "workshop"), ("OAUTH_CLIENT_SECRET", "workshop-secret")])
        .env("OAUTH_SCOPE", "read:user"));
    assert_eq!((code, errors.as_str()), (0, ""), "{printed}");
    assert!(printed.contains("&iss=http%3A%2F%2F127.0.0.1%3A") && !printed.contains("discord.com"));
    assert!(!unwrapped(&printed).contains("that names none"), "{printed}");
}

/// A machine that has no more threads to give: a stack that no machine has is the same to the program.
#[cfg(target_os = "linux")]
#[test]
fn a_thread_that_cannot_be_started_is_an_error_and_no_panic() {
    for (options, address) in [
        (&["--paste"][..], "standard input"),
        (&["--no-browser"], "127.0.0.1:"),
        (&[], "127.0.0.1:"),
    ] {
        let redirect_uri = format!("http://{}/callback", free_address());
        let mut step1 = program("step1");
        step1.args(["--provider", "gitlab"]).args(options).envs([
            ("OAUTH_CLIENT_ID", "id"),
            ("OAUTH_CLIENT_SECRET", "secret"),
            ("OAUTH_REDIRECT_URI", &*redirect_uri),
            ("PATH", ""),
            ("RUST_MIN_STACK", "4000000000000000000"),
        ]);
        let (printed, errors, code) = run(&mut step1);
        assert_eq!(code, 1, "{printed}{errors}");
        assert!(errors.starts_with(&format!("step1: cannot listen on {address}")), "{errors}");
        assert!(unwrapped(&errors).contains("it cannot start one more thread"), "{errors}");
    }
}

/// The contract of `--approve`: of redirects it follows only the one to us.
#[test]
fn approve_follows_no_redirect_to_another_place() {
    let (elsewhere, visited) = provider_that(|_| Some(Response::new(200, "text/html", "")));
    for path in ["/callback", "/login"] {
        let target = format!("{elsewhere}{path}?code=c&state=s");
        let (origin, _) = provider_that(move |_| Some(Response::see_other(&target)));
        let redirect_uri = format!("http://{}/callback", free_address());
        let (_, errors, code) = run(program("step1")
            .arg("--approve")
            .env("OAUTH_CLIENT_ID", "id")
            .env("OAUTH_REDIRECT_URI", redirect_uri)
            .envs(endpoints(&origin)));
        assert_eq!(code, 1);
        // Where it would have gone, without the query, which may hold a code.
        let expected = format!(
            "step1: the authorization server sent the browser to \"{elsewhere}{path}\" and not back to us."
        );
        assert!(unwrapped(&errors).starts_with(&expected), "{errors}");
    }
    assert!(visited.lock().unwrap().is_empty());
}
