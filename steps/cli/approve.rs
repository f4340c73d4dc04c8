//! `--approve`: the program plays the user too, for machines without a browser.
//!
//! It does what a browser and a person do: fetch the consent page, read its form, click Allow, follow
//! the redirect. The provider cannot tell the difference, and treats it like any browser.

use super::Failure;
use oauth2_by_hand::http::{Request, Response, endpoint, send};

/// Answers the authorization request at `url` with Allow, as the person whom the page suggests. Each request and
/// its outcome are passed to `show`, in short form.
pub fn click_allow(
    url: &str,
    redirect_uri: &str,
    show: impl Fn(&str) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let request = from_browser(Request::get(url));
    let page = send(&request)?;
    show(&format!("GET {} (the consent page): HTTP {}", request.path(), page.status))?;
    let html = page.text().unwrap_or_default();
    // A request that is wrong in a lesser way is sent back at once, without a question.
    if page.status == 303 {
        return follow(&page, html, redirect_uri);
    }
    if page.status != 200 {
        return Err(refused(html, redirect_uri));
    }

    let fields = fields(html);
    let mut pairs: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, *value)).collect();
    pairs.push(("decision", "allow"));
    let action = format!("{}{}", request.origin, request.path());
    let click = from_browser(Request::post_form(&action, &pairs))
        .with_header("Origin", &request.origin)
        .with_header("Cookie", &cookie(&page));
    let answer = send(&click)?;
    show(&format!("POST {} (decision=allow): HTTP {}", request.path(), answer.status))?;
    follow(&answer, answer.text().unwrap_or_default(), redirect_uri)
}

/// Goes where the answer sends the browser, if that is to us. Our listener answers at once, on a thread of its own.
fn follow(answer: &Response, html: &str, redirect_uri: &str) -> Result<(), Failure> {
    let location = answer.header("location").unwrap_or_default();
    let request = from_browser(Request::get(location));
    let is_ours = endpoint::has_host_of(endpoint::authority(&request.origin), redirect_uri)
        && endpoint::has_target_of(&request.target, redirect_uri);
    if location.is_empty() {
        return Err(refused(html, redirect_uri));
    }
    if !is_ours {
        return Err(Failure::sent_elsewhere(location));
    }
    send(&request)?;
    Ok(())
}

fn from_browser(mut request: Request) -> Request {
    request.headers.retain(|(name, _)| name != "Accept");
    request.with_header("Accept", "text/html")
}

fn cookie(page: &Response) -> String {
    let cookie = page.header("set-cookie").unwrap_or_default();
    cookie.split(';').next().unwrap_or_default().to_owned()
}

/// The fields that a browser would send: the hidden ones and the radio button that is on.
fn fields(html: &str) -> Vec<(&str, &str)> {
    let inputs = html.split("<input ").skip(1).filter_map(|rest| rest.split('>').next());
    inputs
        .filter(|input| input.contains("type=\"hidden\"") || input.contains(" checked"))
        .filter_map(|input| Some((attribute(input, "name")?, attribute(input, "value")?)))
        .collect()
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, after) = tag.split_once(&format!("{name}=\""))?;
    after.split('"').next()
}

/// The provider shows a page of its own instead of sending us back: what it says has happened.
fn refused(html: &str, redirect_uri: &str) -> Failure {
    let (_, after_heading) = html.split_once("</h2>").unwrap_or(("", html));
    let pieces = after_heading.split('<').filter_map(|piece| piece.split_once('>'));
    let text = pieces.map(|(_, text)| text.trim()).find(|text| !text.is_empty());
    Failure::not_redirected(text.unwrap_or_default(), redirect_uri)
}
