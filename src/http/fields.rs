//! The named values of a response: `{"access_token": "…", "scope": "…"}`.
//!
//! Token and user responses are one flat object of strings and numbers. OAuth says JSON; a few
//! servers send a form. Both are read into the same thing here, so that the steps see only names.
//!
//! ```text
//! JSON object or form  ->  Fields  ->  text("scope"), number("expires_in")
//! ```
//!
//! Specification: [RFC 6749 §5.1].
//!
//! [RFC 6749 §5.1]: https://www.rfc-editor.org/rfc/rfc6749#section-5.1

use serde_json::{Map, Value};

use super::Response;
use crate::by_hand::urlencoding;

/// The members of a response body. Unknown ones are kept and do no harm.
#[derive(Clone)]
pub struct Fields {
    /// Whether they came as a form instead of JSON.
    pub from_form: bool,
    members: Map<String, Value>,
}

impl Fields {
    /// Reads the body of a token response: JSON, or a form from servers that send one.
    ///
    /// # Errors
    ///
    /// The reason, as the end of a sentence, when it is neither a JSON object nor a form.
    pub fn read(response: &Response) -> Result<Fields, String> {
        match response.media_type().as_str() {
            "application/x-www-form-urlencoded" => {
                let body = response.text().ok_or("its body is not text")?;
                let pairs =
                    urlencoding::decode_pairs(body).map_err(|_| "its form encoding is broken")?;
                let count = pairs.len();
                let members = pairs.into_iter().map(|(name, value)| (name, Value::String(value)));
                let members: Map<String, Value> = members.collect();
                // RFC 6749 §3.2: two readers of one answer must not take different tokens from it.
                if members.len() != count {
                    return Err("a parameter of its form is there twice".into());
                }
                Ok(Fields { from_form: true, members })
            }
            _ => Fields::read_json(response),
        }
    }

    /// Reads the body of an API's response: JSON, also under a name of the API's own, such as
    /// `application/vnd.vimeo.user+json` (RFC 6839 §3.1).
    ///
    /// # Errors
    ///
    /// The reason, as the end of a sentence, when it is not a JSON object.
    pub fn read_json(response: &Response) -> Result<Fields, String> {
        let media_type = response.media_type();
        let is_json = media_type == "application/json"
            || (media_type.starts_with("application/") && media_type.ends_with("+json"));
        if is_json {
            return Fields::from_json(response);
        }
        Err(format!("HTTP {} with a body of type {media_type:?}", response.status))
    }

    fn from_json(response: &Response) -> Result<Fields, String> {
        if let Some(coding) = response.header("content-encoding").filter(|it| *it != "identity") {
            return Err(format!("its body is in the coding {coding:?}, which we did not ask for"));
        }
        let body = response.text().ok_or("its body is not text")?;
        let value = serde_json::from_str(body).unwrap_or_default();
        // RFC 8259 §4: of two members with one name, some readers take the first and some the last.
        if count_members(&value) != count_colons(body) && value.is_object() {
            return Err("a member of its JSON is there twice".into());
        }
        match value {
            Value::Object(members) => Ok(Fields { from_form: false, members }),
            _ => Err("its body is not a JSON object".into()),
        }
    }

    /// A member as it came; `None` if it is absent or null, which is the same.
    ///
    /// A name with slashes leads inside: `images/0/url` is `url` of the first of `images`.
    pub fn get(&self, name: &str) -> Option<&Value> {
        let (outer, inner) = name.split_at(name.find('/').unwrap_or(name.len()));
        self.members.get(outer)?.pointer(inner).filter(|value| !value.is_null())
    }

    /// A string; `None` if it is absent, null or empty.
    ///
    /// # Errors
    ///
    /// The reason when it is not a string.
    pub fn text(&self, name: &str) -> Result<Option<String>, String> {
        Ok(self.text_or_empty(name)?.filter(|text| !text.is_empty()))
    }

    /// A string, also an empty one; `None` if it is absent or null.
    ///
    /// # Errors
    ///
    /// As [`text`](Fields::text).
    pub fn text_or_empty(&self, name: &str) -> Result<Option<String>, String> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(format!("its {name} is not a string")),
        }
    }

    /// A whole number that is not negative, as a number or as a string of digits.
    ///
    /// One too large for 64 bits comes out as the largest of them.
    ///
    /// # Errors
    ///
    /// The reason when it is something else.
    pub fn number(&self, name: &str) -> Result<Option<u64>, String> {
        let digits = match self.get(name) {
            None => return Ok(None),
            Some(Value::Number(number)) => number.to_string(),
            Some(Value::String(digits)) => digits.clone(),
            Some(_) => String::new(),
        };
        if digits.is_empty() || digits.contains(|c: char| !c.is_ascii_digit()) {
            return Err(format!("its {name} is not a whole number"));
        }
        Ok(Some(digits.parse().unwrap_or(u64::MAX)))
    }

    /// Deviations from the RFC that we accepted.
    pub fn remarks(&self) -> Vec<&'static str> {
        let is_text = |name| self.get(name).is_some_and(Value::is_string);
        let mut remarks = Vec::new();
        if self.from_form {
            remarks.push("the answer is a form, where RFC 6749 §5.1 has JSON");
        } else if is_text("expires_in") {
            remarks.push("expires_in is a string, where RFC 6749 §5.1 has a number");
        }
        // RFC 6750 §2.1; Salesforce has `!` in its tokens.
        let legal = |c: char| c.is_ascii_alphanumeric() || "-._~+/=".contains(c);
        let token = self.get("access_token").and_then(Value::as_str);
        if token.is_some_and(|token| !token.chars().all(legal)) {
            remarks.push("the access token has signs that RFC 6750 §2.1 does not allow");
        }
        remarks
    }
}

/// The members of all objects in a JSON value, each name counted once.
fn count_members(value: &Value) -> usize {
    match value {
        Value::Object(members) => {
            members.len() + members.values().map(count_members).sum::<usize>()
        }
        Value::Array(values) => values.iter().map(count_members).sum(),
        _ => 0,
    }
}

/// The number of members as written: each has one colon outside of strings, and there is no other.
fn count_colons(json: &str) -> usize {
    let (mut colons, mut in_string, mut is_escaped) = (0, false, false);
    for byte in json.bytes() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => in_string = !in_string,
            b':' if !in_string => colons += 1,
            _ => (),
        }
    }
    colons
}

/// The error code of an answer and the server's words, from the challenge (RFC 6750 §3) or from the body, in the
/// shapes that servers give them. Empty where neither says.
pub fn refusal(response: &Response) -> (String, String) {
    let challenge = (response.challenge("error"), response.challenge("error_description"));
    if challenge != (String::new(), String::new()) {
        return challenge;
    }
    let Ok(fields) = Fields::read(response) else { return challenge };
    let first = |names: &[&str]| names.iter().find_map(|name| fields.get(name)).map(words);
    match fields.get("error") {
        // Google and Spotify put everything inside of it.
        Some(Value::Object(_)) => {
            let code = ["error/type", "error/status", "error/code"]
                .iter()
                .find_map(|name| fields.get(name)?.as_str().map(str::to_owned));
            let inside = first(&["error/message", "error/description", "error"]);
            // An error whose code is not a string is still an error.
            let number = ["error/status", "error/code"].iter().find_map(|name| fields.get(name));
            let code = code.or_else(|| number.map(words)).unwrap_or_else(|| "error".into());
            (code, inside.unwrap_or_default())
        }
        error => {
            // Some say that there is none.
            let error = error.filter(|error| **error != Value::Bool(false));
            let told = first(&["error_description", "message", "detail", "errors", "title"]);
            (error.map(words).unwrap_or_default(), told.unwrap_or_default())
        }
    }
}

/// What a server wanted to say, in whatever type it did.
fn words(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(words).collect::<Vec<_>>().join("; "),
        Value::Object(members) => match members.get("message").or_else(|| members.get("detail")) {
            Some(inside) => words(inside),
            None => value.to_string(),
        },
        other => other.to_string(),
    }
}
