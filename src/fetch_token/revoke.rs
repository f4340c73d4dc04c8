//! Revoke a token: from then on a copy of it is useless, too.
//!
//! At logout the client has no more use for its tokens, but an attacker has. The refresh token is the one to
//! revoke: the provider revokes with it the access tokens of the same grant.
//!
//! ```text
//! refresh token + client authentication  ->  POST to the revocation endpoint  ->  200
//! ```
//!
//! Specification: [RFC 7009 §2].
//!
//! [RFC 7009 §2]: https://www.rfc-editor.org/rfc/rfc7009#section-2

use super::authenticated_request;
use crate::client::Client;
use crate::error::Error;
use crate::http::fields;
use crate::http::{Request, Response};

/// The request that revokes a token. The client shows who it is, as at the token endpoint (RFC 7009 §2.1).
///
/// `token_type_hint` is `refresh_token` or `access_token`: it tells the server where to look first.
pub fn revoke_request(
    client: &Client,
    revocation_endpoint: &str,
    token: &str,
    token_type_hint: &str,
) -> Request {
    let pairs = [("token", token), ("token_type_hint", token_type_hint)];
    authenticated_request(client, revocation_endpoint, &pairs)
}

/// Reads the answer to [`revoke_request`]. 200 has no content that counts: the token is no longer valid, or it
/// never was (RFC 7009 §2.2).
///
/// # Errors
///
/// [`Error::NotRevoked`] for every other answer; under 503 the token still exists (RFC 7009 §2.2.1).
pub fn read_revocation(response: &Response) -> Result<(), Error> {
    let (error, description) = fields::refusal(response);
    if response.status == 200 && error.is_empty() {
        return Ok(());
    }
    Err(Error::NotRevoked { status: response.status, error, description })
}
