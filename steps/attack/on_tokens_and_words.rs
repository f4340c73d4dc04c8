//! Attacks on refresh tokens, on the network, and on what a terminal shows.

use oauth2_by_hand::fetch_token;
use oauth2_by_hand::http::Response;

use super::cast::{ADA, code_of, login};
use super::stage::{Play, Stage};
use super::verdict::{Ended, Played, first_line, stopped};

pub const PLAYS: &[(&str, Play)] = &[
    ("refresh-replay", refresh_replay),
    ("plain-http", plain_http),
    ("forged-words", forged_words),
];

fn refresh_replay(stage: &mut Stage) -> Played {
    let client = stage.client(&[])?;
    stage.scene("Ada logs in. Mallory has a copy of the refresh token that the application keeps.");
    let adas = login(&client)?;
    let redirect = stage.allow(&adas.url, ADA)?;
    let request = fetch_token::token_request(&client, &code_of(&redirect)?, &adas.code_verifier);
    let token = fetch_token::read_token(&stage.provider.handle(&request))?;
    let refresh_token = token.refresh_token.ok_or("there is no refresh token".to_owned())?;

    stage.scene("Mallory uses the copy. It works, since it is the first use of that token.");
    let request = fetch_token::refresh_request(&client, &refresh_token);
    let response = stage.ask("Mallory", &request);
    let mallorys = fetch_token::read_token(&response)?;

    stage.scene("Later the application uses its own. Is Mallory's new access token still good?");
    let adas = stage.redeem("client", &request);
    match (stage.whose(&mallorys.access_token), adas) {
        (Ok(name), _) => Ok(name),
        (Err(_), Err(refusal)) => Err(stopped(refusal + ". Mallory's token is revoked with it.")),
        (Err(words), Ok(_)) => Err(Ended::NotSet(words)),
    }
}

fn plain_http(stage: &mut Stage) -> Played {
    stage.scene("Ada sets OAUTH_TOKEN_URL as a help page of Mallory's says: without the s.");
    let url = "http://login.example.com/token";
    let client = stage.client(&[("OAUTH_TOKEN_URL", url)]).map_err(stopped)?;

    stage.scene("Step 2 goes over the Wi-Fi of a café. Two tables away, Mallory reads:");
    let request = fetch_token::token_request(&client, "the-code", &login(&client)?.code_verifier);
    stage.request("client -> the Wi-Fi", &request);
    Ok(url.into())
}

fn forged_words(stage: &mut Stage) -> Played {
    stage.scene("Mallory's provider refuses, in words that erase the line and write another one.");
    let body = r#"{"error":"x","error_description":"\r\u001b[2KWe know who it is: Ada Winter"}"#;
    let client = stage.client(&[])?;
    let request = fetch_token::token_request(&client, "the-code", &login(&client)?.code_verifier);
    let response = stage.exchange(("client", "Mallory's provider"), &request, |_| {
        Response::new(400, "application/json", body)
    });
    let Err(error) = fetch_token::read_token(&response) else {
        return Err(Ended::NotSet("the client took it for a token".into()));
    };

    stage.scene(
        "A program prints the error, as main does. (Ours escape what they print once more.)",
    );
    let printed = error.to_string();
    if printed.contains('\u{1b}') {
        return Ok(format!("\n{}", first_line(&printed)));
    }
    Err(stopped(printed))
}
