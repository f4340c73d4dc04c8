//! The promise of this project: what is printed is what is sent, byte for byte.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "in a test, a panic is the answer"
)]

mod common;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use common::*;
use oauth2_by_hand::http::{self, Request, Response, read::read_request};
use oauth2_by_hand::practice::Provider;
use oauth2_by_hand::show::mask::Mask;
use oauth2_by_hand::{fetch_token, get_user_info};

/// One connection's bytes: those that came and those that went.
struct Recorded {
    request: String,
    response: String,
}

/// A practice provider behind a socket that writes down every byte of every connection.
fn recording_provider() -> (String, Receiver<Recorded>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let issuer = format!("http://{}", listener.local_addr().unwrap());
    let provider = Provider::new(&issuer);
    let (sender, recorded) = channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut tape = Tape { stream: stream.unwrap(), read: Vec::new() };
            let request = read_request(&mut tape, "").unwrap();
            let response = provider.handle(&request).to_wire();
            tape.stream.write_all(&response).unwrap();
            let text = |bytes| String::from_utf8(bytes).unwrap();
            let _ = sender.send(Recorded { request: text(tape.read), response: text(response) });
        }
    });
    (issuer, recorded)
}

struct Tape {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Read for Tape {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = self.stream.read(buffer)?;
        self.read.extend_from_slice(&buffer[..length]);
        Ok(length)
    }
}

/// The text between the rule with that title and the next rule, as the program printed it.
fn block<'a>(printed: &'a str, title: &str) -> &'a str {
    let (_, after) = printed.split_once(&format!("\n-- {title}")).unwrap();
    let (_, after) = after.split_once('\n').unwrap();
    let (block, _) = after.split_once(&format!("\n{}\n", "-".repeat(80))).unwrap();
    block
}

/// CRLF is shown as a line end, and the last line is ended if it was not.
fn as_lines(wire: &str) -> String {
    let lines = wire.replace("\r\n", "\n");
    lines.strip_suffix('\n').unwrap_or(&lines).to_owned()
}

#[test]
fn the_programs_print_every_message_as_it_stood_on_the_wire() {
    let (issuer, recorded) = recording_provider();
    let mut step3 = program("step3");
    step3.arg("--approve");
    for (name, value) in Provider::new(&issuer).settings() {
        step3.env(name, value);
    }
    // A port of its own, so that nobody else's run is in the way.
    let port = free_port();
    step3.env("OAUTH_REDIRECT_URI", format!("http://127.0.0.1:{port}/callback"));

    let (printed, errors, code) = run(&mut step3);
    assert_eq!((code, errors.as_str()), (0, ""), "{printed}");

    let wire: Vec<Recorded> = recorded.try_iter().collect();
    let [consent, click, token, user] = wire.as_slice() else { panic!("four requests") };
    assert!(click.request.starts_with("POST /authorize "));
    let url = printed.lines().find(|line| line.contains("response_type=code")).unwrap();
    let target = url.strip_prefix(&issuer).unwrap();
    assert!(consent.request.starts_with(&format!("GET {target} HTTP/1.1\r\n")));

    let (_, step_2) = printed.split_once("== Step 2").unwrap();
    let (step_2, step_3) = step_2.split_once("== Step 3").unwrap();
    let client = format!("client -> {issuer}");
    assert_eq!(block(step_2, &client), as_lines(&token.request));
    assert_eq!(block(step_2, "provider -> client"), as_lines(&token.response));
    assert_eq!(block(step_3, &client), as_lines(&user.request));
    assert_eq!(block(step_3, "provider -> client"), as_lines(&user.response));
}

/// Before and after the steps too: the metadata, the refresh and the revocation.
#[test]
fn discover_and_refresh_print_every_message_as_it_stood_on_the_wire() {
    let (issuer, recorded) = recording_provider();
    let (discovered, ..) = run(program("discover").arg(&issuer));
    let mut refresh = program("refresh");
    let redirect_uri = format!("http://{}/callback", free_address());
    refresh.arg("--approve").envs(Provider::new(&issuer).settings());
    let (printed, errors, code) = run(refresh.env("OAUTH_REDIRECT_URI", redirect_uri));
    assert_eq!((code, errors.as_str()), (0, ""), "{printed}");

    let wire: Vec<Recorded> = recorded.try_iter().collect();
    let [metadata, _consent, _click, after @ ..] = wire.as_slice() else { panic!("too few") };
    assert_eq!(block(&discovered, "client -> "), as_lines(&metadata.request));
    assert_eq!(block(&discovered, "provider -> client"), as_lines(&metadata.response));
    let mut rest = printed.as_str();
    for Recorded { request, response } in after {
        rest = rest.split_once("\n-- client -> ").unwrap().1;
        let message = rest.split_once('\n').unwrap().1;
        assert!(message.starts_with(&as_lines(request)), "{request}\n{message}");
        assert_eq!(block(rest, "provider -> client"), as_lines(response));
    }
    assert_eq!((after.len(), rest.contains("\n-- client -> ")), (5, false));
}

/// Sends a request to a socket that records it and answers with the given bytes.
fn send_to(answer: &'static str, request: impl Fn(&str) -> Request) -> (Request, String, Response) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let server = thread::spawn(move || {
        let mut tape = Tape { stream: listener.accept().unwrap().0, read: Vec::new() };
        read_request(&mut tape, "").unwrap();
        tape.stream.write_all(answer.as_bytes()).unwrap();
        String::from_utf8(tape.read).unwrap()
    });
    let request = request(&origin);
    let response = http::send(&request).unwrap();
    (request, server.join().unwrap(), response)
}

const EMPTY: &str = "HTTP/1.1 204 No Content\r\n\r\n";

#[test]
fn send_writes_exactly_what_the_request_says() {
    let client = |origin: &str, extra: &[(&str, &str)]| {
        let (token, user) = (format!("{origin}/t?own=1"), origin.to_owned());
        let mut settings =
            vec![("OAUTH_TOKEN_URL", token.as_str()), ("OAUTH_USERINFO_URL", user.as_str())];
        settings.extend(extra);
        client(&settings)
    };
    let basic = [("OAUTH_CLIENT_AUTH", "basic")];
    let requests: [&dyn Fn(&str) -> Request; 5] = [
        &|origin| fetch_token::token_request(&client(origin, &[]), "a code", CODE_VERIFIER),
        &|origin| fetch_token::token_request(&client(origin, &basic), "a code", CODE_VERIFIER),
        &|origin| fetch_token::refresh_request(&client(origin, &[]), "refresh+me"),
        &|origin| get_user_info::user_info_request(&client(origin, &[]), "mF_9.B5f-4.1JqM=="),
        &|origin| {
            Request::get(&format!("{origin}/%7Euser/?q=a+b%20c&&x=*"))
                .with_header("x-LoweR", "a, b")
        },
    ];
    for request in requests {
        let (request, wire, _) = send_to(EMPTY, request);
        assert_eq!(wire, request.to_wire());
        assert_eq!(Mask::showing().request(&request), wire.replace("\r\n", "\n"));
    }
}

/// The test above would be worthless if it did not see a header more, fewer, or in another place.
#[test]
fn a_header_added_dropped_or_moved_is_another_request() {
    let (request, wire, _) = send_to(EMPTY, |origin| Request::get(&format!("{origin}/")));
    let added = request.clone().with_header("X-More", "1");
    let mut dropped = request.clone();
    dropped.headers.pop();
    let mut moved = request.clone();
    moved.headers.swap(1, 2);
    for other in [added, dropped, moved] {
        assert_ne!(wire, other.to_wire());
    }
}

/// Of another server's answer: the status, every header, and the body with its transfer encoding undone.
#[test]
fn an_answer_is_shown_as_it_is_handed_over() {
    let answer = "HTTP/1.1 418 Who Knows\r\nX-One: 1\r\nContent-Type: text/plain; charset=utf-8\r\n\
                  X-Two:  a\tb \r\nTransfer-Encoding: chunked\r\nx-one: 2\r\n\r\n\
                  4\r\nteap\r\n6\r\not\r\nä\r\n0\r\n\r\n";
    let (_, _, response) = send_to(answer, |origin| Request::get(&format!("{origin}/")));
    assert_eq!(response.status, 418);
    assert_eq!(
        Mask::showing().response(&response, &[]),
        "HTTP/1.1 418 \nx-one: 1\nx-one: 2\ncontent-type: text/plain; charset=utf-8\nx-two: a\tb\n\
         transfer-encoding: chunked\n\nteapot\nä"
    );
}
