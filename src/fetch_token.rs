//! Step 2: exchange the authorization code for an access token.
//!
//! This request does not go through the browser. Only here does the client prove who it is, with its
//! secret, and that it is the one who asked, with the code verifier. So a code that was
//! stolen on its way is worth nothing to an attacker.
//!
//! ```text
//! code + code verifier + client secret  ->  POST to the token endpoint  ->  access token
//! ```
//!
//! Specification: [RFC 6749 §4.1.3, §5, §6], [RFC 7636 §4.5]. Next: `get_user_info.rs`.
//!
//! [RFC 6749 §4.1.3, §5, §6]: https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3
//! [RFC 7636 §4.5]: https://www.rfc-editor.org/rfc/rfc7636#section-4.5

mod revoke;

pub use revoke::{read_revocation, revoke_request};

use crate::by_hand::basic;
use crate::client::{Client, ClientAuthentication};
use crate::error::Error::{self, BadTokenResponse, TokenRefused, Unavailable};
use crate::http::fields::{self, Fields};
use crate::http::{Request, Response};

/// What the token endpoint gave us. It has no `Debug`, so that no log can hold it.
#[derive(Clone)]
pub struct Token {
    /// Gives access to the user's information. It is opaque: only the provider knows what is in it.
    pub access_token: String,
    /// `Bearer`, with the server's capitalization.
    pub token_type: String,
    /// Seconds from the answer on; `None` when the server does not say.
    pub expires_in: Option<u64>,
    /// For new access tokens; `None` when the server gives none.
    pub refresh_token: Option<String>,
    /// The scope as the server wrote it; `None` when it does not say. See [`granted_scopes`].
    pub scope: Option<String>,
    /// Deviations from the RFC that we accepted.
    pub remarks: Vec<&'static str>,
}

/// The request that exchanges a code for a token. Send it once: a code can be exchanged once.
#[doc = include_str!("fetch_token/example.md")]
pub fn token_request(client: &Client, code: &str, code_verifier: &str) -> Request {
    let pairs = [
        ("grant_type", "authorization_code"),
        ("code", code),
        // The same bytes as in the authorization URL, or the server refuses (RFC 6749 §4.1.3).
        ("redirect_uri", &client.redirect_uri),
        // A code that was caught or smuggled in is useless without this (RFC 7636 §1, RFC 9700 §4.5).
        ("code_verifier", code_verifier),
    ];
    authenticated_request(client, &client.token_endpoint, &pairs)
}

/// The request that exchanges a refresh token for a new access token (RFC 6749 §6).
pub fn refresh_request(client: &Client, refresh_token: &str) -> Request {
    let pairs = [("grant_type", "refresh_token"), ("refresh_token", refresh_token)];
    authenticated_request(client, &client.token_endpoint, &pairs)
}

/// Reads the answer to [`token_request`].
///
/// # Errors
///
/// [`Error::TokenRefused`] when the server says why it gives no token, under whatever status,
/// [`Error::Unavailable`] when it has trouble; [`Error::BadTokenResponse`] for all else that is not a usable token.
pub fn read_token(response: &Response) -> Result<Token, Error> {
    // Before the status: some servers send errors under 200 (RFC 6749 §5.2 wants 400 or 401).
    let (error, description) = fields::refusal(response);
    if response.is_unavailable(&error) {
        return Err(Unavailable {
            endpoint: "token endpoint",
            status: response.status,
            description,
        });
    }
    if !error.is_empty() || (response.status >= 400 && !description.is_empty()) {
        return Err(TokenRefused { error, description });
    }
    let fields = Fields::read(response).map_err(BadTokenResponse)?;
    let text = |name| fields.text(name).map_err(BadTokenResponse);
    if response.status != 200 {
        return Err(BadTokenResponse(format!("HTTP {} without an error code", response.status)));
    }

    Ok(Token {
        access_token: check_access_token(text("access_token")?)?,
        token_type: check_token_type(text("token_type")?)?,
        expires_in: fields.number("expires_in").map_err(BadTokenResponse)?,
        refresh_token: text("refresh_token")?,
        scope: fields.text_or_empty("scope").map_err(BadTokenResponse)?,
        remarks: fields.remarks(),
    })
}

/// The scopes that the token has, after `asked` was asked for.
///
/// An absent scope means that all was granted, an empty one that nothing was (RFC 6749 §5.1). Some servers write
/// commas between scopes. But a scope may hold a comma (RFC 6750 §3), so only what was asked for is separated there.
pub fn granted_scopes(token: &Token, asked: &str) -> Vec<String> {
    let granted = token.scope.as_deref().unwrap_or(asked);
    let was_asked = |scope: &str| asked.split(' ').any(|one| one == scope);
    let has_commas = !granted.contains(' ') && granted.split(',').all(was_asked);
    let separator = if has_commas { ',' } else { ' ' };
    granted.split(separator).filter(|scope| !scope.is_empty()).map(str::to_owned).collect()
}

/// Reads the answer to [`refresh_request`]. It keeps the old refresh token and scope where the answer has
/// none (RFC 6749 §6).
///
/// # Errors
///
/// As [`read_token`].
pub fn read_refreshed_token(response: &Response, old: &Token) -> Result<Token, Error> {
    let mut token = read_token(response)?;
    token.refresh_token = token.refresh_token.or_else(|| old.refresh_token.clone());
    token.scope = token.scope.or_else(|| old.scope.clone());
    Ok(token)
}

/// Adds the client's identity, by exactly one method of client authentication (RFC 6749 §2.3).
fn authenticated_request(client: &Client, url: &str, pairs: &[(&str, &str)]) -> Request {
    let id = ("client_id", client.client_id.as_str());
    match (&client.client_secret, client.client_authentication) {
        (Some(secret), ClientAuthentication::Basic) => {
            let credentials = basic::credentials(&client.client_id, secret);
            Request::post_form(url, pairs).with_header("Authorization", &credentials)
        }
        (Some(secret), ClientAuthentication::Post) => {
            Request::post_form(url, &[pairs, &[id, ("client_secret", secret)]].concat())
        }
        // A public client has no secret, so it says only which client it is (RFC 6749 §4.1.3).
        (None, _) => Request::post_form(url, &[pairs, &[id]].concat()),
    }
}

/// RFC 6749 Appendix A.12: visible characters, without the space that it allows too: the token goes into a header.
fn check_access_token(access_token: Option<String>) -> Result<String, Error> {
    match access_token {
        Some(token) if token.chars().all(|c| c.is_ascii_graphic()) => Ok(token),
        Some(_) => Err(BadTokenResponse("its access_token does not fit into a header".into())),
        None => Err(BadTokenResponse("it has no access_token".into())),
    }
}

/// RFC 6749 §7.1: "The client MUST NOT use an access token if it does not understand the token type."
fn check_token_type(token_type: Option<String>) -> Result<String, Error> {
    let problem = match token_type {
        Some(bearer) if bearer.eq_ignore_ascii_case("bearer") => return Ok(bearer),
        Some(other) => format!("its token_type is {other:?}, not Bearer"),
        None => "it has no token_type, which RFC 6749 §5.1 requires".into(),
    };
    Err(BadTokenResponse(problem))
}
