//! Reading one request from a connection, strictly.
//!
//! A server that guesses what a broken request means can be made to guess wrong: two programs
//! that read one stream of bytes in two ways are an old attack. So there are no guesses here. What is not
//! exactly HTTP/1.1 is answered with a 4xx and the connection is closed.
//!
//! ```text
//! bytes  ->  head (request line, headers)  ->  body of Content-Length bytes  ->  Request
//! ```
//!
//! Specification: [RFC 9112 §3, §5, §6.1, §6.3]; [RFC 9110 §10.1.1] for `Expect`.
//!
//! [RFC 9112 §3, §5, §6.1, §6.3]: https://www.rfc-editor.org/rfc/rfc9112#section-3
//! [RFC 9110 §10.1.1]: https://www.rfc-editor.org/rfc/rfc9110#section-10.1.1

use std::io::{BufRead, BufReader, ErrorKind, Read};

use super::Request;

/// Browsers send the cookies of every local application to each port of 127.0.0.1, so a head can
/// be larger than one expects.
pub const MAX_HEAD_BYTES: usize = 64 * 1024;
/// The largest body that is ours to read is a registration form.
pub const MAX_BODY_BYTES: usize = 64 * 1024;
const MAX_HEADERS: usize = 100;

/// Why there is no request to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// Nothing came before the end: a browser opens connections ahead of need. No answer is owed.
    Silent,
    /// What arrived is not a valid request: the status to answer with, and the reason.
    Refused(u16, &'static str),
}

use Unreadable::{Refused, Silent};

/// Reads one request. `origin` is the server's own, such as `http://127.0.0.1:9000`. (Public for tests.)
///
/// # Errors
///
/// [`Unreadable`], after which nothing more may be read from the connection.
pub fn read_request(stream: &mut dyn Read, origin: &str) -> Result<Request, Unreadable> {
    read_with_continue(stream, origin, &mut || ())
}

/// The same. `send_continue` is called when the client waits for `100 Continue` before it sends the body.
///
/// # Errors
///
/// [`Unreadable`], after which nothing more may be read from the connection.
pub fn read_with_continue(
    stream: &mut dyn Read,
    origin: &str,
    send_continue: &mut dyn FnMut(),
) -> Result<Request, Unreadable> {
    let mut stream = BufReader::new(stream.take(MAX_HEAD_BYTES as u64));
    let head = read_head(&mut stream)?;
    let mut request = parse_head(&head, origin)?;
    let is_http_1_0 = head.lines().next().is_some_and(|line| line.ends_with(" HTTP/1.0"));
    let expects_continue = expects_continue(&request)? && !is_http_1_0;
    check_transfer_encoding(&request, is_http_1_0)?;

    // What follows the body would be a second request: we close instead.
    let length = body_length(&request)?;
    if expects_continue && length > stream.buffer().len() {
        send_continue();
    }
    stream.get_mut().set_limit(length as u64);
    match stream.take(length as u64).read_to_string(&mut request.body) {
        Ok(read) if read == length => Ok(request),
        Err(error) if error.kind() == ErrorKind::InvalidData => {
            Err(Refused(400, "the body is not text"))
        }
        _ => Err(Refused(400, "the body is shorter than its Content-Length")),
    }
}

/// Everything up to and with the empty line.
fn read_head(stream: &mut dyn BufRead) -> Result<String, Unreadable> {
    let mut head = Vec::new();
    // RFC 8446 §5.1: TLS begins with a record of type 22, and waits for an answer in TLS.
    if stream.fill_buf().is_ok_and(|start| start.first() == Some(&22)) {
        return Err(Refused(400, "https was tried where only http is spoken"));
    }
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_until(b'\n', &mut head) {
            Ok(length) if length > 0 => (),
            // The end of the stream, its deadline, a broken connection, or no more room.
            _ if head.is_empty() => return Err(Silent),
            _ if head.len() >= MAX_HEAD_BYTES => {
                return Err(Refused(431, "the head of the request is too large"));
            }
            _ => return Err(Refused(400, "the request ended too early")),
        }
    }
    // RFC 9110 §5.5: other bytes than ASCII are data in a header. Another program's cookie may hold them.
    Ok(String::from_utf8_lossy(&head).into_owned())
}

/// Reads the request line and the headers, up to and with the empty line, in exactly RFC 9112's form.
fn parse_head(head: &str, origin: &str) -> Result<Request, Unreadable> {
    let lines = head.strip_suffix("\r\n\r\n").ok_or(Refused(400, "the head has no end"))?;
    // CR, LF and NUL inside a line would split one line in two for another reader.
    let mut lines = lines.split("\r\n");
    let request_line = lines.next().unwrap_or_default();

    let mut words = request_line.split(' ');
    let (Some(method), Some(target), Some(version), None) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return Err(Refused(400, "the request line does not have three words"));
    };
    if !is_token(method) {
        return Err(Refused(400, "the method is not a word"));
    }
    if !target.starts_with('/') || target.contains(|c: char| !c.is_ascii_graphic() || c == '#') {
        return Err(Refused(400, "the target is not a path"));
    }
    match version {
        "HTTP/1.1" | "HTTP/1.0" => (),
        _ if version.starts_with("HTTP/") => {
            return Err(Refused(505, "only HTTP/1.1 is spoken here"));
        }
        _ => return Err(Refused(400, "the request is not HTTP")),
    }

    let headers: Vec<_> = lines.map(parse_header).collect::<Result<_, _>>()?;
    // Each takes more memory than it has bytes. A browser sends fewer than 40.
    if headers.len() > MAX_HEADERS {
        return Err(Refused(431, "there are more than 100 headers"));
    }
    Ok(Request {
        method: method.to_owned(),
        origin: origin.to_owned(),
        target: target.to_owned(),
        headers,
        body: String::new(),
    })
}

fn parse_header(line: &str) -> Result<(String, String), Unreadable> {
    let (name, value) = line.split_once(':').ok_or(Refused(400, "a header has no colon"))?;
    // A space before the colon, or at the start of a line (a folded header), is refused here too.
    if !is_token(name) {
        return Err(Refused(400, "a header's name is not a word"));
    }
    let value = value.trim_matches([' ', '\t']);
    if value.contains(|c: char| c.is_ascii_control() && c != '\t') {
        return Err(Refused(400, "a header holds a control character"));
    }
    Ok((name.to_owned(), value.to_owned()))
}

/// Whether the client waits for `100 Continue`. No other expectation is known (RFC 9110 §10.1.1).
fn expects_continue(request: &Request) -> Result<bool, Unreadable> {
    let expected = request.headers_named("Expect");
    if !expected.iter().all(|value| value.eq_ignore_ascii_case("100-continue")) {
        return Err(Refused(417, "only Expect: 100-continue is known here"));
    }
    Ok(!expected.is_empty())
}

/// No coding of the body is read here. Which answer it gets depends on whether its end could be found
/// (RFC 9112 §6.1, §6.3).
fn check_transfer_encoding(request: &Request, is_http_1_0: bool) -> Result<(), Unreadable> {
    let headers = request.headers_named("Transfer-Encoding");
    let codings = headers.join(",").to_ascii_lowercase();
    let codings: Vec<&str> = codings.split(',').map(str::trim).collect();
    match codings.split_last() {
        _ if headers.is_empty() => Ok(()),
        // Smuggling: two ways to say how long the body is are two ways to read the stream.
        _ if request.header("Content-Length").is_some() => {
            Err(Refused(400, "there are Transfer-Encoding and Content-Length"))
        }
        _ if is_http_1_0 => Err(Refused(400, "HTTP/1.0 has no Transfer-Encoding")),
        Some((&"chunked", [])) => {
            Err(Refused(411, "send a Content-Length: chunks are not read here"))
        }
        Some((&"chunked", before)) if !before.contains(&"chunked") => {
            Err(Refused(501, "this Transfer-Encoding is not understood here"))
        }
        _ => Err(Refused(400, "chunked has to be the last Transfer-Encoding, and there once")),
    }
}

/// The length of the body; two of them would be two ways to read the stream (RFC 9112 §6.3).
fn body_length(request: &Request) -> Result<usize, Unreadable> {
    let length = match *request.headers_named("Content-Length") {
        [] => return Ok(0),
        [length] => length,
        _ => return Err(Refused(400, "there are two Content-Length headers")),
    };
    if length.is_empty() || length.contains(|c: char| !c.is_ascii_digit()) {
        return Err(Refused(400, "the Content-Length is not a number"));
    }
    match length.parse() {
        Ok(length) if length <= MAX_BODY_BYTES => Ok(length),
        _ => Err(Refused(413, "the body is too large")),
    }
}

/// RFC 9110 §5.6.2.
fn is_token(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    !text.is_empty() && text.chars().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: impl AsRef<[u8]>) -> Result<Request, Unreadable> {
        read_request(&mut bytes.as_ref(), "http://127.0.0.1:9000")
    }

    #[test]
    fn a_request_is_read_as_it_was_written() {
        let request =
            read("POST /token?a=b HTTP/1.1\r\nHost: 127.0.0.1:9000\r\nContent-Length: 4 \r\nX-Empty:\r\n\r\na=b&rest")
                .unwrap();
        assert_eq!((request.method.as_str(), request.target.as_str()), ("POST", "/token?a=b"));
        assert_eq!((request.path(), request.query()), ("/token", "a=b"));
        assert_eq!(request.header("content-length"), Some("4"));
        assert_eq!(request.header("x-empty"), Some(""));
        assert_eq!(request.body, "a=b&");
        assert_eq!(request.origin, "http://127.0.0.1:9000");
    }

    #[test]
    fn a_connection_without_a_byte_is_owed_no_answer() {
        assert_eq!(read(""), Err(Silent));
    }

    #[test]
    fn what_is_not_exactly_http_is_refused() {
        let rows: [(&[u8], u16); 38] = [
            (b"GET / HTTP/1.1", 400),
            (b"GET / HTTP/1.1\r\nHost: a\r\n", 400),
            (b"GET / HTTP/1.1\nHost: a\n\n", 400),
            (b"\r\n\r\n", 400),
            (b"GET /\r\n\r\n", 400),
            (b"GET  / HTTP/1.1\r\n\r\n", 400),
            (b"GET / HTTP/1.1 x\r\n\r\n", 400),
            (b"GET / HTTP/2.0\r\n\r\n", 505),
            (b"GET / FTP/1.1\r\n\r\n", 400),
            (b"G(T / HTTP/1.1\r\n\r\n", 400),
            (b"GET http://evil.example/ HTTP/1.1\r\n\r\n", 400),
            (b"GET /\x01 HTTP/1.1\r\n\r\n", 400),
            (b"GET /\xc3\xa4 HTTP/1.1\r\n\r\n", 400),
            (b"GET / HTTP/1.1\r\nno colon\r\n\r\n", 400),
            (b"GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400),
            (b"GET / HTTP/1.1\r\n: a\r\n\r\n", 400),
            (b"GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n", 400),
            (b"GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n", 400),
            (b"GET / HTTP/1.1\r\nHost: a\nb: c\r\n\r\n", 400),
            (b"GET / HTTP/1.1\r\nHost: a\x00\r\n\r\n", 400),
            (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0", 400),
            (b"POST / HTTP/1.1\r\nTransfer-Encoding: Chunked\r\n\r\n0\r\n\r\n", 411),
            (b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
            (b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 400),
            (b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501),
            (b"POST / HTTP/1.1\r\nTransfer-Encoding: x\r\nTransfer-Encoding: chunked\r\n\r\n", 501),
            (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked, gzip\r\n\r\n", 400),
            (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked;q=1\r\n\r\n", 400),
            (b"POST / HTTP/1.1\r\nExpect: 200-ok\r\n\r\n", 417),
            (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
            (b"\x16", 400),
            (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
            (b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na", 400),
            (b"POST / HTTP/1.1\r\nContent-Length: +5\r\n\r\nabcde", 400),
            (b"POST / HTTP/1.1\r\nContent-Length: 5, 5\r\n\r\nabcde", 400),
            (b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nabcd", 400),
            (b"POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n", 413),
            (b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n\xff\xff", 400),
        ];
        for (bytes, expected) in rows {
            let shown = String::from_utf8_lossy(bytes);
            match read(bytes) {
                Err(Refused(status, _)) => assert_eq!(status, expected, "{shown:?}"),
                other => panic!("{shown:?} gave {other:?}"),
            }
        }
    }

    #[test]
    fn a_body_that_is_not_text_is_told_from_one_that_is_cut_off() {
        for (body, expected) in [
            (b"\xff\xfe".as_slice(), "the body is not text"),
            (b"a", "the body is shorter than its Content-Length"),
        ] {
            let mut bytes = b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n".to_vec();
            bytes.extend_from_slice(body);
            let Err(Refused(400, reason)) = read_request(&mut bytes.as_slice(), "") else {
                panic!("{body:?}")
            };
            assert_eq!(reason, expected);
        }
    }

    /// RFC 9110 §10.1.1: a client of HTTP/1.0 would not understand it, and one that sends its body already waits
    /// for nothing.
    #[test]
    fn continue_is_sent_once_and_only_to_a_client_that_waits_for_it() {
        let rows = [
            ("1.1", "100-continue", "2", "", 1),
            ("1.1", "100-Continue", "65536", "", 1),
            ("1.1", "100-continue", "2", "a", 1),
            ("1.1", "100-continue", "2", "ab", 0),
            ("1.1", "100-continue", "0", "", 0),
            ("1.0", "100-continue", "2", "", 0),
            ("1.1", "100-continue", "65537", "", 0),
            ("1.1", "100-continue", "x", "", 0),
            ("1.1", "101-continue", "2", "", 0),
            ("1.1", "100-continue, other", "2", "", 0),
        ];
        for (version, expect, length, body, expected) in rows {
            let bytes = format!(
                "POST / HTTP/{version}\r\nExpect: {expect}\r\nContent-Length: {length}\r\n\r\n{body}"
            );
            let mut sent = 0;
            let _ = read_with_continue(&mut bytes.as_bytes(), "", &mut || sent += 1);
            assert_eq!(sent, expected, "{bytes:?}");
        }
    }

    /// Gives one byte for each read, and the n-th read fails.
    struct Failing<'a> {
        bytes: &'a [u8],
        reads_left: usize,
        error: std::io::ErrorKind,
    }

    impl Read for Failing<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let failed = self.reads_left == 0;
            self.reads_left = self.reads_left.saturating_sub(1);
            if failed { Err(self.error.into()) } else { self.bytes.read(&mut buffer[..1]) }
        }
    }

    #[test]
    fn whichever_read_fails_there_is_no_request() {
        use std::io::ErrorKind::{BrokenPipe, ConnectionReset, TimedOut, WouldBlock};
        let bytes = b"POST /token HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na=b";
        for error in [TimedOut, WouldBlock, ConnectionReset, BrokenPipe] {
            for reads_left in 0..bytes.len() {
                let mut stream = Failing { bytes, reads_left, error };
                let outcome = read_request(&mut stream, "");
                let cut_off = Err(Refused(400, "the body is shorter than its Content-Length"));
                let is_expected = match reads_left {
                    0 => outcome == Err(Silent),
                    _ if reads_left >= bytes.len() - 3 => outcome == cut_off,
                    _ => matches!(outcome, Err(Refused(400, _))),
                };
                assert!(is_expected, "read {reads_left}: {outcome:?}");
            }
            let mut whole = Failing { bytes, reads_left: bytes.len(), error };
            let one_by_one = read_request(&mut whole, "http://127.0.0.1:9000");
            assert_eq!(one_by_one, read(bytes), "byte by byte is the same");
        }
    }

    /// A signal comes in the middle: nothing is wrong with the connection.
    #[test]
    fn an_interrupted_read_is_tried_again() {
        struct Interrupted<'a>(&'a [u8], bool);
        impl Read for Interrupted<'_> {
            fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
                self.1 = !self.1;
                match self.1 {
                    true => Err(std::io::ErrorKind::Interrupted.into()),
                    false => self.0.read(&mut buffer[..1]),
                }
            }
        }
        let bytes = b"POST /token HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na=b";
        let mut stream = Interrupted(bytes, false);
        assert_eq!(read_request(&mut stream, "http://127.0.0.1:9000"), read(bytes));
    }

    #[test]
    fn every_prefix_of_a_good_request_is_refused() {
        let bytes = b"POST /token HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na=b";
        assert!(read(bytes).is_ok());
        for length in 0..bytes.len() {
            assert!(read(&bytes[..length]).is_err(), "{length} bytes");
        }
    }

    /// 64 KiB, whether the bytes come one by one or many at a time.
    #[test]
    fn the_limits_of_head_and_body_are_exact() {
        for (length, status) in [(65_536, None), (65_537, Some(431)), (70_000, Some(431))] {
            let head = format!("GET / HTTP/1.1\r\nX: {}\r\n\r\n", "x".repeat(length - 23));
            let mut slowly = Failing {
                bytes: head.as_bytes(),
                reads_left: usize::MAX,
                error: std::io::ErrorKind::Other,
            };
            for outcome in [read(&head), read_request(&mut slowly, "")] {
                let refused = match outcome {
                    Err(Refused(status, _)) => Some(status),
                    Err(Silent) => panic!("silent"),
                    Ok(_) => None,
                };
                assert_eq!((head.len(), refused), (length, status));
            }
        }
        for (length, fits) in [(65_536, true), (65_537, false)] {
            let head = format!("POST / HTTP/1.1\r\nContent-Length: {length}\r\n\r\n");
            let outcome = read(head + &"x".repeat(length));
            match outcome {
                Ok(request) => assert_eq!((request.body.len(), true), (length, fits)),
                refused => {
                    assert_eq!((refused, fits), (Err(Refused(413, "the body is too large")), false))
                }
            }
        }
    }

    #[test]
    fn a_request_has_at_most_100_headers() {
        let with = |count: usize| read(format!("GET / HTTP/1.1\r\n{}\r\n", "a:\r\n".repeat(count)));

        assert_eq!(with(100).unwrap().headers.len(), 100);
        assert_eq!(with(101), Err(Refused(431, "there are more than 100 headers")));
    }

    #[test]
    fn a_head_without_end_is_cut_off() {
        let endless = std::io::repeat(b'a');
        let refused = read_request(&mut std::io::BufReader::new(endless), "");
        assert_eq!(refused, Err(Refused(431, "the head of the request is too large")));
    }
}
