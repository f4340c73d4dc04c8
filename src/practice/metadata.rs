//! What the provider says of itself: to programs, to people, and to browsers.
//!
//! A program can ask a provider for its endpoints and abilities instead of having them typed in. The
//! address is always the same, so only the issuer has to be known.
//!
//! Specification: [RFC 8414 §2, §3]; [RFC 9207 §2.3, §3] for the issuer, which is the `iss` of each redirect.
//!
//! [RFC 9207 §2.3, §3]: https://www.rfc-editor.org/rfc/rfc9207#section-2.3
//! [RFC 8414 §2, §3]: https://www.rfc-editor.org/rfc/rfc8414#section-2

use serde_json::json;

use super::answers;
use super::pages;
use super::quirks::SecretIn;
use super::state::State;
use crate::http::Response;

pub fn metadata(State { issuer, quirks, .. }: &State) -> Response {
    let scopes: Vec<&str> = quirks.scopes.iter().map(|scope| scope.name).collect();
    let methods: &[&str] = match quirks.secret_in {
        SecretIn::Either => &["client_secret_post", "client_secret_basic", "none"],
        SecretIn::Form => &["client_secret_post", "none"],
        SecretIn::Header => &["client_secret_basic", "none"],
    };
    answers::json(
        200,
        &json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{issuer}/authorize"),
            "token_endpoint": format!("{issuer}{}", quirks.token_path),
            "userinfo_endpoint": format!("{issuer}/user"),
            "revocation_endpoint": format!("{issuer}/revoke"),
            "revocation_endpoint_auth_methods_supported": methods,
            "scopes_supported": scopes,
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code", "refresh_token"],
            "token_endpoint_auth_methods_supported": methods,
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": quirks.iss,
        }),
    )
}

/// The front page.
pub fn home(state: &State) -> Response {
    let endpoints = [
        ("Authorization endpoint", "/authorize", "step 1: where a person is asked"),
        ("Token endpoint", "/token", "step 2: where a code becomes an access token"),
        ("User information", "/user", "step 3: what the access token is good for"),
        ("Revocation endpoint", "/revoke", "after the login: where a token is given back"),
        ("Registration", "/register", "step 0: where an application becomes a client"),
        ("Metadata", "/.well-known/oauth-authorization-server", "all of this, for programs"),
    ];
    pages::home_page(&state.issuer, &endpoints)
}

/// The one style sheet.
pub fn style() -> Response {
    Response::new(200, "text/css; charset=utf-8", pages::STYLE)
        .with_header("x-content-type-options", "nosniff")
}

/// The mark of this site, which a browser also shows on its tab.
pub fn icon() -> Response {
    Response::new(200, "image/svg+xml", pages::ICON)
        .with_header("content-security-policy", "default-src 'none'")
        .with_header("x-content-type-options", "nosniff")
}
