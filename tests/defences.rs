//! Each defence is one line. Without that line, the test that stands for it has to fail.
//!
//! `defences.txt` names line and test; `README.md` maps the statements of what must hold to both.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "in a test, a panic is the answer"
)]

#[path = "common/copied.rs"]
mod copied;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use copied::{Copied, lines_with};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    let text = fs::read_to_string(root().join(path));
    text.unwrap_or_else(|error| panic!("{path}: {error}")).replace("\r\n", "\n")
}

struct Defence {
    statement: String,
    in_gate: bool,
    file: String,
    target: String,
    test: String,
    line: String,
    instead: String,
}

fn defences() -> Vec<Defence> {
    let text = read("tests/defences.txt");
    let blocks = text.split("\n\n").filter(|block| !block.trim_start().starts_with('#'));
    blocks
        .map(|block| {
            let (head, change) = block.trim().split_once('\n').unwrap();
            let words: Vec<&str> = head.split(' ').collect();
            let [statement, when, file, test] = words[..] else { panic!("{head}") };
            let (target, test) = test.split_once("::").unwrap();
            assert!(["gate", "all"].contains(&when), "{head}");
            Defence {
                statement: statement.to_owned(),
                in_gate: when == "gate",
                file: file.to_owned(),
                target: target.to_owned(),
                test: test.to_owned(),
                line: lines_with('-', change),
                instead: lines_with('+', change),
            }
        })
        .collect()
}

/// Compiles a copy of the project without one defence after the other, and runs the test that has to see it.
#[test]
#[ignore = "compiles the project for each defence; .ci/run runs it"]
fn without_its_line_each_defence_is_missed() {
    let copied = Copied::new("defences");
    let chosen = std::env::var("DEFENCES").unwrap_or_default();
    let wanted = |defence: &Defence| match chosen.as_str() {
        "" => defence.in_gate,
        "all" => true,
        some => some.split(',').any(|statement| statement == defence.statement),
    };
    let mut unseen = Vec::new();
    for defence in defences().into_iter().filter(wanted) {
        let target = match defence.target.as_str() {
            "lib" => vec!["--lib"],
            target => vec!["--test", target],
        };

        let arguments = [&["test"], &target[..], &["--", "--exact", &defence.test]].concat();

        let Defence { file, line, instead, .. } = &defence;
        let output = copied.with(file, line, instead, || copied.cargo(&arguments));

        let printed = String::from_utf8_lossy(&output.stdout);
        // Not only "the command failed": a change that does not compile would prove nothing.
        if !printed.contains(&format!("test {} ... FAILED", defence.test)) {
            let Defence { statement, line, test, .. } = &defence;
            let errors = String::from_utf8_lossy(&output.stderr);
            unseen.push(format!("{statement}: {test} does not need\n{line}{printed}{errors}"));
        }
    }
    assert!(unseen.is_empty(), "{}", unseen.join("\n\n"));
}

#[test]
fn each_line_of_defence_stands_once_in_its_file() {
    let defences = defences();
    assert!(defences.len() >= 50 && defences.iter().filter(|one| one.in_gate).count() <= 25);
    for Defence { file, line, instead, .. } in defences {
        assert_eq!(read(&file).matches(&line).count(), 1, "{file}: {line}");
        assert_ne!(line, instead);
    }
}

/// The functions that are tests, by `target::name`; unit tests by `file::name`.
fn tests_in(folder: &str, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(root().join(folder)).unwrap().map(Result::unwrap) {
        let path = format!("{folder}/{}", entry.file_name().to_str().unwrap());
        if entry.path().is_dir() {
            tests_in(&path, found);
        } else if path.ends_with(".rs") || path.ends_with(".mjs") {
            for line in read(&path).lines() {
                let line = line.trim_start();
                if let Some(rest) = line.strip_prefix("fn ") {
                    found.insert(format!("{path}::{}", rest.split(['(', '<']).next().unwrap()));
                }
            }
        }
    }
}

/// The map in `README.md` names every statement, tests that exist and lines that exist.
#[test]
fn the_map_leads_to_tests_and_lines_that_are_there() {
    let mut tests = BTreeSet::new();
    for folder in ["tests", "src"] {
        tests_in(folder, &mut tests);
    }
    let map = read("tests/README.md");
    let mut mapped = BTreeSet::new();
    let is_row = |line: &&str| {
        let mut start = line.chars().skip(2);
        line.starts_with("| ")
            && start.next().is_some_and(|letter| "CP".contains(letter))
            && start.next().is_some_and(|digit| digit.is_ascii_digit())
    };
    for row in map.lines().filter(is_row) {
        let cells: Vec<&str> = row.split(" | ").map(|cell| cell.trim_matches(['|', ' '])).collect();
        let [statement, by, held] = cells[..] else { panic!("{row}") };
        mapped.insert(statement.to_owned());
        let named: Vec<&str> = by.split('`').skip(1).step_by(2).collect();
        for test in &named {
            assert!(tests.contains(*test), "{statement}: there is no test {test}");
        }
        assert!(!named.is_empty() || by.contains("no test"), "{row}");
        let spans: Vec<&str> = held.split('`').skip(1).step_by(2).collect();
        for pair in spans.chunks(2) {
            let [file, snippet] = pair else { panic!("{row}") };
            assert!(read(file).contains(snippet), "{statement}: {file} has no {snippet}");
        }
    }
    // Later statements join when they are built.
    let expected = (1..=53).filter(|n| *n != 45).map(|n| format!("C{n}"));
    let expected = expected.chain((1..=31).map(|n| format!("P{n}")));
    let missing: Vec<String> = expected.filter(|statement| !mapped.contains(statement)).collect();
    assert!(missing.is_empty(), "{missing:?} have no row");
}
