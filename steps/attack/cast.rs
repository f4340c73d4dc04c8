//! The cast: Ada, who wants to log in; Mallory, who wants something of hers and has an account of her own, as
//! Zoë; and the real client and provider between them. Both are asked without a socket.

use oauth2_by_hand::by_hand::urlencoding::{decode_pairs, query_parameter};
use oauth2_by_hand::client::settings;
use oauth2_by_hand::http::{Request, Response};
use oauth2_by_hand::practice::Provider;
use oauth2_by_hand::{Client, Error, authorize, fetch_token, get_user_info, pkce};

use super::stage::{Stage, first_line};

/// A person: her name here, and the login name of her account.
pub type Person = (&'static str, &'static str);
pub const ADA: Person = ("Ada", "ada");
pub const MALLORY: Person = ("Mallory", "zoe");

pub const PUBLIC: [(&str, &str); 2] =
    [("OAUTH_CLIENT_ID", "workshop-public"), ("OAUTH_CLIENT_SECRET", "")];

pub fn provider() -> Provider {
    Provider::new("http://127.0.0.1:9000")
}

/// The provider's client `workshop`, with some settings changed.
pub fn client(provider: &Provider, changes: &[(&str, &str)]) -> Result<Client, Error> {
    let own = provider.settings().into_iter().map(|(name, value)| (name.to_owned(), value));
    let changes = changes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    settings::client(&own.chain(changes).collect())
}

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

/// A person's browser opens the authorization URL, and she clicks Allow: where it is sent, or what the page says.
pub fn allow(
    stage: &mut Stage,
    provider: &Provider,
    url: &str,
    (name, person): Person,
) -> Result<String, String> {
    stage.address(&format!("{name}'s browser -> provider"), url);
    let page = provider.handle(&Request::get(url));
    if page.status != 200 {
        return Err(words(&page));
    }
    let click = click(&page, provider.issuer(), person).with_header("Origin", provider.issuer());
    let redirect = sent_to(&provider.handle(&click))?;
    stage.address(&format!("{name} allows it. The provider sends her browser to"), &redirect);
    Ok(redirect)
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
    let heading = main.split('<').next().unwrap_or_default();
    let paragraphs = main.split("<p").skip(1).map(|rest| between(rest, ">", "<"));
    let said: Vec<&str> = paragraphs.take(2).collect();
    format!("{} {heading}: {}", page.status, said.join(" "))
}

/// What stands between two texts; nothing where the first is missing.
pub fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let rest = text.split_once(before).map_or("", |(_, rest)| rest);
    rest.split(after).next().unwrap_or_default()
}

pub fn code_of(redirect: &str) -> Result<String, String> {
    let code = query_parameter(Request::get(redirect).query(), "code").ok().flatten();
    code.ok_or_else(|| format!("the redirect has no code: {redirect}"))
}

/// The same request without the parameters whose names begin like that.
pub fn without(request: &Request, start: &str) -> Result<Request, Error> {
    let pairs = decode_pairs(&request.body)?;
    let pairs = pairs.iter().filter(|(name, _)| !name.starts_with(start));
    let pairs: Vec<_> = pairs.map(|(name, value)| (name.as_str(), value.as_str())).collect();
    Ok(Request::post_form(&request.url(), &pairs))
}

/// Sends a token request: whose name the token buys, or why there is none.
pub fn redeem(
    stage: &mut Stage,
    who: &str,
    provider: &Provider,
    client: &Client,
    request: &Request,
) -> Result<String, String> {
    stage.request(&format!("{who} -> provider"), request);
    let response = provider.handle(request);
    stage.response(&format!("provider -> {who}"), &response);
    let token = fetch_token::read_token(&response).map_err(first_line)?;
    whose(provider, client, &token.access_token)
}

/// Step 3: whose name an access token buys.
pub fn whose(provider: &Provider, client: &Client, access_token: &str) -> Result<String, String> {
    let request = get_user_info::user_info_request(client, access_token);
    let user = get_user_info::read_user(&provider.handle(&request), client).map_err(first_line)?;
    Ok(user.name.unwrap_or(user.id))
}
