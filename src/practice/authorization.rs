//! The authorization endpoint: what the client asks, and the page that asks the person.
//!
//! First it makes sure whom it would send the browser back to. Until client and redirect
//! URI are known to belong together, every error stays on a page here: sent to an unchecked
//! address, it would make this provider a tool for sending people anywhere.
//!
//! ```text
//! GET /authorize  ->  client and redirect URI  ->  the rest  ->  transaction  ->  consent page
//!                     or a page with an error      or 303 with error, state, iss
//! ```
//!
//! Specification: [RFC 6749 §4.1.1, §4.1.2], [RFC 7636 §4.4], [RFC 9207 §2].
//!
//! [RFC 6749 §4.1.1, §4.1.2]: https://www.rfc-editor.org/rfc/rfc6749#section-4.1.1
//! [RFC 7636 §4.4]: https://www.rfc-editor.org/rfc/rfc7636#section-4.4
//! [RFC 9207 §2]: https://www.rfc-editor.org/rfc/rfc9207#section-2

pub(super) mod decision;

use super::answers::{Answered, unguessable, with_session};
use super::pages::consent::consent_page;
use super::pages::error_page;
use super::quirks::Quirks;
use super::registration;
use super::scopes::Scope;
use super::state::{Grant, Registration, State, TRANSACTION_LIFE, Transaction};
use crate::by_hand::urlencoding::{decode_pairs, encode_pairs, parameter};
use crate::http::{Request, Response};

type Pairs = [(String, String)];

/// An error that may travel to the client: its code and its description.
type Refusal = (&'static str, &'static str);

/// The browser brings the client's question.
pub fn ask(state: &mut State, request: &Request) -> Answered {
    let pairs = decode_pairs(request.query())
        .map_err(|_| cannot_go_on("The request is not in readable URL encoding."))?;
    let (client, redirect_uri) = client_and_redirect_uri(state, &pairs).map_err(cannot_go_on)?;
    // A state that came twice is none: which one would we send back?
    let client_state = parameter(&pairs, "state").ok().flatten().map(str::to_owned);
    let (scopes, code_challenge) = match scopes_and_code_challenge(&client, &pairs, state.quirks) {
        Ok(asked) => asked,
        Err(refusal) => {
            let answer = refuse(state, refusal);
            return Err(send_back(state, &redirect_uri, client_state.as_deref(), &answer));
        }
    };
    if code_challenge.is_empty() {
        state.remarks.push(
            "No code_challenge: this client gives up PKCE. A code that is caught on its way is now \
             protected by the client secret alone."
                .into(),
        );
    }
    let client_id = client.client_id.clone();
    let grant = Grant { client_id, redirect_uri, scopes, code_challenge };
    consent(state, request, &client, grant, client_state)
}

/// What the client is told of a request that is wrong.
fn refuse(state: &mut State, (error, description): Refusal) -> Vec<(&'static str, &'static str)> {
    if error == "invalid_scope" && state.quirks.unknown_scope_denied {
        state.quirk("an unknown scope is answered with access_denied and no reason.");
        return vec![("error", "access_denied")];
    }
    vec![("error", error), ("error_description", description)]
}

/// Client and redirect URI, if both are known and belong together.
fn client_and_redirect_uri(
    state: &State,
    pairs: &Pairs,
) -> Result<(Registration, String), &'static str> {
    let (Ok(client_id), Ok(redirect_uri)) =
        (parameter(pairs, "client_id"), parameter(pairs, "redirect_uri"))
    else {
        return Err("The client ID or the redirect URI is there twice.");
    };
    let client_id = client_id.ok_or("The request does not say which client asks (client_id).")?;
    let client =
        state.client(client_id).ok_or("No client with this client_id is registered here.")?;
    let redirect_uri =
        redirect_uri.ok_or("The request does not say where to go afterwards (redirect_uri).")?;
    if !registration::redirect_uri_matches(&client.redirect_uri, redirect_uri) {
        return Err("The redirect URI is not the one that is registered for this client. \
                    Every byte counts; only the port may differ.");
    }
    Ok((client, redirect_uri.to_owned()))
}

/// Scopes and code challenge, if all else of the request is in order too.
fn scopes_and_code_challenge(
    client: &Registration,
    pairs: &Pairs,
    quirks: &Quirks,
) -> Result<(Vec<&'static Scope>, String), Refusal> {
    const TWICE: Refusal = ("invalid_request", "a parameter is there twice");
    let value = |name| parameter(pairs, name).map_err(|_| TWICE);
    value("state")?;
    match value("response_type")? {
        Some("code") => (),
        Some(_) => {
            return Err(("unsupported_response_type", "only response_type=code is known here"));
        }
        None => return Err(("invalid_request", "response_type is missing")),
    }

    let wanted = value("scope")?.unwrap_or(quirks.user_scope);
    let scopes = quirks.scopes_named(wanted).ok_or(("invalid_scope", quirks.scope_names))?;

    let pkce = (value("code_challenge")?, value("code_challenge_method")?);
    let is_required = client.client_secret.is_none() || quirks.pkce_for_all;
    Ok((scopes, code_challenge(pkce, is_required)?))
}

/// The code challenge, or nothing where the client gives up PKCE and may.
fn code_challenge(
    pkce: (Option<&str>, Option<&str>),
    is_required: bool,
) -> Result<String, Refusal> {
    match pkce {
        // A public client has no secret, so without PKCE anyone who catches its code can use it. RFC 9700 §2.1.1
        // requires PKCE of public clients and recommends it for confidential ones.
        (None, None) if is_required => {
            Err(("invalid_request", "this client has to send a code_challenge"))
        }
        (None, None) => Ok(String::new()),
        (Some(challenge), Some("S256")) if has_pkce_form(challenge) => Ok(challenge.to_owned()),
        (Some(_), Some("S256")) => Err(("invalid_request", "the code_challenge has a wrong form")),
        // RFC 9700 §2.1.1: `plain` shows the verifier to every reader of the URL.
        _ => Err(("invalid_request", "code_challenge needs code_challenge_method=S256")),
    }
}

/// RFC 7636 §4.1, §4.2: `43*128unreserved`, for verifiers and challenges.
pub(super) fn has_pkce_form(text: &str) -> bool {
    let unreserved = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
    (43..=128).contains(&text.len()) && text.chars().all(unreserved)
}

fn consent(
    state: &mut State,
    request: &Request,
    client: &Registration,
    grant: Grant,
    client_state: Option<String>,
) -> Answered {
    let (session, _) = registration::session(state, request)?;
    let (name, consent_token) = (unguessable()?, unguessable()?);
    let page = consent_page(client, &grant, state.quirks.scopes, &name, &consent_token);
    let transaction = Transaction {
        grant,
        state: client_state,
        session: session.clone(),
        consent_token,
        decision: None,
    };
    let now = state.now();
    state.transactions.insert(&name, transaction, now);
    Ok(with_session(&state.issuer, page, &session, TRANSACTION_LIFE))
}

/// The browser goes back to the client, with the answer.
fn send_back(
    state: &State,
    redirect_uri: &str,
    client_state: Option<&str>,
    answer: &[(&str, &str)],
) -> Response {
    let mut pairs = answer.to_vec();
    pairs.extend(client_state.map(|state| ("state", state)));
    // Who we are, so that the client can tell us from another provider (RFC 9207 §2).
    pairs.extend(state.quirks.iss.then_some(("iss", state.issuer.as_str())));
    let joint = if redirect_uri.contains('?') { '&' } else { '?' };
    let location = format!("{redirect_uri}{joint}{}", encode_pairs(&pairs));
    Response::see_other(&location)
}

fn cannot_go_on(problem: &str) -> Response {
    error_page(
        400,
        "This login cannot go on",
        problem,
        "The application was set up with another client ID or another redirect URI than it is registered with; \
         or this provider was started again, and has forgotten what was registered before.",
        "Compare both with the registration, byte by byte. You were not sent back to the application, \
         because it is not certain that the address is its own.",
    )
}
