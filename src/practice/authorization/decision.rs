//! The person's answer to the consent page: a code for the client, or a refusal.
//!
//! A click on Allow is what an attacker wants most, so the form says only who answers, and what. What was
//! asked, and by whom, is in our own memory; and the form has to come from our page, in the same browser,
//! once.
//!
//! ```text
//! POST /authorize  ->  transaction  ->  303 to the redirect URI with code or error, state, iss
//! ```
//!
//! Specification: [RFC 6749 §4.1.2, §10.12]. Next: `../token.rs`.
//!
//! [RFC 6749 §4.1.2, §10.12]: https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2

use super::send_back;
use crate::by_hand::compare;
use crate::by_hand::urlencoding::{decode_pairs, parameter};
use crate::error::Error;
use crate::http::{Request, Response};
use crate::practice::Answered;
use crate::practice::answers::{error_page, is_from_own_page, session_of};
use crate::practice::people::{self, Person};
use crate::practice::state::{Code, Decision, State, Transaction};

/// The person has clicked Allow or Deny.
pub(in crate::practice) fn decide(
    state: &mut State,
    request: &Request,
    issuer: &str,
    origin: &str,
) -> Answered {
    let pairs = decode_pairs(&request.body).unwrap_or_default();
    let field = |name| parameter(&pairs, name).ok().flatten().unwrap_or_default();
    let now = state.now();
    let name = field("transaction");
    let session = session_of(request).unwrap_or_default();
    let asked = state.transactions.get(name, now).filter(|transaction| {
        is_from_own_page(request, origin)
            && compare::equal(&transaction.session, &session)
            && compare::equal(&transaction.consent_token, field("consent_token"))
    });
    let (Some(transaction), Some(person)) = (asked.cloned(), people::person(field("person")))
    else {
        return Ok(stale());
    };
    if let Some(before) = &transaction.decision {
        return Ok(again(state, request, before));
    }

    let decided = match field("decision") {
        "allow" => allow(state, &transaction, person, issuer)?,
        "deny" => deny(state, &transaction, person, issuer),
        _ => return Ok(stale()),
    };
    let response = decided.response.clone();
    if let Some(transaction) = state.transactions.get_mut(name, now) {
        transaction.decision = Some(Decision { form: request.body.clone(), ..decided });
    }
    Ok(response)
}

fn allow(
    state: &mut State,
    asked: &Transaction,
    person: &'static Person,
    issuer: &str,
) -> Result<Decision, Error> {
    let code = state.new_code()?;
    let now = state.now();
    let bound = Code { grant: asked.grant.clone(), person, issued: now, family: None };
    state.codes.put(&code, bound, now);
    let response = answer_client(state, asked, issuer, &[("code", &code)]);
    Ok(Decision { form: String::new(), code, response })
}

fn deny(state: &mut State, asked: &Transaction, person: &Person, issuer: &str) -> Decision {
    let response = if state.quirks.denial_page {
        state.quirk("Deny ends here, on a page: nobody tells the client.");
        denied()
    } else {
        let description = format!("{} clicked Deny", person.login);
        let answer = [("error", "access_denied"), ("error_description", &description)];
        answer_client(state, asked, issuer, &answer)
    };
    Decision { form: String::new(), code: String::new(), response }
}

/// The browser goes back to the client that asked, with the answer to its question.
fn answer_client(
    state: &State,
    asked: &Transaction,
    issuer: &str,
    answer: &[(&str, &str)],
) -> Response {
    let iss = state.quirks.iss.then_some(issuer);
    send_back(&asked.grant.redirect_uri, asked.state.as_deref(), iss, answer)
}

/// One question, one answer. The second click of a double click gets it again, as long as the code of
/// the first is unused. The back button and another decision get nothing.
fn again(state: &State, request: &Request, before: &Decision) -> Response {
    let code = state.codes.get(&before.code, state.now());
    let used = code.is_some_and(|code| code.family.is_some());
    match before.form == request.body && !used {
        true => before.response.clone(),
        false => stale(),
    }
}

fn denied() -> Response {
    error_page(
        400,
        "You said no",
        "You clicked Deny, so the application gets nothing.",
        "Nobody has told the application: it still waits.",
        "Close this page, and end the application's wait yourself.",
    )
}

fn stale() -> Response {
    error_page(
        403,
        "This question was answered already",
        "Your click does not belong to a question that is still open.",
        "The page was answered before, is older than ten minutes, or was opened in another browser.",
        "Go back to the application and start the login again.",
    )
}
