//! Raw bytes at the callback and at the provider: what is not exactly HTTP is refused, by both alike.
//!
//! In each row `{H}` stands for the host that listens, and `{P}` for a path that it answers: the
//! provider with its front page (200), the callback with 404, since only one path is the redirect's.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "in a test, a panic is the answer"
)]

mod common;

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};

use common::*;
use oauth2_by_hand::practice;

const ISS: &str = "http%3A%2F%2F127.0.0.1%3A9000";

/// Sends the bytes, closes our half, and gives the status of the answer; 0 for none.
fn status(address: &str, bytes: &[u8]) -> u16 {
    let mut stream = TcpStream::connect(address).unwrap();
    // The server may have answered and closed before the end of a long message.
    let _ = stream.write_all(bytes).and_then(|()| stream.shutdown(Shutdown::Write));
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8(answer).unwrap();
    let answers = answer.lines().filter(|line| line.starts_with("HTTP/1.1 ")).count();
    assert_eq!(answers, usize::from(!answer.is_empty()), "{answer}");
    answer.split(' ').nth(1).map_or(0, |status| status.parse().unwrap())
}

fn filled(row: &[u8], host: &str, path: &str) -> Vec<u8> {
    let mut bytes = row.to_vec();
    for (mark, value) in [(b"{H}", host), (b"{P}", path)] {
        while let Some(at) = bytes.windows(3).position(|three| three == mark) {
            bytes.splice(at..at + 3, value.bytes());
        }
    }
    bytes
}

/// The bytes, and the status that callback and provider answer with.
type Row = (&'static [u8], u16, u16);

#[rustfmt::skip]
const ROWS: &[Row] = &[
    // Accepted look-alikes, so that a reader that refuses everything fails too.
    (b"GET {P} HTTP/1.1\r\nHost: {H}\r\n\r\n", 404, 200),
    (b"GET {P} HTTP/1.0\r\nHost: {H}\r\n\r\n", 404, 200),
    (b"GET {P} HTTP/1.1\r\nhOsT:{H}\r\n\r\n", 404, 200),
    (b"GET {P} HTTP/1.1\r\nHost: \t {H} \t\r\n\r\n", 404, 200),
    (b"GET {P} HTTP/1.1\r\nX: 1\r\nHost: {H}\r\nX: 1\r\nx: 2\r\n\r\n", 404, 200),
    (b"GET {P} HTTP/1.1\r\nHost: {H}\r\nEmpty:\r\n\r\n", 404, 200),
    (b"GET {P} HTTP/1.1\r\nHost: {H}\r\nX: a\tb \xc3\xa9 :=\"\r\n\r\n", 404, 200),
    (b"GET {P} HTTP/1.1\r\nHost: {H}\r\n!#$%&'*+-.^_`|~1aZ: x\r\n\r\n", 404, 200),
    (b"GET {P}?a=%zz&&=&\" HTTP/1.1\r\nHost: {H}\r\n\r\n", 404, 200),
    (b"GET {P} HTTP/1.1\r\nHost: {H}\r\nContent-Length: 4\r\n\r\nabcd", 404, 200),
    (b"GET {P} HTTP/1.1\r\nHost: {H}\r\nContent-Length: 0004\r\n\r\nabcd", 404, 200),
    (b"GET {P} HTTP/1.1\r\nHost: {H}\r\nContent-Length: 0\r\n\r\n", 404, 200),
    (b"GET {P} HTTP/1.1\r\nHost: {H}\r\nExpect: 100-continue\r\nUpgrade: h2c\r\n\r\n", 404, 200),
    // A second request behind the first is not read: one connection, one answer.
    (b"GET {P} HTTP/1.1\r\nHost: {H}\r\n\r\nGET {P} HTTP/1.1\r\nHost: {H}\r\n\r\n", 404, 200),
    (b"GET {P} HTTP/1.1\r\nHost: {H}\r\nContent-Length: 1\r\n\r\naGET / HTTP/1.1\r\n\r\n", 404, 200),
    // Truncated.
    (b"", 0, 0),
    (b"G", 400, 400),
    (b"GET {P}", 400, 400),
    (b"GET {P} HTTP/1.1\r\n", 400, 400),
    (b"GET {P} HTTP/1.1\r\nHost: {H}", 400, 400),
    (b"GET {P} HTTP/1.1\r\nHost: {H}\r\n", 400, 400),
    (b"GET {P} HTTP/1.1\r\nHost: {H}\r\n\r", 400, 400),
    (b"POST {P} HTTP/1.1\r\nHost: {H}\r\nContent-Length: 5\r\n\r\nabcd", 400, 400),
    (b"POST {P} HTTP/1.1\r\nHost: {H}\r\nContent-Length: 5\r\n\r\n", 400, 400),
    // Smuggled: two readers would see two different messages (RFC 9112 section 6.3, 11.2).
    (b"POST {P} HTTP/1.1\r\nHost: {H}\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, 400),
    (b"POST {P} HTTP/1.1\r\nHost: {H}\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 400, 400),
    (b"POST {P} HTTP/1.1\r\nHost: {H}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411, 411),
    (b"POST {P} HTTP/1.1\r\nHost: {H}\r\nTransfer-Encoding: identity\r\n\r\n", 400, 400),
    (b"POST {P} HTTP/1.1\r\nHost: {H}\r\nTRANSFER-ENCODING:\r\n\r\n", 400, 400),
    (b"POST {P} HTTP/1.1\r\nHost: {H}\r\nTransfer-Encoding: deflate,\tChunked\r\n\r\n0\r\n\r\n", 501, 501),
    (b"POST {P} HTTP/1.1\r\nHost: {H}\r\nTransfer-Encoding: chunked, deflate\r\n\r\n0\r\n\r\n", 400, 400),
    (b"POST {P} HTTP/1.1\r\nHost: {H}\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", 400, 400),
    (b"POST {P} HTTP/1.0\r\nHost: {H}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, 400),
    (b"POST {P} HTTP/1.1\r\nHost: {H}\r\nExpect: 100-continue\r\nContent-Length: 65537\r\n\r\n", 413, 413),
    (b"POST {P} HTTP/1.1\r\nHost: {H}\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n", 411, 411),
    (b"GET {P} HTTP/1.1\r\nHost: {H}\r\nExpect: 200-ok\r\n\r\n", 417, 417),
    (b"GET {P} HTTP/1.1\r\nHost: {H}\r\nExpect: 100-continue\r\nExpect: 102-processing\r\n\r\n", 417, 417),
    (b"POST {P} HTTP/1.1\r\nHost: {H}\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n", 400, 400),
    (b"POST {P} HTTP/1.1\r\nHost: {H}\r\nTransfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n", 400, 400),
    (b"POST {P} HTTP/1.1\r\nHost: {H}\r\nContent-Length: 4\r\nContent-Length: 4\r\n\r\nabcd", 400, 400),
    (b"POST {P} HTTP/1.1\r\nHost: {H}\r\nContent-Length: 4\r\ncontent-length: 5\r\n\r\nabcde", 400, 400),
    (b"POST {P} HTTP/1.1\r\nHost: {H}\r\nContent-Length: 4, 4\r\n\r\nabcd", 400, 400),
    (b"POST {P} HTTP/1.1\r\nHost: {H}\r\nContent-Length: +4\r\n\r\nabcd", 400, 400),
    (b"POST {P} HTTP/1.1\r\nHost: {H}\r\nContent-Length: -4\r\n\r\nabcd", 400, 400),
    (b"POST {P} HTTP/1.1\r\nHost: {H}\r\nContent-Length: 0x4\r\n\r\nabcd", 400, 400),
    (b"POST {P} HTTP/1.1\r\nHost: {H}\r\nContent-Length: 4 4\r\n\r\nabcd", 400, 400),
    (b"POST {P} HTTP/1.1\r\nHost: {H}\r\nContent-Length: 4.0\r\n\r\nabcd", 400, 400),
    (b"POST {P} HTTP/1.1\r\nHost: {H}\r\nContent-Length: \xd9\xa4\r\n\r\nabcd", 400, 400),
    (b"POST {P} HTTP/1.1\r\nHost: {H}\r\nContent-Length:\r\n\r\nabcd", 400, 400),
    (b"POST {P} HTTP/1.1\r\nHost: {H}\r\nContent-Length: 65537\r\n\r\nabcd", 413, 413),
    (b"POST {P} HTTP/1.1\r\nHost: {H}\r\nContent-Length: 18446744073709551616\r\n\r\nabcd", 413, 413),
    // Folded and split lines.
    (b"GET {P} HTTP/1.1\r\nHost: {H}\r\nX: a\r\n b\r\n\r\n", 400, 400),
    (b"GET {P} HTTP/1.1\r\nHost: {H}\r\nX: a\r\n\tb\r\n\r\n", 400, 400),
    (b"GET {P} HTTP/1.1\r\n Host: {H}\r\n\r\n", 400, 400),
    (b"GET {P} HTTP/1.1\r\nHost: {H}\nX: b\r\n\r\n", 400, 400),
    (b"GET {P} HTTP/1.1\r\nHost: {H}\rX: b\r\n\r\n", 400, 400),
    (b"GET {P} HTTP/1.1\nHost: {H}\n\n", 400, 400),
    (b"GET {P} HTTP/1.1\rHost: {H}\r\r", 400, 400),
    (b"\r\nGET {P} HTTP/1.1\r\nHost: {H}\r\n\r\n", 400, 400),
    (b"\r\n\r\n", 400, 400),
    (b"GET {P} HTTP/1.1\r\nHost : {H}\r\n\r\n", 400, 400),
    (b"GET {P} HTTP/1.1\r\nHost: {H}\r\n: nameless\r\n\r\n", 400, 400),
    (b"GET {P} HTTP/1.1\r\nHost: {H}\r\nno colon\r\n\r\n", 400, 400),
    (b"GET {P} HTTP/1.1\r\nHost: {H}\r\nX(: 1\r\n\r\n", 400, 400),
    // Control characters and bytes that are not text.
    (b"GET {P} HTTP/1.1\r\nHost: {H}\r\nX: a\0b\r\n\r\n", 400, 400),
    (b"GET {P} HTTP/1.1\r\nHost: {H}\r\nX\0: a\r\n\r\n", 400, 400),
    (b"GET {P} HTTP/1.1\r\nHost: {H}\r\nX: \x1b[2J\r\n\r\n", 400, 400),
    (b"GET {P} HTTP/1.1\r\nHost: {H}\r\nX: \x7f\r\n\r\n", 400, 400),
    (b"GET {P} HTTP/1.1\r\nHost: {H}\r\nX: \xff\r\n\r\n", 404, 200),
    (b"GET {P} HTTP/1.1\r\nHost: {H}\r\nCookie: city=M\xfcnchen; a=\x80\r\n\r\n", 404, 200),
    (b"GET {P} HTTP/1.1\r\nHost: {H}\r\nCookie: a=M\xc3\xbcnchen\xc3\r\n\r\n", 404, 200),
    (b"GET {P} HTTP/1.1\r\nHost: {H}\r\nX\xfc: a\r\n\r\n", 400, 400),
    (b"GET {P} HTTP/1.1\r\nHost: {H}\xff\r\n\r\n", 421, 421),
    (b"GET {P}\xff HTTP/1.1\r\nHost: {H}\r\n\r\n", 400, 400),
    (b"GET {P}\0 HTTP/1.1\r\nHost: {H}\r\n\r\n", 400, 400),
    (b"GET {P}\x0b HTTP/1.1\r\nHost: {H}\r\n\r\n", 400, 400),
    (b"GET {P}\xc3\xa9 HTTP/1.1\r\nHost: {H}\r\n\r\n", 400, 400),
    (b"GET {P}#x HTTP/1.1\r\nHost: {H}\r\n\r\n", 400, 400),
    (b"POST {P} HTTP/1.1\r\nHost: {H}\r\nContent-Length: 2\r\n\r\n\xff\xfe", 400, 400),
    // The request line.
    (b"GET  {P} HTTP/1.1\r\nHost: {H}\r\n\r\n", 400, 400),
    (b"GET\t{P}\tHTTP/1.1\r\nHost: {H}\r\n\r\n", 400, 400),
    (b" GET {P} HTTP/1.1\r\nHost: {H}\r\n\r\n", 400, 400),
    (b"GET {P} HTTP/1.1 \r\nHost: {H}\r\n\r\n", 400, 400),
    (b"GET {P}\r\nHost: {H}\r\n\r\n", 400, 400),
    (b"G@T {P} HTTP/1.1\r\nHost: {H}\r\n\r\n", 400, 400),
    (b"GET http://{H}{P} HTTP/1.1\r\nHost: {H}\r\n\r\n", 400, 400),
    (b"GET ..{P} HTTP/1.1\r\nHost: {H}\r\n\r\n", 400, 400),
    (b"CONNECT {H} HTTP/1.1\r\nHost: {H}\r\n\r\n", 400, 400),
    (b"OPTIONS * HTTP/1.1\r\nHost: {H}\r\n\r\n", 400, 400),
    (b"GET {P} HTTP/0.9\r\nHost: {H}\r\n\r\n", 505, 505),
    (b"GET {P} HTTP/1.2\r\nHost: {H}\r\n\r\n", 505, 505),
    (b"GET {P} HTTP/2.0\r\nHost: {H}\r\n\r\n", 505, 505),
    (b"GET {P} HTTP/\r\nHost: {H}\r\n\r\n", 505, 505),
    (b"GET {P} http/1.1\r\nHost: {H}\r\n\r\n", 400, 400),
    (b"GET {P} ICY/1.1\r\nHost: {H}\r\n\r\n", 400, 400),
    (b"get {P} HTTP/1.1\r\nHost: {H}\r\n\r\n", 405, 405),
    (b"PUT {P} HTTP/1.1\r\nHost: {H}\r\n\r\n", 405, 405),
    (b"OPTIONS {P} HTTP/1.1\r\nHost: {H}\r\nOrigin: https://evil.example\r\n\r\n", 405, 405),
    // The host: DNS rebinding, and what two readers would take for two hosts.
    (b"GET {P} HTTP/1.1\r\n\r\n", 421, 421),
    (b"GET {P} HTTP/1.1\r\nHost:\r\n\r\n", 421, 421),
    (b"GET {P} HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421, 421),
    (b"GET {P} HTTP/1.1\r\nHost: {H}\r\nHost: {H}\r\n\r\n", 421, 421),
    (b"GET {P} HTTP/1.1\r\nHost: {H}\r\nHost: evil.example\r\n\r\n", 421, 421),
    (b"GET {P} HTTP/1.1\r\nHost: {H}, evil.example\r\n\r\n", 421, 421),
    (b"GET {P} HTTP/1.1\r\nHost: x@{H}\r\n\r\n", 421, 421),
    (b"GET {P} HTTP/1.1\r\nHost: {H}.\r\n\r\n", 421, 421),
    (b"GET {P} HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: {H}\r\n\r\n", 421, 421),
    // Not HTTP at all.
    (b"SSH-2.0-OpenSSH_9.6\r\n", 400, 400),
    (b"EHLO example.com\r\n\r\n", 400, 400),
    (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, 400),
    (b"\x16\x03\x01\x00\xc8\x01\x00\x00\xc4\x03\x03", 400, 400),
    (b"\x05\x01\x00", 400, 400),
    (b"{\"jsonrpc\":\"2.0\"}\r\n\r\n", 400, 400),
    (b"\0\0\0\0\0\0\0\0", 400, 400),
    (b"\xff\xff\xff\xff\r\n\r\n", 400, 400),
];

/// RFC 9112; tiny_http RUSTSEC-2020-0031, hyper RUSTSEC-2021-0020.
#[test]
fn raw_bytes_have_the_same_written_outcome_at_the_callback_and_at_the_provider() {
    let (address, code) = callback();
    let (provider, _server) = practice::start(&practice::quirks::PLAIN, 0, |_| ()).unwrap();
    let provider_address = provider.issuer().strip_prefix("http://").unwrap();
    for (row, at_callback, at_provider) in ROWS {
        let shown = row.escape_ascii();
        let bytes = filled(row, &address, "/favicon.ico");
        assert_eq!(status(&address, &bytes), *at_callback, "callback: {shown}");
        let bytes = filled(row, provider_address, "/");
        assert_eq!(status(provider_address, &bytes), *at_provider, "provider: {shown}");
    }
    assert!(ROWS.len() >= 100, "{} rows", ROWS.len());

    // None of them has ended the wait.
    let target = format!("/callback?code=the-code&state={STATE}&iss={ISS}");
    assert!(browse(&format!("http://{address}{target}")).starts_with("HTTP/1.1 200 "));
    assert_eq!(code.join().unwrap(), Ok("the-code".into()));
}

#[test]
fn a_message_without_end_is_cut_off_and_a_large_one_is_read() {
    let (address, code) = callback();
    let head = format!("GET /favicon.ico HTTP/1.1\r\nHost: {address}\r\n");
    let large = |more: &str| format!("{head}{more}\r\n\r\n").into_bytes();
    let rows = [
        ("a cookie of 60 KiB", large(&format!("Cookie: {}", "c".repeat(60 * 1024))), 404),
        ("a cookie of 70 KiB", large(&format!("Cookie: {}", "c".repeat(70 * 1024))), 431),
        ("20,000 headers", large(&"X: y\r\n".repeat(20_000)), 431),
        ("a target of 70 KiB", format!("GET /{} HTTP/1.1", "x".repeat(70 * 1024)).into(), 431),
        ("70 KiB of nothing", vec![0; 70 * 1024], 431),
        ("a megabyte of CRLF", b"\r\n".repeat(1 << 19), 400),
    ];
    for (what, bytes, expected) in rows {
        assert_eq!(status(&address, &bytes), expected, "{what}");
    }
    browse(&format!("http://{address}/callback?code=the-code&state={STATE}&iss={ISS}"));
    assert_eq!(code.join().unwrap(), Ok("the-code".into()));
}

/// The redirect itself, cut off anywhere, is no redirect.
#[test]
fn every_prefix_of_the_real_callback_leaves_the_wait_as_it_was() {
    let (address, code) = callback();
    let whole = format!(
        "GET /callback?code=the-code&state={STATE}&iss={ISS} HTTP/1.1\r\nHost: {address}\r\n\r\n"
    );
    for length in 0..whole.len() {
        let expected = if length == 0 { 0 } else { 400 };
        let prefix = &whole[..length];
        assert_eq!(status(&address, prefix.as_bytes()), expected, "{prefix:?}");
        assert!(!code.is_finished(), "{prefix:?}");
    }
    assert_eq!(status(&address, whole.as_bytes()), 200);
    assert_eq!(code.join().unwrap(), Ok("the-code".into()));
}

/// The second request of a connection would come past the check of the first.
#[test]
fn a_redirect_smuggled_behind_another_request_is_not_read() {
    let (address, code) = callback();
    let redirect = format!(
        "GET /callback?code=evil&state={STATE}&iss={ISS} HTTP/1.1\r\nHost: {address}\r\n\r\n"
    );
    for first in [
        format!("GET /favicon.ico HTTP/1.1\r\nHost: {address}\r\n\r\n"),
        format!("POST / HTTP/1.1\r\nHost: {address}\r\nContent-Length: 0\r\n\r\n"),
        format!(
            "POST / HTTP/1.1\r\nHost: {address}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        ),
    ] {
        let both = format!("{first}{redirect}");
        assert_ne!(status(&address, both.as_bytes()), 200, "{first}");
    }
    assert!(!code.is_finished());
    browse(&format!("http://{address}/callback?code=the-code&state={STATE}&iss={ISS}"));
    assert_eq!(code.join().unwrap(), Ok("the-code".into()));
}

/// Node's `request.write` sends chunks: its client library shows what a token endpoint says in JSON (RFC 6749 §5.2).
#[test]
fn a_body_in_chunks_is_refused_in_json_with_a_hint() {
    let (provider, _server) = practice::start(&practice::quirks::PLAIN, 0, |_| ()).unwrap();
    let host = provider.issuer().strip_prefix("http://").unwrap();
    for path in ["/token", "/register"] {
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n"
        );
        let answer = raw(host, request.as_bytes());
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 411 Length Required\r\n"), "{head}");
        for header in
            ["content-type: application/json", "cache-control: no-store", "pragma: no-cache"]
        {
            assert!(head.lines().any(|line| line == header), "{header} in {head}");
        }
        let members: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!(members["error"], "invalid_request");
        assert_eq!(members["error_description"], "send a Content-Length: chunks are not read here");
    }
}

/// curl asks before a large form, and waits a second for the answer.
#[test]
fn a_client_that_asks_before_it_sends_its_body_is_told_to_go_on() {
    let (provider, _server) = practice::start(&practice::quirks::PLAIN, 0, |_| ()).unwrap();
    let host = provider.issuer().strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    let head = format!(
        "POST /token HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Expect: 100-continue\r\nContent-Length: 3\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut interim = [0; 25];
    stream.read_exact(&mut interim).unwrap();
    assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");

    stream.write_all(b"a=b").unwrap();

    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
}
