//! The attack lab: `cargo run --bin attack` lists the attacks, and with a name it plays one.
//!
//! Each is played against the code of this repository as it stands. The verdict names the line that stopped it;
//! without that line, the same attack wins. Follow it in TUTORIAL.md, or read `attack/on_the_code.rs`.

#[path = "webapp/app.rs"]
mod app;
#[path = "attack/browser.rs"]
mod browser;
#[path = "attack/cast.rs"]
mod cast;
mod cli;
#[path = "attack/on_browsers.rs"]
mod on_browsers;
#[path = "attack/on_the_code.rs"]
mod on_the_code;
#[path = "attack/on_tokens_and_words.rs"]
mod on_tokens_and_words;
#[path = "attack/stage.rs"]
mod stage;
#[path = "attack/verdict.rs"]
mod verdict;

use std::process::ExitCode;

use cli::screen::print;
use cli::wrapped::wrapped;
use cli::{Failure, Options};
use stage::Stage;

/// One block of the list. Its fields are explained at the top of the list.
struct Attack {
    group: &'static str,
    name: &'static str,
    file: &'static str,
    wants: &'static str,
    may: &'static str,
    ada: &'static str,
    real: &'static str,
    words: &'static str,
    won: &'static str,
    line: &'static str,
    instead: &'static str,
}

fn main() -> ExitCode {
    cli::run_with("attack", |options| match options.attack.as_deref() {
        None => show_list(),
        Some(name) => play(name, options),
    })
}

fn show_list() -> Result<(), Failure> {
    print("Attacks on the code of this repository. Mallory wants:")?;
    let mut group = "";
    for attack in attacks() {
        if attack.group != group {
            group = attack.group;
            print(&format!("\n{group}"))?;
        }
        print(&format!("   {:<17} {}", attack.name, attack.wants))?;
    }
    print("\nPlay one: cargo run --bin attack -- stolen-code")
}

fn play(name: &str, options: &Options) -> Result<(), Failure> {
    let attacks = attacks();
    let plays = [on_the_code::PLAYS, on_browsers::PLAYS, on_tokens_and_words::PLAYS].concat();
    let number = attacks.iter().position(|attack| attack.name == name);
    let attack = number.and_then(|number| attacks.get(number));
    let play = plays.iter().find(|(known, _)| *known == name);
    let (Some(attack), Some((_, play))) = (attack, play) else { return Err(no_attack(name)) };

    introduce(attack)?;
    let played = play(&mut Stage::open(options.pause));
    let (text, is_stopped) = verdict::verdict(attack, played);
    print(&text)?;
    if !is_stopped {
        return Err(Failure::said_already());
    }
    let next = number.and_then(|number| attacks.get(number + 1));
    print(&match next {
        Some(next) => format!("\nThe next one: cargo run --bin attack -- {}", next.name),
        None => "\nThis was the last one. The list: cargo run --bin attack".into(),
    })
}

fn introduce(attack: &Attack) -> Result<(), Failure> {
    let Attack { name, wants, may, ada, real, .. } = attack;
    for line in [
        format!("{name}: Mallory wants {wants}."),
        format!("   Mallory may {may}."),
        format!("   Ada would notice {ada}."),
        format!("   It is real: {real}."),
    ] {
        print(&wrapped(&line))?;
    }
    print("")
}

fn no_attack(name: &str) -> Failure {
    Failure::usage(
        &format!("there is no attack {name:?}."),
        "a typing mistake.",
        "cargo run --bin attack lists them all.",
    )
}

/// All attacks, in the order of the lesson.
fn attacks() -> Vec<Attack> {
    let lines: Vec<&str> = include_str!("attack/attacks.txt").lines().collect();
    let mut group = "";
    let mut attacks = Vec::new();
    for block in lines.split(|line| line.is_empty()) {
        if let [title] = block {
            group = title.trim_start_matches("= ");
        } else if let [head, fields @ ..] = block {
            attacks.extend(attack(group, head, fields));
        }
    }
    attacks
}

fn attack(group: &'static str, head: &'static str, fields: &[&'static str]) -> Option<Attack> {
    let (name, file) = head.split_once(' ')?;
    let field = |start| fields.iter().find_map(|line| line.strip_prefix(start));
    Some(Attack {
        group,
        name,
        file,
        wants: field("wants: ")?,
        may: field("may: ")?,
        ada: field("ada: ")?,
        real: field("real: ")?,
        words: field("words: ")?,
        won: field("won: ")?,
        line: field("- ")?,
        instead: field("+ ").unwrap_or_default(),
    })
}
