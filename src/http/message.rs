//! A request and a response as plain data: what we see is what is sent.
//!
//! Nothing is added later. `Host`, `Content-Length` and the others that a library would add
//! by itself are in the list of headers from the start, in the order in which they are sent.
//!
//! ```text
//! Request { method, target, headers, body }  ->  "POST /token HTTP/1.1␍␊Host: …"
//! ```
//!
//! `Display` and `Debug`, in `show/mask.rs`, mask what is secret. Only the programs show it.
//!
//! Specification: [RFC 9112 §2].
//!
//! [RFC 9112 §2]: https://www.rfc-editor.org/rfc/rfc9112#section-2

use super::endpoint;
use crate::by_hand::urlencoding;

/// Who we are, in every request. GitHub's API answers 403 to a client without a name.
const USER_AGENT: &str = concat!("oauth2-by-hand/", env!("CARGO_PKG_VERSION"));

/// An HTTP request, complete: sending it adds no header.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// `GET` or `POST` from us; anything from others.
    pub method: String,
    /// Where the request goes: scheme, host and port, such as `http://127.0.0.1:9000`.
    /// It is not a part of the message itself.
    pub origin: String,
    /// Path and query, percent-encoded, such as `/callback?code=…`.
    pub target: String,
    /// Names and values in the order of the wire.
    pub headers: Vec<(String, String)>,
    /// The body; empty for none.
    pub body: String,
}

impl Request {
    /// A GET request for `url`, with the headers that every request of ours has.
    pub fn get(url: &str) -> Request {
        let (origin, target) = endpoint::split(url);
        let host = endpoint::authority(&origin).to_owned();
        Request { method: "GET".into(), origin, target, headers: Vec::new(), body: String::new() }
            .with_header("Host", &host)
            .with_header("User-Agent", USER_AGENT)
            .with_header("Accept", "application/json")
            // We undo no coding (RFC 9110 §12.5.3).
            .with_header("Accept-Encoding", "identity")
            .with_header("Connection", "close")
    }

    /// A POST request to `url` with a form as its body.
    pub fn post_form(url: &str, pairs: &[(&str, &str)]) -> Request {
        let body = urlencoding::encode_pairs(pairs);
        let request = Request::get(url)
            .with_header("Content-Type", "application/x-www-form-urlencoded")
            .with_header("Content-Length", &body.len().to_string());
        Request { method: "POST".into(), body, ..request }
    }

    /// The same request with one header more, at the end.
    pub fn with_header(mut self, name: &str, value: &str) -> Request {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// The value of the first header of that name, in any case of its letters.
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name).next()
    }

    /// All values of a header, in order.
    pub fn headers_named(&self, name: &str) -> Vec<&str> {
        find(&self.headers, name).collect()
    }

    /// The value of a cookie. Of two with one name none is surely ours, so that is `None`, too.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let cookies = find(&self.headers, "Cookie").flat_map(|line| line.split(';'));
        let pairs = cookies.filter_map(|cookie| cookie.trim().split_once('='));
        let mut named = pairs.filter(|(key, _)| *key == name);
        match (named.next(), named.next()) {
            (Some((_, value)), None) => Some(value),
            _ => None,
        }
    }

    /// The media type of the body without its parameters, in lower case.
    pub fn media_type(&self) -> String {
        media_type(self.header("content-type"))
    }

    /// The URL that the request is for.
    pub fn url(&self) -> String {
        format!("{}{}", self.origin, self.target)
    }

    /// The target without its query, still percent-encoded.
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// The query, still percent-encoded; empty for none.
    pub fn query(&self) -> &str {
        self.target.split_once('?').map_or("", |(_, query)| query)
    }

    /// The message as it is sent, with its secrets.
    pub fn to_wire(&self) -> String {
        let first_line = format!("{} {} HTTP/1.1", self.method, self.target);
        head(&first_line, &self.headers) + &self.body
    }
}

/// An HTTP response, complete.
#[derive(Clone, PartialEq, Eq)]
pub struct Response {
    /// The status code, such as 200. It is data, not an error.
    pub status: u16,
    /// Names in lower case and values, in the order of the wire.
    pub headers: Vec<(String, String)>,
    /// The body, with any transfer encoding undone.
    pub body: Vec<u8>,
}

impl Response {
    /// A response of ours: the body's type and length, and that we close the connection.
    ///
    /// RFC 9110 §6.6.1 wants a `Date` from a server that has a clock. std cannot format one, and
    /// nothing here is cached, so it is left out.
    pub fn new(status: u16, media_type: &str, body: impl Into<Vec<u8>>) -> Response {
        let body = body.into();
        Response {
            status,
            headers: vec![
                ("content-type".into(), media_type.into()),
                ("content-length".into(), body.len().to_string()),
                ("connection".into(), "close".into()),
            ],
            body,
        }
    }

    /// Sends the browser on. 303, so that it uses GET there, whatever its method was here (RFC 9700 §4.12).
    pub fn see_other(location: &str) -> Response {
        Response::new(303, "text/plain", "")
            .with_header("location", location)
            .with_header("cache-control", "no-store")
            .with_header("referrer-policy", "no-referrer")
    }

    /// The same response with one header more, at the end.
    pub fn with_header(mut self, name: &str, value: &str) -> Response {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// The value of the first header of that name, in any case of its letters.
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name).next()
    }

    /// The media type of the body without its parameters, in lower case: `application/json`.
    pub fn media_type(&self) -> String {
        media_type(self.header("content-type"))
    }

    /// An attribute of the `Bearer` challenge, such as `error`; empty if it is not there.
    ///
    /// Challenges may be in one or in several `WWW-Authenticate` headers, and values with or without quotes
    /// ([RFC 9110 §11.2, §11.6.1](https://www.rfc-editor.org/rfc/rfc9110#section-11.2)).
    pub fn challenge(&self, attribute: &str) -> String {
        for header in find(&self.headers, "www-authenticate") {
            let mut scheme = "";
            for item in split_outside_quotes(header) {
                // A scheme is a word of its own before the first attribute.
                let parameter = match item.split_once([' ', '\t']) {
                    Some((word, rest)) if !word.contains('=') && !rest.trim().starts_with('=') => {
                        scheme = word;
                        rest
                    }
                    _ => item,
                };
                let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
                if scheme.eq_ignore_ascii_case("bearer")
                    && name.trim().eq_ignore_ascii_case(attribute)
                {
                    return unquoted(value.trim());
                }
            }
        }
        String::new()
    }

    /// Whether the server has trouble and gives no error code for it, or gets too many requests.
    pub fn is_unavailable(&self, error: &str) -> bool {
        let says_why = error != "error" && error.contains(|c: char| c.is_ascii_alphabetic());
        self.status == 429 || (self.status >= 500 && !says_why)
    }

    /// The body as text, or `None` if it is not UTF-8.
    pub fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.body).ok()
    }

    /// Everything of the message before its body, as it is sent.
    pub fn head_to_wire(&self) -> String {
        let first_line = format!("HTTP/1.1 {} {}", self.status, reason(self.status));
        head(&first_line, &self.headers)
    }

    /// The message as it is sent, with its secrets.
    pub fn to_wire(&self) -> Vec<u8> {
        let mut wire = self.head_to_wire().into_bytes();
        wire.extend_from_slice(&self.body);
        wire
    }
}

/// The parts of a list between commas, of which those inside of a quoted string do not count.
fn split_outside_quotes(list: &str) -> Vec<&str> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    let parts = list.split(|c| {
        let escaped = std::mem::take(&mut is_escaped);
        match c {
            _ if escaped => (),
            '\\' => is_escaped = is_quoted,
            '"' => is_quoted = !is_quoted,
            _ => (),
        }
        c == ',' && !is_quoted
    });
    parts.map(str::trim).collect()
}

/// A token, or a quoted string without its quotes and backslashes.
fn unquoted(value: &str) -> String {
    let Some(quoted) = value.strip_prefix('"') else { return value.to_owned() };
    let (mut text, mut characters) = (String::new(), quoted.chars());
    while let Some(c) = characters.next().filter(|c| *c != '"') {
        text.extend(if c == '\\' { characters.next() } else { Some(c) });
    }
    text
}

fn media_type(content_type: Option<&str>) -> String {
    let media_type = content_type.unwrap_or_default().split(';').next().unwrap_or_default();
    media_type.trim().to_ascii_lowercase()
}

fn find<'a>(headers: &'a [(String, String)], name: &str) -> impl Iterator<Item = &'a str> {
    headers
        .iter()
        .filter(move |(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.as_str())
}

fn head(first_line: &str, headers: &[(String, String)]) -> String {
    let mut head = format!("{first_line}\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    head
}

/// The words behind a status code (RFC 9110 §15, RFC 6585). A client must not rely on them.
fn reason(status: u16) -> &'static str {
    REASONS.iter().find(|(known, _)| *known == status).map_or("", |(_, words)| words)
}

#[rustfmt::skip]
const REASONS: [(u16, &str); 30] = [
    (200, "OK"), (201, "Created"), (204, "No Content"),
    (301, "Moved Permanently"), (302, "Found"), (303, "See Other"), (304, "Not Modified"),
    (307, "Temporary Redirect"), (308, "Permanent Redirect"),
    (400, "Bad Request"), (401, "Unauthorized"), (403, "Forbidden"), (404, "Not Found"),
    (405, "Method Not Allowed"), (406, "Not Acceptable"), (408, "Request Timeout"),
    (411, "Length Required"), (413, "Content Too Large"), (415, "Unsupported Media Type"), (417, "Expectation Failed"),
    (421, "Misdirected Request"), (422, "Unprocessable Content"), (429, "Too Many Requests"), (431, "Request Header Fields Too Large"),
    (500, "Internal Server Error"), (501, "Not Implemented"), (502, "Bad Gateway"),
    (503, "Service Unavailable"), (504, "Gateway Timeout"), (505, "HTTP Version Not Supported"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_written_with_every_header_that_is_sent() {
        let request =
            Request::post_form("http://127.0.0.1:9000/token", &[("a", "1 2"), ("b", "&")]);
        assert_eq!(
            request.to_wire(),
            concat!(
                "POST /token HTTP/1.1\r\n",
                "Host: 127.0.0.1:9000\r\n",
                "User-Agent: oauth2-by-hand/0.1.0\r\n",
                "Accept: application/json\r\n",
                "Accept-Encoding: identity\r\n",
                "Connection: close\r\n",
                "Content-Type: application/x-www-form-urlencoded\r\n",
                "Content-Length: 11\r\n",
                "\r\n",
                "a=1+2&b=%26",
            )
        );
    }

    #[test]
    fn an_empty_path_becomes_a_slash() {
        assert_eq!(Request::get("https://example.com").target, "/");
        assert_eq!(Request::get("https://example.com?a=b").target, "/?a=b");
    }

    #[test]
    fn a_response_is_written_in_the_form_in_which_it_is_printed() {
        let response = Response::new(200, "text/plain", "hi").with_header("x-one", "1");
        assert_eq!(
            String::from_utf8(response.to_wire()).unwrap(),
            "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 2\r\n\
             connection: close\r\nx-one: 1\r\n\r\nhi"
        );
    }

    /// RFC 9110 §15, RFC 6585. What a foreign server sends is printed as a status line, too.
    #[test]
    fn a_status_has_its_words_and_an_unknown_one_none() {
        for (status, line) in [
            (201, "HTTP/1.1 201 Created"),
            (204, "HTTP/1.1 204 No Content"),
            (301, "HTTP/1.1 301 Moved Permanently"),
            (302, "HTTP/1.1 302 Found"),
            (303, "HTTP/1.1 303 See Other"),
            (304, "HTTP/1.1 304 Not Modified"),
            (307, "HTTP/1.1 307 Temporary Redirect"),
            (308, "HTTP/1.1 308 Permanent Redirect"),
            (400, "HTTP/1.1 400 Bad Request"),
            (401, "HTTP/1.1 401 Unauthorized"),
            (403, "HTTP/1.1 403 Forbidden"),
            (404, "HTTP/1.1 404 Not Found"),
            (405, "HTTP/1.1 405 Method Not Allowed"),
            (406, "HTTP/1.1 406 Not Acceptable"),
            (408, "HTTP/1.1 408 Request Timeout"),
            (411, "HTTP/1.1 411 Length Required"),
            (413, "HTTP/1.1 413 Content Too Large"),
            (415, "HTTP/1.1 415 Unsupported Media Type"),
            (417, "HTTP/1.1 417 Expectation Failed"),
            (421, "HTTP/1.1 421 Misdirected Request"),
            (422, "HTTP/1.1 422 Unprocessable Content"),
            (429, "HTTP/1.1 429 Too Many Requests"),
            (431, "HTTP/1.1 431 Request Header Fields Too Large"),
            (500, "HTTP/1.1 500 Internal Server Error"),
            (501, "HTTP/1.1 501 Not Implemented"),
            (502, "HTTP/1.1 502 Bad Gateway"),
            (503, "HTTP/1.1 503 Service Unavailable"),
            (504, "HTTP/1.1 504 Gateway Timeout"),
            (505, "HTTP/1.1 505 HTTP Version Not Supported"),
            (599, "HTTP/1.1 599 "),
        ] {
            let wire = Response::new(status, "text/plain", "").head_to_wire();
            assert_eq!(wire.split("\r\n").next(), Some(line));
        }
    }

    /// RFC 9110 §11.6.1 and its example in §11.6.1; Azure, Google and GitHub each write it in another way.
    #[test]
    fn a_challenge_is_found_however_the_header_is_written() {
        let rows: [(&[&str], &str); 12] = [
            (&[r#"Bearer realm="x", error=invalid_token"#], "invalid_token"),
            (&[r#"Bearer realm="x",error="invalid_token""#], "invalid_token"),
            (&[r#"Bearer error = "invalid_token" , realm = x"#], "invalid_token"),
            (&["bearer\terror=invalid_token"], "invalid_token"),
            (&[r#"Basic realm="a", Bearer error="invalid_token""#], "invalid_token"),
            (&[r#"Basic realm="a""#, r#"Bearer ERROR="invalid_token""#], "invalid_token"),
            (&[r#"Negotiate, NTLM abc==, Bearer error="invalid_token""#], "invalid_token"),
            (&[r#"Bearer realm="a \" , error=\"no", error="it \"is\" bad""#], r#"it "is" bad"#),
            (&[r#"Bearer realm="no, error=no""#], ""),
            (&[r#"DPoP error="invalid_token""#], ""),
            (&[r#"Bearer error_description="error=no""#], ""),
            (&["Bearer", ""], ""),
        ];
        for (headers, expected) in rows {
            let response =
                headers.iter().fold(Response::new(401, "text/plain", ""), |it, header| {
                    it.with_header("WWW-Authenticate", header)
                });
            assert_eq!(response.challenge("error"), expected, "{headers:?}");
        }
    }

    #[test]
    fn a_media_type_is_compared_without_parameters_and_case() {
        let response = Response::new(200, "Application/JSON ; charset=utf-8", "{}");
        assert_eq!(response.media_type(), "application/json");
    }

    /// RFC 6750 §3.
    #[test]
    fn the_attributes_of_a_challenge_are_found_by_their_whole_name() {
        let challenge =
            r#"Bearer realm="a, b", error_description="no error=here", error="invalid_token""#;
        let response =
            Response::new(401, "text/plain", "").with_header("WWW-Authenticate", challenge);
        assert_eq!(response.challenge("error"), "invalid_token");
        assert_eq!(response.challenge("error_description"), "no error=here");
        assert_eq!(response.challenge("scope"), "");
    }
}
