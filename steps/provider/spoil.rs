//! The tricks: how each spoils an answer, and what the client's next request tells.
//!
//! What a trick spoils, and how, is in `tricks.txt`: a value of the redirect or of the answer that is another
//! one or missing, or a status.

use oauth2_by_hand::by_hand::random;
use oauth2_by_hand::by_hand::urlencoding::{decode_pairs, encode_pairs};
use oauth2_by_hand::http::{Request, Response};
use oauth2_by_hand::web::html::fill;
use serde_json::{Map, Value};

use super::{Mallory, Played};

pub(super) const FELL: &str = "FELL FOR IT";
const PASSED: &str = "passed";
const LOOK: &str = "look at your client";
const RELIES: &str = "relies on PKCE (RFC 9700 §2.1)";
pub(super) const PLAYED: &str = "played, and nothing of it was used so far";
const EVIL_WORDS: &str = r#"{"error":"invalid_grant","error_description":"\r\u001b[2KWelcome, Ada!<script>alert(1)</script>"}"#;

/// The redirect with a code of ours and one value changed, and the codes in it.
pub(super) fn false_redirect(location: &str, edit: &str) -> (String, [String; 2]) {
    let (base, query) = location.split_once('?').unwrap_or_default();
    let (name, changed) = edit.split_once('=').unwrap_or_default();
    let code = random::unguessable().unwrap_or_default();
    let second_code = format!("{code}{changed}");
    let changed = if name == "code" { &second_code } else { changed };
    let mut pairs = decode_pairs(query).unwrap_or_default();
    pairs.retain(|(key, _)| key != "code" && key != name);
    let kept = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let spoilt = [("code", &*code), (name, changed)].into_iter().chain(kept);
    let spoilt: Vec<_> = spoilt.filter(|(_, value)| !value.is_empty()).collect();
    (format!("{base}?{}", encode_pairs(&spoilt)), [code, second_code])
}

/// Changes the answer to what the client sends, and says what that tells of the client.
pub(super) fn spoil(
    mallory: &Mallory,
    request: &Request,
    pairs: &[(String, String)],
    played: &Played,
    response: &mut Response,
) -> &'static str {
    let [_, place, edit, ..] = mallory.trick(played.trick);
    let is_elsewhere = request.header("Host") == Some(&mallory.elsewhere);
    let has_verifier = !value(pairs, "code_verifier").is_empty();
    let relies_on_pkce = has_verifier && !played.true_redirect.contains("state=");
    let is_true = played.true_redirect.contains(value(pairs, "code"));
    match (request.path(), place, edit) {
        ("/mallory/answers", ..) => *response = two_answers(played),
        ("/mallory/token", ..) => return FELL,
        ("/user", ..) if is_elsewhere => return FELL,
        ("/token", "redirect", _) if is_true => return PASSED,
        ("/token", "redirect", "state=" | "state=of-mallory") if relies_on_pkce => return RELIES,
        ("/token", "redirect", _) => return FELL,
        ("/token", "token", "307") => {
            *response = moved(&format!("{}/mallory/token", mallory.provider.issuer()));
        }
        ("/token", _, "400") => {
            *response = Response::new(400, "application/json", EVIL_WORDS);
            return LOOK;
        }
        ("/token", _, "code_verifier") => return if has_verifier { PASSED } else { FELL },
        ("/token", "token", _) => edit_member(response, edit),
        ("/user", "token", "token_type=mac" | "error=invalid_grant") => return FELL,
        ("/user", "user", "307") => {
            *response = moved(&format!("http://{}/user", mallory.elsewhere))
        }
        ("/user", "user", _) => {
            edit_member(response, edit);
            return LOOK;
        }
        _ => (),
    }
    ""
}

/// The first value of that name; empty without one.
pub(super) fn value<'a>(pairs: &'a [(String, String)], name: &str) -> &'a str {
    pairs.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
}

/// Sends a client that follows the same request elsewhere.
fn moved(location: &str) -> Response {
    Response::new(307, "text/plain", "").with_header("location", location)
}

/// The members of a JSON answer; none where it is another one.
pub(super) fn members(response: &Response) -> Map<String, Value> {
    serde_json::from_slice(&response.body).unwrap_or_default()
}

/// `name=value`: changes that member of a JSON answer. Without a value it is left out.
fn edit_member(response: &mut Response, edit: &str) {
    let (name, value) = edit.split_once('=').unwrap_or_default();
    let mut members = members(response);
    members.remove(name);
    if !value.is_empty() {
        members.insert(name.to_owned(), value.into());
    }
    let json = format!("{:#}\n", Value::Object(members));
    *response = Response::new(response.status, "application/json", json);
}

fn two_answers(played: &Played) -> Response {
    let links = [("false", &*played.false_redirect), ("true", &played.true_redirect)];
    let page = fill(include_str!("two_answers.html"), &links, &[]);
    Response::new(200, "text/html; charset=utf-8", page.into_string())
        .with_header("content-security-policy", "default-src 'none'; frame-ancestors 'none'")
        .with_header("x-frame-options", "DENY")
        .with_header("x-content-type-options", "nosniff")
        .with_header("cache-control", "no-store")
        .with_header("referrer-policy", "no-referrer")
}
