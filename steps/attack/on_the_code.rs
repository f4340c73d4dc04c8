//! Attacks on the redirect and on the code that it carries, with one provider and with two.

use oauth2_by_hand::http::Request;
use oauth2_by_hand::{Client, authorize, fetch_token};

use super::cast::{ADA, MALLORY, PUBLIC, code_of, login, without_verifier};
use super::stage::{Play, Stage};
use super::verdict::{Played, stopped};

pub const PLAYS: &[(&str, Play)] = &[
    ("login-csrf", login_csrf),
    ("stolen-code", stolen_code),
    ("injected-code", injected_code),
    ("pkce-downgrade", pkce_downgrade),
    ("code-replay", code_replay),
    ("loose-redirect", loose_redirect),
    ("mix-up", mix_up),
];

/// What is left of an authorization URL when its code challenge is cut out.
fn without_challenge(url: &str) -> String {
    let pieces = url.split('&').filter(|piece| !piece.starts_with("code_challenge"));
    pieces.collect::<Vec<_>>().join("&")
}

fn login_csrf(stage: &mut Stage) -> Played {
    let client = stage.client(&[])?;
    stage.scene(
        "Ada's client begins a login, with a state that Mallory does not know. The provider is one from before PKCE, \
         so the code challenge is left out: else PKCE would be a second wall behind this one.",
    );
    let adas = login(&client)?;
    stage.address("client -> Ada's browser", &without_challenge(&adas.url));

    stage.scene("Mallory begins a login of her own, allows it, and does not follow the redirect.");
    let mallorys = login(&client)?;
    let redirect = stage.allow(&without_challenge(&mallorys.url), MALLORY)?;

    stage.scene("A page of hers sends Ada's browser there.");
    stage.address("Ada's browser -> client", &redirect);
    let query = Request::get(&redirect).query().to_owned();
    let code = authorize::read_redirect(&query, &client, &adas.state).map_err(stopped)?;

    stage.scene("The client believes it, and exchanges Mallory's code in Ada's login.");
    let request = fetch_token::token_request(&client, &code, &adas.code_verifier);
    let request = without_verifier(&request)?;
    Ok(stage.redeem("client", &request)?)
}

fn stolen_code(stage: &mut Stage) -> Played {
    let client = stage.client(&PUBLIC)?;
    stage.scene("Ada logs in with a public client: a program on her machine, without a secret.");
    let redirect = stage.allow(&login(&client)?.url, ADA)?;

    stage.scene("Mallory reads that address before the client has used its code.");
    stage.scene("She sends the code to the token endpoint herself. She has no code verifier.");
    let request = fetch_token::token_request(&client, &code_of(&redirect)?, "");
    let request = without_verifier(&request)?;
    stage.redeem("Mallory", &request).map_err(stopped)
}

fn injected_code(stage: &mut Stage) -> Played {
    let client = stage.client(&[])?;
    stage.scene("Ada logs in with a web app that has a secret. Her redirect leaks, unused.");
    let adas = login(&client)?;
    let redirect = stage.allow(&adas.url, ADA)?;

    stage.scene("Mallory begins a login there, and puts its state into Ada's redirect.");
    let mallorys = login(&client)?;
    let forged = redirect.replace(&adas.state, &mallorys.state);
    stage.address("Mallory's browser -> client", &forged);
    let query = Request::get(&forged).query().to_owned();
    let code = authorize::read_redirect(&query, &client, &mallorys.state)?;

    stage.scene(
        "State and iss fit. The web app adds its secret, and the verifier of Mallory's login.",
    );
    let request = fetch_token::token_request(&client, &code, &mallorys.code_verifier);
    stage.redeem("client", &request).map_err(stopped)
}

fn pkce_downgrade(stage: &mut Stage) -> Played {
    let client = stage.client(&[])?;
    stage.scene(
        "Ada begins a login. This client sends a state and does not compare it: it relies on PKCE against login CSRF, \
         as RFC 9700 §2.1 lets it.",
    );
    let adas = login(&client)?;
    stage.address("client -> Ada's browser", &adas.url);

    stage.scene("Mallory begins one too, and cuts the code challenge out before she allows it.");
    let url = without_challenge(&login(&client)?.url);
    let redirect = stage.allow(&url, MALLORY)?;

    stage.scene("A page of hers sends Ada's browser there. The client sends Ada's verifier along.");
    let request = fetch_token::token_request(&client, &code_of(&redirect)?, &adas.code_verifier);
    stage.redeem("client", &request).map_err(stopped)
}

fn code_replay(stage: &mut Stage) -> Played {
    let client = stage.client(&[])?;
    stage.scene("Ada logs in. Beside her code, the provider notes the tokens that it bought, their family. A proxy writes the \
         client's token request to its log, body and all.");
    let adas = login(&client)?;
    let redirect = stage.allow(&adas.url, ADA)?;
    let request = fetch_token::token_request(&client, &code_of(&redirect)?, &adas.code_verifier);
    stage.redeem("client", &request)?;

    stage.scene("Mallory reads the log, and sends the same bytes again.");
    stage.redeem("Mallory", &request).map_err(stopped)
}

fn loose_redirect(stage: &mut Stage) -> Played {
    let honest = stage.client(&PUBLIC)?;
    let mallorys = Client { redirect_uri: "https://mallory.example/steal".into(), ..honest };
    stage.scene(
        "Mallory makes an authorization URL: the client's ID, which is public; her own address; and a challenge to a \
         verifier of her own. Ada opens the link, knows the application, and allows it.",
    );
    let login = login(&mallorys)?;
    let redirect = stage.allow(&login.url, ADA).map_err(stopped)?;

    stage.scene("The code arrives at Mallory's address. She has the verifier that belongs to it.");
    let request = fetch_token::token_request(&mallorys, &code_of(&redirect)?, &login.code_verifier);
    Ok(stage.redeem("Mallory", &request)?)
}

fn mix_up(stage: &mut Stage) -> Played {
    let ours = stage.client(&PUBLIC)?;
    let mallorys = Client {
        authorization_endpoint: "https://mallory.example/authorize".into(),
        token_endpoint: "https://mallory.example/token".into(),
        issuer: Some("https://mallory.example".into()),
        ..ours.clone()
    };
    stage.scene("The client knows two providers. Ada chooses the one that is Mallory's.");
    let adas = login(&mallorys)?;
    stage.address("Ada's browser -> Mallory's provider", &adas.url);

    stage.scene("It sends her browser on to the honest one. Ada knows that page, and allows it.");
    let url = adas.url.replace(&mallorys.authorization_endpoint, &ours.authorization_endpoint);
    let redirect = stage.allow(&url, ADA)?;

    stage.scene("The client takes the code for one of Mallory's provider, since Ada chose that.");
    let query = Request::get(&redirect).query().to_owned();
    let code = authorize::read_redirect(&query, &mallorys, &adas.state).map_err(stopped)?;

    stage.scene(
        "So it carries code and verifier to Mallory's provider. She sends both to the other one.",
    );
    let carried = fetch_token::token_request(&mallorys, &code, &adas.code_verifier);
    stage.request("client -> Mallory's provider", &carried);
    let request = fetch_token::token_request(&ours, &code, &adas.code_verifier);
    Ok(stage.redeem("Mallory", &request)?)
}
