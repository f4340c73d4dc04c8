//! The cast: Ada, who wants to log in; Mallory, who wants something of hers, and has an account of her own as Zoë;
//! and the real client and provider between them.

use oauth2_by_hand::by_hand::urlencoding::{decode_pairs, query_parameter};
use oauth2_by_hand::client::settings::{self, Settings};
use oauth2_by_hand::http::{Request, Response};
use oauth2_by_hand::{Client, Error, authorize, fetch_token, get_user_info, pkce};

use super::stage::Stage;
use super::verdict::first_line;

/// A person: her name here, and the login name of her account.
pub type Person = (&'static str, &'static str);
pub const ADA: Person = ("Ada", "ada");
pub const MALLORY: Person = ("Mallory", "zoe");

pub const PUBLIC: [(&str, &str); 2] =
    [("OAUTH_CLIENT_ID", "workshop-public"), ("OAUTH_CLIENT_SECRET", "")];

/// A login that begins: what the client keeps, and the address that it gives to the browser.
pub struct Login {
    pub state: String,
    pub code_verifier: String,
    pub url: String,
}

/// Step 1.
pub fn login(client: &Client) -> Result<Login, Error> {
    let (state, code_verifier) = (authorize::new_state()?, pkce::new_code_verifier()?);
    let url = authorize::authorization_url(client, &state, &pkce::code_challenge(&code_verifier));
    Ok(Login { state, code_verifier, url })
}

impl Stage {
    /// The provider's client `workshop`, with some settings changed.
    pub fn client(&self, changes: &[(&str, &str)]) -> Result<Client, Error> {
        let mut settings: Settings =
            self.provider.settings().into_iter().map(|(name, it)| (name.into(), it)).collect();
        settings.extend(changes.iter().map(|(name, it)| ((*name).into(), (*it).into())));
        settings::client(&settings)
    }

    /// Opens the authorization URL and clicks Allow. Returns the URL of the redirect, or what the page says instead.
    pub fn allow(&mut self, url: &str, (name, person): Person) -> Result<String, String> {
        self.address(&format!("{name}'s browser -> provider"), url);
        let page = self.provider.handle(&Request::get(url));
        if page.status != 200 {
            return Err(words(&page));
        }
        let issuer = self.provider.issuer();
        let click = click(&page, issuer, person).with_header("Origin", issuer);
        let redirect = sent_to(&self.provider.handle(&click))?;
        self.address(&format!("{name} allows it. The provider sends her browser to"), &redirect);
        Ok(redirect)
    }

    /// Sends the provider a request.
    pub fn ask(&mut self, who: &str, request: &Request) -> Response {
        let provider = self.provider.clone();
        self.exchange((who, "provider"), request, |request| provider.handle(request))
    }

    /// Sends a token request: the name of the token's user, or why there is none.
    pub fn redeem(&mut self, who: &str, request: &Request) -> Result<String, String> {
        let response = self.ask(who, request);
        let token = fetch_token::read_token(&response).map_err(first_line)?;
        self.whose(&token.access_token)
    }

    /// Step 3: the name of an access token's user.
    pub fn whose(&self, access_token: &str) -> Result<String, String> {
        let client = self.client(&[]).map_err(first_line)?;
        let request = get_user_info::user_info_request(&client, access_token);
        let user = get_user_info::read_user(&self.provider.handle(&request), &client);
        let user = user.map_err(first_line)?;
        Ok(user.name.unwrap_or(user.id))
    }
}

/// The form of a consent page with Allow clicked, but for the `Origin`, which the browser adds.
pub fn click(page: &Response, issuer: &str, person: &str) -> Request {
    let html = page.text().unwrap_or_default();
    let field = |name| between(html, &format!("name=\"{name}\" value=\""), "\"");
    let pairs = [
        ("transaction", field("transaction")),
        ("consent_token", field("consent_token")),
        ("person", person),
        ("decision", "allow"),
    ];
    let cookie = page.header("set-cookie").and_then(|cookie| cookie.split(';').next());
    Request::post_form(&format!("{issuer}/authorize"), &pairs)
        .with_header("Cookie", cookie.unwrap_or_default())
}

/// Where an answer sends the browser, or what its page says instead.
pub fn sent_to(answer: &Response) -> Result<String, String> {
    answer.header("location").map(str::to_owned).ok_or_else(|| words(answer))
}

/// What a page says: its status, its heading, and the first two paragraphs below.
pub fn words(page: &Response) -> String {
    let main = between(page.text().unwrap_or_default(), "<h1>", "</main>").replace("&#39;", "'");
    let paragraphs = main.split("<p").skip(1).map(|rest| between(rest, ">", "<"));
    let said = paragraphs.take(2).collect::<Vec<_>>().join(" ");
    format!("{} {}: {said}", page.status, between(&main, "", "<"))
}

/// The part between two others; empty where the first is missing.
pub fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let rest = text.split_once(before).map_or("", |(_, rest)| rest);
    rest.split(after).next().unwrap_or_default()
}

pub fn code_of(redirect: &str) -> Result<String, String> {
    let code = query_parameter(Request::get(redirect).query(), "code").ok().flatten();
    code.ok_or_else(|| format!("the redirect has no code: {redirect}"))
}

/// The same request without a code verifier.
pub fn without_verifier(request: &Request) -> Result<Request, Error> {
    let pairs = decode_pairs(&request.body)?;
    let pairs = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let pairs: Vec<_> = pairs.filter(|(name, _)| *name != "code_verifier").collect();
    Ok(Request::post_form(&request.url(), &pairs))
}
