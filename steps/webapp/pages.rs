//! What every page has: its frame, its headers, and the ways to go.
//!
//! The style sheet is the practice provider's. There is no script, and the policy says so; a picture
//! may come from one more place, if its address is one that we would show.
//!
//! Specification: [RFC 6749 §10.13], [RFC 9700 §4.16].
//!
//! [RFC 6749 §10.13]: https://www.rfc-editor.org/rfc/rfc6749#section-10.13
//! [RFC 9700 §4.16]: https://www.rfc-editor.org/rfc/rfc9700#section-4.16

use oauth2_by_hand::by_hand::urlencoding::encode_pairs;
use oauth2_by_hand::http::{Response, endpoint};
use oauth2_by_hand::web::html::{Html, fill};

use super::App;
use super::sessions::Viewer;

/// Our mark.
pub const ICON: &str = include_str!("pages/icon.svg");

/// A whole page, with the headers that every page of ours has.
pub fn page(status: u16, title: &str, main: &Html, viewer: Option<&Viewer>) -> Response {
    let nav = viewer.map_or_else(|| fill(include_str!("pages/nav.html"), &[], &[]), nav);
    let pieces = [("nav", &nav), ("main", main)];
    let html = fill(include_str!("pages/document.html"), &[("title", title)], &pieces);

    let picture = viewer.and_then(picture).map(|url| format!(" {}", endpoint::split(url).0));
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src 'self'{}; form-action 'self'; \
         frame-ancestors 'none'; base-uri 'none'",
        picture.unwrap_or_default()
    );
    // With `no-referrer` a browser sends `Origin: null` with our own forms, and members have one.
    let referrer = if viewer.is_some() { "same-origin" } else { "no-referrer" };
    Response::new(status, "text/html; charset=utf-8", html.into_string())
        .with_header("content-security-policy", &policy)
        .with_header("x-frame-options", "DENY")
        .with_header("x-content-type-options", "nosniff")
        .with_header("referrer-policy", referrer)
        // The back button after logging out must not show what only members see.
        .with_header("cache-control", "no-store")
}

/// A file of ours that is no page.
pub fn file(media_type: &str, text: &str) -> Response {
    Response::new(200, &format!("{media_type}; charset=utf-8"), text)
        .with_header("content-security-policy", "default-src 'none'")
        .with_header("x-content-type-options", "nosniff")
}

/// TUTORIAL.md, as it is: a link to it works without a network.
pub fn tutorial(viewer: Option<&Viewer>) -> Response {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/TUTORIAL.md"));
    let text = text.unwrap_or_else(|_| "TUTORIAL.md is in the project's top folder.".into());
    let main = fill(include_str!("pages/tutorial.html"), &[("text", &text)], &[]);
    page(200, "Tutorial", &main, viewer)
}

/// One login on one printable page.
pub fn handout(viewer: Option<&Viewer>) -> Response {
    page(200, "Handout", &fill(include_str!("pages/handout.html"), &[], &[]), viewer)
}

/// A page with a link to each provider. Plain links: a form would be held against `form-action` at each
/// further hop of the provider.
pub fn log_in_offer(app: &App, title: &str, template: &'static str, next: &str) -> Response {
    let links = app.providers.iter().map(|provider| {
        let href = log_in_link(&provider.name, next);
        let texts = [("href", &*href), ("title", &provider.title)];
        fill(include_str!("pages/log_in.html"), &texts, &[])
    });
    page(200, title, &fill(template, &[], &[("links", &links.collect())]), None)
}

pub fn log_in_link(provider: &str, next: &str) -> String {
    format!("/login?{}", encode_pairs(&[("provider", provider), ("next", next)]))
}

/// The picture, or the first letter of the name. We never fetch it: the address is the user's choice, and
/// from here it could lead to a server that is closed to the outside.
pub fn portrait(viewer: &Viewer, size: &str) -> Html {
    let initial = viewer.name().chars().find(|c| c.is_alphanumeric()).unwrap_or('?').to_uppercase();
    match picture(viewer) {
        Some(url) => fill(include_str!("pages/picture.html"), &[("src", url), ("size", size)], &[]),
        None => {
            let texts = [("initial", &*initial.to_string()), ("size", size)];
            fill(include_str!("pages/initial.html"), &texts, &[])
        }
    }
}

/// The address of a picture that may be shown: over https, or from the practice provider itself.
fn picture(viewer: &Viewer) -> Option<&str> {
    let url = viewer.account.user.avatar_url.as_deref()?;
    let parsed = endpoint::parse(url).ok()?;
    let api = &viewer.account.provider.client.user_info_endpoint;
    let is_practice =
        endpoint::is_loopback(api) && endpoint::split(api).0 == endpoint::split(url).0;
    // A policy has no way to name an IPv6 address.
    let namable = !parsed.host.starts_with('[');
    (namable && (parsed.scheme == "https" || is_practice)).then_some(url)
}

fn nav(viewer: &Viewer) -> Html {
    let texts = [("name", viewer.name()), ("form_token", &viewer.member.form_token)];
    let pieces = [("portrait", &portrait(viewer, "32"))];
    fill(include_str!("pages/nav_member.html"), &texts, &pieces)
}
