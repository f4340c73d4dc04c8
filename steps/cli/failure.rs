//! How a program ends without success: three lines on standard error, and an exit code.

use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use super::screen::wrapped;
use oauth2_by_hand::Error;
use oauth2_by_hand::show::mask::Mask;

/// What is said, and the exit code: 1 the login failed, 2 wrong usage or configuration.
pub struct Failure {
    text: String,
    code: u8,
}

impl Failure {
    /// Wrong usage: what happened, the likely cause, what to do.
    pub fn usage(happened: &str, cause: &str, remedy: &str) -> Failure {
        let text = format!("{happened}\n  Likely cause: {cause}\n  What to do: {remedy}");
        Failure { text, code: 2 }
    }

    /// The practice provider's port cannot be had.
    pub fn port(port: u16, error: &io::Error) -> Failure {
        Failure::usage(
            &format!("cannot listen on 127.0.0.1:{port}: {error}."),
            "another program listens there: often a provider in another terminal.",
            "end it, or choose another port: --port 9001, or --port 0 for any.",
        )
    }

    /// The same, seen through a mask: a server's words may repeat a secret.
    pub fn masked(self, mask: &Mask) -> Failure {
        Failure { text: mask.text(&self.text), ..self }
    }

    /// Says it on standard error.
    pub fn report(self, program: &str) -> ExitCode {
        if !self.text.is_empty() {
            // There is nobody left to tell if this fails.
            let _ = writeln!(io::stderr(), "{}", wrapped(&format!("{program}: {}", self.text)));
        }
        ExitCode::from(self.code)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        match error {
            // Whoever read our output has seen enough, as in `step3 | head`. That is no mishap.
            Error::Terminal(ErrorKind::BrokenPipe) => Failure { text: String::new(), code: 1 },
            Error::Configuration { .. } => Failure { text: error.to_string(), code: 2 },
            _ => Failure { text: error.to_string(), code: 1 },
        }
    }
}
