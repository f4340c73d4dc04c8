//! Step 3: steps 1 and 2, then ask who the user is. This is the whole login.
//!
//! Follow it in TUTORIAL.md, or read `log_in` from top to bottom.

mod cli;

use std::process::ExitCode;

use cli::{Cli, Failure, notice};
use oauth2_by_hand::{authorize, callback, fetch_token, get_user_info, http, pkce};

fn main() -> ExitCode {
    cli::run("step3", log_in)
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

    cli.heading("Step 2: fetch the access token")?;
    let request = fetch_token::token_request(&client, &code, &code_verifier);
    cli.show_request(&request, notice::TOKEN_REQUEST)?;
    let response = http::send(&request)?;
    cli.show_response(&response, notice::TOKEN_RESPONSE)?;
    let token = fetch_token::read_token(&response)?;
    cli.show_token(&token, &client)?;

    cli.heading("Step 3: get the user's information")?;
    let request = get_user_info::user_info_request(&client, &token.access_token);
    cli.show_request(&request, notice::USER_REQUEST)?;
    let response = http::send(&request)?;
    cli.show_personal_response(&response, &get_user_info::members(&client), notice::USER_RESPONSE)?;
    let user = get_user_info::read_user(&response, &client)?;
    cli.show_user(&user)
}
