//! Step 2: step 1, then exchange the code for an access token.
//!
//! Follow it in TUTORIAL.md, or read `log_in` from top to bottom.

mod cli;

use std::process::ExitCode;

use cli::{Cli, Failure, notice};
use oauth2_by_hand::{authorize, callback, fetch_token, http, pkce};

fn main() -> ExitCode {
    cli::run("step2", log_in)
}

fn log_in(cli: &mut Cli) -> Result<(), Failure> {
    let mut client = cli.client()?;

    cli.heading("Step 1: authorize")?;
    let state = authorize::new_state()?;
    let listener = match cli.pastes() {
        true => callback::paste(&client, &state, cli.lines())?,
        false => callback::listen(&client, &state)?,
    };
    client.redirect_uri = listener.redirect_uri.clone();
    let code_verifier = pkce::new_code_verifier()?;
    let code_challenge = pkce::code_challenge(&code_verifier);
    let url = authorize::authorization_url(&client, &state, &code_challenge);
    cli.open(&url, &client, notice::AUTHORIZATION_URL)?;
    let code = callback::wait_for_code(listener, |visit| cli.show_visit(visit))?;

    // Build the request, look at it, send it.
    cli.heading("Step 2: fetch the access token")?;
    let request = fetch_token::token_request(&client, &code, &code_verifier);
    cli.show_request(&request, notice::TOKEN_REQUEST)?;
    let response = http::send(&request)?;
    cli.show_response(&response, notice::TOKEN_RESPONSE)?;

    let token = fetch_token::read_token(&response)?;
    cli.show_token(&token, &client)
}
