//! The web app under load, as a program of its own: it keeps its memory, and every user can log in.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "in a test, a panic is the answer"
)]

mod common;

use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use common::*;
use oauth2_by_hand::http::serve::MAX_CONNECTIONS;

/// The running program, and its address such as `127.0.0.1:40123`.
fn webapp() -> (Running, String) {
    webapp_with(&[])
}

/// The same with a provider of the test's own, called `custom`.
fn webapp_with(settings: &[(&str, String)]) -> (Running, String) {
    // glibc gives each thread its own pool and returns little of it: that would hide what is ours.
    let mut command = program("webapp");
    command.args(["--port", "0"]).env("MALLOC_ARENA_MAX", "1");
    let mut running = Running::start(command.envs(settings.iter().cloned()));
    let url = running.line(|line| line.starts_with("http://"));
    let host = url.trim_start_matches("http://").trim_end_matches('/').to_owned();
    (running, host)
}

/// One browser: it keeps its cookies, and closes each connection.
#[derive(Default)]
struct Browser {
    jar: Vec<(String, String)>,
}

impl Browser {
    fn ask(&mut self, url: &str, form: Option<&str>) -> String {
        let (host, path) = url.trim_start_matches("http://").split_once('/').unwrap();
        let cookies: Vec<String> =
            self.jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let (method, body) = form.map_or(("GET", ""), |form| ("POST", form));
        let request = format!(
            "{method} /{path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nCookie: {}\r\n\
             Content-Length: {}\r\n\r\n{body}",
            cookies.join("; "),
            body.len()
        );
        let answer = raw(host, request.as_bytes());
        if let Some(cookie) = header(&answer, "set-cookie") {
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            self.jar.retain(|(known, _)| known != name);
            self.jar.push((name.to_owned(), value.to_owned()));
        }
        answer
    }

    /// The whole login, as a person would click through it: the members' page.
    fn log_in(&mut self, host: &str) -> String {
        let answer = self.ask(&format!("http://{host}/login?next=/members"), None);
        let url = header(&answer, "location").unwrap();
        let page = self.ask(url, None);
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("transaction", &hidden(&page, "transaction"))
            .append_pair("consent_token", &hidden(&page, "consent_token"))
            .append_pair("person", "zoe")
            .append_pair("decision", "allow")
            .finish();
        let (origin, _) = url.split_once("/authorize").unwrap();
        let answer = self.ask(&format!("{origin}/authorize"), Some(&form));
        let answer = self.ask(header(&answer, "location").unwrap(), None);
        let target = header(&answer, "location").unwrap();
        self.ask(&format!("http://{host}{target}"), None)
    }
}

fn header<'a>(answer: &'a str, name: &str) -> Option<&'a str> {
    let head = answer.split("\r\n\r\n").next()?;
    head.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")))
}

#[test]
fn sixty_four_browsers_at_once_log_in_without_an_error() {
    let (_running, host) = webapp();
    for _round in 0..3 {
        let browsers: Vec<_> = (0..64)
            .map(|_| {
                let host = host.clone();
                thread::spawn(move || Browser::default().log_in(&host))
            })
            .collect();
        for browser in browsers {
            let page = browser.join().unwrap();
            assert!(page.contains("The members’ page, for <bdi>Zoë Okoro</bdi>"), "{page}");
        }
    }
}

/// The first thousand fill the room that there is; then each login that is begun takes the place of an older
/// one. Resident memory is read where the system shows it.
#[cfg(target_os = "linux")]
#[test]
#[ignore = "takes ten seconds; .ci/run runs it"]
fn ten_thousand_logins_started_and_abandoned_leave_memory_flat() {
    abandoned_logins_leave_memory_flat(10_000);
}

/// The same at a smaller size, for every run.
#[cfg(target_os = "linux")]
#[test]
fn two_thousand_logins_started_and_abandoned_leave_memory_flat() {
    abandoned_logins_leave_memory_flat(2_000);
}

#[cfg(target_os = "linux")]
fn abandoned_logins_leave_memory_flat(number: usize) {
    let (running, host) = webapp();
    let abandon = |times: usize| {
        for _ in 0..times {
            let answer = browse(&format!("http://{host}/login"));
            assert!(answer.starts_with("HTTP/1.1 303 "), "{answer}");
        }
    };
    let mut member = Browser::default();
    member.log_in(&host);
    abandon(2_000);
    let (before, descriptors) = (resident_kib(running.id()), descriptors(running.id()));
    abandon(number);
    let grown = resident_kib(running.id()).saturating_sub(before);
    assert!(grown <= 1024, "{before} KiB have grown by {grown} KiB");
    assert!(self::descriptors(running.id()) <= descriptors + 4);
    // And nobody was logged out by it.
    assert!(member.ask(&format!("http://{host}/members"), None).contains("Zoë Okoro"));
}

/// The first thousand fill the room that there is: sessions, messages, codes and tokens.
#[cfg(target_os = "linux")]
#[test]
#[ignore = "takes a minute; .ci/run runs it"]
fn ten_thousand_logins_to_their_end_leave_memory_flat() {
    let (running, host) = webapp();
    let log_in = |times| {
        for _ in 0..times {
            let page = Browser::default().log_in(&host);
            assert!(page.contains("The members’ page"), "{page}");
        }
    };
    log_in(2_000);
    let (before, descriptors) = (resident_kib(running.id()), descriptors(running.id()));
    log_in(8_000);
    let grown = resident_kib(running.id()).saturating_sub(before);
    assert!(grown <= 2048, "{before} KiB have grown by {grown} KiB");
    assert!(self::descriptors(running.id()) <= descriptors + 4);
}

/// A token endpoint that takes connections and answers none of them.
fn token_endpoint_that_hangs() -> (String, Arc<Mutex<Vec<TcpStream>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let held = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&held);
    thread::spawn(move || {
        listener.incoming().for_each(|stream| kept.lock().unwrap().push(stream.unwrap()));
    });
    (origin, held)
}

/// RFC 6749 has no word for it, but a provider that hangs must not take the application down with it.
#[cfg(target_os = "linux")]
#[test]
fn eight_hundred_callbacks_while_the_token_endpoint_hangs_cost_no_more_than_the_cap() {
    const WAITING_CALLBACKS: usize = 64;
    let (origin, held) = token_endpoint_that_hangs();
    let mut settings = endpoints(&origin).to_vec();
    settings.push(("OAUTH_CLIENT_ID", "flooded".to_owned()));
    let (running, host) = webapp_with(&settings);
    let begun: Vec<String> = (0..800)
        .map(|_| {
            let answer = browse(&format!("http://{host}/login?provider=custom"));
            let state = parameter(header(&answer, "location").unwrap(), "state").unwrap();
            let cookie = header(&answer, "set-cookie").unwrap().split(';').next().unwrap();
            format!(
                "GET /callback?code=c&state={state} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n\r\n"
            )
        })
        .collect();

    let mut most = (0, 0);
    let mut measure = || {
        most.0 = most.0.max(threads(running.id()));
        most.1 = most.1.max(descriptors(running.id()));
    };
    let mut callbacks = Vec::new();
    for request in &begun {
        let mut stream = TcpStream::connect(&host).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        callbacks.push(stream);
        measure();
    }
    while held.lock().unwrap().len() < WAITING_CALLBACKS {
        measure();
    }
    let start = Instant::now();
    let answer = browse(&format!("http://{host}/"));
    let took = start.elapsed();
    measure();

    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(took < Duration::from_secs(1), "{took:?}");
    assert!(most.0 <= MAX_CONNECTIONS + 10, "{} threads", most.0);
    assert!(most.1 <= MAX_CONNECTIONS + 64 + 20, "{} descriptors", most.1);
    assert_eq!(held.lock().unwrap().len(), WAITING_CALLBACKS);
}

#[cfg(target_os = "linux")]
fn threads(process: u32) -> usize {
    std::fs::read_dir(format!("/proc/{process}/task")).unwrap().count()
}

#[cfg(target_os = "linux")]
fn resident_kib(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[cfg(target_os = "linux")]
fn descriptors(process: u32) -> usize {
    std::fs::read_dir(format!("/proc/{process}/fd")).unwrap().count()
}
