//! How a play ends, and the verdict: what stopped the attack, and what to change next.
//!
//! It must be true. It names a line only if the refusal has the words of that line and the line is in its file.

use std::fmt::Display;
use std::fs;
use std::path::Path;

use super::Attack;
use super::cli::wrapped::wrapped;
use oauth2_by_hand::show::visible::visible;

/// What Mallory has got (the `won` of the list says what that means for Ada), or how it ended.
pub type Played = Result<String, Ended>;

/// How an attack ends that does not win.
pub enum Ended {
    /// The words of the refusal.
    Stopped(String),
    /// It did not get as far as the attack.
    NotSet(String),
}

/// A refusal of what the attack depends on. Everywhere else `?` turns an error into `NotSet`.
pub fn stopped(words: impl Display) -> Ended {
    Ended::Stopped(first_line(words))
}

/// Of an error: what happened, without the likely cause and the remedy.
pub fn first_line(words: impl Display) -> String {
    words.to_string().lines().next().unwrap_or_default().to_owned()
}

impl<E: Display> From<E> for Ended {
    fn from(problem: E) -> Ended {
        Ended::NotSet(first_line(problem))
    }
}

/// The verdict in words, and whether the attack was stopped by its line.
pub fn verdict(attack: &Attack, played: Played) -> (String, bool) {
    let Attack { name, file, words, won, line, instead, .. } = attack;
    let has_won = |what: &str| format!("THE ATTACK WON.\n{}\n\n", won.replace("{}", what));
    let text = match (played, line_number(attack)) {
        (Err(Ended::Stopped(said)), Some(number)) if said.contains(words) => {
            let instead = if instead.is_empty() { String::new() } else { format!("\n+ {instead}") };
            let text = format!(
                "{}\nby {file}, line {number}. Take it out:\n\n- {line}{instead}\n\n\
                 and play it again: cargo run --bin attack -- {name}",
                refusal(&said)
            );
            return (text, true);
        }
        (Err(Ended::Stopped(said)), None) if said.contains(words) => format!(
            "{}\nThese are the right words, but {file} does not have their line as it was:\n\n  {line}",
            refusal(&said)
        ),
        (Err(Ended::Stopped(said)), _) => {
            wrapped(&format!("Something else stopped it first: {}", visible(&said)))
        }
        (Err(Ended::NotSet(problem)), _) => wrapped(&format!(
            "The scene could not be set: {}\nThat is no defence. It is an error of ours, or of a change of yours.",
            visible(&problem)
        )),
        // Printed without escaping, on purpose: the terminal shows what the attack achieves.
        (Ok(what), None) => has_won(&what) + &format!("Put the line back into {file}:\n\n+ {line}"),
        (Ok(what), Some(number)) => {
            has_won(&what)
                + &format!("Its line is there and did not stop it: {file}, line {number}.\n")
                + "Another line is missing, or this is a fault of ours."
        }
    };
    (text, false)
}

fn refusal(said: &str) -> String {
    wrapped(&format!("Stopped: {}", visible(said)))
}

/// Where the line is in its file, if it is there.
fn line_number(attack: &Attack) -> Option<usize> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(attack.file);
    let text = fs::read_to_string(path).unwrap_or_default();
    text.lines().position(|line| line == attack.line).map(|position| position + 1)
}
