//! Which client is at the token endpoint, and can it prove it?
//!
//! A confidential client shows its secret, in the form or in a header but not in both. A public
//! client has none and says only its name. Wrong secrets are slowed down: after a few of them the client has
//! to wait, longer each time, and no other client does.
//!
//! Specification: [RFC 6749 §2.3.1, §3.2.1, §5.2].
//!
//! [RFC 6749 §2.3.1, §3.2.1, §5.2]: https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1

use std::time::Duration;

use super::{Pairs, invalid_request, value};
use crate::by_hand::{base64, compare, urlencoding};
use crate::http::Request;
use crate::practice::answers::{TokenAnswer, token_error};
use crate::practice::quirks::SecretIn;
use crate::practice::state::{Failures, Registration, State};

/// So many wrong secrets in a row are typing mistakes.
const FREE_FAILURES: u32 = 5;
const CHALLENGE: &str = "Basic realm=\"practice provider\"";
/// The longest wait after a wrong secret.
const LONGEST_WAIT: u64 = 60;

/// The client that sent the request.
pub fn authenticate(
    state: &mut State,
    request: &Request,
    pairs: &Pairs,
) -> Result<Registration, TokenAnswer> {
    let (client_id, client_secret) = credentials(state, request, pairs)?;
    let client = state.client(&client_id);
    check_wait(state, request, &client_id)?;

    let expected = client.as_ref().and_then(|client| client.client_secret.clone());
    // One comparison in any case, so that time does not tell which clients exist.
    let fits = compare::equal(
        expected.as_deref().unwrap_or("no such client"),
        client_secret.as_deref().unwrap_or_default(),
    );
    match (client, expected, client_secret) {
        (None, ..) => Err(invalid_client("no client with this client_id is registered here")),
        (Some(client), None, None) => Ok(client),
        (Some(_), None, Some(_)) => Err(invalid_client("this client is public and has no secret")),
        (Some(_), Some(_), None) => {
            Err(invalid_client("client_secret is missing, and this client has one"))
        }
        (Some(client), Some(_), Some(_)) if fits => {
            state.failures.remove(&client_id);
            Ok(client)
        }
        (Some(_), Some(_), Some(_)) => {
            count_failure(state, &client_id);
            Err(invalid_client("the client secret is wrong"))
        }
    }
}

/// Client ID and secret, from the header or from the form.
fn credentials(
    state: &mut State,
    request: &Request,
    pairs: &Pairs,
) -> Result<(String, Option<String>), TokenAnswer> {
    let in_form = (value(pairs, "client_id")?, value(pairs, "client_secret")?);
    let header = match *request.headers_named("Authorization") {
        [] => {
            let (id, secret) = in_form;
            if state.quirks.secret_in == SecretIn::Header && secret.is_some() {
                state.quirk("a client secret is read in the Authorization header only.");
                return Err(invalid_client("send the client secret as Authorization: Basic"));
            }
            let id = id.ok_or_else(|| {
                invalid_client("client_id is missing, and so is the Authorization header")
            })?;
            return Ok((id.to_owned(), secret.map(str::to_owned)));
        }
        [header] => header,
        _ => return Err(invalid_request("there are two Authorization headers")),
    };
    if state.quirks.secret_in == SecretIn::Form {
        state.quirk("a client secret is read in the form only.");
        return Err(invalid_client("send client_id and client_secret in the form"));
    }
    let (id, secret) = basic(state, header)
        .ok_or_else(|| invalid_client("the Authorization header is not readable Basic"))?;
    // RFC 6749 §2.3: "The client MUST NOT use more than one authentication method in each request."
    if in_form.1.is_some() || in_form.0.is_some_and(|other| other != id) {
        return Err(invalid_request("two ways of client authentication in one request"));
    }
    Ok((id, Some(secret)))
}

/// RFC 6749 §2.3.1: each part was form-encoded before the two were joined.
fn basic(state: &mut State, header: &str) -> Option<(String, String)> {
    let (scheme, encoded) = header.split_once(' ')?;
    let joined = String::from_utf8(base64::decode(encoded.trim())?).ok()?;
    let (id, secret) = joined.split_once(':')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = (urlencoding::decode(id).ok()?, urlencoding::decode(secret).ok()?);
    let raw = (id.to_owned(), secret.to_owned());
    if state.quirks.raw_basic && raw != decoded {
        state.quirk("Basic credentials are taken raw, against RFC 6749 §2.3.1.");
        return Some(raw);
    }
    Some(decoded)
}

/// Guessing: each wrong secret after the first few doubles the wait, for this client alone. The price: a stranger
/// who sends wrong secrets makes the real client wait too, because only its secret tells them apart.
fn check_wait(state: &State, request: &Request, client_id: &str) -> Result<(), TokenAnswer> {
    let now = state.now();
    let Some(failures) = state.failures.get(client_id, now) else {
        return Ok(());
    };
    let doubled = failures.count.checked_sub(FREE_FAILURES).map_or(0, |n| 1u64 << n.min(6));
    let wait = Duration::from_secs(doubled.min(LONGEST_WAIT));
    let left = wait.saturating_sub(now.duration_since(failures.last));
    if left.is_zero() {
        return Ok(());
    }
    let seconds = left.as_secs() + 1;
    let text = format!("too many wrong secrets; try again in {seconds} seconds");
    let wait = token_error(429, "invalid_client", &text);
    let wait = wait.with_header("retry-after", &seconds.to_string());
    // RFC 6749 §5.2: a client that used the header is told in a header how to use it.
    let is_basic = request.header("Authorization").is_some();
    Err(if is_basic { wait.with_header("www-authenticate", CHALLENGE) } else { wait })
}

fn count_failure(state: &mut State, client_id: &str) {
    let now = state.now();
    let count = state.failures.get(client_id, now).map_or(0, |failures| failures.count);
    state.failures.insert(client_id, Failures { count: count.saturating_add(1), last: now }, now);
}

fn invalid_client(description: &str) -> TokenAnswer {
    token_error(401, "invalid_client", description).with_header("www-authenticate", CHALLENGE)
}
