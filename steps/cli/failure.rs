//! How a program ends without success: three lines on standard error, and an exit code.

use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use super::wrapped::wrapped;
use oauth2_by_hand::Error;
use oauth2_by_hand::show::mask::Mask;

/// Characters of a server's words that are shown.
const LONGEST_LINE: usize = 1000;

/// What is said, and the exit code: 1 the login failed, 2 wrong usage or configuration.
pub struct Failure {
    text: String,
    code: u8,
}

impl Failure {
    pub fn approve_elsewhere() -> Failure {
        Failure::usage(
            "--approve works with a practice provider only.",
            "a real provider asks a real person.",
            "leave it out and answer in the browser, or add --like NAME to practise.",
        )
    }

    /// Wrong usage: what happened, the likely cause, what to do.
    pub fn usage(happened: &str, cause: &str, remedy: &str) -> Failure {
        let text = format!("{happened}\n  Likely cause: {cause}\n  What to do: {remedy}");
        Failure { text, code: 2 }
    }

    /// Everything was said on standard output: only the exit code is left.
    pub fn said_already() -> Failure {
        Failure { text: String::new(), code: 1 }
    }

    /// The practice provider's port cannot be had.
    pub fn port(port: u16, error: &io::Error) -> Failure {
        Failure::usage(
            &format!("cannot listen on 127.0.0.1:{port}: {error}."),
            "another program listens there: often a provider in another terminal.",
            "end it, or choose another port: --port 9001, or --port 0 for any.",
        )
    }

    /// The authorization server showed a page of its own instead of redirecting: what it says there.
    pub fn not_redirected(words: &str, redirect_uri: &str) -> Failure {
        let happened =
            format!("the authorization server showed a page instead of sending us back: {words:?}");
        let cause = format!(
            "it does not know the client ID, or the redirect URI is not the registered one. We sent exactly \
             {redirect_uri} and every byte counts: a slash at the end, the path, localhost for 127.0.0.1, \
             mostly the port too."
        );
        let remedy = "register exactly that redirect URI, or set OAUTH_REDIRECT_URI to the registered one. \
                      Use 127.0.0.1. Copy the client ID anew.";
        Failure { code: 1, ..Failure::usage(&happened, &cause, remedy) }
    }

    /// The authorization server redirected, but not to us. A query may hold a code, so only the address is named.
    pub fn sent_elsewhere(location: &str) -> Failure {
        let address = location.split(['?', '#']).next().unwrap_or_default();
        let happened =
            format!("the authorization server sent the browser to {address:?} and not back to us.");
        let cause = "it asks the user once more there, as --like mallory does, or it has another redirect URI.";
        let remedy = "leave --approve out, and answer in the browser.";
        Failure { code: 1, ..Failure::usage(&happened, cause, remedy) }
    }

    /// The same failure, seen through a mask: a server's words may repeat a secret.
    pub fn masked(self, mask: &Mask) -> Failure {
        // Cut only now: of a secret that was cut, the mask would not know the rest.
        let cut = |line: &str| line.chars().take(LONGEST_LINE).collect::<String>();
        let lines: Vec<String> = mask.text(&self.text).lines().map(cut).collect();
        Failure { text: lines.join("\n"), ..self }
    }

    /// Says it on standard error.
    pub fn report(self, program: &str) -> ExitCode {
        if !self.text.is_empty() {
            // If this fails, there is no way left to tell the user.
            let _ = writeln!(io::stderr(), "{}", wrapped(&format!("{program}: {}", self.text)));
        }
        ExitCode::from(self.code)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        let code = if matches!(error, Error::Configuration { .. }) { 2 } else { 1 };
        Failure { text: error.to_string(), code }
    }
}

/// The terminal, or the file or pipe in its place, cannot be written or read.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        if error.kind() == ErrorKind::BrokenPipe {
            // The reader of our output has seen enough, as in `step3 | head`: no message.
            return Failure::said_already();
        }
        let happened = format!("cannot read or write the terminal: {}.", error.kind());
        let cause = "the program at the other end of the pipe has ended, or the disk is full.";
        let remedy = "start again with the output going to a terminal.";
        Failure { code: 1, ..Failure::usage(&happened, cause, remedy) }
    }
}
