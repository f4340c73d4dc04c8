//! Step 1: build the authorization URL, catch the redirect, check it, show the code.
//!
//! Follow it in TUTORIAL.md, or read `log_in` from top to bottom.

mod cli;

use std::process::ExitCode;

use cli::{Cli, Failure, notice};
use oauth2_by_hand::{authorize, callback, pkce};

fn main() -> ExitCode {
    cli::run("step1", log_in)
}

fn log_in(cli: &mut Cli) -> Result<(), Failure> {
    let mut client = cli.client()?;

    // Listen before the browser leaves, so that this program is there when it returns.
    cli.heading("Step 1: authorize")?;
    let state = authorize::new_state()?;
    let listener = match cli.pastes() {
        true => callback::paste(&client, &state, cli.lines())?,
        false => callback::listen(&client, &state)?,
    };
    client.redirect_uri = listener.redirect_uri.clone(); // The port may be another one (RFC 8252 §7.3).

    // A secret that stays here, and its hash, which the provider gets.
    let code_verifier = pkce::new_code_verifier()?;
    let code_challenge = pkce::code_challenge(&code_verifier);

    let url = authorize::authorization_url(&client, &state, &code_challenge);
    cli.open(&url, &client, notice::AUTHORIZATION_URL)?;
    let code = callback::wait_for_code(listener, |visit| cli.show_visit(visit))?;

    cli.show_code(&code, &code_verifier)
}
