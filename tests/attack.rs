//! The attack lab: each attack is stopped by the words of its own line, and without that line it wins.
//!
//! `steps/attack/attacks.txt` is the list, here and in the program.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "in a test, a panic is the answer"
)]

mod common;
#[path = "common/copied.rs"]
mod copied;
#[path = "../steps/attack/verdict.rs"]
mod verdict;
#[path = "../steps/cli/wrapped.rs"]
mod wrapped;

/// Where the verdict looks for it.
mod cli {
    pub(crate) use super::wrapped;
}

use std::fs;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use common::*;
use copied::{Copied, lines_with};
use verdict::{Played, stopped, verdict};

struct Attack {
    name: &'static str,
    file: &'static str,
    words: &'static str,
    won: &'static str,
    /// With its line end, as `instead`.
    line: &'static str,
    instead: &'static str,
}

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(path).unwrap().replace("\r\n", "\n")
}

fn attacks() -> Vec<Attack> {
    let text: &str = read("steps/attack/attacks.txt").leak();
    let blocks = text.split("\n\n").filter(|block| !block.starts_with(['#', '=']));
    blocks
        .map(|block| {
            let (name, file) = block.lines().next().unwrap().split_once(' ').unwrap();
            let field = |start| block.lines().find_map(|line| line.strip_prefix(start)).unwrap();
            let (words, won) = (field("words: "), field("won: "));
            let (line, instead) =
                (lines_with('-', block).leak() as &str, lines_with('+', block).leak() as &str);
            Attack { name, file, words, won, line, instead }
        })
        .collect()
}

/// What an attack prints, and its exit code.
fn play(name: &str) -> (String, i32) {
    let (printed, errors, code) = run(program("attack").arg(name));
    assert_eq!(errors, "");
    (printed, code)
}

/// The refusal in the verdict, without the ends of lines that come of 80 columns.
fn refusal(printed: &str) -> String {
    let (_, refusal) = printed.split_once("\nStopped: ").unwrap();
    refusal.split("\nby ").next().unwrap().replace('\n', " ")
}

#[test]
fn the_list_has_the_attacks_in_the_order_of_the_lesson() {
    let (printed, errors, code) = run(&mut program("attack"));

    assert_eq!((errors.as_str(), code), ("", 0));
    assert!(printed.lines().all(|line| line.chars().count() <= 80), "{printed}");
    let first_words = printed.lines().filter_map(|line| match line.strip_prefix("   ") {
        Some(attack) => attack.split(' ').next(),
        None => Some(line).filter(|line| !line.is_empty()),
    });
    assert_eq!(
        first_words.collect::<Vec<_>>(),
        [
            "Attacks on the code of this repository. Mallory wants:",
            "The redirect",
            "login-csrf",
            "The code",
            "stolen-code",
            "injected-code",
            "pkce-downgrade",
            "code-replay",
            "loose-redirect",
            "Two providers",
            "mix-up",
            "Tokens",
            "refresh-replay",
            "Browsers",
            "forged-click",
            "session-fixation",
            "gift-of-a-login",
            "account-takeover",
            "dns-rebinding",
            "open-redirect",
            "The network and the screen",
            "plain-http",
            "forged-words",
            "Play one: cargo run --bin attack -- stolen-code",
        ]
    );
}

#[test]
fn each_attack_is_stopped_by_its_own_words_and_its_line_is_named() {
    let attacks = attacks();
    for (number, Attack { name, file, words, line, instead, .. }) in attacks.iter().enumerate() {
        let (printed, code) = play(name);

        assert_eq!(code, 0, "{printed}");
        assert!(refusal(&printed).contains(words), "{name}: {}", refusal(&printed));
        let at = read(file).lines().position(|one| one == line.trim_end()).unwrap() + 1;
        let change =
            if instead.is_empty() { format!("- {line}") } else { format!("- {line}+ {instead}") };
        let verdict = format!(
            "\nby {file}, line {at}. Take it out:\n\n{change}\nand play it again: cargo run --bin attack -- {name}\n"
        );
        assert!(printed.contains(&verdict), "{printed}");
        let next = match attacks.get(number + 1) {
            Some(next) => format!("\nThe next one: cargo run --bin attack -- {}\n", next.name),
            None => "\nThis was the last one. The list: cargo run --bin attack\n".to_owned(),
        };
        assert!(printed.ends_with(&next), "{printed}");
    }
}

#[test]
fn each_line_stands_once_in_its_file_and_no_two_attacks_share_one() {
    let attacks = attacks();
    let mut lines: Vec<&str> = attacks.iter().map(|attack| attack.line).collect();

    for Attack { name, file, line, instead, .. } in &attacks {
        assert_eq!(read(file).matches(line).count(), 1, "{name}: {line}");
        assert_ne!(line, instead);
    }
    lines.sort_unstable();
    lines.dedup();
    assert_eq!((attacks.len(), lines.len()), (16, 16));
}

/// Else the wrong line could be named.
#[test]
fn the_words_of_an_attack_are_in_no_other_ones_refusal() {
    let attacks = attacks();
    for played in &attacks {
        let refusal = refusal(&play(played.name).0);
        let fitting = attacks.iter().filter(|attack| refusal.contains(attack.words));
        assert_eq!(fitting.map(|attack| attack.name).collect::<Vec<_>>(), [played.name]);
    }
}

/// The code as it is shows the first of these only. `without_its_line_each_attack_wins` and the tests below it show
/// the others in copies, where a line is another one.
#[test]
fn the_verdict_names_a_line_only_for_its_own_words_and_where_the_line_is_there() {
    let verdict_on = |words, line, played: Played| {
        let (name, file, won) = ("an-attack", "src/pkce.rs", "Mallory has {}.");
        verdict(&Attack { name, file, words, won, line, instead: "" }, played)
    };
    let there = "//! PKCE: only who asked for the code can use it.";
    let gone = "a line that is nowhere";

    for (line, played, expected) in [
        (
            there,
            Err(stopped("\u{7}its words\nand a cause")),
            "Stopped: \\u{7}its words\nby src/pkce.rs, line 1. Take it out:\n\n- ",
        ),
        (
            gone,
            Err(stopped("its words")),
            "Stopped: its words\nThese are the right words, but src/pkce.rs does not have",
        ),
        (there, Err(stopped("\u{7}others")), "Something else stopped it first: \\u{7}others"),
        (gone, Err(stopped("others")), "Something else stopped it first: others"),
        (
            there,
            Err("its words".into()),
            "The scene could not be set: its words\nThat is no defence.",
        ),
        (
            gone,
            Ok("a token".to_owned()),
            "THE ATTACK WON.\nMallory has a token.\n\nPut the line back into src/pkce.rs:\n\n+ a line",
        ),
        (
            there,
            Ok("a token".to_owned()),
            "THE ATTACK WON.\nMallory has a token.\n\nIts line is there and did not stop it: src/pkce.rs, line 1.\n",
        ),
    ] {
        let (said, is_stopped) = verdict_on("its words", line, played);
        assert!(said.starts_with(expected), "{said}");
        assert_eq!(is_stopped, expected.contains("Take it out"), "{said}");
    }
}

/// The messages are those that were sent: with their secrets, since all of them are practice ones.
#[test]
fn a_play_shows_its_scenes_in_order_and_each_message() {
    let (printed, _) = play("stolen-code");

    let mut rest = printed.as_str();
    for part in [
        "stolen-code: Mallory wants a token for a code that she reads on its way.\n",
        "   Mallory may read Ada's redirect",
        "   Ada would notice nothing",
        "   It is real: RFC 7636 §1",
        "\n1. Ada logs in with a public client: a program on her machine, without a secret.",
        "\nhttp://127.0.0.1:9000/authorize?response_type=code&client_id=workshop-public&",
        "\nhttp://127.0.0.1:8080/callback?code=",
        "\n2. Mallory reads that address",
        "\n3. She sends the code to the token endpoint herself.",
        "\n-- Mallory -> provider -----",
        "\nPOST /token HTTP/1.1\n",
        "\ngrant_type=authorization_code&code=",
        "&client_id=workshop-public\n",
        "\nHTTP/1.1 400 Bad Request\n",
        "\nStopped: ",
    ] {
        let (_, after) = rest.split_once(part).unwrap_or_else(|| panic!("{part}\n{printed}"));
        rest = after;
    }
}

#[test]
fn with_pause_each_scene_but_the_first_waits_for_enter() {
    let mut running = Running::start(program("attack").args(["code-replay", "--pause"]));
    running.line(|line| line.starts_with("1. "));
    assert!(!running.printed.contains("[Enter"));
    running.type_line("");
    let (printed, _, code) = running.end();

    assert_eq!((printed.matches("   [Enter for the next scene] 2. ").count(), code), (1, 0));
    assert_eq!(printed.matches("[Enter").count(), 1);
}

#[test]
fn what_is_no_attack_is_named_and_nothing_is_played() {
    for (arguments, happened) in [
        (vec!["stolen-cod"], "attack: there is no attack \"stolen-cod\".\n"),
        (vec!["Stolen-Code"], "attack: there is no attack \"Stolen-Code\".\n"),
        (vec![""], "attack: there is no attack \"\".\n"),
        (vec!["stolen-code", "mix-up"], "attack: unknown option \"mix-up\".\n"),
        (vec!["--like", "mallory"], "attack: unknown option \"--like\".\n"),
        (vec!["--port", "0"], "attack: unknown option \"--port\".\n"),
        (vec!["--pause=1", "mix-up"], "attack: --pause takes no value.\n"),
    ] {
        let (printed, errors, code) = run(program("attack").args(&arguments));
        assert_eq!((printed.as_str(), code), ("", 2), "{arguments:?}");
        assert!(errors.starts_with(happened), "{errors}");
    }
}

/// One copy for the tests below, one after the other.
static COPY: Mutex<()> = Mutex::new(());

/// Builds the copy's `attack` and plays with it.
fn play_copy(copied: &Copied, name: &str) -> (String, i32) {
    let built = copied.cargo(&["build", "--quiet", "--bin", "attack"]);
    assert!(built.status.success(), "{name}: {}", String::from_utf8_lossy(&built.stderr));
    let path = copied.target().join("debug/attack").with_extension(std::env::consts::EXE_EXTENSION);
    let (printed, errors, code) = run(program_at(&path).arg(name));
    assert_eq!(errors, "");
    (printed, code)
}

/// What Mallory has got, when she has won.
fn prize(name: &str) -> &'static str {
    match name {
        "login-csrf" => "Ada is logged in as Zoë Okoro.",
        "stolen-code" => {
            "Mallory has a token for Ada Winter, until Ada's client brings the same code.\n"
        }
        "injected-code" => "Mallory's browser is logged in as Ada Winter.",
        "pkce-downgrade" => "Ada is logged in as Zoë Okoro, PKCE or not.",
        "code-replay" => "Mallory has a token for Ada Winter. Ada's still works",
        "loose-redirect" => "Mallory has a token for Ada Winter. PKCE does not help",
        "mix-up" => "Mallory has a token for Ada Winter, from a provider that did nothing wrong.",
        "refresh-replay" => "Mallory reads what Ada Winter has there, for ever.",
        "forged-click" => "Mallory has a token for Ada Winter, who was never asked.",
        "session-fixation" => "Mallory's browser is logged in as Ada Winter,",
        "gift-of-a-login" => "Ada is logged in as Zoë Okoro.",
        "account-takeover" => "Mallory is in Ada's account,",
        "dns-rebinding" => "A page from the internet has read the provider,",
        "open-redirect" => "Ada lands on https://mallory.example/welcome,",
        "plain-http" => {
            "Mallory has code, verifier and secret before http://login.example.com/token has.\n"
        }
        "forged-words" => {
            "Ada's terminal obeys, and she reads:\nthe token endpoint refused: \"x\" \r\u{1b}[2KWe know who it is: Ada Winter\n"
        }
        _ => panic!("no prize for {name}"),
    }
}

/// As a learner does it: take the line out, play it again.
#[test]
#[ignore = "compiles the project for each attack; .ci/run runs it"]
fn without_its_line_each_attack_wins() {
    let _one_after_the_other = COPY.lock().unwrap_or_else(PoisonError::into_inner);
    let copied = Copied::new("attacks");
    let mut lost = Vec::new();
    for Attack { name, file, line, instead, .. } in attacks() {
        let (printed, code) = copied.with(file, line, instead, || play_copy(&copied, name));

        let won = format!("\nTHE ATTACK WON.\n{}", prize(name));
        let put_back = format!("\n\nPut the line back into {file}:\n\n+ {line}");
        let has_won = printed.contains(&won) && printed.ends_with(&put_back);
        if !has_won || code != 1 {
            lost.push(format!("{name}, exit code {code}:\n{printed}"));
        }
    }
    assert!(lost.is_empty(), "{}", lost.join("\n\n"));
}

/// A refusal for another reason is no defence of that line: each attack that needs a token says so.
#[test]
#[ignore = "compiles a copy of the project; .ci/run runs it"]
fn with_a_broken_token_request_no_attack_that_needs_a_token_names_its_line() {
    let _one_after_the_other = COPY.lock().unwrap_or_else(PoisonError::into_inner);
    let copied = Copied::new("attacks");
    let line = "        (\"redirect_uri\", &client.redirect_uri),\n";
    let need_a_token = [
        "stolen-code",
        "injected-code",
        "pkce-downgrade",
        "code-replay",
        "refresh-replay",
        "session-fixation",
        "account-takeover",
        "open-redirect",
    ];

    copied.with("src/fetch_token.rs", line, "", || {
        for Attack { name, file, .. } in attacks() {
            let (printed, code) = play_copy(&copied, name);
            let names_its_line = printed.contains(&format!("\nby {file}, line "));
            let expected = !need_a_token.contains(&name);
            assert_eq!((names_its_line, code == 0), (expected, expected), "{printed}");
            let says_why =
                ["\nSomething else stopped it first: ", "\nThe scene could not be set: "]
                    .iter()
                    .any(|words| printed.contains(words));
            assert_eq!(says_why, !expected, "{printed}");
        }
    });
}

/// An exercise of TUTORIAL.md: "starts with" is no comparison.
#[test]
#[ignore = "compiles a copy of the project for each address; .ci/run runs it"]
fn a_redirect_uri_that_only_has_to_start_like_the_registered_one_lets_an_address_through() {
    let _one_after_the_other = COPY.lock().unwrap_or_else(PoisonError::into_inner);
    let copied = Copied::new("attacks");
    let (equal, weak) = ("    asked == registered\n", "    asked.starts_with(registered)\n");
    let (hers, found) =
        ("https://mallory.example/steal", "http://127.0.0.1:8080/callback-of-mallory");

    let [as_before, through] = copied.with("src/practice/registration.rs", equal, weak, || {
        let as_before = play_copy(&copied, "loose-redirect");
        let play = || play_copy(&copied, "loose-redirect");
        [as_before, copied.with("steps/attack/on_the_code.rs", hers, found, play)]
    });

    assert!(as_before.0.contains("\nby src/practice/authorization.rs, line "), "{}", as_before.0);
    assert_eq!((as_before.1, through.1), (0, 1));
    assert!(through.0.contains("\nTHE ATTACK WON.\n"), "{}", through.0);
    assert!(through.0.contains("is there and did not stop it"), "{}", through.0);
}

const INVENTED_BLOCK: &str = "
late-code src/practice/token.rs
wants: a token for a code that was never used
may: read a crash report
ada: nothing
real: RFC 6749 §4.1.2
words: \"this code is older than 60 seconds\"
won: Mallory has a token for {}.
-     if now.duration_since(code.issued) >= CODE_LIFE {
+     if false {
";

const INVENTED_PLAY: &str = r#"
fn late_code(stage: &mut Stage) -> Played {
    let client = stage.client(&[])?;
    stage.scene("Ada logs in. Her client dies before it can send the token request.");
    let adas = login(&client)?;
    let redirect = stage.allow(&adas.url, ADA)?;
    let request = fetch_token::token_request(&client, &code_of(&redirect)?, &adas.code_verifier);

    stage.scene("Two minutes later, Mallory finds it in the crash report.");
    stage.provider.let_time_pass(std::time::Duration::from_secs(120));
    stage.redeem("Mallory", &request).map_err(stopped)
}
"#;

/// An exercise of TUTORIAL.md: a new attack takes a block of data and one function.
#[test]
#[ignore = "compiles a copy of the project twice; .ci/run runs it"]
fn an_invented_attack_is_stopped_and_wins_like_the_others() {
    let _one_after_the_other = COPY.lock().unwrap_or_else(PoisonError::into_inner);
    let copied = Copied::new("attacks");
    let added = |path: &str, text: &str| {
        let whole = read(path);
        fs::write(copied.root.join(path), format!("{whole}{text}")).unwrap();
    };
    added("steps/attack/attacks.txt", INVENTED_BLOCK);
    added("steps/attack/on_the_code.rs", INVENTED_PLAY);
    let row = "    (\"mix-up\", mix_up),\n";
    let rows = format!("{row}    (\"late-code\", late_code),\n");

    copied.with("steps/attack/on_the_code.rs", row, &rows, || {
        let (printed, code) = play_copy(&copied, "late-code");
        assert!(printed.contains("\nby src/practice/token.rs, line "), "{printed}");
        assert_eq!(code, 0);

        let (line, instead) = (lines_with('-', INVENTED_BLOCK), lines_with('+', INVENTED_BLOCK));
        let (printed, code) = copied
            .with("src/practice/token.rs", &line, &instead, || play_copy(&copied, "late-code"));
        assert!(printed.contains("\nMallory has a token for Ada Winter.\n"), "{printed}");
        assert_eq!(code, 1);
    });
}

/// The verdict distinguishes all the endings in which the line did not stop the attack.
#[test]
#[ignore = "compiles a copy of the project for each; .ci/run runs it"]
fn what_else_can_happen_is_told_apart() {
    let _one_after_the_other = COPY.lock().unwrap_or_else(PoisonError::into_inner);
    let copied = Copied::new("attacks");
    let line = "        (_, None) => Err(invalid_grant(\"code_verifier is missing\")),\n";
    for (file, line, instead, expected) in [
        // The same defence, written in another way.
        (
            "src/practice/token.rs",
            line,
            "        (_, None) => return Err(invalid_grant(\"code_verifier is missing\")),\n",
            "\nThese are the right words, but src/practice/token.rs does not have their line as it was:\n",
        ),
        // The same line, with other words where they are made.
        (
            "src/practice/token.rs",
            "    token_error(400, \"invalid_grant\", description)\n",
            "    token_error(400, \"invalid_grant\", &description.to_uppercase())\n",
            "\nSomething else stopped it first: the token endpoint refused: \"invalid_grant\"\n\"CODE_VERIFIER IS MISSING\"\n",
        ),
        // The line is there, and what it depends on is not.
        (
            "src/practice/token.rs",
            "    check_code(&code, client, pairs)?;\n",
            "    let _ = check_code(&code, client, pairs);\n",
            "\n\nIts line is there and did not stop it: src/practice/token.rs, line ",
        ),
        // Ada cannot log in at all.
        (
            "src/practice/authorization/decision.rs",
            "        \"allow\" => allow(state, &transaction, person)?,\n",
            "        \"allow\" => return Err(not_accepted(\"broken\")),\n",
            "\nThe scene could not be set: 403 This click was not accepted:",
        ),
    ] {
        let (printed, code) =
            copied.with(file, line, instead, || play_copy(&copied, "stolen-code"));
        assert_eq!(code, 1, "{printed}");
        assert!(printed.contains(expected), "{expected}\n{printed}");
        assert!(!printed.contains("Take it out"), "{printed}");
    }
}
