//! `send` against servers that break off, stall, lie and never end.
//!
//! Whatever they do: an error of its type, in time, without a secret in its text; and nothing is sent twice.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use super::*;
use crate::http::read::read_request;

/// A server that does the same with each connection, and counts them.
struct Torturer {
    origin: String,
    connections: Arc<AtomicUsize>,
}

fn torturer(torture: impl Fn(TcpStream) + Send + Sync + 'static) -> Torturer {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let connections = Arc::new(AtomicUsize::new(0));
    let (count, torture) = (Arc::clone(&connections), Arc::new(torture));
    thread::spawn(move || {
        for stream in listener.incoming() {
            count.fetch_add(1, Ordering::SeqCst);
            let torture = Arc::clone(&torture);
            thread::spawn(move || torture(stream.unwrap()));
        }
    });
    Torturer { origin, connections }
}

impl Torturer {
    fn request(&self) -> Request {
        let pairs = [("code", "canary-code"), ("client_secret", "canary-secret")];
        Request::post_form(&format!("{}/token", self.origin), &pairs)
            .with_header("Authorization", "Bearer canary-token")
    }

    /// Sends a request full of secrets. The outcome comes soon after the timeout at the latest.
    fn attempt(&self, timeout: Duration) -> Result<Response, Error> {
        let request = self.request();
        let endpoint = endpoint::parse(&request.url()).unwrap();
        let before = self.connections.load(Ordering::SeqCst);
        let start = Instant::now();

        let outcome = deliver(&request, config(&endpoint, timeout).build());

        assert!(start.elapsed() < timeout + Duration::from_secs(3), "{:?}", start.elapsed());
        assert_eq!(self.connections.load(Ordering::SeqCst), before + 1, "nothing is sent twice");
        if let Err(error) = &outcome {
            let shown = format!("{error} {error:?}");
            assert!(!shown.contains("canary"), "{shown}");
            let typed = matches!(error, Error::Network { .. } | Error::TimedOut { .. });
            assert!(typed, "{shown}");
        }
        outcome
    }
}

/// Long enough for any answer that comes at all.
const LONG: Duration = Duration::from_secs(20);
/// For servers that stall.
const SHORT: Duration = Duration::from_millis(300);

/// Closes so that the other side gets an error instead of an end.
fn reset(stream: &TcpStream) {
    socket2::SockRef::from(stream).set_linger(Some(Duration::ZERO)).unwrap();
}

const WITH_LENGTH: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\
    Content-Length: 46\r\n\r\n{\"access_token\":\"abc\",\"token_type\":\"Bearer\" }\n";
const IN_CHUNKS: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\
    Transfer-Encoding: chunked\r\n\r\n10\r\n{\"access_token\":\r\n6\r\n\"abc\"}\r\n0\r\n\r\n";

/// The n-th read fails, for every n: the server breaks off after n bytes of a good answer.
#[test]
fn every_prefix_of_a_good_answer_is_an_error() {
    for (answer, resets) in
        [(WITH_LENGTH, false), (WITH_LENGTH, true), (IN_CHUNKS, false), (IN_CHUNKS, true)]
    {
        let length = Arc::new(AtomicUsize::new(0));
        let told = Arc::clone(&length);
        let server = torturer(move |mut stream| {
            read_request(&mut stream, "").unwrap();
            stream.write_all(&answer[..told.load(Ordering::SeqCst)]).unwrap();
            if resets {
                reset(&stream);
            }
        });
        // After the last chunk the body is whole; ureq does not insist on the empty line behind it.
        let whole = if answer == IN_CHUNKS { answer.len() - 2 } else { answer.len() };
        for n in 0..whole {
            length.store(n, Ordering::SeqCst);
            let outcome = server.attempt(LONG);
            assert!(outcome.is_err(), "{n} bytes of {} gave {outcome:?}", answer.escape_ascii());
        }
        length.store(answer.len(), Ordering::SeqCst);
        assert!(resets || server.attempt(LONG).is_ok(), "the whole is an answer");
    }
}

/// The n-th write fails, for every n: the server takes n bytes of the request and hangs up.
#[test]
fn a_server_that_hangs_up_within_the_request_is_an_error() {
    let length = Arc::new(AtomicUsize::new(0));
    let told = Arc::clone(&length);
    let server = torturer(move |stream| {
        let mut taken = Vec::new();
        let _ = (&stream).take(told.load(Ordering::SeqCst) as u64).read_to_end(&mut taken);
        reset(&stream);
    });
    for n in 0..=server.request().to_wire().len() {
        length.store(n, Ordering::SeqCst);
        assert!(server.attempt(LONG).is_err(), "after {n} bytes");
    }
}

/// Writes the same bytes until the other side has had enough, or for ever, with a pause or without.
fn send_forever(mut stream: TcpStream, head: &[u8], again: &[u8], pause: Duration) {
    read_request(&mut stream, "").unwrap();
    let _ = stream.write_all(head);
    while stream.write_all(again).is_ok() {
        thread::sleep(pause);
    }
}

#[test]
fn a_server_that_never_ends_is_cut_off() {
    const NEVER: Duration = Duration::from_secs(3600);
    const SLOW: Duration = Duration::from_millis(20);
    const FAST: Duration = Duration::ZERO;
    type Row = (&'static str, &'static [u8], &'static [u8], Duration);
    let stalls: [Row; 7] = [
        ("no byte", b"", b"", NEVER),
        ("a status line byte by byte", b"HTTP/1.1 200 ", b"O", SLOW),
        ("a header byte by byte", b"HTTP/1.1 200 OK\r\nX: ", b"x", SLOW),
        ("header after header", b"HTTP/1.1 200 OK\r\n", b"X: y\r\n", SLOW),
        ("a body byte by byte", b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b"x", SLOW),
        (
            "chunk by chunk",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"1\r\nx\r\n",
            SLOW,
        ),
        (
            "a gigabyte that never comes",
            b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n",
            b"x",
            NEVER,
        ),
    ];
    for (what, head, again, pause) in stalls {
        let server = torturer(move |stream| send_forever(stream, head, again, pause));
        let outcome = server.attempt(SHORT);
        assert!(matches!(outcome, Err(Error::TimedOut { .. })), "{what}: {outcome:?}");
    }

    let floods: [Row; 6] = [
        (
            "a gigabyte that comes",
            b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n",
            &[b'x'; 65536],
            FAST,
        ),
        ("a body without a length", b"HTTP/1.1 200 OK\r\n\r\n", &[b'x'; 65536], FAST),
        (
            "endless chunks",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"a\r\nxxxxxxxxxx\r\na\r\nxxxxxxxxxx\r\n",
            FAST,
        ),
        ("endless headers", b"HTTP/1.1 200 OK\r\n", b"X-More: xxxxxxxxxxxxxxxxxxxxxxxx\r\n", FAST),
        ("one endless header", b"HTTP/1.1 200 OK\r\nX: ", &[b'x'; 65536], FAST),
        ("an endless status line", b"HTTP/1.1 200 ", &[b'x'; 65536], FAST),
    ];
    for (what, head, again, pause) in floods {
        let server = torturer(move |stream| send_forever(stream, head, again, pause));
        let outcome = server.attempt(LONG);
        assert!(matches!(outcome, Err(Error::Network { .. })), "{what}: {outcome:?}");
    }
}

/// Large is not endless: a megabyte of body and tens of kilobytes of head are read.
#[test]
fn what_is_large_but_within_the_limits_is_read_whole() {
    for (head, body, fits) in
        [(60_000, 5, true), (70_000, 5, false), (10, 1_048_576, true), (10, 1_048_577, false)]
    {
        let server = torturer(move |mut stream| {
            read_request(&mut stream, "").unwrap();
            let (x, body) = ("x".repeat(head), "y".repeat(body));
            let length = body.len();
            let answer =
                format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nX: {x}\r\n\r\n{body}");
            let _ = stream.write_all(answer.as_bytes());
        });
        let outcome = server.attempt(LONG);
        let read = outcome.as_ref().ok().map(|response| response.body.len());
        assert_eq!(read, fits.then_some(body), "{head} and {body}");
        if let Ok(response) = outcome {
            assert_eq!(response.header("x").map(str::len), Some(head));
        }
    }
}

/// Each of these is answered and the connection closed, as a server of another protocol would.
#[test]
fn what_is_not_http_is_an_error() {
    let rows: [&'static [u8]; 10] = [
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"220 mail.example ESMTP\r\n",
        b"<html><h1>hello</h1></html>",
        b"\x16\x03\x03\x00\x02\x02\x28",
        b"\0\0\0\0\0\0\0\0",
        b"HTTP/1.1 OK\r\n\r\n",
        b"HTTP/1.1 9999 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\nx",
    ];
    for answer in rows {
        let server = torturer(move |mut stream| {
            read_request(&mut stream, "").unwrap();
            stream.write_all(answer).unwrap();
            let _ = stream.shutdown(Shutdown::Write);
            let _ = stream.read_to_end(&mut Vec::new());
        });
        let outcome = server.attempt(LONG);
        assert!(outcome.is_err(), "{} gave {outcome:?}", answer.escape_ascii());
    }
}

/// requests CVE-2018-18074 and others: credentials followed a redirect to another host.
#[test]
fn a_redirect_is_an_answer_and_its_target_sees_nothing() {
    let trap = torturer(|_| ());
    for status in [301, 302, 303, 307, 308] {
        let target = trap.origin.clone();
        let server = torturer(move |mut stream| {
            read_request(&mut stream, "").unwrap();
            let answer = Response::new(status, "text/plain", "").with_header("location", &target);
            stream.write_all(&answer.to_wire()).unwrap();
        });
        assert_eq!(server.attempt(LONG).map(|answer| answer.status), Ok(status));
    }
    assert_eq!(trap.connections.load(Ordering::SeqCst), 0);
}

/// We ask for no compression. Who compresses all the same is not understood, and nothing is inflated.
#[test]
fn a_compressed_answer_is_handed_over_as_it_came() {
    let server = torturer(|mut stream| {
        read_request(&mut stream, "").unwrap();
        let answer = Response::new(200, "application/json", b"\x1f\x8b\x08\0\xff".as_slice())
            .with_header("content-encoding", "gzip");
        stream.write_all(&answer.to_wire()).unwrap();
    });
    let answer = server.attempt(LONG).unwrap();
    assert_eq!(answer.body, b"\x1f\x8b\x08\0\xff");
    assert_eq!(answer.text(), None, "so no step takes it for a token");
}

/// The code may have arrived: only a new login is certain to be one (RFC 6749 §4.1.2).
#[test]
fn a_server_that_is_down_or_overloaded_is_asked_once() {
    for status in [500, 502, 503, 504, 429, 408] {
        let server = torturer(move |mut stream| {
            read_request(&mut stream, "").unwrap();
            let answer = Response::new(status, "text/plain", "").with_header("retry-after", "0");
            stream.write_all(&answer.to_wire()).unwrap();
        });
        assert_eq!(server.attempt(LONG).map(|answer| answer.status), Ok(status));
    }
}

/// What the network library says, in words for a user who does not know the library.
#[test]
fn a_name_that_nobody_has_and_a_broken_handshake_are_told_apart() {
    let agent = Agent::new_with_defaults();
    let reason = |error: ureq::Error| match explain(error, "https://example.com", &agent) {
        Error::Network { origin, reason } if origin == "https://example.com" => reason,
        other => panic!("{other}"),
    };
    assert_eq!(reason(ureq::Error::HostNotFound), "there is no machine of that name");
    let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
    assert_eq!(reason(ureq::Error::Io(refused)), "connection refused");
    let handshake = rustls::Error::General("no common version".into());
    assert_eq!(
        reason(ureq::Error::Rustls(handshake)),
        "its TLS certificate or protocol was refused: unexpected error: no common version"
    );
}
