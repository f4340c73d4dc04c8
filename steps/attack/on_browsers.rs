//! Attacks on browsers: on the consent page, and on the sessions of the web app.

use std::sync::Arc;

use oauth2_by_hand::by_hand::urlencoding::query_parameter;
use oauth2_by_hand::fetch_token;
use oauth2_by_hand::http::serve::Server;
use oauth2_by_hand::http::{Request, Response, loopback};

use super::cast::{
    ADA, MALLORY, PUBLIC, click, client, code_of, login, provider, redeem, sent_to, words,
};
use super::house::{APP, Browser, House};
use super::stage::{Ended, Play, Played, Stage, stopped};

pub const PLAYS: &[(&str, Play)] = &[
    ("forged-click", forged_click),
    ("session-fixation", session_fixation),
    ("gift-of-a-login", gift_of_a_login),
    ("account-takeover", account_takeover),
    ("dns-rebinding", dns_rebinding),
    ("open-redirect", open_redirect),
];

fn forged_click(stage: &mut Stage) -> Played {
    let provider = provider();
    let page_of_mallory = "http://127.0.0.1:6666";
    let redirect_uri = format!("{page_of_mallory}/callback");
    let changes = [PUBLIC.as_slice(), &[("OAUTH_REDIRECT_URI", &redirect_uri)]].concat();
    let client = client(&provider, &changes)?;
    stage.scene(
        "Mallory begins a login, with a redirect URI on a port of her own: on 127.0.0.1 any port will do. She does \
         not click. She keeps the consent page: its form, and the cookie that belongs to it.",
    );
    let login = login(&client)?;
    stage.address("Mallory's browser -> provider", &login.url);
    let page = provider.handle(&Request::get(&login.url));

    stage.scene(
        "Ada opens a page of hers on that port. It sets the cookie, since cookies do not know ports, and sends the \
         form by itself. Ada's browser says where the form was sent from.",
    );
    let click = click(&page, provider.issuer(), ADA.1).with_header("Origin", page_of_mallory);
    stage.request("Ada's browser -> provider", &click);
    let redirect = sent_to(&provider.handle(&click)).map_err(stopped)?;

    stage.scene("The provider sends Ada's browser back to that page, with a code of Ada's.");
    stage.address("Ada's browser -> Mallory's page", &redirect);
    let request = fetch_token::token_request(&client, &code_of(&redirect)?, &login.code_verifier);
    let name = redeem(stage, "Mallory", &provider, &client, &request)?;
    Ok(format!("Mallory has a token for {name}, who was never asked."))
}

fn session_fixation(stage: &mut Stage) -> Played {
    let house = House::open(None)?;
    stage.scene("Mallory begins a login at the web app. She gets a session id, in a cookie.");
    let mut mallory = Browser::of(MALLORY);
    mallory.open(stage, &house, &format!("{APP}/login"));

    stage.scene("A page of hers on another port sets that cookie in Ada's browser. Ada logs in.");
    let mut ada = Browser { person: ADA, ..mallory.clone() };
    let redirect = ada.redirect(stage, &house, "/login")?;
    ada.open(stage, &house, &redirect);
    ada.welcome(stage, &house)?;

    stage.scene("Mallory opens the welcome page, with the cookie that she has had all the time.");
    let (name, _) = mallory.welcome(stage, &house).map_err(stopped)?;
    Ok(format!("Mallory's browser is logged in as {name}, for as long as Ada's is."))
}

fn gift_of_a_login(stage: &mut Stage) -> Played {
    let house = House::open(None)?;
    stage.scene("Mallory begins a login, allows it as herself, and does not follow the redirect.");
    let redirect = Browser::of(MALLORY).redirect(stage, &house, "/login")?;

    stage.scene("Ada begins a login, too. Before she has clicked Allow, she opens Mallory's link.");
    let mut ada = Browser::of(ADA);
    ada.open(stage, &house, &format!("{APP}/login"));
    let answer = ada.open(stage, &house, &redirect);
    sent_to(&answer).map_err(stopped)?;

    stage.scene("The web app sends her on to the welcome page.");
    let (name, _) = ada.welcome(stage, &house)?;
    Ok(format!("Ada is logged in as {name}. What she saves from now on is Mallory's to read."))
}

/// A provider of Mallory's own. Whoever asks it is told that Mallory has Ada's number.
fn provider_of_mallory() -> Result<(Server, String), Ended> {
    let (listeners, port) = loopback::listen("127.0.0.1", 0)?;
    let answer = |request: &Request| {
        let json = match request.path() {
            "/token" => r#"{"access_token":"of-mallorys-provider","token_type":"Bearer"}"#,
            _ => r#"{"id":1815,"name":"Mallory"}"#,
        };
        Response::new(200, "application/json", json)
    };
    Ok((Server::start(listeners, Arc::new(answer))?, format!("http://127.0.0.1:{port}")))
}

fn account_takeover(stage: &mut Stage) -> Played {
    let (_server, origin) = provider_of_mallory()?;
    let house = House::open(Some(&origin))?;
    stage.scene("Ada logs in with the practice provider. Her number there is 1815.");
    let mut ada = Browser::of(ADA);
    let redirect = ada.redirect(stage, &house, "/login?provider=practice")?;
    ada.open(stage, &house, &redirect);
    let (_, adas) = ada.welcome(stage, &house)?;

    stage.scene("Mallory logs in with her own provider, which says that her number is 1815.");
    let mut mallory = Browser::of(MALLORY);
    let url = sent_to(&mallory.open(stage, &house, &format!("{APP}/login?provider=mallory")))?;
    let state = query_parameter(Request::get(&url).query(), "state")?.unwrap_or_default();
    mallory.open(stage, &house, &format!("{APP}/callback/mallory?code=hers&state={state}"));
    let (name, mallorys) = mallory.welcome(stage, &house)?;

    stage.scene(&format!(
        "Ada's account has the number {adas}; {name}'s has the number {mallorys}."
    ));
    if adas == mallorys {
        return Ok(
            "Mallory is in Ada's account. She needed no password and no code of Ada's.".into()
        );
    }
    Err(stopped(format!("Ada and Mallory have two accounts, numbers {adas} and {mallorys}")))
}

/// The same request, as a page of `mallory.example` sends it when that name has been pointed at this machine.
fn from_the_page(mut request: Request) -> Request {
    request.headers.retain(|(name, _)| name != "Host");
    request.headers.insert(0, ("Host".into(), "mallory.example:9000".into()));
    request
}

fn dns_rebinding(stage: &mut Stage) -> Played {
    let provider = provider();
    stage.scene(
        "Ada has a page of mallory.example open. Now its name server says: mallory.example is 127.0.0.1. For her \
         browser that is the same site still, so the page may read the answers.",
    );
    let login = login(&client(&provider, &PUBLIC)?)?;
    let request = from_the_page(Request::get(&login.url));
    stage.request("Mallory's page in Ada's browser -> provider", &request);
    let page = provider.handle(&request);
    stage.response("provider -> Mallory's page", &page);
    if page.status != 200 {
        return Err(stopped(words(&page)));
    }

    stage.scene("The page reads the form and sends it: from the same site, as it seems.");
    let click = from_the_page(click(&page, provider.issuer(), ADA.1))
        .with_header("Origin", "http://mallory.example:9000");
    stage.request("Mallory's page in Ada's browser -> provider", &click);
    let redirect = sent_to(&provider.handle(&click))?;
    stage.address("provider -> Ada's browser", &redirect);
    Ok("A page from the internet has read Ada's provider, and has clicked Allow for her.".into())
}

fn open_redirect(stage: &mut Stage) -> Played {
    let house = House::open(None)?;
    let page_of_mallory = "//mallory.example/welcome";
    stage.scene("Mallory's link leads to the real web app, and says where to go after the login.");
    let mut ada = Browser::of(ADA);
    let redirect = ada.redirect(stage, &house, &format!("/login?next={page_of_mallory}"))?;

    stage.scene("Ada has logged in.");
    let answer = ada.open(stage, &house, &redirect);
    match sent_to(&answer)? {
        path if path == page_of_mallory => {
            Ok(format!("Ada lands on https:{path}, which says that her password was wrong."))
        }
        path => Err(stopped(format!("Ada is sent on to {path}"))),
    }
}
