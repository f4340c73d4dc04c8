//! What may be seen of a message: all of it, or only what is known to be harmless.
//!
//! A login is shown on walls and pasted into chats. With the practice provider everything may be read. With a real
//! one, a code or a token on the screen could be used by anyone who reads it. So the mask is a list of what may
//! be shown, not a search for secrets: a value under any other name is cut to its first four characters.
//!
//! ```text
//! access_token=gho_16C7e42F292c6912E7&scope=read%3Auser  ->  access_token=gho_…&scope=read%3Auser
//! ```

use std::fmt;

use serde_json::Value;

use super::seen_secrets::{SeenSecrets, shortened};
use super::visible::visible;
use crate::by_hand::{base64, urlencoding};
use crate::http::{Request, Response};

/// Parameters and JSON members whose values are harmless. The last ones are inside the pictures of a user.
#[rustfmt::skip]
const SHOWN_NAMES: [&str; 21] = [
    "response_type", "client_id", "redirect_uri", "scope", "code_challenge", "code_challenge_method",
    "grant_type", "token_type", "token_type_hint", "expires_in", "iss", "next", "provider", "person",
    "decision", "sizes", "width", "height", "link", "url", "active",
];

/// In an error, these say what is wrong.
const SHOWN_IN_ERRORS: [&str; 4] = ["error", "error_description", "error_uri", "message"];

/// Headers whose values are harmless. Those of a browser that begin with `Sec-` are, too.
#[rustfmt::skip]
const SHOWN_HEADERS: [&str; 28] = [
    "host", "user-agent", "accept", "accept-encoding", "accept-language", "connection", "origin",
    "content-type", "content-length", "content-encoding", "transfer-encoding", "cache-control", "pragma",
    "expires", "age", "vary", "date", "server", "allow", "retry-after", "content-security-policy",
    "x-frame-options", "x-content-type-options", "referrer-policy", "strict-transport-security",
    "upgrade-insecure-requests", "www-authenticate", "priority",
];

/// Parameters that hold a secret, which is hidden from then on wherever it returns.
const SECRET_NAMES: [&str; 7] =
    ["code", "code_verifier", "state", "access_token", "refresh_token", "id_token", "token"];

/// Longer names than this may be values in the wrong place.
const MAX_NAME_LENGTH: usize = 32;

/// Decides what is shown of messages and texts, for one login.
#[derive(Clone)]
pub struct Mask {
    hides: bool,
    may_show_client_secret: fn(&str) -> bool,
    seen: SeenSecrets,
}

impl Mask {
    /// Shows only what is known to be harmless.
    pub fn hiding() -> Mask {
        Mask { hides: true, may_show_client_secret: |_| false, seen: SeenSecrets::default() }
    }

    /// Shows everything but client secrets that are not the practice provider's own: one of another provider may
    /// have been left in the environment.
    pub fn showing_practice(is_practice_secret: fn(&str) -> bool) -> Mask {
        Mask { hides: false, may_show_client_secret: is_practice_secret, ..Mask::hiding() }
    }

    /// Shows everything.
    pub fn showing() -> Mask {
        Mask::showing_practice(|_| true)
    }

    /// Whether secrets are hidden.
    pub fn hides(&self) -> bool {
        self.hides
    }

    /// From now on this value of our own login is hidden, if it is a secret of that name and may not be shown.
    pub fn learn(&mut self, name: &str, value: &str) {
        if self.is_secret(name, value) {
            self.seen.learn_own(value);
        }
    }

    /// The same for a value in a message: up to a fixed number of them.
    fn notice(&mut self, name: &str, value: &str) {
        if self.is_secret(name, value) {
            self.seen.learn(value);
        }
    }

    fn is_secret(&self, name: &str, value: &str) -> bool {
        match name {
            "client_secret" => !(self.may_show_client_secret)(value),
            _ => self.hides && SECRET_NAMES.contains(&name),
        }
    }

    /// Learns the secrets in the query of a URL, such as `state` in the authorization URL.
    pub fn learn_query(&mut self, url: &str) {
        self.url(url);
    }

    /// A text of ours as it may be printed, whatever a server has put into it.
    pub fn text(&self, text: &str) -> String {
        visible(&self.seen.hide_in(text))
    }

    /// A request as it may be printed.
    pub fn request(&mut self, request: &Request) -> String {
        let (target, headers) = (self.url(&request.target), self.headers(&request.headers));
        let body = self.body(request.body.as_bytes(), &request.media_type(), &[], false);
        let mut shown = request.clone();
        // Nothing was learnt from a body that cannot be read, so a client secret in it could be a real one.
        if self.hides || (body.is_none() && !(self.may_show_client_secret)("")) {
            shown.body = body.unwrap_or_else(|| withheld(request.body.len()));
        }
        if self.hides {
            shown = Request { target, headers, ..shown };
        }
        self.text(&shown.to_wire())
    }

    /// A response as it may be printed. `shown` are members of its JSON that are harmless here.
    pub fn response(&mut self, response: &Response, shown: &[&str]) -> String {
        let headers = self.headers(&response.headers);
        let is_error = response.status >= 400;
        let body = self.body(&response.body, &response.media_type(), shown, is_error);
        let body = body.unwrap_or_else(|| withheld(response.body.len()));
        if self.hides {
            return self.text(&(Response { headers, ..response.clone() }.head_to_wire() + &body));
        }
        self.text(&(response.head_to_wire() + response.text().unwrap_or(&body)))
    }

    /// The parameters of a query or a form, decoded and in their order, as they may be printed.
    pub fn parameters(&mut self, encoded: &str) -> Vec<(String, String)> {
        let masked = if self.hides { self.pairs(encoded, false) } else { encoded.to_owned() };
        let decoded = |text| urlencoding::decode(text).unwrap_or_else(|_| text.to_owned());
        urlencoding::pairs_as_written(&masked)
            .map(|(name, value)| (self.text(&decoded(name)), self.text(&decoded(value))))
            .collect()
    }

    fn headers(&mut self, headers: &[(String, String)]) -> Vec<(String, String)> {
        let masked = headers.iter().map(|(name, value)| {
            let value = match name.to_ascii_lowercase().as_str() {
                "location" | "referer" => self.url(value),
                "authorization" => self.credentials(value),
                "cookie" | "set-cookie" => "…".to_owned(),
                name if SHOWN_HEADERS.contains(&name) || name.starts_with("sec-") => value.clone(),
                _ => shortened(value),
            };
            (masked_name(name), value)
        });
        masked.collect()
    }

    /// The scheme is no secret. Of Basic, the first characters would be those of the client ID.
    fn credentials(&mut self, value: &str) -> String {
        let (scheme, secret) = value.split_once([' ', '\t']).unwrap_or(("", value));
        match scheme.to_ascii_lowercase().as_str() {
            "bearer" => {
                self.notice("access_token", secret);
                format!("{scheme} {}", shortened(secret))
            }
            "basic" => {
                let pair = base64::decode(secret).and_then(|pair| String::from_utf8(pair).ok());
                let client_secret =
                    pair.as_deref().and_then(|pair| pair.split_once(':')).map(|it| it.1);
                let client_secret = urlencoding::decode(client_secret.unwrap_or(secret));
                let client_secret = client_secret.unwrap_or_default();
                if !(self.may_show_client_secret)(&client_secret) {
                    self.seen.learn(&client_secret);
                    self.seen.learn(secret);
                }
                format!("{scheme} …")
            }
            _ => "…".to_owned(),
        }
    }

    fn url(&mut self, url: &str) -> String {
        let (url, fragment) = match url.split_once('#') {
            Some((url, fragment)) => (url, format!("#{}", self.pairs(fragment, false))),
            None => (url, String::new()),
        };
        match url.split_once('?') {
            Some((path, query)) => format!("{path}?{}{fragment}", self.pairs(query, false)),
            None => format!("{url}{fragment}"),
        }
    }

    /// A query or a form body.
    fn pairs(&mut self, pairs: &str, is_error: bool) -> String {
        let is_error = is_error || pairs.split('&').any(|pair| pair.starts_with("error="));
        let masked = pairs.split('&').map(|pair| {
            let Some((name, value)) = pair.split_once('=') else {
                // It may be a value in the place of a name.
                let is_name = pair.is_empty() || SECRET_NAMES.contains(&pair);
                return if is_name { pair.to_owned() } else { shortened(pair) };
            };
            let decoded = urlencoding::decode(name).unwrap_or_default();
            self.notice(&decoded, &urlencoding::decode(value).unwrap_or_else(|_| value.into()));
            match value {
                "" => masked_name(name) + "=",
                _ if is_shown(&decoded, &[], is_error) => format!("{name}={}", shown_value(value)),
                _ => format!("{}={}", masked_name(name), shortened(value)),
            }
        });
        masked.collect::<Vec<_>>().join("&")
    }

    /// `None` for what is neither a JSON object nor a form.
    fn body(
        &mut self,
        body: &[u8],
        media_type: &str,
        shown: &[&str],
        is_error: bool,
    ) -> Option<String> {
        match (serde_json::from_slice(body), str::from_utf8(body)) {
            _ if body.is_empty() => Some(String::new()),
            (Ok(json @ Value::Object(_)), _) => {
                let is_error = is_error || json.get("error").is_some_and(|error| !error.is_null());
                Some(format!("{:#}", self.json(json, shown, is_error)))
            }
            // A form has no line ends. With some, its lines would look like ours.
            (_, Ok(form))
                if media_type == "application/x-www-form-urlencoded"
                    && !form.trim_end().contains(char::is_control) =>
            {
                Some(self.pairs(form.trim_end(), is_error))
            }
            _ => None,
        }
    }

    /// A value under a harmless name: of objects inside of it, the harmless members again.
    fn json(&mut self, value: Value, shown: &[&str], is_error: bool) -> Value {
        match value {
            Value::Object(members) => {
                let masked = members.into_iter().map(|(name, value)| {
                    let masked = match value {
                        value if is_shown(&name, shown, is_error) => {
                            self.json(value, shown, is_error)
                        }
                        Value::Null => Value::Null,
                        Value::String(text) => {
                            // In JSON, `code` is mostly the code of an error.
                            self.notice(if name == "code" { "" } else { &name }, &text);
                            shortened(&text).into()
                        }
                        _ => "…".into(),
                    };
                    (masked_name(&name), masked)
                });
                Value::Object(masked.collect())
            }
            Value::Array(values) => {
                values.into_iter().map(|value| self.json(value, shown, is_error)).collect()
            }
            Value::String(text) => shown_value(&text).into(),
            other => other,
        }
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Mask::hiding().request(self))
    }
}

impl fmt::Display for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Mask::hiding().response(self, &[]))
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

/// What is shown instead of a body that cannot be masked.
fn withheld(length: usize) -> String {
    format!("({length} bytes, withheld: neither a JSON object nor a form)")
}

fn is_shown(name: &str, shown: &[&str], is_error: bool) -> bool {
    let in_errors = is_error && SHOWN_IN_ERRORS.contains(&name);
    SHOWN_NAMES.contains(&name) || shown.contains(&name) || in_errors
}

/// A harmless value. If it is a URL, its query may hold anything.
fn shown_value(value: &str) -> String {
    let query = ["?", "#", "%3F", "%3f", "%23"].iter().filter_map(|mark| value.find(mark)).min();
    let address = query.and_then(|at| value.get(..at)).unwrap_or_default();
    let decoded = urlencoding::decode(address).unwrap_or_else(|_| address.into());
    let is_url = decoded.starts_with('/') || decoded.contains("//");
    if is_url { format!("{address}?…") } else { value.to_owned() }
}

/// A name, unless it could be a value in the wrong place.
fn masked_name(name: &str) -> String {
    let is_name = name.len() <= MAX_NAME_LENGTH && !name.contains(|c: char| !c.is_ascii_graphic());
    if is_name { name.to_owned() } else { shortened(name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CANARY: &str = "Canary+tokens/are=30 letters!";

    fn json(body: &str) -> Response {
        Response::new(200, "application/json", body)
    }

    fn shown_json(status: u16, body: &str, shown: &[&str]) -> Value {
        let response = Response { status, ..json(body) };
        let text = Mask::hiding().response(&response, shown);
        let (_, body) = text.split_once("\n\n").unwrap();
        serde_json::from_str(body).unwrap_or_else(|_| Value::from(body))
    }

    #[test]
    fn of_a_form_the_harmless_values_are_shown_and_no_others() {
        let url = "https://example.com/token?x=abcdefghijklmnopqrst";
        let pairs = [("code", CANARY), ("grant_type", "authorization_code"), ("accessToken", "a")];
        let shown = Mask::hiding().request(&Request::post_form(url, &pairs));
        assert!(shown.starts_with("POST /token?x=abcd… HTTP/1.1\n"), "{shown}");
        let body = "\n\ncode=Cana…&grant_type=authorization_code&accessToken=…";
        assert!(shown.ends_with(body), "{shown}");
    }

    #[test]
    fn a_query_is_masked_by_its_names_however_they_are_spelled() {
        for (query, expected) in [
            ("%63ode=abcdefghijklmnop&iss=x", "%63ode=abcd…&iss=x"),
            ("CODE=abcdefghijklmnop&s%63ope=a+b", "CODE=abcd…&s%63ope=a+b"),
            ("code=&state&iss=", "code=&state&iss="),
            ("x=1&ghp_16C7e42F292c6912E7&&short", "x=…&ghp_…&&…"),
            ("abcdefghijklmnopqrstuvwxyz0123456789", "abcd…"),
            ("abcdefghijklmnopqrstuvwxyz0123456789=", "abcd…="),
            ("x=1=2&%zz=abcdefghijklmnop", "x=…&%zz=abcd…"),
            ("error=denied&error_description=a+b", "error=denied&error_description=a+b"),
            ("error_description=abcdefghijklmnop", "error_description=abcd…"),
            ("redirect_uri=http%3A%2F%2Fa%2Fcb", "redirect_uri=http%3A%2F%2Fa%2Fcb"),
            ("redirect_uri=http%3A%2F%2Fa%2Fcb%3Fcode%3Dx", "redirect_uri=http%3A%2F%2Fa%2Fcb?…"),
            ("iss=https%3a%2f%2fa%3fcode%3dx", "iss=https%3a%2f%2fa?…"),
            ("iss=https:%2F/a%3Fcode%3Dx", "iss=https:%2F/a?…"),
            ("iss=%2Fa%3Fcode%3Dx", "iss=%2Fa?…"),
            ("iss=why/not%3F", "iss=why/not%3F"),
            ("scope=is%23this%3Fone", "scope=is%23this%3Fone"),
        ] {
            let shown =
                Mask::hiding().request(&Request::get(&format!("https://a.example/?{query}")));
            assert!(shown.starts_with(&format!("GET /?{expected} HTTP/1.1\n")), "{query}: {shown}");
        }
    }

    #[test]
    fn of_json_the_harmless_members_are_shown_and_no_others() {
        let body = r#"{ "access_token": "abcdefghijklmnop", "scope": "a", "expires_in": 7,
            "\u0063ode": 12345, "accessToken": "qrstuvwxyzqrstuv", "x": [{"scope": "b"}], "n": null }"#;
        let expected = r#"{"access_token":"abcd…","scope":"a","expires_in":7,
            "code":"…","accessToken":"qrst…","x":"…","n":null}"#;
        assert_eq!(shown_json(200, body, &[]), serde_json::from_str::<Value>(expected).unwrap());
    }

    #[test]
    fn of_a_person_the_named_members_are_shown_with_what_is_harmless_inside() {
        let body = r#"{"id": 7, "name": "Ada", "email": "ada@example.com", "plan": {"name": "pro"},
            "images": [{"url": "https://a/1", "access_token": "abcd"}, {"url": "https://a/2?token=abcd"}]}"#;
        let expected = r#"{"id":7,"name":"Ada","email":"…","plan":"…",
            "images":[{"url":"https://a/1","access_token":"…"},{"url":"https://a/2?…"}]}"#;
        assert_eq!(
            shown_json(200, body, &["id", "name", "images"]),
            serde_json::from_str::<Value>(expected).unwrap()
        );
    }

    /// Spotify and Google put the reason inside; others say it under 200.
    #[test]
    fn the_words_of_an_error_are_shown_and_no_more() {
        for (status, body, expected) in [
            (
                403,
                r#"{"error":{"status":403,"message":"no"}}"#,
                r#"{"error":{"status":"…","message":"no"}}"#,
            ),
            (
                200,
                r#"{"error":"bad","error_description":"d"}"#,
                r#"{"error":"bad","error_description":"d"}"#,
            ),
            (200, r#"{"error":null,"message":"abc"}"#, r#"{"error":null,"message":"…"}"#),
            (400, r#"{"message":"no","code":"abc"}"#, r#"{"message":"no","code":"…"}"#),
        ] {
            assert_eq!(
                shown_json(status, body, &[]),
                serde_json::from_str::<Value>(expected).unwrap(),
                "{body}"
            );
        }
    }

    #[test]
    fn what_stands_in_messages_cannot_take_the_room_of_our_own_secrets() {
        let mut mask = Mask::hiding();
        for number in 0..40 {
            mask.learn_query(&format!("/callback?code=junk-{number}-abcdef&state=junk-{number}"));
        }
        mask.learn("code", "the-code-of-this-login");
        assert_eq!(mask.text("It is the-code-of-this-login."), "It is the-….");
    }

    /// A script may send a client secret of another provider in any shape.
    #[test]
    fn an_unreadable_request_body_is_withheld_in_practice_too() {
        let mut request = Request::post_form("https://a/", &[("client_secret", "Canary-Secret")]);
        request.headers.retain(|(name, _)| name != "Content-Type");
        let request = request.with_header("Content-Type", "text/plain;charset=UTF-8");
        let shown = Mask::showing_practice(|_| false).request(&request);
        assert!(!shown.contains("Canary") && shown.contains("bytes, withheld"), "{shown}");
        assert!(Mask::showing().request(&request).contains("Canary-Secret"));

        let basic = Request::get("https://a/").with_header("Authorization", "Basic\tYTpDYW5hcnk=");
        assert!(!Mask::showing_practice(|_| false).request(&basic).contains("YTpDYW5hcnk="));
    }

    #[test]
    fn a_body_that_is_neither_a_json_object_nor_a_form_is_withheld_with_its_length() {
        let bodies: [(&str, &[u8]); 9] = [
            ("application/json", b"{\"access_token\": \"abc"),
            ("application/json", b"[\"abc\"]"),
            ("application/json", b"\"abc\""),
            ("application/jwt", b"abc.def.ghi"),
            ("application/xml", b"<token>abc</token>"),
            ("text/html", b"<p>abc"),
            ("text/plain", b"abc=def"),
            ("text/plain", b"\xff\xfeabc"),
            ("application/x-www-form-urlencoded", b"abc=\xff"),
        ];
        for (media_type, body) in bodies {
            let shown = Mask::hiding().response(&Response::new(200, media_type, body), &[]);
            let expected =
                format!("\n\n({} bytes, withheld: neither a JSON object nor a form)", body.len());
            assert!(shown.ends_with(&expected), "{shown}");
        }
    }

    #[test]
    fn of_headers_the_harmless_ones_are_shown_and_no_others() {
        let request = Request::get("https://example.com/")
            .with_header("Authorization", "Basic d29ya3Nob3A6Q2FuYXJ5JTJCU2VjcmV0")
            .with_header("Cookie", "session=abcdefghijklmnopqrstuvwxyz")
            .with_header("X-Access-Token", "qrstuvwxyzqrstuv")
            .with_header("Sec-Fetch-Mode", "navigate")
            .with_header("Referer", "https://a.example/b?code=abcdefghijklmnop#abcdefghijklmnop");
        let mut mask = Mask::hiding();
        let shown = mask.request(&request);
        let expected = "\nAuthorization: Basic …\nCookie: …\nX-Access-Token: qrst…\nSec-Fetch-Mode: navigate\n\
                        Referer: https://a.example/b?code=abcd…#abcd…\n";
        assert!(shown.contains(expected), "{shown}");
        assert_eq!(mask.text("Canary%2BSecret Canary+Secret"), "… …");

        let answer = Response::new(302, "text/plain", "")
            .with_header("location", "https://b.example/?next=/x&u=https%3A%2F%2Fc%3Fcode%3Dabc")
            .with_header("set-cookie", "session=abcdefghijklmnopqrst");
        let shown = Mask::hiding().response(&answer, &[]);
        let expected = "location: https://b.example/?next=/x&u=http…\nset-cookie: …\n";
        assert!(shown.contains(expected), "{shown}");
        // Words of an error are shown where there is one.
        for (location, shown) in [
            ("https://b/#error_description=abcdefgh&x=y", "#error_description=…&x=…"),
            (
                "https://b/#error=a&error_description=abcdefgh",
                "#error=a&error_description=abcdefgh",
            ),
        ] {
            let answer = Response::new(302, "text/plain", "").with_header("location", location);
            let masked = Mask::hiding().response(&answer, &[]);
            assert!(masked.contains(&format!("location: https://b/{shown}\n")), "{masked}");
        }
        let form = Request::post_form("https://a/", &[("error_description", "abcdefgh")]);
        let shown = Mask::hiding().request(&form);
        assert!(shown.ends_with("\n\nerror_description=…"), "{shown}");
        let other =
            Request::get("https://a/").with_header("Authorization", "DPoP abcdefghijklmnop");
        assert!(Mask::hiding().request(&other).contains("\nAuthorization: …\n"));
    }

    #[test]
    fn what_was_seen_in_a_message_is_hidden_in_our_own_words() {
        let mut mask = Mask::hiding();
        mask.learn_query("https://a.example/authorize?state=the-state-of-this-login");
        let verifier = "the-verifier-of-this-login";
        let pairs =
            [("code", CANARY), ("client_secret", "the-secret"), ("code_verifier", verifier)];
        mask.request(&Request::post_form("https://a.example/token", &pairs));
        mask.response(
            &json(r#"{"access_token":"the-token-of-this-login","refresh_token":"fresh"}"#),
            &[],
        );
        let echo = format!(
            "the-state-of-this-login {CANARY} the-secret {verifier} the-token-of-this-login fresh"
        );
        assert_eq!(mask.text(&echo), "the-… Cana… … the-… the-… …");
    }

    /// A real one may have been left in the environment. C52.
    #[test]
    fn a_mask_for_practice_hides_a_client_secret_of_another_provider_and_nothing_else() {
        let is_own = |secret: &str| secret == "workshop-secret";
        for (secret, is_shown) in [("workshop-secret", true), ("a real+secret, 100%", false)] {
            let basic = crate::by_hand::basic::credentials("workshop", secret);
            let form = [("code", "the-code"), ("client_secret", secret)];
            let request = Request::post_form("http://127.0.0.1/token", &form)
                .with_header("Authorization", &basic);
            let mut mask = Mask::showing_practice(is_own);
            let shown = mask.request(&request);
            assert!(shown.contains("code=the-code"), "{shown}");
            assert_eq!(shown.contains(&basic), is_shown, "{shown}");
            assert_eq!(shown.contains(&request.body), is_shown, "{shown}");
            assert_eq!(mask.text(secret) == secret, is_shown);
            let echo = json(&format!(r#"{{"access_token":"the-token","echo":"{secret}"}}"#));
            let shown = mask.response(&echo, &[]);
            assert!(shown.contains("the-token") && shown.contains(secret) == is_shown, "{shown}");
        }
    }

    #[test]
    fn a_mask_that_shows_changes_nothing_but_control_characters() {
        let response = json(r#"{"access_token":"abcdefghijklmnop"}"#).with_header("x", "\u{1b}[2J");
        let mut mask = Mask::showing();
        mask.learn("code", "abcdefghijklmnop");
        mask.learn("client_secret", "abcdefghijklmnop");
        assert_eq!(
            mask.response(&response, &[]),
            "HTTP/1.1 200 OK\ncontent-type: application/json\ncontent-length: 35\n\
             connection: close\nx: \\u{1b}[2J\n\n{\"access_token\":\"abcdefghijklmnop\"}"
        );
        assert!(!mask.hides() && Mask::hiding().hides());
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
