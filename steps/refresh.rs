//! After the login: a new access token without asking the user, and the end of all tokens.
//!
//! Follow it in TUTORIAL.md, or read `after_the_login` from top to bottom.

mod cli;

use std::process::ExitCode;

use cli::{Cli, Failure, notice};
use oauth2_by_hand::fetch_token::Token;
use oauth2_by_hand::get_user_info::User;
use oauth2_by_hand::{Client, Error, authorize, callback, fetch_token, get_user_info, http, pkce};

fn main() -> ExitCode {
    cli::run("refresh", after_the_login)
}

fn after_the_login(cli: &mut Cli) -> Result<(), Failure> {
    let mut client = cli.client()?;
    let old = log_in(cli, &mut client)?;
    let Some(refresh_token) = &old.refresh_token else { return cli.say_no_refresh_token() };

    cli.heading("Refresh: a new access token")?;
    let request = fetch_token::refresh_request(&client, refresh_token);
    cli.show_request(&request, notice::REFRESH_REQUEST)?;
    let response = http::send(&request)?;
    cli.show_response(&response, notice::REFRESH_RESPONSE)?;
    let token = fetch_token::read_refreshed_token(&response, &old)?;
    cli.show_refreshed(&old, &token)?;
    let user = ask_for_user(cli, &client, &token)?;
    cli.show_user(&user?)?;

    cli.heading("Revoke: the end of all its tokens")?;
    let Some(endpoint) = &client.revocation_endpoint else { return cli.say_no_revocation() };
    let refresh_token = token.refresh_token.as_ref().unwrap_or(refresh_token);
    let request = fetch_token::revoke_request(&client, endpoint, refresh_token, "refresh_token");
    cli.show_request(&request, notice::REVOCATION_REQUEST)?;
    let response = http::send(&request)?;
    cli.show_response(&response, notice::REVOCATION_RESPONSE)?;
    fetch_token::read_revocation(&response)?;
    let user = ask_for_user(cli, &client, &token)?;
    cli.show_revoked(user)
}

/// Steps 1 and 2, as in `step2.rs`.
fn log_in(cli: &mut Cli, client: &mut Client) -> Result<Token, Failure> {
    cli.heading("Steps 1 and 2: log in")?;
    let state = authorize::new_state()?;
    let listener = match cli.pastes() {
        true => callback::paste(client, &state, cli.lines())?,
        false => callback::listen(client, &state)?,
    };
    client.redirect_uri = listener.redirect_uri.clone();
    let code_verifier = pkce::new_code_verifier()?;
    let code_challenge = pkce::code_challenge(&code_verifier);
    let url = authorize::authorization_url(client, &state, &code_challenge);
    cli.open(&url, client, notice::AUTHORIZATION_URL)?;
    let code = callback::wait_for_code(listener, |visit| cli.show_visit(visit))?;

    let request = fetch_token::token_request(client, &code, &code_verifier);
    cli.show_request(&request, notice::TOKEN_REQUEST)?;
    let response = http::send(&request)?;
    cli.show_response(&response, notice::TOKEN_RESPONSE)?;
    let token = fetch_token::read_token(&response)?;
    cli.show_token(&token, client)?;
    Ok(token)
}

/// Step 3. A refusal is an answer here: after the revocation it is the right one.
fn ask_for_user(
    cli: &mut Cli,
    client: &Client,
    token: &Token,
) -> Result<Result<User, Error>, Failure> {
    let request = get_user_info::user_info_request(client, &token.access_token);
    cli.show_request(&request, notice::USER_REQUEST)?;
    let response = http::send(&request)?;
    cli.show_personal_response(&response, &get_user_info::members(client), notice::USER_RESPONSE)?;
    Ok(get_user_info::read_user(&response, client))
}
