//! TUTORIAL.md and README.md say what is true: excerpts, transcripts, commands and links.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "in a test, a panic is the answer"
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};

use common::*;

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let text =
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.replace("\r\n", "\n")
}

/// A fenced block, with the paragraph before it.
#[derive(Clone)]
struct Block {
    line: usize,
    info: String,
    before: String,
    lines: Vec<String>,
}

fn blocks(markdown: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut paragraph = String::new();
    let mut lines = markdown.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let Some(info) = line.trim_start().strip_prefix("```") else {
            if !line.trim().is_empty() {
                if paragraph.ends_with("\n\n") {
                    paragraph.clear();
                }
                paragraph.push_str(line);
            }
            paragraph.push('\n');
            continue;
        };
        let indent = line.len() - line.trim_start().len();
        let inside: Vec<String> = lines
            .by_ref()
            .map(|(_, line)| line)
            .take_while(|line| line.trim() != "```")
            .map(|line| line.get(indent..).unwrap_or_default().to_owned())
            .collect();
        let before = std::mem::take(&mut paragraph).replace('\n', " ");
        blocks.push(Block { line: number + 1, info: info.to_owned(), before, lines: inside });
    }
    blocks
}

/// The path in `` From `src/authorize.rs`: `` at the end of the paragraph before an excerpt.
fn named_file(block: &Block) -> String {
    let path = block.before.trim_end().strip_suffix("`:").and_then(|text| text.rsplit('`').next());
    path.unwrap_or_else(|| panic!("line {}: the excerpt names no file", block.line)).to_owned()
}

#[test]
fn every_excerpt_of_code_stands_in_its_file_to_the_letter() {
    let tutorial = read("TUTORIAL.md");
    let excerpts: Vec<Block> =
        blocks(&tutorial).into_iter().filter(|block| block.info == "rust").collect();
    for block in &excerpts {
        let path = named_file(block);
        let code = read(&path);
        let excerpt = block.lines.join("\n");
        assert!(
            format!("\n{code}").contains(&format!("\n{excerpt}\n")),
            "line {}: not in {path}",
            block.line
        );
    }
    assert!(excerpts.len() >= 8);
}

/// The random values that a text reports, each with the name that takes its place.
///
/// They are found by what stands before them, and must have the length of what we make. One name has one value;
/// after a refresh the new tokens have names of their own. An attack has two logins.
fn random_values(text: &str) -> Vec<(String, String)> {
    const BEFORE: [(&str, &str); 14] = [
        ("?state=", "<state>"),
        ("&state=", "<state>"),
        ("&code_challenge=", "<code challenge>"),
        ("?code=", "<code>"),
        ("&code=", "<code>"),
        ("\n   code           ", "<code>"),
        ("&code_verifier=", "<code verifier>"),
        ("\n   code_verifier  ", "<code verifier>"),
        ("\"access_token\": \"", "<access token>"),
        ("Authorization: Bearer ", "<access token>"),
        ("\"refresh_token\": \"", "<refresh token>"),
        ("&refresh_token=", "<refresh token>"),
        ("\ntoken=", "<refresh token>"),
        ("practice_session=", "<session>"),
    ];
    let mut values: Vec<(String, String)> = Vec::new();
    for (before, name) in BEFORE {
        for (position, _) in text.match_indices(before) {
            let rest = &text[position + before.len()..];
            let value: String = rest
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c))
                .collect();
            if value.len() == 43 && values.iter().all(|(_, known)| *known != value) {
                let others = values.iter().filter(|(known, _)| known.starts_with(name)).count();
                let is_attack = text.contains("Mallory");
                let may_change = is_attack || text.contains("grant_type=refresh_token");
                assert!(others == 0 || may_change, "two values for {name}");
                let others = if is_attack { 0 } else { others };
                values.push((format!("{name}{}", "+".repeat(others)), value));
            }
        }
    }
    values
}

/// The ports on 127.0.0.1 that a text names, besides that of the redirect URI.
fn provider_ports(text: &str, redirect_port: u16) -> BTreeSet<u16> {
    let mut ports = BTreeSet::new();
    for before in ["127.0.0.1:", "127.0.0.1%3A"] {
        for (position, _) in text.match_indices(before) {
            let digits: String =
                text[position + before.len()..].chars().take_while(char::is_ascii_digit).collect();
            let port = digits.parse::<u16>().ok();
            ports.extend(port.filter(|port| ![8080, redirect_port].contains(port)));
        }
    }
    ports
}

/// The text with its random values and ports replaced by their names.
fn made_equal(text: &str, redirect_port: u16) -> String {
    let text = format!("\n{text}");
    let mut equal = text.clone();
    for (name, value) in random_values(&text) {
        equal = equal.replace(&value, &name);
    }
    let ports = provider_ports(&text, redirect_port);
    assert!(ports.len() <= 1, "one provider has one port: {ports:?}");
    // 8080 is the port of the tutorial, and of texts that name the default.
    let redirect_ports = [(8080, "<redirect>"), (redirect_port, "<redirect>")];
    let named = ports.into_iter().map(|port| (port, "<provider>")).chain(redirect_ports);
    for (port, name) in named {
        for before in ["127.0.0.1:", "127.0.0.1%3A"] {
            equal = equal.replace(&format!("{before}{port}"), &format!("{before}{name}"));
        }
    }
    equal
}

/// A free port with four digits, so that the lengths in the messages stay the same. Each run of the tests
/// looks elsewhere, so that two at the same time do not meet.
fn free_port(from: u16) -> u16 {
    let start = from + (std::process::id() % 1000) as u16;
    (start..9999).find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok()).unwrap()
}

/// A command line as the tutorial writes it: variables, program, arguments.
struct CommandLine {
    variables: Vec<(String, String)>,
    program: String,
    arguments: Vec<String>,
}

fn parse_command(line: &str) -> Option<CommandLine> {
    let mut words = line.split(' ').filter(|word| !word.is_empty()).peekable();
    let mut variables = Vec::new();
    while let Some((name, value)) = words.peek().and_then(|word| word.split_once('=')) {
        if !name.starts_with("OAUTH_") {
            return None;
        }
        words.next();
        let mut value = value.to_owned();
        // A value between quotes may hold a space.
        while value.starts_with('\'') && (value.len() == 1 || !value.ends_with('\'')) {
            value = format!("{value} {}", words.next()?);
        }
        variables.push((name.to_owned(), value.trim_matches('\'').to_owned()));
    }
    let mut words = words.filter(|word| *word != "--offline");
    if (words.next()?, words.next()?, words.next()?) != ("cargo", "run", "--bin") {
        return None;
    }
    let program = words.next()?.to_owned();
    let arguments: Vec<String> =
        words.skip_while(|word| *word == "--").map(str::to_owned).collect();
    Some(CommandLine { variables, program, arguments })
}

/// The two terminals of the tutorial: the provider in one, and its lines pasted into the other.
struct Terminals {
    provider: Running,
    pasted: Vec<(String, String)>,
    redirect_port: u16,
}

impl Terminals {
    fn open() -> Terminals {
        let port = free_port(4000).to_string();
        let mut provider = Running::start(program("provider").args(["--port", &port]));
        provider.line(|line| line.starts_with("Every request"));
        let pasted = provider.printed.lines().filter_map(|line| {
            let line = line.strip_prefix("export ").or(line.strip_prefix("$env:"))?;
            let (name, value) = line.split_once('=')?;
            Some((name.trim().to_owned(), value.trim().trim_matches('\'').to_owned()))
        });
        let pasted = pasted.collect();
        Terminals { provider, pasted, redirect_port: free_port(6000) }
    }

    /// What the command prints, errors last, and its exit code. Where a person is asked, Allow is clicked.
    fn run(&self, line: &str) -> (String, i32) {
        let CommandLine { variables, program: name, arguments } = parse_command(line)
            .unwrap_or_else(|| panic!("not a command that is understood: {line}"));
        if name == "provider" && arguments.is_empty() {
            return (self.provider.printed.clone(), 0);
        }
        if name == "provider" {
            let mut provider =
                Running::start(program("provider").args(arguments).args(["--port", "0"]));
            provider.line(|line| line.starts_with("Every request"));
            return (provider.printed.clone(), 0);
        }
        if name == "attack" {
            let (printed, errors, code) = run(program("attack").args(arguments));
            return (printed + &errors, code);
        }
        if name == "webapp" {
            let mut webapp = Running::start(program("webapp").args(["--port", "0"]));
            let line = webapp.line(|line| line.contains("http://127.0.0.1:"));
            let address = line.split_whitespace().find(|word| word.starts_with("http://")).unwrap();
            let home = browse(&format!("{}/", address.trim_end_matches('/')));
            return (home.clone(), if home.contains("Log in with Practice") { 0 } else { 1 });
        }
        let mut command = program(&name);
        if name == "discover" {
            // The provider in the other terminal has another port here.
            let url = self.pasted.iter().find(|(name, _)| name == "OAUTH_ISSUER").unwrap();
            let (printed, errors, code) = run(command.arg(&url.1));
            return (printed + &errors, code);
        }
        command.args(&arguments);
        // Who is asked in a browser is asked by the provider in the other terminal.
        let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
        let ends_at_once = has("--help") || (has("--provider") && !has("--like"));
        let asks = !has("--approve") && !ends_at_once;
        if asks {
            command.envs(self.pasted.iter().cloned());
            if !has("--no-browser") && !has("--paste") {
                command.arg("--no-browser");
            }
        }
        command
            .env("OAUTH_REDIRECT_URI", format!("http://127.0.0.1:{}/callback", self.redirect_port));
        for (name, value) in variables {
            command.env(name, value.replace(":8080", &format!(":{}", self.redirect_port)));
        }
        let mut running = Running::start(&mut command);
        if has("--pause") {
            (0..3).for_each(|_| running.type_line(""));
        }
        if asks {
            let location = answer(&running.authorization_url(), "allow");
            if has("--paste") {
                running.type_line(&location);
            } else {
                browse(&location);
            }
        }
        let (printed, errors, code) = running.end();
        (printed + &errors, code)
    }
}

/// Holds the lines of a transcript, in which `[…]` stands for others, against what was printed.
fn assert_printed(block: &Block, expected: &str, printed: &str) {
    let trimmed = |text: &str| {
        text.trim_end().lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>()
    };
    let expected = trimmed(expected.strip_prefix('\n').unwrap());
    let printed = trimmed(printed.strip_prefix('\n').unwrap());
    let mut from = 0;
    let pieces: Vec<&[String]> = expected.split(|line| line == "[…]").collect();
    for (index, piece) in pieces.iter().enumerate() {
        let is_first = index == 0;
        let is_last = index + 1 == pieces.len();
        if piece.is_empty() {
            continue;
        }
        let fits = |at: &usize| printed.get(*at..at + piece.len()) == Some(piece);
        let found = match (is_first, is_last) {
            (true, _) => Some(0).filter(|at| fits(at)),
            (false, true) => {
                printed.len().checked_sub(piece.len()).filter(|at| *at >= from && fits(at))
            }
            (false, false) => (from..printed.len()).find(|at| fits(at)),
        };
        from = found.map(|at| at + piece.len()).unwrap_or_else(|| {
            panic!(
                "line {}: not printed:\n{}\n\nprinted:\n{}",
                block.line,
                piece.join("\n"),
                printed.join("\n")
            )
        });
        assert!(!is_last || from == printed.len(), "line {}: more was printed", block.line);
    }
}

/// The console blocks with their commands; those below a change to the code are for another test.
fn transcripts(markdown: &str) -> Vec<(Block, String)> {
    let mut after_change = false;
    let mut found = Vec::new();
    for mut block in blocks(markdown) {
        if block.info == "console" && !after_change {
            let command = block.lines.remove(0);
            let command =
                command.strip_prefix("$ ").unwrap_or_else(|| panic!("line {}", block.line));
            let command = command.to_owned();
            found.push((block, command));
        } else {
            after_change = ["diff ", EXERCISE].iter().any(|start| block.info.starts_with(start));
        }
    }
    found
}

/// How the block of an exercise begins: an emptied function, and the file that it is in.
const EXERCISE: &str = "rust exercise ";

/// The commands that are not for this test, and why.
const NOT_RUN: [(&str, &str); 10] = [
    ("cargo test --test redirect", "it is run with the exercises of chapter 4, by a test below"),
    ("cargo test --test token", "it is run with the exercise of chapter 5, by a test below"),
    ("cargo test --test user", "it is run with the exercise of chapter 6, by a test below"),
    ("cargo test", "it is the command that runs this"),
    (
        "cargo run --example mine",
        "the reader writes it; its solution is tested in tests/mallory.rs",
    ),
    ("cargo fetch", "it needs a package registry"),
    ("cargo vendor", "it needs a package registry"),
    ("cargo build", "it has just been run, or nothing here would"),
    ("cargo build --bin step2", "it is what tests/cost/run measures"),
    (
        "cargo run --bin step3 -- --provider github",
        "with a registration it needs GitHub and a person; its transcript is the one without",
    ),
];

/// Every command that the two files tell the reader to type.
fn commands(markdown: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let typed = markdown.lines().filter_map(|line| {
        let line = line.trim_start();
        line.strip_prefix("$ ").or(Some(line).filter(|line| line.starts_with("cargo ")))
    });
    found.extend(typed.map(str::to_owned));
    for span in markdown.replace('\n', " ").split('`').skip(1).step_by(2) {
        if span.starts_with("cargo ") || (span.starts_with("OAUTH_") && span.contains(" cargo ")) {
            found.insert(span.to_owned());
        }
    }
    found
}

/// Runs one after the other, because they share two terminals.
#[test]
fn every_transcript_was_printed_by_its_command_and_every_command_works() {
    let (tutorial, readme) = (read("TUTORIAL.md"), read("README.md"));
    let terminals = Terminals::open();
    let mut outputs: BTreeMap<String, (String, i32)> = BTreeMap::new();

    let transcripts = [transcripts(&tutorial), transcripts(&readme)].concat();
    assert!(transcripts.len() >= 15);
    for (block, command) in &transcripts {
        let (printed, _) = outputs.entry(command.clone()).or_insert_with(|| terminals.run(command));
        // The lines to paste are written for the shell of the machine.
        let pasted = ["cargo run --bin provider", "cargo run --bin discover"];
        if cfg!(windows) && pasted.iter().any(|start| command.starts_with(start)) {
            continue;
        }
        let expected = made_equal(&block.lines.join("\n"), 8080);
        assert_printed(block, &expected, &made_equal(printed, terminals.redirect_port));
    }

    for command in commands(&tutorial).union(&commands(&readme)) {
        let is_exempt = NOT_RUN.iter().any(|(exempt, _)| exempt == command);
        if !is_exempt && !outputs.contains_key(command) {
            let (printed, code) = terminals.run(command);
            assert_eq!(code, 0, "{command}\n{printed}");
        }
    }
}

/// A check that could not fail would be none.
#[test]
fn one_changed_character_of_a_transcript_is_seen() {
    let block = Block { line: 1, info: String::new(), before: String::new(), lines: Vec::new() };
    let state = "K3nsKxXm9lQy8sYHfRkQ0f2nUeTgD1iVbwzpo7jCM4E";
    let other = "J3nsKxXm9lQy8sYHfRkQ0f2nUeTgD1iVbwzpo7jCM4E";
    let printed = format!("one\ntwo http://127.0.0.1:9000/?a=b&state={state}\nthree");
    let same = |expected: &str| {
        std::panic::catch_unwind(|| {
            assert_printed(&block, &made_equal(expected, 8080), &made_equal(&printed, 8080));
        })
        .is_ok()
    };
    assert!(same(&format!("one\ntwo http://127.0.0.1:1234/?a=b&state={other}\nthree")));
    assert!(same("[…]\nthree") && same("one\n[…]") && same("one\n[…]\nthree"));
    assert!(!same(&format!("one\ntwo http://127.0.0.1:1234/?a=c&state={other}\nthree")));
    assert!(!same(&format!("one\ntwo http://127.0.0.1:1234/?a=b&state={}\nthree", &other[1..])));
    assert!(!same("one\n[…]\nthre") && !same("[…]\none") && !same("one") && !same("two\n[…]"));
    assert!(!same("three\n[…]\none"));

    // After a refresh, the token that is revoked has to be the second one.
    let refresh = |revoked: &str| {
        format!("grant_type=refresh_token&refresh_token={state}\ntoken={revoked}&token_type_hint=")
    };
    let third = &"x".repeat(43);
    let (named, kept) = (made_equal(&refresh(other), 8080), made_equal(&refresh(state), 8080));
    assert_eq!(named, made_equal(&refresh(third), 8080));
    assert_ne!(named, kept);
}

/// What the tutorial promises of a change to the code is what happens. It compiles a copy of the project.
#[test]
#[ignore = "compiles a copy of the project for each change; .ci/run runs it"]
fn every_change_to_the_code_does_what_the_text_promises() {
    let tutorial = read("TUTORIAL.md");
    let blocks = blocks(&tutorial);
    let workshop = Workshop::open();
    let mut changes = 0;
    for pair in blocks.windows(2) {
        let [change, transcript] = pair else { continue };
        let Some(path) = change.info.strip_prefix("diff ") else { continue };
        workshop.tidy();
        let lines = |sign: char| {
            let lines = change.lines.iter().filter_map(|line| line.strip_prefix(sign));
            lines.map(|line| format!("{line}\n")).collect::<String>()
        };
        let before = read(path);
        assert_eq!(before.matches(&lines('-')).count(), 1, "line {}: {path}", change.line);
        workshop.write(path, &before.replacen(&lines('-'), &lines('+'), 1));

        workshop.fails_as_promised(transcript);
        changes += 1;
    }
    assert_eq!(changes, 5);
}

/// A reader who follows a hint writes code that compiles.
#[test]
fn every_call_in_a_hint_stands_in_the_solution() {
    let tutorial = read("TUTORIAL.md");
    let mut calls = 0;
    for exercise in blocks(&tutorial) {
        let Some(path) = exercise.info.strip_prefix(EXERCISE) else { continue };
        let solution = read(path);
        let after = tutorial.lines().skip(exercise.line + exercise.lines.len() + 1);
        let hints = after.take_while(|line| !line.starts_with(['#', '*']));
        for hint in hints.filter(|line| line.starts_with("<details>")) {
            // A folded hint is HTML, in which backticks would stay backticks.
            assert!(!hint.contains('`'), "{hint}");
            let codes =
                hint.split("<code>").skip(1).map(|rest| rest.split("</code>").next().unwrap());
            for code in codes.filter(|code| code.contains('(')) {
                let code = code.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
                assert!(solution.contains(&code), "{path} has no {code}");
                calls += 1;
            }
        }
    }
    assert!(calls >= 8, "{calls} calls");
}

/// A reader who empties the function sees what the text says; one who writes it as it was has solved the exercise.
#[test]
#[ignore = "compiles a copy of the project for each exercise; .ci/run runs it"]
fn every_exercise_fails_as_promised_and_is_solved_by_the_function_as_it_was() {
    let tutorial = read("TUTORIAL.md");
    let blocks = blocks(&tutorial);
    let workshop = Workshop::open();
    let mut exercises = 0;
    for exercise in &blocks {
        let Some(path) = exercise.info.strip_prefix(EXERCISE) else { continue };
        // Below it: `a program` now says `these words`. … It is right when `a test` passes.
        let after = tutorial.lines().skip(exercise.line + exercise.lines.len() + 1);
        let after = after.collect::<Vec<_>>().join(" ");
        let spans: Vec<&str> = after.split('`').collect();
        let [_, program, between, words, ..] = spans[..] else { panic!("{after}") };
        assert_eq!(between, " now says ", "line {}", exercise.line);
        let (_, test) = after.split_once("It is right when `").unwrap();
        let test = test.split('`').next().unwrap();
        workshop.tidy();
        let solution = read(path);
        let start = solution.find(&exercise.lines[0]).unwrap();
        let length = solution[start..].find("\n}\n").unwrap() + "\n}".len();
        let mut emptied = solution.clone();
        emptied.replace_range(start..start + length, &exercise.lines.join("\n"));
        workshop.write(path, &emptied);

        let (is_success, printed) = workshop.run(program);
        let printed = printed.replace(&workshop.redirect_port.to_string(), "8080");
        assert!(!is_success && printed.contains(words), "line {}: {printed}", exercise.line);
        assert!(!workshop.run(test).0, "line {}: {test} should fail", exercise.line);

        workshop.write(path, &solution);
        for command in [program, test] {
            let (is_solved, printed) = workshop.run(command);
            assert!(is_solved, "line {}: {command}\n{printed}", exercise.line);
        }
        exercises += 1;
    }
    assert_eq!(exercises, 4);
}

/// A copy of the project to change; the tests that do so take turns, and share what is compiled.
struct Workshop {
    folder: PathBuf,
    redirect_port: u16,
    _turn: MutexGuard<'static, ()>,
}

impl Workshop {
    fn open() -> Workshop {
        static TURN: Mutex<()> = Mutex::new(());
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("changed");
        Workshop { folder, redirect_port: free_port(6000), _turn: turn }
    }

    /// The project as it is.
    fn tidy(&self) {
        let _ = fs::remove_dir_all(&self.folder);
        for part in ["src", "steps", "tests", "Cargo.toml", "Cargo.lock"] {
            copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join(part), &self.folder.join(part));
        }
    }

    fn write(&self, path: &str, text: &str) {
        fs::write(self.folder.join(path), text).unwrap();
    }

    /// Whether a command of the tutorial succeeds, and what it prints.
    fn run(&self, command: &str) -> (bool, String) {
        let output = Command::new(env!("CARGO"))
            .args(command.strip_prefix("cargo ").unwrap().split(' '))
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", self.folder.with_extension("target"))
            .env("RUST_BACKTRACE", "0")
            .env("OAUTH_REDIRECT_URI", format!("http://127.0.0.1:{}/callback", self.redirect_port))
            .output()
            .unwrap();
        let printed = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        (output.status.success(), printed)
    }

    /// Runs the command of a transcript, which is to fail and to print what stands there.
    fn fails_as_promised(&self, transcript: &Block) {
        let command = transcript.lines[0].strip_prefix("$ ").unwrap();
        let (is_success, printed) = self.run(command);
        assert!(!is_success, "line {}: {command} should fail\n{printed}", transcript.line);
        let expected = made_equal(&transcript.lines[1..].join("\n"), 8080);
        assert_printed(transcript, &expected, &made_equal(&printed, self.redirect_port));
    }
}

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
            if entry.file_name() != "node_modules" {
                copy(&entry.path(), &to.join(entry.file_name()));
            }
        }
    } else {
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(from, to).unwrap();
    }
}

/// The anchor that a code host makes of a heading.
fn anchor(heading: &str) -> String {
    let kept = |c: &char| c.is_alphanumeric() || *c == ' ' || *c == '-';
    heading.to_lowercase().chars().filter(kept).collect::<String>().replace(' ', "-")
}

#[test]
fn every_link_to_a_file_or_a_heading_resolves() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for name in ["TUTORIAL.md", "README.md"] {
        let text = read(name);
        let anchors: BTreeSet<String> = text
            .lines()
            .filter(|line| line.starts_with('#'))
            .map(|line| anchor(line.trim_start_matches('#').trim()))
            .collect();
        for target in text.split("](").skip(1).map(|rest| rest.split(')').next().unwrap()) {
            match target.strip_prefix('#') {
                Some(heading) => assert!(anchors.contains(heading), "{name}: #{heading}"),
                None if target.starts_with("http") => (),
                None => assert!(root.join(target).exists(), "{name}: {target}"),
            }
        }
        // Paths that are only named.
        let spans = text.split('`').skip(1).step_by(2);
        for path in spans.filter(|span| span.starts_with("src/") || span.starts_with("steps/")) {
            assert!(root.join(path).exists(), "{name}: {path}");
        }
    }
}

/// The leader's plan rests on how long the chapters take to read: their words outside of blocks, 150 a minute.
#[test]
fn the_reading_times_in_the_plan_are_those_of_the_chapters() {
    let text = read("TUTORIAL.md");
    let minutes = text.split("\n## ").skip(1).take(6).map(|chapter| {
        let prose = chapter.split("```").step_by(2);
        let words: usize = prose.map(|prose| prose.split_whitespace().count()).sum();
        (words + 75) / 150
    });
    let minutes: Vec<String> = minutes.map(|minutes| minutes.to_string()).collect();
    let (first, last) = (minutes[..5].join(", "), &minutes[5]);
    let said = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let times = format!("Chapters 1 to 6 take {first} and {last} minutes to read, at 150 words");
    assert!(said.contains(&times), "{times}");
}

/// The table of contents and the chapters are the same list.
#[test]
fn the_table_of_contents_lists_every_chapter() {
    let text = read("TUTORIAL.md");
    let chapters: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    let contents: Vec<String> = text
        .lines()
        .filter(|line| line.contains("](#"))
        .take(chapters.len())
        .map(|line| {
            let (number, rest) = line.split_once(". [").unwrap();
            format!("{number}. {}", rest.split(']').next().unwrap())
        })
        .collect();
    assert_eq!(contents, chapters);
}
