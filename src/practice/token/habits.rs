//! The token answer as another provider gives it.
//!
//! First `token.rs` makes the answer that the RFC asks for. Then it gets the habits of the provider that is
//! imitated, one after the other, and each one that changes something is said on the screen.
//!
//! Specification: [RFC 6749 §5.1, §5.2], which most of these bend.
//!
//! [RFC 6749 §5.1, §5.2]: https://www.rfc-editor.org/rfc/rfc6749#section-5.1

use serde_json::{Map, Value};

use crate::by_hand::urlencoding::encode_pairs;
use crate::http::{Request, Response};
use crate::practice::answers::TokenAnswer;
use crate::practice::quirks::ExpiresIn;
use crate::practice::state::State;

/// The answer as the imitated provider would give it.
pub fn with_habits(state: &mut State, request: &Request, mut answer: TokenAnswer) -> Response {
    match text(&answer.members, "error") {
        Some(error) => rename_error(state, &mut answer, &error),
        None => change_token(state, &mut answer.members),
    }
    let accepts_json = request.header("Accept").is_some_and(|accept| accept.contains("json"));
    if state.quirks.form_unless_json && !accepts_json {
        state.quirk(
            "the answer is a form, because the request does not say Accept: application/json.",
        );
        return form(answer.status, &answer.members);
    }
    answer.into()
}

fn rename_error(state: &mut State, answer: &mut TokenAnswer, error: &str) {
    let renamed = state.quirks.errors_under_200.iter().find(|(name, _)| *name == error);
    if let Some((_, own_name)) = renamed {
        answer.members.insert("error".into(), (*own_name).into());
        answer.status = 200;
        answer.headers.clear();
        state.quirk(&format!("the error {error} is called {own_name} and comes under 200 OK."));
    }
}

fn change_token(state: &mut State, members: &mut Map<String, Value>) {
    let quirks = state.quirks;
    if let Some(asked) = text(members, "scope") {
        let granted = granted_scope(quirks.granted, &asked);
        if granted != asked {
            state.quirk("the granted scope is not spelled as it was asked for.");
        }
        let separated = if quirks.commas { granted.replace(' ', ",") } else { granted.clone() };
        if separated != granted {
            state.quirk("commas separate the granted scopes.");
        }
        members.insert("scope".into(), separated.into());
    }
    match (quirks.expires_in, members.get("expires_in").map(Value::to_string)) {
        (ExpiresIn::Text, Some(seconds)) => {
            members.insert("expires_in".into(), seconds.into());
            state.quirk("expires_in is a string.");
        }
        (ExpiresIn::Absent, Some(_)) => {
            members.remove("expires_in");
            state.quirk("there is no expires_in: the token lasts until it is revoked.");
        }
        _ => (),
    }
    if quirks.token_type != "Bearer" {
        members.insert("token_type".into(), quirks.token_type.into());
        let case = if quirks.token_type == "BEARER" { "upper" } else { "lower" };
        state.quirk(&format!("token_type is written in {case} case."));
    }
}

fn granted_scope(renamed: &[(&str, &str)], asked: &str) -> String {
    let granted = asked.split(' ').map(|name| {
        let known = renamed.iter().find(|(asked, _)| *asked == name);
        known.map_or(name, |(_, granted)| granted)
    });
    granted.collect::<Vec<_>>().join(" ")
}

fn form(status: u16, members: &Map<String, Value>) -> Response {
    let value = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let pairs: Vec<(&str, String)> =
        members.iter().map(|(name, member)| (name.as_str(), value(member))).collect();
    let pairs: Vec<(&str, &str)> =
        pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
    Response::new(status, "application/x-www-form-urlencoded", encode_pairs(&pairs))
        .with_header("cache-control", "no-store")
        .with_header("pragma", "no-cache")
}

fn text(members: &Map<String, Value>, name: &str) -> Option<String> {
    members.get(name).and_then(Value::as_str).map(str::to_owned)
}
