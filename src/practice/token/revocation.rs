//! The revocation endpoint: a client gives back a token.
//!
//! A refresh token takes all tokens of its grant with it, an access token only itself. A token that is
//! unknown, expired or revoked cannot be used any more, which is what the client wanted: 200.
//!
//! Specification: [RFC 7009 §2].
//!
//! [RFC 7009 §2]: https://www.rfc-editor.org/rfc/rfc7009#section-2

use super::{client_authentication, form, invalid_grant, invalid_request, value};
use crate::http::{Request, Response};
use crate::practice::answers::Answered;
use crate::practice::state::State;

/// Answers a revocation request. `token_type_hint` is not needed: each token is found by its name.
pub fn revoke(state: &mut State, request: &Request) -> Answered {
    let pairs = form(request).map_err(invalid_request)?;
    let client = client_authentication::authenticate(state, request, &pairs)?;
    let name = value(&pairs, "token")?.ok_or_else(|| invalid_request("token is missing"))?;
    let now = state.now();
    let refresh_token = state.refresh_tokens.get(name, now).cloned();
    let known = refresh_token.clone().or_else(|| state.access_tokens.get(name, now).cloned());

    // Of two clients, one must not log out the users of the other (RFC 7009 §2.1).
    if known.is_some_and(|token| token.client_id != client.client_id) {
        return Err(invalid_grant("this token was given to another client").into());
    }
    match refresh_token {
        Some(token) => {
            state.revoke(&token.family);
            state.remarks.push("A refresh token was revoked, and all tokens of its grant.".into());
        }
        None => drop(state.access_tokens.remove(name)),
    }
    Ok(Response::new(200, "text/plain", "").with_header("cache-control", "no-store"))
}
