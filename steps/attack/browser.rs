//! The web app, and browsers with their cookies. The app really asks the provider, which listens for it.

use std::sync::Arc;

use oauth2_by_hand::Client;
use oauth2_by_hand::http::serve::Server;
use oauth2_by_hand::http::{Request, Response};
use oauth2_by_hand::practice::{self, quirks};
use oauth2_by_hand::show::mask::Mask;

use super::app::{self, App};
use super::cast::{Person, between, sent_to, words};
use super::stage::Stage;
use super::verdict::Ended;

pub const APP: &str = "http://127.0.0.1:8080";

/// The application, and what ends its provider.
pub type WebApp = Arc<(App, Server)>;

/// The web app with the button of the practice provider, and with one more where Mallory has a provider.
pub fn web_app(stage: &mut Stage, mallorys: Option<&str>) -> Result<WebApp, Ended> {
    let (provider, server) = practice::start(&quirks::PLAIN, 0, |_| ())?;
    stage.provider = provider;
    let own = stage.client(&[("OAUTH_REDIRECT_URI", &format!("{APP}/callback"))])?;
    let hers = |origin: &str| Client {
        redirect_uri: format!("{APP}/callback/mallory"),
        authorization_endpoint: format!("{origin}/authorize"),
        token_endpoint: format!("{origin}/token"),
        user_info_endpoint: format!("{origin}/user"),
        issuer: None,
        ..own.clone()
    };
    let hers = mallorys.map(|origin| ("mallory", hers(origin)));
    let button = |(name, client): (&str, Client)| {
        let (name, title) = (name.to_owned(), name.to_owned());
        app::Provider { name, title, client, mask: Mask::hiding() }
    };
    let buttons = [("practice", own)].into_iter().chain(hers).map(button).collect();
    Ok(Arc::new((App::new(APP, buttons), server)))
}

/// A browser: its person, and its cookies in one jar for all ports of a host, as in a real one.
#[derive(Clone)]
pub struct Browser {
    pub person: Person,
    pub app: WebApp,
    pub cookies: Vec<(String, String)>,
}

impl Browser {
    pub fn new(app: &WebApp, person: Person) -> Browser {
        Browser { person, app: Arc::clone(app), cookies: Vec::new() }
    }

    /// Opens an address of the web app.
    pub fn open(&mut self, stage: &mut Stage, url: &str) -> Response {
        let pairs = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
        let cookies = pairs.collect::<Vec<_>>().join("; ");
        let mut request = Request::get(url);
        if !cookies.is_empty() {
            request = request.with_header("Cookie", &cookies);
        }
        let who = format!("{}'s browser", self.person.0);
        let response = stage.exchange((&who, "web app"), &request, |it| self.app.0.handle(it));
        let cookie = response.header("set-cookie").and_then(|cookie| cookie.split(';').next());
        if let Some((name, value)) = cookie.and_then(|cookie| cookie.split_once('=')) {
            self.cookies.retain(|(known, _)| known != name);
            self.cookies.push((name.to_owned(), value.to_owned()));
        }
        response
    }

    /// A login up to the redirect, which is not followed yet.
    pub fn redirect(&mut self, stage: &mut Stage, path: &str) -> Result<String, String> {
        let url = sent_to(&self.open(stage, &format!("{APP}{path}")))?;
        stage.allow(&url, self.person)
    }

    /// The user and the account that the welcome page shows; or what the page says instead.
    pub fn welcome(&mut self, stage: &mut Stage) -> Result<(String, String), String> {
        let page = self.open(stage, &format!("{APP}/welcome"));
        let html = page.text().unwrap_or_default();
        let name = between(html, "<h1><bdi>", "</bdi>");
        match between(html, "<dd>Number ", " ") {
            "" => Err(words(&page)),
            number => Ok((name.to_owned(), number.to_owned())),
        }
    }
}
