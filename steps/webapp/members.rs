//! What people come for: home, welcome, members, behind the scenes; and the way out.
//!
//! Each looks who has come and shows what is theirs to see. Nothing here knows OAuth: once the session
//! is there, a login with a provider is a login like any other.

use oauth2_by_hand::by_hand::compare;
use oauth2_by_hand::by_hand::urlencoding::{decode_pairs, parameter};
use oauth2_by_hand::http::{Request, Response};
use oauth2_by_hand::web::html::fill;
use oauth2_by_hand::web::message::fill_with_messages;

use super::{Answered, App, PAGES, cookie, pages, problems};

pub fn home(app: &App, request: &Request) -> Response {
    let Some(viewer) = app.viewer(request) else {
        return pages::log_in_offer(app, "Home", include_str!("pages/home.html"), "/welcome");
    };
    let main = fill(include_str!("pages/home_member.html"), &[("name", viewer.name())], &[]);
    pages::page(200, "Home", &main, Some(&viewer))
}

pub fn welcome(app: &App, request: &Request) -> Response {
    let Some(viewer) = app.viewer(request) else {
        return members_only(app, "/welcome");
    };
    let account = &viewer.account;
    let texts = [
        ("name", viewer.name()),
        ("bio", account.user.bio.as_deref().unwrap_or("No word about themselves.")),
        ("provider", &account.provider.title),
        ("id", &account.user.id),
        ("number", &account.number.to_string()),
        ("logins", &account.logins.to_string()),
    ];
    let pieces = [("portrait", &pages::portrait(&viewer, "96"))];
    let main = fill(include_str!("pages/welcome.html"), &texts, &pieces);
    pages::page(200, "Welcome", &main, Some(&viewer))
}

pub fn members(app: &App, request: &Request) -> Response {
    let Some(viewer) = app.viewer(request) else {
        return members_only(app, "/members");
    };
    let main = fill(include_str!("pages/members.html"), &[("name", viewer.name())], &[]);
    pages::page(200, "Members only", &main, Some(&viewer))
}

/// The login of this session, message by message.
pub fn behind_the_scenes(app: &App, request: &Request) -> Response {
    let Some(viewer) = app.viewer(request) else {
        return members_only(app, "/behind-the-scenes");
    };
    let provider = &viewer.account.provider;
    let masked = match provider.mask.hides() {
        true => "Secrets are cut off after four characters.",
        false => "Secrets are shown in full: what a practice provider gives out is worth nothing.",
    };
    let texts = [("provider", &*provider.title), ("masked", masked)];
    let (page, of_browser) = (include_str!("pages/scenes.html"), ["log_in", "redirect"]);
    let main = fill_with_messages(page, &texts, &viewer.member.messages, &of_browser);
    pages::page(200, "Behind the scenes", &main, Some(&viewer))
}

/// Ends the session, on the server too: a copy of the cookie is worth nothing from now on.
pub fn log_out(app: &App, request: &Request) -> Answered {
    let pairs = decode_pairs(&request.body)?;
    let form_token = parameter(&pairs, "form_token")?.unwrap_or_default();
    let Some(viewer) = app.viewer(request) else {
        return Ok(Response::see_other("/"));
    };
    // Any page can send a form to us, but it knows no token of ours, and a browser says which page it was.
    // A text browser does not. SameSite is no help against other ports of this machine: they are the same site.
    let is_ours = match *request.headers_named("Origin") {
        [] => true,
        [origin] => origin == app.origin,
        _ => false,
    };
    let is_ours = is_ours && compare::equal(&viewer.member.form_token, form_token);
    if !is_ours {
        let words = "The click did not come from a page of ours, so nothing was changed.";
        return Ok(problems::problem(403, "Still logged in", words, Some(&viewer)));
    }
    if let Some(id) = cookie::session_id(request, &app.origin) {
        app.memory().log_out(&id);
    }
    let gone = format!("{}; Max-Age=0", cookie::set_cookie(&app.origin, ""));
    Ok(Response::see_other("/").with_header("set-cookie", &gone))
}

/// An address that is not there, or not for this method.
pub fn no_route(app: &App, request: &Request) -> Response {
    let viewer = app.viewer(request);
    let (allowed, words) = match request.path() {
        "/logout" => (
            "POST",
            "Logging out takes a click on its button. A link, which any page could load, does nothing.",
        ),
        path if path == "/login" || app.is_redirect_uri(path) => (
            "GET",
            "This address answers only GET: it is for a browser on its way through a login.",
        ),
        path if PAGES.contains(&path) => ("GET, HEAD", "This page can only be looked at."),
        _ => {
            let words = "This application has no such page.";
            return problems::problem(404, "Nothing here", words, viewer.as_ref());
        }
    };
    problems::problem(405, "Not like this", words, viewer.as_ref()).with_header("allow", allowed)
}

/// The way in for a visitor who is not logged in, and then back to here.
fn members_only(app: &App, next: &str) -> Response {
    pages::log_in_offer(app, "Members only", include_str!("pages/offer.html"), next)
}
