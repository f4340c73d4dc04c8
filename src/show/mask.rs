//! What may be seen of a message: all of it, or all but its secrets.
//!
//! A login is shown on walls and pasted into chats. On a practice provider everything may be read; with a
//! real one, a code or a token on the screen is a key on the table. Masking works on the text as
//! it is, in two ways: by the name beside a value, and by every secret value seen so far, in
//! whatever encoding it returns.
//!
//! ```text
//! access_token=gho_16C7e42F292c6912E7  ->  access_token=gho_…
//! ```
//!
//! Next: `endpoint.rs`.

mod json_text;

use std::fmt;

use super::visible::visible;
use crate::by_hand::{base64, urlencoding};
use crate::http::{Request, Response};
use json_text::Member;

/// The names whose values are secret, in forms, queries and JSON.
const SECRET_NAMES: [&str; 7] = [
    "access_token",
    "refresh_token",
    "id_token",
    "code",
    "code_verifier",
    "client_secret",
    "state",
];

/// The headers whose values are secret.
const SECRET_HEADERS: [&str; 3] = ["authorization", "cookie", "set-cookie"];

/// A pair of eyes on messages: it either hides secrets or does not.
#[derive(Clone)]
pub struct Mask {
    hides: bool,
    secrets: Vec<String>,
}

impl Mask {
    /// Hides every secret.
    pub fn hiding() -> Mask {
        Mask { hides: true, secrets: Vec::new() }
    }

    /// Shows everything. For a practice provider, where a secret is worth nothing.
    pub fn showing() -> Mask {
        Mask { hides: false, secrets: Vec::new() }
    }

    /// Whether secrets are hidden.
    pub fn hides(&self) -> bool {
        self.hides
    }

    /// From now on this value is hidden wherever it appears, in any encoding.
    pub fn learn(&mut self, secret: &str) {
        // A value of three letters would hide half of every text, and can be guessed anyway.
        if secret.len() > 3 && !self.secrets.iter().any(|known| known == secret) {
            self.secrets.push(secret.to_owned());
        }
    }

    /// A request as it may be printed.
    pub fn request(&mut self, request: &Request) -> String {
        if !self.hides {
            return visible(&request.to_wire());
        }
        let head = Request {
            headers: self.headers(&request.headers),
            body: String::new(),
            ..request.clone()
        };
        let text = self.by_name(&head.to_wire()) + &self.by_name(&request.body);
        self.text(&text)
    }

    /// A response as it may be printed.
    pub fn response(&mut self, response: &Response) -> String {
        self.response_with(response, |text, mask| {
            let keep = |member: &Member| !SECRET_NAMES.contains(&member.name.as_str());
            let masked = mask.members(text, keep);
            mask.by_name(&masked)
        })
    }

    /// A response about a person as it may be printed: of its JSON, only the members named `shown`,
    /// with what is inside them.
    pub fn personal_response(&mut self, response: &Response, shown: &[&str]) -> String {
        self.response_with(response, |text, mask| {
            let outer = json_text::members(text).into_iter();
            let shown: Vec<Member> = outer
                .filter(|member| member.depth == 1 && shown.contains(&member.name.as_str()))
                .collect();
            mask.members(text, |member| {
                let is_inside = |outer: &Member| outer.value.contains(&member.value.start);
                let is_secret = SECRET_NAMES.contains(&member.name.as_str());
                !is_secret && shown.iter().any(is_inside)
            })
        })
    }

    /// Any text as it may be printed: without the secrets that were learnt.
    pub fn text(&self, text: &str) -> String {
        let mut masked = text.to_owned();
        if self.hides {
            for secret in &self.secrets {
                for spelling in spellings(secret) {
                    masked = masked.replace(&spelling, &shortened(&spelling));
                }
            }
        }
        visible(&masked)
    }

    fn response_with(
        &mut self,
        response: &Response,
        mask_body: impl Fn(&str, &mut Mask) -> String,
    ) -> String {
        if !self.hides {
            let body = response.text().map_or_else(|| withheld(response, "no text"), str::to_owned);
            return visible(&(response.head_to_wire() + &body));
        }
        let headers = self.headers(&response.headers);
        let head = self.by_name(&Response { headers, ..response.clone() }.head_to_wire());
        // What cannot be read cannot be masked.
        let body = match response.text() {
            None => withheld(response, "no text"),
            Some(_) if response.header("content-encoding").is_some() => {
                withheld(response, "encoded")
            }
            Some(text) if !json_text::is_readable(text, &response.media_type()) => {
                withheld(response, "broken JSON")
            }
            Some(text) => mask_body(text, self),
        };
        self.text(&(head + &body))
    }

    fn headers(&mut self, headers: &[(String, String)]) -> Vec<(String, String)> {
        let mut masked = headers.to_vec();
        for (name, value) in &mut masked {
            if SECRET_HEADERS.contains(&name.to_ascii_lowercase().as_str()) {
                *value = self.credentials(value);
            }
        }
        masked
    }

    /// `Bearer abcdefgh…` and its like: the scheme is no secret, the rest is.
    fn credentials(&mut self, value: &str) -> String {
        let (scheme, secret) = value.split_once(' ').unwrap_or(("", value));
        self.learn(secret);
        if scheme.eq_ignore_ascii_case("basic") {
            // Its first characters would be those of the client ID, and then of the secret.
            let decoded = base64::decode(secret).and_then(|bytes| String::from_utf8(bytes).ok());
            if let Some((_, client_secret)) =
                decoded.as_deref().and_then(|pair| pair.split_once(':'))
            {
                self.learn(client_secret);
                self.learn(&urlencoding::decode(client_secret).unwrap_or_default());
            }
            return format!("{scheme} …");
        }
        if scheme.eq_ignore_ascii_case("bearer") {
            return format!("{scheme} {}", shortened(secret));
        }
        "…".to_owned()
    }

    /// Masks `name=value` wherever it stands: in a query, in a form, in a header.
    fn by_name(&mut self, text: &str) -> String {
        let ends_value = |c: char| c.is_whitespace() || "&\"<>#".contains(c);
        let ends_name = |c: char| !c.is_ascii_alphanumeric() && !"%_-.".contains(c);
        let mut masked = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('=') {
            masked.push_str(before);
            masked.push('=');
            rest = after;
            // A name may be percent-encoded as well: `%63ode` is `code`.
            let name = before.rsplit(ends_name).next().unwrap_or_default();
            let name = urlencoding::decode(name).unwrap_or_default();
            if SECRET_NAMES.contains(&name.as_str()) {
                let length = after.find(ends_value).unwrap_or(after.len());
                let (value, behind) = after.split_at_checked(length).unwrap_or((after, ""));
                self.learn(value);
                self.learn(&urlencoding::decode(value).unwrap_or_default());
                if !value.is_empty() {
                    masked.push_str(&shortened(value));
                }
                rest = behind;
            }
        }
        masked + rest
    }

    /// Masks the values of all JSON members but those to `keep`.
    fn members(&mut self, text: &str, keep: impl Fn(&Member) -> bool) -> String {
        let mut masked = String::with_capacity(text.len());
        let mut done = 0;
        for member in json_text::members(text) {
            if member.value.start < done || keep(&member) {
                continue;
            }
            let value = text.get(member.value.clone()).unwrap_or_default();
            masked.push_str(text.get(done..member.value.start).unwrap_or_default());
            match serde_json::from_str::<String>(value) {
                Ok(secret) => {
                    masked.push_str(&format!("\"{}\"", shortened(&secret)));
                    if SECRET_NAMES.contains(&member.name.as_str()) {
                        self.learn(&secret);
                    }
                }
                Err(_) => masked.push('…'),
            }
            done = member.value.end;
        }
        masked + text.get(done..).unwrap_or_default()
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Mask::hiding().request(self))
    }
}

impl fmt::Display for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Mask::hiding().response(self))
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What stands in the place of a body that is not shown.
fn withheld(response: &Response, reason: &str) -> String {
    format!("({} bytes, withheld: {reason})", response.body.len())
}

/// The first four characters and `…`; of a short value nothing, since four would be too many.
fn shortened(secret: &str) -> String {
    let shown = if secret.chars().count() < 16 { 0 } else { 4 };
    secret.chars().take(shown).chain(['…']).collect()
}

/// A secret as it may return: raw, percent-encoded, in base64, inside JSON. The longest first.
fn spellings(secret: &str) -> Vec<String> {
    let encoded = urlencoding::encode(secret);
    let json = serde_json::Value::from(secret).to_string();
    let mut spellings = vec![
        secret.to_owned(),
        encoded.to_ascii_lowercase(),
        encoded.replace('+', "%20"),
        encoded,
        base64::encode(secret.as_bytes()),
        base64::encode_url_safe(secret.as_bytes()),
        json.trim_matches('"').replace('/', "\\/"),
        json.trim_matches('"').to_owned(),
    ];
    spellings.sort_by_key(|spelling| std::cmp::Reverse(spelling.len()));
    spellings.dedup();
    spellings
}

#[cfg(test)]
mod tests {
    use super::*;

    const CANARY: &str = "Canary+tokens/are=30 letters!";

    fn json(body: &str) -> Response {
        Response::new(200, "application/json", body)
    }

    #[test]
    fn a_form_body_is_masked_by_its_names() {
        let url = "https://example.com/token?x=1";
        let pairs = [("code", CANARY), ("grant_type", "authorization_code"), ("state", "short")];
        let shown = Mask::hiding().request(&Request::post_form(url, &pairs));
        assert!(shown.ends_with("\n\ncode=Cana…&grant_type=authorization_code&state=…"), "{shown}");
    }

    #[test]
    fn a_query_is_masked_by_its_names_however_they_are_spelled() {
        let request = Request::get("http://127.0.0.1:8080/callback?%63ode=abcdefghijklmnop&iss=x");
        let shown = Mask::hiding().request(&request);
        assert!(shown.starts_with("GET /callback?%63ode=abcd…&iss=x HTTP/1.1\n"), "{shown}");
    }

    #[test]
    fn json_keeps_its_form_and_loses_its_secrets() {
        let body = r#"{ "access_token" : "abcdefghijklmnop", "scope":"a",
  "nested": [{"\u0063ode": 12345, "refresh_token": {"a": "bcdefghijkl"}}] }"#;
        let shown = Mask::hiding().response(&json(body));
        let expected = r#"{ "access_token" : "abcd…", "scope":"a",
  "nested": [{"\u0063ode": …, "refresh_token": …}] }"#;
        assert!(shown.ends_with(expected), "{shown}");
    }

    #[test]
    fn of_a_person_only_the_named_members_are_shown() {
        let body =
            r#"{"id": 7, "name": "Ada", "email": "ada@example.com", "plan": {"name": "pro"}}"#;
        let shown = Mask::hiding().personal_response(&json(body), &["id", "name"]);
        assert!(shown.ends_with(r#"{"id": 7, "name": "Ada", "email": "…", "plan": …}"#), "{shown}");
    }

    #[test]
    fn what_is_inside_a_shown_member_is_shown_unless_it_is_secret_by_name() {
        let body = r#"{"images": [{"url": "https://a/1", "access_token": "abcd"}], "plan": {"images": "b"}}"#;
        let shown = Mask::hiding().personal_response(&json(body), &["images"]);
        let expected = r#"{"images": [{"url": "https://a/1", "access_token": "…"}], "plan": …}"#;
        assert!(shown.ends_with(expected), "{shown}");
    }

    #[test]
    fn a_secret_that_was_seen_once_is_hidden_in_every_encoding() {
        let mut mask = Mask::hiding();
        mask.request(&Request::post_form("https://example.com/", &[("client_secret", CANARY)]));
        for echo in [
            CANARY.to_owned(),
            "Canary%2Btokens%2Fare%3D30+letters%21".to_owned(),
            "canary%2btokens%2fare%3d30+letters%21".to_owned(),
            "Canary%2Btokens%2Fare%3D30%20letters%21".to_owned(),
            "Q2FuYXJ5K3Rva2Vucy9hcmU9MzAgbGV0dGVycyE=".to_owned(),
            CANARY.replace('/', "\\/"),
        ] {
            let shown = mask.text(&format!("you sent {echo}, no?"));
            assert!(shown.ends_with("…, no?") && shown.len() < 30, "{shown}");
        }
    }

    /// A state of one letter would hide that letter everywhere.
    #[test]
    fn what_is_shorter_than_four_letters_is_not_hidden_elsewhere() {
        let mut mask = Mask::hiding();
        for secret in ["", "abc", "abcd", "abcd"] {
            mask.learn(secret);
        }
        assert_eq!(mask.secrets, ["abcd"]);
        assert_eq!(mask.text("abc and abcd"), "abc and …");
        assert!(mask.hides() && !Mask::showing().hides());
    }

    #[test]
    fn credentials_in_headers_are_hidden_and_learnt() {
        let mut mask = Mask::hiding();
        let request = Request::get("https://example.com/")
            .with_header("Authorization", "Basic d29ya3Nob3A6Q2FuYXJ5JTJCU2VjcmV0")
            .with_header("Cookie", "session=abcdefghijklmnopqrstuvwxyz");
        let shown = mask.request(&request);
        assert!(shown.contains("\nAuthorization: Basic …\nCookie: …\n"), "{shown}");
        assert_eq!(mask.text("Canary%2BSecret Canary+Secret"), "… …");
    }

    #[test]
    fn a_cookie_that_is_set_is_hidden_and_learnt() {
        let mut mask = Mask::hiding();
        let response = Response::new(200, "text/plain", "abcdefghijklmnopqrst")
            .with_header("Set-Cookie", "session=abcdefghijklmnopqrst");
        let shown = mask.response(&response);
        assert!(shown.contains("\nSet-Cookie: …\n"), "{shown}");
        assert_eq!(mask.text("session=abcdefghijklmnopqrst"), "sess…");
    }

    #[test]
    fn a_body_that_cannot_be_read_is_withheld() {
        let bodies: [(&str, &[u8]); 3] = [
            ("application/json", b"{\"access_token\": \"abc"),
            ("text/plain", b"\xff\xfeabc"),
            ("text/plain", b" {\"access_token\": \"abc"),
        ];
        for (media_type, body) in bodies {
            let shown = Mask::hiding().response(&Response::new(200, media_type, body));
            assert!(shown.contains("withheld") && !shown.contains("abc"), "{shown}");
        }
    }

    /// Compressed, it may look like text by chance, and no name in it would be found.
    #[test]
    fn a_body_with_a_content_encoding_is_withheld() {
        let response =
            Response::new(200, "text/plain", "abc").with_header("Content-Encoding", "br");
        let shown = Mask::hiding().response(&response);
        assert!(shown.ends_with("\n\n(3 bytes, withheld: encoded)"), "{shown}");
    }

    #[test]
    fn a_mask_that_shows_changes_nothing_but_control_characters() {
        let response = json(r#"{"access_token":"abcdefghijklmnop"}"#).with_header("x", "\u{1b}[2J");
        let shown = Mask::showing().response(&response);
        assert_eq!(
            shown,
            "HTTP/1.1 200 OK\ncontent-type: application/json\ncontent-length: 35\n\
             connection: close\nx: \\u{1b}[2J\n\n{\"access_token\":\"abcdefghijklmnop\"}"
        );
    }

    #[test]
    fn debug_and_display_mask() {
        let request = Request::get("http://127.0.0.1/user")
            .with_header("Authorization", "Bearer CanaryCanaryCanary");
        assert!(!format!("{request:?}{request}").contains("CanaryCanary"));
        let response =
            Response::new(200, "application/json", r#"{"access_token":"CanaryCanaryCanary"}"#);
        assert!(!format!("{response:?}{response}").contains("CanaryCanary"));
    }
}
