//! The page that the browser shows after the redirect.
//!
//! At this moment the user is not logged in yet, so the page says "code received" and not more. The pages are
//! fixed and contain no part of the request: otherwise the text of a forged error could bring a script
//! into the page. The one inline style is named in the policy by its hash.
//!
//! A deviation: the code stays in the address bar, and [RFC 6749 §3.1.2.5] wants the browser redirected to another
//! address (a SHOULD). That would need a script, or a port that stays open after the login. So the page loads and links
//! nothing, no cache keeps it, and the code can be used once.
//!
//! [RFC 6749 §3.1.2.5]: https://www.rfc-editor.org/rfc/rfc6749#section-3.1.2.5

use crate::by_hand::{base64, sha256};
use crate::error::Error;
use crate::http::Response;

const STYLE: &str = include_str!("result_page.css");

/// The answer to a request at the redirect URI.
pub(super) fn answer(misdirected: Option<u16>, outcome: &Result<String, Error>) -> Response {
    match (misdirected, outcome) {
        (Some(405), _) => page(405, '–',
            "Not like this",
            "This address is for one thing: the GET request of a browser that comes back from a login.",
        )
        .with_header("allow", "GET"),
        (Some(status), _) => page(status, '–', "Nothing here",
            "This address is for one thing: the browser that comes back from a login.",
        ),
        (None, Ok(_)) => page(200, '✓', "Code received",
            "The provider has sent your browser back with a code. You may close this tab: the terminal shows what comes next.",
        ),
        (None, Err(Error::AuthorizationRefused { .. })) => page(200, '–', "No login this time",
            "The provider has sent your browser back with a refusal, so nothing was shared. You may close this tab: the terminal says more.",
        ),
        (None, Err(_)) => page(400, '?',
            "Not accepted",
            "This is not the answer that the program waits for. The terminal says why. If it still waits, use the tab of this login.",
        ),
    }
}

/// The answer to a second copy of the redirect that decided the login.
pub(super) fn already_answered() -> Response {
    page(
        200,
        '–',
        "Already answered",
        "Your browser brought the answer to this login a moment ago. The terminal says what came of it.",
    )
}

fn page(status: u16, mark: char, title: &str, text: &str) -> Response {
    let body = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n\
         <body>\n<header>OAuth by hand</header>\n<main data-mark=\"{mark}\">\n<h1>{title}</h1>\n<p>{text}</p>\n</main>\n</body>\n</html>\n"
    );
    let hash = base64::encode(&sha256::sha256(STYLE.as_bytes()));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; frame-ancestors 'none'; base-uri 'none'"
    );
    Response::new(status, "text/html; charset=utf-8", body)
        .with_header("content-security-policy", &policy)
        // The code is in the address: it must not be kept, nor travel on in a Referer header.
        .with_header("cache-control", "no-store")
        .with_header("referrer-policy", "no-referrer")
        .with_header("x-content-type-options", "nosniff")
}
