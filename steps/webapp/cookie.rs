//! The cookie: how a browser is known again, and its attributes one by one.
//!
//! Specification: [RFC 6265 §4.1.2]; for `SameSite` and `__Host-` its revision, [6265bis].
//!
//! [RFC 6265 §4.1.2]: https://www.rfc-editor.org/rfc/rfc6265#section-4.1.2
//! [6265bis]: https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis

use oauth2_by_hand::http::{Request, endpoint};

/// Cookies know no ports (RFC 6265 §8.5), so the name carries ours: two programs on one machine must not end each
/// other's sessions. Under https the prefix makes browsers refuse it from any other host.
fn cookie_name(origin: &str) -> String {
    let prefix = if origin.starts_with("https:") { "__Host-" } else { "" };
    let port = endpoint::parse(origin).map_or(0, |endpoint| endpoint.port);
    format!("{prefix}by_hand_session_{port}")
}

/// The `Set-Cookie` value. No script reads it, other sites' forms do not carry it, and no other host gets
/// it. `Strict` would hold it back when the browser returns from the provider.
pub fn set_cookie(origin: &str, id: &str) -> String {
    let secure = if origin.starts_with("https:") { "; Secure" } else { "" };
    format!("{}={id}; HttpOnly; SameSite=Lax; Path=/{secure}", cookie_name(origin))
}

/// The session id that the browser has brought.
pub fn session_id(request: &Request, origin: &str) -> Option<String> {
    request.cookie(&cookie_name(origin)).map(str::to_owned)
}
