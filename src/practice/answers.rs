//! What the endpoints have in common: JSON, errors, and how a browser is known again.
//!
//! Specification: [RFC 6749 §5.1, §5.2].
//!
//! [RFC 6749 §5.1, §5.2]: https://www.rfc-editor.org/rfc/rfc6749#section-5.1

use std::time::Duration;

use serde_json::{Map, Value};

use crate::by_hand::random;
use crate::by_hand::urlencoding::parameter;
use crate::error::Error;
use crate::http::{Request, Response};

/// The answer; or the one that says what is wrong, which `?` sends at once.
pub type Answered = Result<Response, Response>;

/// JSON, laid out for reading; no cache may keep it (RFC 6749 §5.1).
pub fn json(status: u16, value: &Value) -> Response {
    Response::new(status, "application/json", format!("{value:#}\n"))
        .with_header("cache-control", "no-store")
        .with_header("pragma", "no-cache")
}

/// An answer of the token endpoint before it is serialized, so that a provider's habits can change it.
pub struct TokenAnswer {
    pub status: u16,
    pub members: Map<String, Value>,
    pub headers: Vec<(&'static str, String)>,
}

impl TokenAnswer {
    pub fn with_header(mut self, name: &'static str, value: &str) -> TokenAnswer {
        self.headers.push((name, value.to_owned()));
        self
    }
}

impl From<TokenAnswer> for Response {
    fn from(TokenAnswer { status, members, headers }: TokenAnswer) -> Response {
        let response = json(status, &Value::Object(members));
        headers.iter().fold(response, |response, (name, value)| response.with_header(name, value))
    }
}

/// An error of the token endpoint (RFC 6749 §5.2). The description is ours, never the client's.
pub fn token_error(status: u16, error: &str, description: &str) -> TokenAnswer {
    let members = [("error", error), ("error_description", description)];
    let members = members.map(|(name, value)| (name.to_owned(), value.into()));
    TokenAnswer { status, members: Map::from_iter(members), headers: Vec::new() }
}

/// A random value, or the answer that says that the system gave none.
pub fn unguessable() -> Result<String, TokenAnswer> {
    random::unguessable().map_err(|error| broken(&error))
}

fn broken(error: &Error) -> TokenAnswer {
    token_error(500, "server_error", &format!("{error}").replace(['"', '\\', '\n'], " "))
}

/// Whether a form was posted from another page than ours: without this, any page could click Allow
/// (RFC 6749 §10.12). SameSite is no help, since other ports are the same site. Text browsers send no `Origin`;
/// then the session and the form's own token have to be enough.
pub fn is_from_elsewhere(request: &Request) -> bool {
    let own = format!("http://{}", request.header("Host").unwrap_or_default());
    request.headers_named("Origin").iter().any(|origin| *origin != own)
}

/// A field of a form or query that a browser sent; empty if it is not there, or there twice.
pub fn field<'a>(pairs: &'a [(String, String)], name: &'static str) -> &'a str {
    parameter(pairs, name).ok().flatten().unwrap_or_default()
}

/// The cookie that binds a browser to what it was asked. Cookies do not know ports (RFC 6265 §8.5), so its name
/// holds ours, and two providers on one machine do not end each other's sessions.
fn session_cookie(issuer: &str) -> String {
    let port = issuer.rsplit(':').next().unwrap_or_default();
    format!("practice_session_{port}")
}

/// Empty where the browser sends none.
pub fn session_of<'a>(issuer: &str, request: &'a Request) -> &'a str {
    request.cookie(&session_cookie(issuer)).unwrap_or_default()
}

/// `life` is that of the form on the page.
pub fn with_session(issuer: &str, response: Response, session: &str, life: Duration) -> Response {
    let (name, seconds) = (session_cookie(issuer), life.as_secs());
    let cookie = format!("{name}={session}; Max-Age={seconds}; HttpOnly; SameSite=Lax; Path=/");
    response.with_header("set-cookie", &cookie)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6749 §5.2: error_description has no quote, no backslash and no line end.
    #[test]
    fn a_system_without_random_bytes_is_reported_in_legal_characters() {
        let answer = Response::from(broken(&Error::NoRandomness));
        assert_eq!(answer.status, 500);
        let members: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        assert_eq!(members["error"], "server_error");
        let description = members["error_description"].as_str().unwrap_or_default();
        assert!(description.starts_with("the operating system gave no random bytes. "));
        assert!(!description.contains(['"', '\\', '\n']), "{description}");
    }
}
