//! The web app, the practice provider that it really asks, and browsers with their cookies.

use std::sync::Arc;

use oauth2_by_hand::http::serve::Server;
use oauth2_by_hand::http::{Request, Response};
use oauth2_by_hand::practice::{self, Provider, quirks};
use oauth2_by_hand::show::mask::Mask;
use oauth2_by_hand::{Client, Error};

use super::app::{self, App};
use super::cast::{Person, allow, between, client, sent_to, words};
use super::stage::{Ended, Stage};

pub const APP: &str = "http://127.0.0.1:8080";

pub struct House {
    app: App,
    provider: Arc<Provider>,
    _server: Server,
}

impl House {
    /// With the button of the practice provider, and one more where Mallory has a provider.
    pub fn open(mallorys: Option<&str>) -> Result<House, Ended> {
        let (provider, _server) = practice::start(&quirks::PLAIN, 0, |_, _| ())?;
        let own = client(&provider, &[("OAUTH_REDIRECT_URI", &format!("{APP}/callback"))])?;
        let others = mallorys.map(|origin| client_of_mallory(&own, origin)).transpose()?;
        let button = |(name, client): (&str, Client)| app::Provider {
            name: name.into(),
            title: name.into(),
            client,
            mask: Mask::hiding(),
        };
        let others = others.map(|client| ("mallory", client));
        let buttons = [("practice", own)].into_iter().chain(others).map(button).collect();
        Ok(House { app: App::new(APP, buttons), provider, _server })
    }
}

fn client_of_mallory(own: &Client, origin: &str) -> Result<Client, Error> {
    Ok(Client {
        redirect_uri: format!("{APP}/callback/mallory"),
        authorization_endpoint: format!("{origin}/authorize"),
        token_endpoint: format!("{origin}/token"),
        user_info_endpoint: format!("{origin}/user"),
        issuer: None,
        ..own.clone()
    })
}

/// A browser: its person, and its cookies in one jar for all ports of a host, as in a real one.
#[derive(Clone)]
pub struct Browser {
    pub person: Person,
    pub cookies: Vec<(String, String)>,
}

impl Browser {
    pub fn of(person: Person) -> Browser {
        Browser { person, cookies: Vec::new() }
    }

    /// Opens an address of the web app.
    pub fn open(&mut self, stage: &mut Stage, house: &House, url: &str) -> Response {
        let name = self.person.0;
        let pairs = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
        let cookies = pairs.collect::<Vec<_>>().join("; ");
        let mut request = Request::get(url);
        if !cookies.is_empty() {
            request = request.with_header("Cookie", &cookies);
        }
        stage.request(&format!("{name}'s browser -> web app"), &request);
        let response = house.app.handle(&request);
        stage.response(&format!("web app -> {name}'s browser"), &response);
        let cookie = response.header("set-cookie").and_then(|cookie| cookie.split(';').next());
        if let Some((name, value)) = cookie.and_then(|cookie| cookie.split_once('=')) {
            self.cookies.retain(|(known, _)| known != name);
            self.cookies.push((name.to_owned(), value.to_owned()));
        }
        response
    }

    /// A login up to the redirect, which is not followed yet.
    pub fn redirect(
        &mut self,
        stage: &mut Stage,
        house: &House,
        path: &str,
    ) -> Result<String, String> {
        let url = sent_to(&self.open(stage, house, &format!("{APP}{path}")))?;
        allow(stage, &house.provider, &url, self.person)
    }

    /// Whom the web app welcomes in this browser, and the number of the account; or what the page says instead.
    pub fn welcome(
        &mut self,
        stage: &mut Stage,
        house: &House,
    ) -> Result<(String, String), String> {
        let page = self.open(stage, house, &format!("{APP}/welcome"));
        let html = page.text().unwrap_or_default();
        let name = between(html, "<h1><bdi>", "</bdi>");
        match between(html, "<dd>Number ", " ") {
            "" => Err(words(&page)),
            number => Ok((name.to_owned(), number.to_owned())),
        }
    }
}
