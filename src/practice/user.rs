//! The resource server: who bears a good access token may see the user.
//!
//! It does not ask who the client is, and it sees no code and no secret. Only the token counts, so the
//! answer to a bad one says only that it is bad, in the header that RFC 6750 made for it.
//!
//! Specification: [RFC 6750 §2.1, §3, §3.1].
//!
//! [RFC 6750 §2.1, §3, §3.1]: https://www.rfc-editor.org/rfc/rfc6750#section-2.1

use serde_json::json;

use super::answers::{self, Answered};
use super::pages;
use super::people;
use super::quirks::shapes;
use super::scopes::EMAIL;
use super::state::{Issued, State};
use crate::by_hand::urlencoding::decode_pairs;
use crate::http::{Request, Response};

/// Answers `/user`. A token in the query (`?access_token=`) is not even looked at.
pub fn user(state: &mut State, request: &Request) -> Answered {
    let quirks = state.quirks;
    if quirks.wants_user_agent && request.header("User-Agent").unwrap_or_default().is_empty() {
        state.quirk("403, because the request has no User-Agent.");
        let words = "Who are you? Say it in a User-Agent header.\n";
        return Err(Response::new(403, "text/plain", words));
    }
    let token = bearer_token(state, request)?;
    if !quirks.user_scope.is_empty() && !has_scope(&token, quirks.user_scope) {
        return Err(insufficient_scope(quirks.user_scope));
    }

    let person = token.person;
    let mut user = (quirks.user)(person, &state.issuer);
    // Scopes have other names at other providers; what they mean here stays.
    if token.scopes.iter().any(|scope| scope.meaning == EMAIL.meaning)
        && let Some(members) = user.as_object_mut()
    {
        members.insert("email".into(), person.email.into());
    }
    if !quirks.user_habit.is_empty() {
        state.quirk(quirks.user_habit);
    }
    if shapes::remove_members(&mut user, person, quirks.nulls) {
        state.quirk("null for what this person has not filled in.");
    }
    let mut response = answers::json(200, &user);
    // The first header is the media type.
    if let Some((_, media_type)) = response.headers.first_mut() {
        quirks.user_type.clone_into(media_type);
    }
    Ok(response)
}

/// The access token that the request bears, if it is a good one.
fn bearer_token(state: &State, request: &Request) -> Result<Issued, Response> {
    let no_token = challenge(401, "", "send the access token as: Authorization: Bearer");
    let bearer = match *request.headers_named("Authorization") {
        [] => return Err(no_token),
        [header] => {
            header.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        }
        _ => return Err(challenge(400, "invalid_request", "there are two Authorization headers")),
    };
    // Another scheme is no token at all.
    let Some((_, access_token)) = bearer else {
        return Err(no_token);
    };
    let token = state.access_tokens.get(access_token.trim(), state.now()).cloned();
    token.ok_or_else(|| {
        challenge(401, "invalid_token", "the access token is unknown, expired or revoked")
    })
}

/// Answers `/avatar.svg?person=…`: a public picture.
pub fn avatar(request: &Request) -> Answered {
    let pairs = decode_pairs(request.query()).unwrap_or_default();
    let person = people::person(answers::field(&pairs, "person"));
    let person = person.ok_or_else(|| pages::no_route("/avatar.svg?person="))?;
    Ok(Response::new(200, "image/svg+xml", person.avatar)
        .with_header("content-security-policy", "default-src 'none'")
        .with_header("x-content-type-options", "nosniff"))
}

fn has_scope(token: &Issued, name: &str) -> bool {
    token.scopes.iter().any(|scope| scope.name == name)
}

/// RFC 6750 §3: the reason is in the header; the body repeats it for people.
fn challenge(status: u16, error: &str, description: &str) -> Response {
    let mut value = String::from("Bearer realm=\"practice provider\"");
    // §3.1: a request without a token gets no error code.
    if !error.is_empty() {
        value.push_str(&format!(", error=\"{error}\", error_description=\"{description}\""));
    }
    answers::json(status, &json!({ "message": description }))
        .with_header("www-authenticate", &value)
}

/// RFC 6750 §3: "the scope necessary to access the protected resource" is sent with the error.
fn insufficient_scope(needed: &str) -> Response {
    let mut response =
        challenge(403, "insufficient_scope", &format!("this needs the scope {needed}"));
    if let Some((_, value)) = response.headers.last_mut() {
        value.push_str(&format!(", scope=\"{needed}\""));
    }
    response
}
