//! Step 1: send the user to the authorization server, and read what the browser brings back.
//!
//! All that the client has to say is in one URL, because only the browser speaks to the provider so
//! far. Its history and its extensions can read that URL, so it carries the hash of the code
//! verifier, never the verifier, and never the client secret.
//!
//! ```text
//! client + state + code challenge  ->  authorization URL  ->  browser
//! browser  ->  redirect: state, iss, error or code  ->  code
//! ```
//!
//! Specification: [RFC 6749 §4.1.1, §4.1.2], [RFC 7636 §4.3], [RFC 9207].
//! Next: `callback.rs`, where the browser comes back.
//!
//! [RFC 6749 §4.1.1, §4.1.2]: https://www.rfc-editor.org/rfc/rfc6749#section-4.1.1
//! [RFC 7636 §4.3]: https://www.rfc-editor.org/rfc/rfc7636#section-4.3
//! [RFC 9207]: https://www.rfc-editor.org/rfc/rfc9207

use crate::by_hand::{compare, random, urlencoding};
use crate::client::Client;
use crate::error::Error;

/// Codes of half a kilobyte exist. More than this is no code.
const MAX_CODE_BYTES: usize = 8 * 1024;

/// A new `state`: a value that only this login knows, so that its redirect can be told from any other.
///
/// # Errors
///
/// [`Error::NoRandomness`].
pub fn new_state() -> Result<String, Error> {
    random::unguessable()
}

/// The URL to open in the user's browser, fully percent-encoded.
#[doc = include_str!("authorize/example.md")]
pub fn authorization_url(client: &Client, state: &str, code_challenge: &str) -> String {
    let mut pairs = vec![
        ("response_type", "code"),
        ("client_id", &client.client_id),
        ("redirect_uri", &client.redirect_uri),
        ("scope", &client.scope),
        ("state", state),
        ("code_challenge", code_challenge),
        ("code_challenge_method", "S256"),
    ];
    // Without a scope the server chooses (RFC 6749 §3.3); an empty one would mean the same.
    pairs.retain(|(_, value)| !value.is_empty());

    // An endpoint may have a query of its own, and we must keep it (RFC 6749 §3.1).
    let endpoint = &client.authorization_endpoint;
    let joint = if endpoint.contains('?') { '&' } else { '?' };
    format!("{endpoint}{joint}{}", urlencoding::encode_pairs(&pairs))
}

/// Reads the redirect's query, percent-encoded, and gives the authorization code.
///
/// # Errors
///
/// The checks are made in this order, and nothing in a redirect is trusted before its state matches:
/// [`Error::Encoding`] and [`Error::Repeated`], [`Error::StateMissing`] and [`Error::StateMismatch`],
/// [`Error::IssuerMissing`] and [`Error::IssuerMismatch`], [`Error::AuthorizationRefused`],
/// [`Error::BadCode`].
pub fn read_redirect(query: &str, client: &Client, state: &str) -> Result<String, Error> {
    let parameter = |name| urlencoding::query_parameter(query, name);

    // Login CSRF: a redirect that an attacker started logs the user in as the attacker
    // (RFC 6749 §10.12).
    let received_state = parameter("state")?.ok_or(Error::StateMissing)?;
    if !compare::equal(&received_state, state) {
        return Err(Error::StateMismatch);
    }

    // From here on it is the answer to our question, so whatever is wrong with it ends the wait.
    let parameter = |name| parameter(name).map_err(unreadable);
    let (code, error) = (parameter("code")?, parameter("error")?);
    check_issuer(parameter("iss")?, client, &error)?;
    if code.is_some() && error.is_some() {
        return Err(Error::BadCode("it has an error and a code at once"));
    }
    if let Some(error) = error {
        let written = urlencoding::written_parameter(query, "error_description")?;
        let description = written.map(|it| urlencoding::decode(it).unwrap_or(it.into()));
        let description = description.unwrap_or_default();
        return Err(Error::AuthorizationRefused { error, description });
    }
    check_code(&code.ok_or(Error::BadCode("it has none"))?)
}

/// Mix-up: an attacker's provider gives us the code of another one, and we would send it
/// to the attacker's token endpoint (RFC 9207 §1). So the redirect has to say which provider sent it.
/// This holds for errors, too: a forged one would end the login as if our provider had refused it.
fn check_issuer(iss: Option<String>, client: &Client, error: &Option<String>) -> Result<(), Error> {
    match (iss, client.issuer.clone()) {
        (Some(received), Some(expected)) if received != expected => {
            Err(Error::IssuerMismatch { expected, received })
        }
        (None, Some(expected)) if client.requires_issuer => {
            Err(Error::IssuerMissing { expected, error: error.clone().unwrap_or_default() })
        }
        _ => Ok(()),
    }
}

fn unreadable(error: Error) -> Error {
    if let Error::Encoding(problem) = error { Error::BadCode(problem) } else { error }
}

/// RFC 6749 Appendix A.11: a code is `1*VSCHAR`. Only the server knows what it means.
fn check_code(code: &str) -> Result<String, Error> {
    if code.len() > MAX_CODE_BYTES {
        return Err(Error::BadCode("it is longer than 8 KiB"));
    }
    if code.contains(|c: char| !c.is_ascii_graphic() && c != ' ') {
        return Err(Error::BadCode("it holds characters that no code may hold"));
    }
    Ok(code.to_owned())
}
