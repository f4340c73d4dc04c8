//! The token endpoint: a code, or a refresh token, for an access token.
//!
//! Only the client takes part here, no person. It has to show who it is, that the code was given to
//! it, for this redirect URI, and that it is the one who asked. Each check is one line with a name;
//! a code that fails none of them and was used before was stolen.
//!
//! ```text
//! POST /token  ->  authenticate the client  ->  check the code  ->  tokens
//! ```
//!
//! Specification: [RFC 6749 §4.1.3, §5, §6], [RFC 7636 §4.6].
//!
//! [RFC 6749 §4.1.3, §5, §6]: https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3
//! [RFC 7636 §4.6]: https://www.rfc-editor.org/rfc/rfc7636#section-4.6

mod client_authentication;
mod habits;
pub mod revocation;

use serde_json::{Map, Value};

use super::answers::{Answered, TokenAnswer, token_error, unguessable};
use super::authorization::has_pkce_form;
use super::quirks::Refresh;
use super::scopes::Scope;
use super::state::{ACCESS_TOKEN_LIFE, CODE_LIFE, Code, Issued, Registration, State};
use crate::by_hand::urlencoding::{decode_pairs, parameter};
use crate::by_hand::{base64, compare, sha256};
use crate::http::Request;

type Pairs = [(String, String)];

/// Answers a token request.
pub fn token(state: &mut State, request: &Request) -> Answered {
    let (Ok(answer) | Err(answer)) = answer(state, request);
    Ok(habits::with_habits(state, request, answer))
}

fn answer(state: &mut State, request: &Request) -> Result<TokenAnswer, TokenAnswer> {
    let pairs = form(request).map_err(invalid_request)?;
    let client = client_authentication::authenticate(state, request, &pairs)?;
    match value(&pairs, "grant_type")? {
        Some("authorization_code") => exchange_code(state, &client, &pairs),
        Some("refresh_token") => refresh(state, &client, &pairs),
        Some(_) => {
            let known = "the grants here are authorization_code and refresh_token";
            Err(token_error(400, "unsupported_grant_type", known))
        }
        None => Err(invalid_request("grant_type is missing")),
    }
}

/// The body's parameters, if they are a form and nothing is in the URL.
fn form(request: &Request) -> Result<Vec<(String, String)>, &'static str> {
    if request.media_type() != "application/x-www-form-urlencoded" {
        return Err("the body has to be application/x-www-form-urlencoded");
    }
    // RFC 6749 §2.3.1: "The parameters can only be transmitted in the request-body and MUST NOT be
    // included in the request URI."
    if !request.query().is_empty() {
        return Err("parameters belong into the body, not into the URL");
    }
    decode_pairs(&request.body).map_err(|_| "the URL encoding is broken")
}

/// RFC 6749 §4.1.3.
fn exchange_code(
    state: &mut State,
    client: &Registration,
    pairs: &Pairs,
) -> Result<TokenAnswer, TokenAnswer> {
    let name = value(pairs, "code")?.ok_or_else(|| invalid_request("code is missing"))?;
    let now = state.now();
    let code = state.codes.get(name, now).cloned();
    let code = code.ok_or_else(|| invalid_grant("this code is unknown or too old"))?;
    check_code(&code, client, pairs)?;
    if let Some(family) = &code.family {
        // Everything else was right, so two parties have the code and its verifier: RFC 6749 §4.1.2 wants
        // the tokens revoked. After a wrong verifier, that would let an attacker log users out.
        state.revoke(family);
        let remark = "The code was used a second time: all tokens that it bought are revoked.";
        state.remarks.push(remark.into());
        return Err(invalid_grant("this code was used already"));
    }
    if now.duration_since(code.issued) >= CODE_LIFE {
        return Err(invalid_grant("this code is older than 60 seconds"));
    }

    let family = unguessable()?;
    if let Some(code) = state.codes.get_mut(name, now) {
        code.family = Some(family.clone());
    }
    let token = Issued {
        client_id: client.client_id.clone(),
        person: code.person,
        scopes: code.grant.scopes.clone(),
        family,
        used: false,
    };
    issue(state, token, code.grant.scopes)
}

/// Whether the client that brings the code is the one that it was issued to.
fn check_code(code: &Code, client: &Registration, pairs: &Pairs) -> Result<(), TokenAnswer> {
    if code.grant.client_id != client.client_id {
        return Err(invalid_grant("this code was given to another client"));
    }
    let redirect_uri = value(pairs, "redirect_uri")?;
    let redirect_uri = redirect_uri.ok_or_else(|| invalid_grant("redirect_uri is missing"))?;
    if redirect_uri != code.grant.redirect_uri {
        return Err(invalid_grant("redirect_uri is not the one of the authorization request"));
    }
    let fits = |verifier: &str| {
        let hash = base64::encode_url_safe(&sha256::sha256(verifier.as_bytes()));
        compare::equal(&hash, &code.grant.code_challenge)
    };
    match (code.grant.code_challenge.as_str(), value(pairs, "code_verifier")?) {
        ("", None) => Ok(()),
        // PKCE downgrade: a verifier for a code without challenge means that an attacker cut it out.
        ("", Some(_)) => {
            Err(invalid_grant("there is a code_verifier, but there was no code_challenge"))
        }
        (_, None) => Err(invalid_grant("code_verifier is missing")),
        // RFC 7636 §4.1: a shorter one can be guessed from its hash.
        (_, Some(verifier)) if !has_pkce_form(verifier) => {
            Err(invalid_grant("code_verifier has to have 43 to 128 unreserved characters"))
        }
        (_, Some(verifier)) if fits(verifier) => Ok(()),
        (_, Some(_)) => Err(invalid_grant("code_verifier does not fit the code_challenge")),
    }
}

/// RFC 6749 §6. The refresh token changes with each use (RFC 9700 §4.14.2).
fn refresh(
    state: &mut State,
    client: &Registration,
    pairs: &Pairs,
) -> Result<TokenAnswer, TokenAnswer> {
    let name = value(pairs, "refresh_token")?;
    let name = name.ok_or_else(|| invalid_request("refresh_token is missing"))?;
    let now = state.now();
    let known = state.refresh_tokens.get(name, now).cloned();
    let old = known
        .filter(|token| token.client_id == client.client_id)
        .ok_or_else(|| invalid_grant("this refresh token is unknown, too old or revoked"))?;
    if old.used {
        // There are two copies, and which is the attacker's is not known: both end.
        state.revoke(&old.family);
        let remark = "A refresh token was used a second time: its whole family is revoked.";
        state.remarks.push(remark.into());
        return Err(invalid_grant("this refresh token was used already"));
    }
    let scopes = match value(pairs, "scope")? {
        None => old.scopes.clone(),
        Some(wanted) => state
            .quirks
            .scopes_named(wanted)
            .filter(|wanted| wanted.iter().all(|scope| old.scopes.contains(scope)))
            .ok_or_else(|| token_error(400, "invalid_scope", "more than was granted before"))?,
    };
    // Where no new one comes, the old one stays good.
    if let Some(token) = state.refresh_tokens.get_mut(name, now)
        && state.quirks.refresh == Refresh::Always
    {
        token.used = true;
    }
    issue(state, old, scopes)
}

/// A pair of new tokens (RFC 6749 §5.1), or an access token alone, which may do less than was granted: then
/// "the refresh token scope MUST be identical to that of the refresh token included by the client" (§6).
fn issue(
    state: &mut State,
    token: Issued,
    scopes: Vec<&'static Scope>,
) -> Result<TokenAnswer, TokenAnswer> {
    let (access_token, now) = (state.new_token()?, state.now());
    let scope: Vec<&str> = scopes.iter().map(|scope| scope.name).collect();
    let mut members = Map::from_iter([
        ("access_token".into(), access_token.as_str().into()),
        ("token_type".into(), "Bearer".into()),
        ("expires_in".into(), ACCESS_TOKEN_LIFE.as_secs().into()),
        ("scope".into(), Value::from(scope.join(" "))),
    ]);
    state.access_tokens.insert(&access_token, Issued { scopes, ..token.clone() }, now);
    if gets_refresh_token(state, &token) {
        let refresh_token = state.new_token()?;
        state.refresh_tokens.insert(&refresh_token, token, now);
        members.insert("refresh_token".into(), refresh_token.into());
    }
    Ok(TokenAnswer { status: 200, members, headers: Vec::new() })
}

fn gets_refresh_token(state: &mut State, token: &Issued) -> bool {
    let consent = format!("{} {}", token.client_id, token.person.login);
    let now = state.now();
    let is_first = state.consents.get(&consent, now).is_none();
    state.consents.insert(&consent, (), now);
    let why_not = match state.quirks.refresh {
        Refresh::Always => return true,
        Refresh::FirstConsent if is_first => return true,
        Refresh::FirstConsent => {
            "no refresh token: there was one when this person said yes for the first time."
        }
        Refresh::Never => "there is no refresh token.",
    };
    state.quirk(why_not);
    false
}

/// A parameter. RFC 6749 §3.2: none may be there twice.
fn value<'a>(pairs: &'a Pairs, name: &'static str) -> Result<Option<&'a str>, TokenAnswer> {
    parameter(pairs, name).map_err(|_| invalid_request("a parameter is there twice"))
}

fn invalid_request(description: &str) -> TokenAnswer {
    token_error(400, "invalid_request", description)
}

fn invalid_grant(description: &str) -> TokenAnswer {
    token_error(400, "invalid_grant", description)
}
