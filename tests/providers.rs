//! The presets: what each is made of, how to get one to work, and that each logs in offline.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "in a test, a panic is the answer"
)]

mod common;

use common::*;
use oauth2_by_hand::client::providers::PRESETS;
use oauth2_by_hand::client::settings;
use oauth2_by_hand::{get_user_info, practice};

/// One line, so that a text can be looked for wherever it was wrapped.
fn unwrapped(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn every_preset_is_a_valid_configuration_once_an_id_and_a_secret_are_there() {
    assert_eq!(PRESETS.len(), 7);
    for preset in PRESETS {
        let own = [("OAUTH_CLIENT_ID", "mine"), ("OAUTH_CLIENT_SECRET", "mine")];
        let all = own.iter().chain(preset.settings);
        let all = all.map(|(name, value)| ((*name).into(), (*value).into())).collect();
        let client = settings::client(&all).unwrap();
        for url in
            [&client.authorization_endpoint, &client.token_endpoint, &client.user_info_endpoint]
        {
            assert!(url.starts_with("https://") && !url.ends_with('/'), "{url}");
        }
        assert!(preset.register_at.starts_with("https://"));
        assert!(preset.facts.contains("It has not been run against the live service yet."));
    }
}

/// A login by the preset's settings at a practice provider with that provider's habits.
#[test]
fn every_preset_logs_in_offline() {
    let rows = [
        ("github", ["name    Ada Winter", "bio     (none given)", "id      1815"], "ada"),
        ("gitlab", ["name    Ada Winter", "bio     (none given)", "id      1815"], "ada"),
        ("google", ["name    Ada Winter", "bio     (none given)", "id      1815"], "ada"),
        ("spotify", ["name    Ada Winter", "bio     (none given)", "id      1815"], "ada"),
        (
            "vimeo",
            ["name    Ada Winter", "bio     Keeps bees and very tidy notebooks.", "id      1815"],
            "ada&size=300",
        ),
        ("discord", ["name    Ada Winter", "bio     (none given)", "id      1815"], ""),
        (
            "trello",
            [
                "name    Ada Winter",
                "bio     Keeps bees and very tidy notebooks.",
                "id      000000000000000000000717",
            ],
            "ada&size=/170.png",
        ),
    ];
    assert_eq!(rows.map(|(name, ..)| name), *PRESETS.iter().map(|p| p.name).collect::<Vec<_>>());
    for (name, lines, picture) in rows {
        let (printed, errors, code) =
            run(program("step3").args(["--provider", name, "--like", name, "--approve"]));
        assert_eq!((code, errors.as_str()), (0, ""), "{name}\n{printed}");
        for line in lines {
            assert!(printed.lines().any(|one| one.trim() == line), "{name}: {line}\n{printed}");
        }
        let avatar = printed.lines().find(|line| line.starts_with("   avatar  ")).unwrap();
        match picture {
            "" => assert_eq!(avatar, "   avatar  (none given)"),
            _ => assert!(avatar.ends_with(&format!("/avatar.svg?person={picture}")), "{avatar}"),
        }
        let printed = unwrapped(&printed);
        assert!(printed.contains("This is a practice run: nothing goes to "), "{printed}");
        // Of the others no document says that they send it.
        let is_checked = ["github", "google"].contains(&name);
        let note = "The provider's name (iss) is not checked";
        assert_eq!(printed.contains(note), !is_checked, "{printed}");
    }
}

/// What the program says of itself while it plays one of them.
#[test]
fn the_screen_says_which_habit_just_happened() {
    let rows: [(&str, &[&str]); 7] = [
        (
            "github",
            &[
                "Like GitHub: there is no refresh token.",
                "Like GitHub: there is no expires_in",
                "Like GitHub: token_type is written in lower case.",
                "Like GitHub: null for what this person has not filled in.",
            ],
        ),
        ("gitlab", &["Like GitLab: the granted scope is not spelled as it was asked for."]),
        ("google", &["Like Google: the granted scope", "Like Google: the id is called sub"]),
        ("spotify", &["Like Spotify: the id is called account_id"]),
        ("vimeo", &["Like Vimeo: there is no id but a uri"]),
        ("discord", &["Like Discord: the name is called global_name"]),
        (
            "odd",
            &["Like an odd server: a code of 500", "Like an odd server: expires_in is a string."],
        ),
    ];
    for (name, remarks) in rows {
        let (printed, errors, code) = run(program("step3").args(["--like", name, "--approve"]));
        assert_eq!((code, errors.as_str()), (0, ""), "{name}");
        let printed = unwrapped(&printed);
        for remark in remarks {
            assert!(printed.contains(remark), "{remark}\n{printed}");
        }
    }
    let (printed, ..) = run(program("step3").args(["--like", "strict", "--approve"]));
    assert!(!printed.contains("Like a strict provider"), "strict has no habits");
}

#[test]
fn the_provider_program_has_the_same_habits_and_shows_them() {
    let mut provider = Running::start(program("provider").args(["--port", "0", "--like=github"]));
    provider.line(|line| line == "It behaves like GitHub.");
    let settings = pasted(&mut provider, 7);
    assert!(settings.iter().all(|(name, _)| name != "OAUTH_ISSUER"), "{settings:?}");

    let mut step3 = program("step3");
    step3.arg("--approve").envs(settings.into_iter().filter(|(n, _)| n != "OAUTH_REDIRECT_URI"));
    let free = free_address();
    let (_, errors, code) = run(step3.env("OAUTH_REDIRECT_URI", format!("http://{free}/callback")));

    assert_eq!((code, errors.as_str()), (0, ""));
    provider.line(|line| line == "   Like GitHub: token_type is written in lower case.");
}

/// The lines to paste that a provider with those habits prints.
fn pasted(provider: &mut Running, count: usize) -> Vec<(String, String)> {
    let mut setting = || {
        let line = provider.line(|line| line.contains("OAUTH_"));
        let line = line.trim_start_matches("export ").trim_start_matches("$env:");
        let (name, value) = line.split_once('=').unwrap();
        (name.trim().to_owned(), value.trim().trim_matches('\'').to_owned())
    };
    (0..count).map(|_| setting()).collect()
}

/// Inside the program, and in a second terminal. What was set for another provider counts inside no more.
#[test]
fn where_a_client_has_to_be_told_which_member_is_the_id_the_practice_provider_says_it() {
    for (name, user_id) in [("spotify", "account_id"), ("vimeo", "uri")] {
        let mut inside = program("step3");
        inside.args(["--like", name, "--approve"]).env("OAUTH_USER_ID", "name");
        let (printed, errors, code) = run(&mut inside);
        assert_eq!((code, errors.as_str()), (0, ""), "{printed}");
        assert!(printed.lines().any(|line| line.trim() == "id      1815"), "{printed}");
        let unused = "not used from the environment: OAUTH_USER_ID.";
        assert!(unwrapped(&printed).contains(unused), "{printed}");

        let mut provider = program("provider");
        let mut provider = Running::start(provider.args(["--port", "0", "--like", name]));
        let settings = pasted(&mut provider, 10);
        assert!(settings.contains(&("OAUTH_USER_ID".into(), user_id.into())), "{settings:?}");
        let mut elsewhere = program("step3");
        elsewhere.arg("--approve").envs(settings);
        elsewhere.env("OAUTH_REDIRECT_URI", format!("http://{}/callback", free_address()));
        let (printed, errors, code) = run(&mut elsewhere);
        assert_eq!((code, errors.as_str()), (0, ""), "{printed}");
        assert!(printed.lines().any(|line| line.trim() == "id      1815"), "{printed}");
    }
}

/// One set for another provider could make two accounts of one person, or one of two.
#[test]
fn a_preset_takes_the_member_that_is_the_id_from_nowhere_but_itself() {
    for (name, own) in [("github", None), ("spotify", Some("account_id")), ("vimeo", Some("uri"))] {
        let mut step3 = program("step3");
        // Looked at, this value would be refused.
        step3.args(["--provider", name, "--paste"]).env("OAUTH_USER_ID", "of, another");
        step3.env("OAUTH_CLIENT_ID", "id").env("OAUTH_CLIENT_SECRET", "secret");
        let mut step3 = Running::start(&mut step3);
        step3.authorization_url();
        let said = unwrapped(&step3.printed);
        assert!(said.contains("not used from the environment: OAUTH_USER_ID."), "{name}: {said}");
        let preset = PRESETS.iter().find(|preset| preset.name == name).unwrap();
        assert_eq!(preset.setting("OAUTH_USER_ID"), own, "{name}");
    }
}

#[test]
fn a_preset_without_a_registration_says_where_and_what_to_enter() {
    for preset in PRESETS {
        let mut step3 = program("step3");
        step3
            .args(["--provider", preset.name])
            .env("OAUTH_REDIRECT_URI", "http://127.0.0.1:7/back");
        let (printed, errors, code) = run(&mut step3);
        assert_eq!(code, 2);
        for line in [preset.register_at, "http://127.0.0.1:7/back"] {
            assert!(printed.lines().any(|one| one.trim() == line), "{line}\n{printed}");
        }
        assert!(printed.contains("OAUTH_CLIENT_ID='…'"), "{printed}");
        assert!(unwrapped(&printed).contains(preset.facts), "{printed}");
        assert!(errors.starts_with("step3: OAUTH_CLIENT_ID: it is not set, and "), "{errors}");
    }
}

#[test]
fn the_web_app_says_so_too() {
    let (printed, errors, code) = run(program("webapp").args(["--provider", "gitlab"]));
    assert_eq!(code, 2);
    assert!(printed.contains("cargo run --bin webapp -- --provider gitlab"), "{printed}");
    assert!(unwrapped(&errors).contains("How to get it is shown above."), "{errors}");
}

#[test]
fn list_shows_every_preset_and_what_its_facts_rest_on() {
    let (list, errors, code) = run(program("step1").args(["--provider", "list"]));
    assert_eq!((code, errors.as_str()), (0, ""));
    assert!(list.lines().all(|line| line.chars().count() <= 80), "{list}");
    let list = unwrapped(&list);
    for preset in PRESETS {
        for part in [preset.title, preset.register_at, preset.user, preset.facts] {
            assert!(list.contains(part), "{part}\n{list}");
        }
    }
}

#[test]
fn the_list_says_why_a_provider_that_people_ask_for_has_no_preset() {
    let (list, ..) = run(program("step3").args(["--provider", "list"]));
    let list = unwrapped(&list);
    assert!(
        list.contains("Microsoft has no preset, because its rules for redirect URIs"),
        "{list}"
    );
    assert!(list.contains("LinkedIn is reported to refuse the code_verifier"), "{list}");
    for name in ["microsoft", "Trello", "linkedin"] {
        let (_, errors, code) = run(program("step3").args(["--provider", name]));
        assert_eq!(code, 2);
        assert!(errors.starts_with(&format!("step3: there is no provider \"{name}\"")), "{errors}");
    }
}

#[test]
fn a_mode_that_nobody_knows_is_answered_with_those_that_exist() {
    for name in ["step1", "step2", "step3", "provider"] {
        let (_, errors, code) = run(program(name).args(["--like", "githbu"]));
        assert_eq!(code, 2);
        let errors = unwrapped(&errors);
        assert!(errors.contains("the practice provider cannot be like \"githbu\""), "{errors}");
        assert!(
            errors
                .contains("strict, github, gitlab, google, spotify, vimeo, discord, trello, odd.")
        );
    }
    for quirks in practice::quirks::ALL {
        assert_eq!(practice::quirks::quirks(quirks.name).unwrap().title, quirks.title);
    }
}

/// A custom provider's URLs and --like are two wishes; the practice run wins, and says what it leaves out.
#[test]
fn a_practice_run_uses_no_url_of_the_environment() {
    let urls = [
        ("OAUTH_CLIENT_ID", "id"),
        ("OAUTH_AUTHORIZE_URL", "https://example.com/a"),
        ("OAUTH_TOKEN_URL", "https://example.com/t"),
        ("OAUTH_USERINFO_URL", "https://example.com/u"),
    ];
    let (printed, _, code) = run(program("step3").args(["--like", "odd", "--approve"]).envs(urls));
    assert_eq!(code, 0);
    let expected = "not used from the environment: OAUTH_CLIENT_ID, OAUTH_AUTHORIZE_URL, \
                    OAUTH_TOKEN_URL, OAUTH_USERINFO_URL.";
    assert!(unwrapped(&printed).contains(expected), "{printed}");
}

/// With a real provider's secrets masked, the picture that `User` holds may be seen, and no more.
#[test]
fn of_a_masked_user_the_members_that_are_read_are_shown_with_what_is_in_them() {
    let (printed, _, code) = run(program("step3").args([
        "--provider",
        "vimeo",
        "--like",
        "vimeo",
        "--approve",
        "--mask-secrets",
    ]));
    assert_eq!(code, 0);
    assert!(printed.contains("\"link\": \"http://127.0.0.1:"), "{printed}");
    assert!(printed.contains("\"uri\": \"/users/1815\""), "{printed}");
    let (printed, ..) = run(program("step3").args([
        "--provider",
        "discord",
        "--like",
        "discord",
        "--approve",
        "--mask-secrets",
    ]));
    assert!(!printed.contains("8c7d6f5e4b3a29180f1e2d3c4b5a6978"), "{printed}");
    assert!(get_user_info::members(&workshop()).contains(&"images"));
}

/// Data, not branches: a step that knew a provider's name would be wrong for the next provider.
#[test]
fn no_step_module_names_a_provider() {
    let core = ["authorize", "callback", "fetch_token", "get_user_info", "pkce", "client"];
    let sources = core.map(|name| format!("src/{name}.rs"));
    let steps = ["steps/step1.rs", "steps/step2.rs", "steps/step3.rs"].map(str::to_owned);
    for path in sources.iter().chain(&steps) {
        let text =
            std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path))
                .unwrap();
        let code: String = text.lines().filter(|l| !l.trim().starts_with("//")).collect();
        for preset in PRESETS {
            assert!(!code.to_lowercase().contains(preset.name), "{path} names {}", preset.name);
        }
    }
}
