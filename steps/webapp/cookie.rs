//! The cookie: how a browser is known again, and its attributes one by one.
//!
//! Specification: [RFC 6265 §4.1.2].
//!
//! [RFC 6265 §4.1.2]: https://www.rfc-editor.org/rfc/rfc6265#section-4.1.2

use oauth2_by_hand::http::Request;

/// Not the practice provider's name: cookies do not know ports. Under https the prefix makes browsers
/// refuse it from anybody but this very host.
fn cookie_name(origin: &str) -> &'static str {
    if origin.starts_with("https:") { "__Host-by_hand_session" } else { "by_hand_session" }
}

/// The `Set-Cookie` value. No script reads it, other sites' forms do not carry it, and no other host gets
/// it. `Strict` would hold it back when the browser returns from the provider.
pub fn set_cookie(origin: &str, id: &str) -> String {
    let secure = if origin.starts_with("https:") { "; Secure" } else { "" };
    format!("{}={id}; HttpOnly; SameSite=Lax; Path=/{secure}", cookie_name(origin))
}

/// The session id that the browser has brought.
pub fn session_id(request: &Request, origin: &str) -> Option<String> {
    request.cookie(cookie_name(origin)).map(str::to_owned)
}
