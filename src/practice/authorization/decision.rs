//! The person's answer to the consent page: a code for the client, or a refusal.
//!
//! A click on Allow is what an attacker wants most, so the form says only who answers, and what. What was
//! asked, and by whom, is in our own memory; and the form has to come from our page, in the same browser,
//! once.
//!
//! Specification: [RFC 6749 §4.1.2, §10.12].
//!
//! [RFC 6749 §4.1.2, §10.12]: https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2

use super::send_back;
use crate::by_hand::compare;
use crate::by_hand::urlencoding::decode_pairs;
use crate::http::{Request, Response};
use crate::practice::answers::{Answered, field, is_from_elsewhere, session_of};
use crate::practice::pages::error_page;
use crate::practice::people::{self, Person};
use crate::practice::state::{Code, Decision, State, Transaction};

/// The person has clicked Allow or Deny.
pub fn decide(state: &mut State, request: &Request) -> Answered {
    let pairs = decode_pairs(&request.body).unwrap_or_default();
    let field = |name| field(&pairs, name);
    let now = state.now();
    let name = field("transaction");
    if is_from_elsewhere(request) {
        return Err(not_accepted("The click comes from a page that is not this provider's."));
    }
    let session = session_of(&state.issuer, request);
    if session.is_empty() {
        return Err(not_accepted(
            "Your browser sent no cookie. It has to keep the one that came with the question.",
        ));
    }
    let transaction = state.transactions.get(name, now).cloned().ok_or_else(|| {
        not_accepted(
            "The question is older than ten minutes, or this provider was started again meanwhile.",
        )
    })?;
    if !compare::equal(&transaction.session, session) {
        return Err(not_accepted("The question was asked in another browser."));
    }
    let is_its_form = compare::equal(&transaction.consent_token, field("consent_token"));
    let person = people::person(field("person")).filter(|_| is_its_form);
    let person = person.ok_or_else(|| not_accepted("The form is not the one of the question."))?;
    if let Some(before) = &transaction.decision {
        return again(state, request, before);
    }

    let (code, response) = match field("decision") {
        "allow" => allow(state, &transaction, person)?,
        "deny" => (String::new(), deny(state, &transaction)),
        _ => return Err(not_accepted("The form says neither allow nor deny.")),
    };
    if let Some(transaction) = state.transactions.get_mut(name, now) {
        let (form, response) = (request.body.clone(), response.clone());
        transaction.decision = Some(Decision { form, code, response });
    }
    Ok(response)
}

fn allow(
    state: &mut State,
    asked: &Transaction,
    person: &'static Person,
) -> Result<(String, Response), Response> {
    let code = state.new_code()?;
    let now = state.now();
    let bound = Code { grant: asked.grant.clone(), person, issued: now, family: None };
    state.codes.insert(&code, bound, now);
    let response = answer_client(state, asked, &[("code", &code)]);
    Ok((code, response))
}

fn deny(state: &mut State, asked: &Transaction) -> Response {
    if state.quirks.denial_page {
        state.quirk("Deny ends here, on a page: the client is not told.");
        return denied();
    }
    // Not who: the application is told nothing about a person who says no.
    let description = "the user clicked Deny";
    answer_client(state, asked, &[("error", "access_denied"), ("error_description", description)])
}

/// The browser goes back to the client that asked, with the answer to its question.
fn answer_client(state: &State, asked: &Transaction, answer: &[(&str, &str)]) -> Response {
    send_back(state, &asked.grant.redirect_uri, asked.state.as_deref(), answer)
}

/// One question, one answer. The second click of a double click gets it again, as long as the code of
/// the first is unused. The back button and another decision get nothing.
fn again(state: &State, request: &Request, before: &Decision) -> Answered {
    let code = state.codes.get(&before.code, state.now());
    let used = code.is_some_and(|code| code.family.is_some());
    if before.form == request.body && !used {
        Ok(before.response.clone())
    } else {
        Err(answered_already())
    }
}

fn denied() -> Response {
    error_page(
        400,
        "You said no",
        "You clicked Deny, so the application gets nothing.",
        "The application was not told: it still waits.",
        "Close this page, and end the application's wait yourself.",
    )
}

fn answered_already() -> Response {
    error_page(
        403,
        "This question was answered already",
        "A question can be answered once.",
        "The back button has shown it again, it is open in two tabs, or you clicked twice.",
        "Go back to the application. If you are not logged in there, start the login again.",
    )
}

fn not_accepted(cause: &str) -> Response {
    error_page(
        403,
        "This click was not accepted",
        "It does not belong to a question that was asked in this browser and is still open.",
        cause,
        "Go back to the application and start the login again.",
    )
}
