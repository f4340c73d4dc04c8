//! The pages for when something went wrong: plain words, and a way on.

use oauth2_by_hand::Error;
use oauth2_by_hand::http::Response;
use oauth2_by_hand::web::html::{Html, fill};

use super::pages::{log_in_link, page};
use super::sessions::{Pending, Viewer};

/// A page in plain words, with a way on.
pub fn problem(status: u16, title: &str, words: &str, viewer: Option<&Viewer>) -> Response {
    let href = if viewer.is_some() { "/welcome" } else { "/" };
    problem_page(status, title, words, &Html::default(), (href, "Go on"), viewer)
}

/// A request that says nothing that can be understood.
pub fn unreadable(error: &Error) -> Response {
    let status = if *error == Error::NoRandomness { 500 } else { 400 };
    let words = "The request could not be understood, so nothing was done.";
    let details = explanation(&error.to_string());
    problem_page(status, "That did not work", words, &details, ("/", "Go on"), None)
}

/// A login that began in this browser and did not end well.
pub fn failed(error: &Error, pending: &Pending) -> Response {
    use Error::*;
    let (status, title, words) = match error {
        AuthorizationRefused { error, .. } if error == "access_denied" => {
            (200, "No login this time", "No permission was given, so we know nothing about you.")
        }
        AuthorizationRefused { .. } => {
            (502, "The provider could not log you in", "It sent you back with an error.")
        }
        Network { .. } | TimedOut { .. } | Unavailable { .. } => {
            (502, "The provider does not answer", "Nothing is lost. Try again in a while.")
        }
        TokenRefused { .. } | BadTokenResponse(_) | UserInfoRefused { .. } | BadUserResponse(_) => {
            (502, "We could not find out who you are", "You said yes, but then it went wrong.")
        }
        _ => (400, "This answer was not accepted", "It does not fit what we had asked."),
    };
    // A server's words may repeat a secret. They are cut only now: of a secret that was cut, the mask would not
    // know the rest.
    let masked = pending.trace.mask.text(&error.to_string());
    let details = explanation(&masked.chars().take(2000).collect::<String>());
    let again = log_in_link(&pending.provider.name, pending.return_to);
    problem_page(status, title, words, &details, (&again, "Try again"), None)
}

/// A login that can go on, but not now. A link to nothing leads to the page that it is on.
pub fn busy() -> Response {
    let words =
        "Many logins wait for an answer of the provider. Yours is not lost: try again in a moment.";
    let page = problem_page(503, "Not now", words, &Html::default(), ("", "Try again"), None);
    page.with_header("retry-after", "10")
}

fn problem_page(
    status: u16,
    title: &str,
    words: &str,
    details: &Html,
    (href, go_on): (&str, &str),
    viewer: Option<&Viewer>,
) -> Response {
    let texts = [("title", title), ("words", words), ("href", href), ("go_on", go_on)];
    let main = fill(include_str!("pages/problem.html"), &texts, &[("details", details)]);
    page(status, title, &main, viewer)
}

/// The three lines of an error: what happened, the likely cause, what to do.
fn explanation(error: &str) -> Html {
    let line = |line| fill("<p>{{line}}</p>\n", &[("line", line)], &[]);
    let error = format!("What happened: {error}");
    let lines = error.lines().map(str::trim).map(line).collect();
    fill(include_str!("pages/explained.html"), &[], &[("lines", &lines)])
}
