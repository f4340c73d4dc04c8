//! Logging in: the grant, spread over the requests of many browsers.
//!
//! `log_in` and `callback` are the `log_in` of the step programs, cut in two where the browser is away.
//! What the first half knows waits in the browser's session for the second half.
//!
//! ```text
//! GET /login     ->  pending login in the session  ->  303 to the provider
//! GET /callback  ->  pending login, by state  ->  token  ->  user  ->  new session  ->  303
//! ```
//!
//! Specification: [RFC 6749 §4.1, §10.12], [RFC 9700 §4.4, §4.7].
//!
//! [RFC 6749 §4.1, §10.12]: https://www.rfc-editor.org/rfc/rfc6749#section-4.1
//! [RFC 9700 §4.4, §4.7]: https://www.rfc-editor.org/rfc/rfc9700#section-4.4

use std::sync::Arc;

use oauth2_by_hand::by_hand::random;
use oauth2_by_hand::by_hand::urlencoding::query_parameter;
use oauth2_by_hand::http::{self, Request, Response};
use oauth2_by_hand::{Error, authorize, fetch_token, get_user_info, pkce};

use super::sessions::{Found, Member, Pending};
use super::trace::Trace;
use super::{Answered, App, cookie, problems};

/// The pages that a login may lead to. The first one replaces any other that was asked for.
const RETURN_TO: [&str; 3] = ["/welcome", "/members", "/behind-the-scenes"];

/// As OpenID Connect Core §2 has it for `sub`.
const MAX_ID_BYTES: usize = 255;

/// Starts a login. It changes nothing for who is logged in already.
pub fn log_in(app: &App, request: &Request) -> Answered {
    let parameter = |name| query_parameter(request.query(), name);
    let return_to = return_path(parameter("next").ok().flatten().as_deref());
    let Some(provider) = app.provider(parameter("provider")?.as_deref()) else {
        let words = "There is no provider of that name here.";
        return Ok(problems::problem(404, "An unknown provider", words, None));
    };
    if app.viewer(request).is_some() {
        return Ok(Response::see_other(return_to));
    }
    if let Some(other) = app.indistinguishable_from(provider) {
        let words = format!(
            "An answer of {} could be taken for one of {}. The owner of this application has to give each a redirect \
             URI of its own, or set the issuer of one that sends iss.",
            other.title, provider.title
        );
        return Ok(problems::problem(500, "This login is switched off", &words, None));
    }

    // Step 1, as in the terminal.
    let state = authorize::new_state()?;
    let code_verifier = pkce::new_code_verifier()?;
    let code_challenge = pkce::code_challenge(&code_verifier);
    let url = authorize::authorization_url(&provider.client, &state, &code_challenge);

    let mut trace = Trace::new(&provider.mask, provider.client.client_secret.as_deref());
    trace.mask.learn("state", &state);
    trace.mask.learn("code_verifier", &code_verifier);
    trace.visit("log_in", request, &app.origin);
    let mut memory = app.memory();
    let id = memory.visitor_id(cookie::session_id(request, &app.origin))?;
    let set_cookie = cookie::set_cookie(&app.origin, &id);
    let answer = Response::see_other(&url).with_header("set-cookie", &set_cookie);
    trace.response("to_provider", &answer, &[]);

    let (provider, since) = (provider.clone(), memory.now());
    memory.start(&id, Pending { state, code_verifier, provider, return_to, since, trace });
    Ok(answer)
}

/// The browser is back. Whatever it brings is held against what its own session remembers.
pub fn callback(app: &App, request: &Request) -> Answered {
    // Login CSRF again: a member does not become another user while logged in.
    if let Some(viewer) = app.viewer(request) {
        return Ok(Response::see_other(viewer.member.return_to));
    }
    let state = query_parameter(request.query(), "state")?.ok_or(Error::StateMissing)?;
    let Some(id) = cookie::session_id(request, &app.origin) else {
        let words = "Your browser came back without the cookie that a login begins with. Perhaps it keeps none: this \
                     application needs one. Or the link comes from another person: then leave it alone.";
        return Ok(problems::problem(400, "We do not know this browser", words, None));
    };
    // Before the pending login is taken: a reload of this address finds it again.
    let Some(_place) = app.memory().waiting_place() else { return Ok(problems::busy()) };
    let found = app.memory().take(&id, &state);
    match found {
        // Mix-up: this may be an answer of the provider whose address it is (RFC 9700 §4.4.2.2).
        Found::Pending(pending) if !pending.provider.is_answered_at(&request.target) => {
            let words = "It arrived at another address than the one that this login began with, so nothing of it was used.";
            Ok(problems::problem(400, "This answer was not accepted", words, None))
        }
        Found::Pending(mut pending) => {
            let finished = finish(app, &id, &mut pending, request);
            Ok(finished.unwrap_or_else(|error| problems::failed(&error, &pending)))
        }
        // A second click on Allow brings the same redirect again. No second token request.
        Found::Used(return_to) => Ok(Response::see_other(return_to)),
        // Login CSRF: this redirect may be good, but it was made in another browser (RFC 6749 §10.12).
        Found::Nothing => {
            let words = "It did not begin in this browser, or more than ten minutes ago. If another person gave you the link: \
                         they may have tried to log you in as themselves.";
            Ok(problems::problem(400, "This login is not yours", words, None))
        }
    }
}

/// Steps 1 to 3 from the redirect on, and the new session.
fn finish(app: &App, old_id: &str, pending: &mut Pending, request: &Request) -> Answered {
    let (provider, client) = (&pending.provider, &pending.provider.client);
    let trace = &mut pending.trace;
    let code = query_parameter(request.query(), "code").ok().flatten();
    trace.mask.learn("code", &code.unwrap_or_default());
    trace.visit("redirect", request, &app.origin);
    not_of_another_provider(app, request, &provider.name)?;
    let code = authorize::read_redirect(request.query(), client, &pending.state)?;

    let request = fetch_token::token_request(client, &code, &pending.code_verifier);
    trace.request("token_request", &request);
    let response = http::send(&request)?;
    trace.response("token_response", &response, &[]);
    let token = fetch_token::read_token(&response)?;

    let request = get_user_info::user_info_request(client, &token.access_token);
    trace.request("user_request", &request);
    let response = http::send(&request)?;
    trace.response("user_response", &response, &get_user_info::members(client));
    let user = get_user_info::read_user(&response, client)?;
    // An id may not be cut short, or two people could be one; and each account keeps it.
    if user.id.len() > MAX_ID_BYTES {
        return Err(Error::BadUserResponse("its id is too long".into()));
    }

    // 303 to an address without the code.
    let answer = Response::see_other(pending.return_to);
    let (id, form_token) = (random::unguessable()?, random::unguessable()?);
    let set_cookie = |id: &str| cookie::set_cookie(&app.origin, id);
    trace.response("come_in", &answer.clone().with_header("set-cookie", &set_cookie("…")), &[]);
    let messages = Arc::new(std::mem::take(&mut trace.messages));

    let mut memory = app.memory();
    if !memory.end_visit(old_id) {
        return Ok(Response::see_other(pending.return_to));
    }
    let account = memory.account(provider, user);
    memory.log_in(&id, Member { account, form_token, return_to: pending.return_to, messages });
    Ok(answer.with_header("set-cookie", &set_cookie(&id)))
}

/// Mix-up: not every provider says who it is. But a redirect that names another one we know is not from this
/// one, and its code must not go there (RFC 9700 §4.4.2).
fn not_of_another_provider(app: &App, request: &Request, asked: &str) -> Result<(), Error> {
    let Some(received) = query_parameter(request.query(), "iss")? else { return Ok(()) };
    let mut others = app.providers.iter().filter(|other| other.name != asked);
    if others.any(|other| other.client.issuer.as_deref() == Some(&received)) {
        return Err(Error::IssuerMismatch { expected: asked.to_owned(), received });
    }
    Ok(())
}

/// Open redirect: a path out of a list cannot lead anywhere else, however it is spelled.
fn return_path(asked: Option<&str>) -> &'static str {
    let listed = RETURN_TO.into_iter().find(|path| asked == Some(path));
    listed.unwrap_or("/welcome")
}
