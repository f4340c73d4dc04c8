//! The whole client, with nothing but the library: one solution of the exercise in TUTORIAL.md, chapter 6.
//!
//! As a program it needs a `main`, which gives it the settings and prints the URL and the user.

use oauth2_by_hand::client::settings::{self, Settings};
use oauth2_by_hand::get_user_info::User;
use oauth2_by_hand::{Error, authorize, callback, fetch_token, get_user_info, http, pkce};

pub fn log_in(settings: &Settings, open_in_browser: impl FnOnce(&str)) -> Result<User, Error> {
    let mut client = settings::client(settings)?;

    let state = authorize::new_state()?;
    let listener = callback::listen(&client, &state)?;
    client.redirect_uri = listener.redirect_uri.clone();
    let code_verifier = pkce::new_code_verifier()?;
    let code_challenge = pkce::code_challenge(&code_verifier);
    open_in_browser(&authorize::authorization_url(&client, &state, &code_challenge));
    let code = callback::wait_for_code(listener, |_| ())?;

    let request = fetch_token::token_request(&client, &code, &code_verifier);
    let token = fetch_token::read_token(&http::send(&request)?)?;

    let request = get_user_info::user_info_request(&client, &token.access_token);
    get_user_info::read_user(&http::send(&request)?, &client)
}
