//! Attacks on browsers: on the consent page, and on the sessions of the web app.

use oauth2_by_hand::by_hand::urlencoding::query_parameter;
use oauth2_by_hand::fetch_token;
use oauth2_by_hand::http::serve::Server;
use oauth2_by_hand::http::{Request, Response, loopback};

use super::browser::{APP, Browser, web_app};
use super::cast::{ADA, MALLORY, PUBLIC, click, code_of, login, sent_to, words};
use super::stage::{Play, Stage};
use super::verdict::{Ended, Played, stopped};

pub const PLAYS: &[(&str, Play)] = &[
    ("forged-click", forged_click),
    ("session-fixation", session_fixation),
    ("gift-of-a-login", gift_of_a_login),
    ("account-takeover", account_takeover),
    ("dns-rebinding", dns_rebinding),
    ("open-redirect", open_redirect),
];

fn forged_click(stage: &mut Stage) -> Played {
    let hers = ("OAUTH_REDIRECT_URI", "http://127.0.0.1:6666/callback");
    let client = stage.client(&[PUBLIC.as_slice(), &[hers]].concat())?;
    stage.scene(
        "Mallory begins a login that leads to a port of hers: any port will do on 127.0.0.1.",
    );
    let login = login(&client)?;
    stage.address("Mallory's browser -> provider", &login.url);
    let page = stage.provider.handle(&Request::get(&login.url));

    stage
        .scene("She does not click. She keeps the page's form, and the cookie that belongs to it.");
    stage.scene(
        "Ada opens a page on that port. It sets the cookie, for all ports, and sends the form.",
    );
    let click = click(&page, stage.provider.issuer(), ADA.1);
    let click = click.with_header("Origin", "http://127.0.0.1:6666");
    let redirect = sent_to(&stage.ask("Ada's browser", &click)).map_err(stopped)?;

    stage.scene("The provider sends Ada's browser back to that page, with a code of Ada's.");
    let request = fetch_token::token_request(&client, &code_of(&redirect)?, &login.code_verifier);
    Ok(stage.redeem("Mallory", &request)?)
}

fn session_fixation(stage: &mut Stage) -> Played {
    let app = web_app(stage, None)?;
    stage.scene("Mallory begins a login at the web app. She gets a session id, in a cookie.");
    let mut mallory = Browser::new(&app, MALLORY);
    mallory.open(stage, &format!("{APP}/login"));

    stage.scene("A page of hers on another port sets that cookie in Ada's browser. Ada logs in.");
    let mut ada = Browser { person: ADA, ..mallory.clone() };
    let redirect = ada.redirect(stage, "/login")?;
    ada.open(stage, &redirect);
    ada.welcome(stage)?;

    stage.scene("Mallory opens the welcome page, with the cookie that she has had all the time.");
    mallory.welcome(stage).map(|(name, _)| name).map_err(stopped)
}

fn gift_of_a_login(stage: &mut Stage) -> Played {
    let app = web_app(stage, None)?;
    stage.scene("Mallory begins a login, allows it as herself, and does not follow the redirect.");
    let redirect = Browser::new(&app, MALLORY).redirect(stage, "/login")?;

    stage.scene("Ada begins a login, too. Before she has clicked Allow, she opens Mallory's link.");
    let mut ada = Browser::new(&app, ADA);
    ada.open(stage, &format!("{APP}/login"));
    sent_to(&ada.open(stage, &redirect)).map_err(stopped)?;
    Ok(ada.welcome(stage)?.0)
}

/// A provider of Mallory's own. It tells every client that Mallory has Ada's number.
fn provider_of_mallory() -> Result<(Server, String), Ended> {
    let (listeners, port) = loopback::listen("127.0.0.1", 0)?;
    let answer = |request: &Request| {
        let json = match request.path() {
            "/token" => r#"{"access_token":"of-mallorys-provider","token_type":"Bearer"}"#,
            _ => r#"{"id":1815,"name":"Mallory"}"#,
        };
        Response::new(200, "application/json", json)
    };
    Ok((Server::start(listeners, answer, |_| ())?, format!("http://127.0.0.1:{port}")))
}

fn account_takeover(stage: &mut Stage) -> Played {
    let (_server, origin) = provider_of_mallory()?;
    let app = web_app(stage, Some(&origin))?;
    stage.scene("Ada logs in with the practice provider. Her number there is 1815.");
    let mut ada = Browser::new(&app, ADA);
    let redirect = ada.redirect(stage, "/login?provider=practice")?;
    ada.open(stage, &redirect);
    let (_, adas) = ada.welcome(stage)?;

    stage.scene("Mallory logs in with her own provider, which says that her number is 1815.");
    let mut mallory = Browser::new(&app, MALLORY);
    let url = sent_to(&mallory.open(stage, &format!("{APP}/login?provider=mallory")))?;
    let state = query_parameter(Request::get(&url).query(), "state")?.unwrap_or_default();
    mallory.open(stage, &format!("{APP}/callback/mallory?code=hers&state={state}"));
    let (name, mallorys) = mallory.welcome(stage)?;

    stage.scene(&format!("Ada has account number {adas}, and {name} has number {mallorys}."));
    if adas != mallorys {
        return Err(stopped(format!(
            "Ada and Mallory have two accounts, numbers {adas} and {mallorys}"
        )));
    }
    Ok(adas)
}

/// The same request, as a page of `mallory.example` sends it when that name has been pointed at this machine.
fn from_the_page(mut request: Request) -> Request {
    request.headers.retain(|(name, _)| name != "Host");
    request.headers.insert(0, ("Host".into(), "mallory.example:9000".into()));
    request
}

fn dns_rebinding(stage: &mut Stage) -> Played {
    stage.scene("Ada has a page of mallory.example open. Now that name is pointed at 127.0.0.1.");
    stage
        .scene("For her browser it is the same site still, so the page may read what is answered.");
    let login = login(&stage.client(&PUBLIC)?)?;
    let request = from_the_page(Request::get(&login.url));
    let page = stage.ask("Mallory's page, in Ada's browser", &request);
    if page.status != 200 {
        return Err(stopped(words(&page)));
    }

    stage.scene("The page reads the form and sends it: from the same site, as it seems.");
    let click = from_the_page(click(&page, stage.provider.issuer(), ADA.1))
        .with_header("Origin", "http://mallory.example:9000");
    Ok(sent_to(&stage.ask("Mallory's page, in Ada's browser", &click))?)
}

fn open_redirect(stage: &mut Stage) -> Played {
    let app = web_app(stage, None)?;
    let page_of_mallory = "//mallory.example/welcome";
    stage.scene("Mallory's link leads to the real web app, and says where to go after the login.");
    let mut ada = Browser::new(&app, ADA);
    let redirect = ada.redirect(stage, &format!("/login?next={page_of_mallory}"))?;

    stage.scene("Ada has allowed it. Her browser follows the redirect.");
    let answer = ada.open(stage, &redirect);
    let path = sent_to(&answer)?;
    if path != page_of_mallory {
        return Err(stopped(format!("Ada is sent on to {path}")));
    }
    Ok(path)
}
