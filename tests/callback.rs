//! Between the steps: who may come to the redirect URI, and what ends the wait.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "in a test, a panic is the answer"
)]

mod common;

use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use common::*;
use oauth2_by_hand::authorize::read_redirect;
use oauth2_by_hand::callback::{self, listen, wait_for_code};
use oauth2_by_hand::{Client, Error};

const STATE: &str = "the-state-of-this-login";

/// A client whose redirect URI has a port that the system has just chosen.
fn client_at(host: &str) -> Client {
    let port = free_port();
    Client { redirect_uri: format!("http://{host}:{port}/callback"), any_port: true, ..workshop() }
}

/// A wait that goes on in a thread: its address and its end.
struct Waiting {
    address: String,
    result: JoinHandle<Result<String, Error>>,
}

fn wait_at(host: &str, patience: Duration, seen: Option<Sender<Option<Error>>>) -> Waiting {
    let mut listener = listen(&client_at(host), STATE).unwrap();
    listener.patience = patience;
    let address = listener.redirect_uri.split('/').nth(2).unwrap().to_owned();
    let result = thread::spawn(move || {
        wait_for_code(listener, |visit| {
            if let Some(seen) = &seen {
                seen.send(visit.outcome.clone().err()).unwrap();
            }
        })
    });
    Waiting { address, result }
}

fn wait() -> Waiting {
    wait_at("127.0.0.1", Duration::from_secs(20), None)
}

impl Waiting {
    fn get(&self, target: &str) -> String {
        raw(
            &self.address,
            format!("GET {target} HTTP/1.1\r\nHost: {}\r\n\r\n", self.address).as_bytes(),
        )
    }

    /// The redirect that everybody waits for.
    fn come_back(&self) -> String {
        self.get(&format!(
            "/callback?code=the-code&state={STATE}&iss=http%3A%2F%2F127.0.0.1%3A9000"
        ))
    }

    fn end(self) -> Result<String, Error> {
        self.result.join().unwrap()
    }
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or_default()
}

#[test]
fn the_browser_comes_back_with_the_code_and_the_port_is_free_again() {
    let waiting = wait();
    let address = waiting.address.clone();

    let answer = waiting.come_back();

    assert_eq!(status(&answer), "200");
    assert!(answer.contains("Code received") && !answer.contains("the-code"));
    assert_eq!(waiting.end(), Ok("the-code".into()));
    assert!(TcpStream::connect(&address).is_err());
    assert!(TcpListener::bind(&address).is_ok());
}

/// Nothing of the request returns in the page, and the address is kept nowhere.
#[test]
fn the_page_is_fixed_and_its_address_is_kept_nowhere() {
    let waiting = wait();
    let answer = waiting.get(&format!(
        "/callback?error=%3Cscript%3Ealert(1)%3C%2Fscript%3E&error_description=boo&state={STATE}\
         &iss=http%3A%2F%2F127.0.0.1%3A9000"
    ));
    assert_eq!(status(&answer), "200");
    assert!(!answer.contains("script") && !answer.contains("boo"));
    for header in [
        "content-security-policy: default-src 'none'; style-src 'sha256-",
        "cache-control: no-store",
        "referrer-policy: no-referrer",
        "x-content-type-options: nosniff",
        "connection: close",
    ] {
        assert!(answer.contains(&format!("\r\n{header}")), "{header}");
    }
    assert!(matches!(waiting.end(), Err(Error::AuthorizationRefused { .. })));
}

/// RFC 6749 §10.12: a page in the same browser can send it here with a code of its own.
#[test]
fn a_redirect_that_is_not_ours_is_noted_and_the_wait_goes_on() {
    let (sender, seen) = channel();
    let waiting = wait_at("127.0.0.1", Duration::from_secs(20), Some(sender));
    for target in [
        "/callback",
        "/callback?code=evil",
        "/callback?code=evil&state=other",
        "/callback?error=access_denied&state=other",
        "/callback?code=evil&state=%zz",
        &format!("/callback?code=evil&state={STATE}&state={STATE}"),
    ] {
        assert_eq!(status(&waiting.get(target)), "400", "{target}");
    }
    waiting.come_back();

    assert_eq!(waiting.end(), Ok("the-code".into()));
    let seen: Vec<_> = seen.iter().collect();
    let expected = [
        Some(Error::StateMissing),
        Some(Error::StateMissing),
        Some(Error::StateMismatch),
        Some(Error::StateMismatch),
        Some(Error::Encoding("a '%' without two hexadecimal digits")),
        Some(Error::Repeated("state")),
        None,
    ];
    assert_eq!(seen, expected);
}

#[test]
fn other_methods_paths_and_hosts_are_turned_away() {
    let waiting = wait();
    let good = format!("/callback?code=the-code&state={STATE}&iss=http%3A%2F%2F127.0.0.1%3A9000");
    let host = waiting.address.clone();
    let port = host.rsplit(':').next().unwrap().to_owned();
    let rows = [
        ("GET", "/favicon.ico", host.clone(), "404"),
        ("GET", "/", host.clone(), "404"),
        ("GET", &good.replace("/callback", "/Callback"), host.clone(), "404"),
        ("GET", &good.replace("/callback", "/callback/"), host.clone(), "404"),
        ("GET", &good.replace("/callback", "/x/../callback"), host.clone(), "404"),
        ("HEAD", &good, host.clone(), "405"),
        ("POST", &good, host.clone(), "405"),
        ("OPTIONS", &good, host.clone(), "405"),
        ("GET", &good, "evil.example".into(), "421"),
        ("GET", &good, format!("evil.example:{port}"), "421"),
        ("GET", &good, format!("localhost:{port}"), "421"),
        ("GET", &good, "127.0.0.1".into(), "421"),
    ];
    for (method, target, host, expected) in rows {
        let request = format!("{method} {target} HTTP/1.1\r\nHost: {host}\r\n\r\n");
        let answer = raw(&waiting.address, request.as_bytes());
        assert_eq!(status(&answer), expected, "{request}");
    }
    let no_host = raw(&waiting.address, format!("GET {good} HTTP/1.1\r\n\r\n").as_bytes());
    let two_hosts = format!("GET {good} HTTP/1.1\r\nHost: {host}\r\nHost: {host}\r\n\r\n");
    assert_eq!(status(&no_host), "421");
    assert_eq!(status(&raw(&waiting.address, two_hosts.as_bytes())), "421");

    waiting.come_back();
    assert_eq!(waiting.end(), Ok("the-code".into()));
}

#[test]
fn a_redirect_with_our_state_decides_also_when_it_is_bad() {
    let waiting = wait();
    let answer =
        waiting.get(&format!("/callback?code=x&state={STATE}&iss=https%3A%2F%2Fevil.example"));
    assert_eq!(status(&answer), "400");
    assert!(matches!(waiting.end(), Err(Error::IssuerMismatch { .. })));
}

/// Browsers open connections ahead of need, and leave them idle.
#[test]
fn idle_and_slow_connections_do_not_delay_the_browser() {
    let waiting = wait();
    let idle: Vec<TcpStream> =
        (0..100).map(|_| TcpStream::connect(&waiting.address).unwrap()).collect();

    let start = Instant::now();
    waiting.come_back();

    assert_eq!(waiting.end(), Ok("the-code".into()));
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
    drop(idle);
}

#[test]
fn the_wait_has_an_end() {
    let waiting = wait_at("127.0.0.1", Duration::from_millis(50), None);
    let address = waiting.address.clone();
    assert_eq!(waiting.end(), Err(Error::NoRedirect(0)));
    assert!(TcpListener::bind(&address).is_ok(), "the port is free again");
}

/// RFC 8252 §7.3: a provider that takes any port lets us use another one.
#[test]
fn a_taken_port_is_changed_only_where_the_provider_allows_it() {
    let client = client_at("127.0.0.1");
    let address = client.redirect_uri.split('/').nth(2).unwrap().to_owned();
    let _taken = TcpListener::bind(&address).unwrap();

    let listener = listen(&client, STATE).unwrap();
    assert_ne!(listener.redirect_uri, client.redirect_uri);
    assert!(listener.redirect_uri.ends_with("/callback"));
    drop(listener);

    let strict = Client { any_port: false, ..client };
    assert_eq!(listen(&strict, STATE).err(), Some(Error::PortTaken(address)));
}

/// Browsers may choose either address for `localhost`; a stranger on one of them would get the code.
#[test]
fn localhost_is_both_loopback_addresses_or_none() {
    let waiting = wait_at("localhost", Duration::from_secs(20), None);
    let port: u16 = waiting.address.rsplit(':').next().unwrap().parse().unwrap();
    assert!(TcpStream::connect(("127.0.0.1", port)).is_ok());
    let has_ipv6 = TcpListener::bind("[::1]:0").is_ok();
    assert_eq!(TcpStream::connect(("::1", port)).is_ok(), has_ipv6);
    let answer = raw(
        &format!("127.0.0.1:{port}"),
        format!("GET /callback?code=c&state={STATE}&iss=http%3A%2F%2F127.0.0.1%3A9000 HTTP/1.1\r\nHost: {}\r\n\r\n", waiting.address).as_bytes(),
    );
    assert_eq!(status(&answer), "200");
    assert_eq!(waiting.end(), Ok("c".into()));

    if let Ok(stranger) = TcpListener::bind("[::1]:0") {
        let port = stranger.local_addr().unwrap().port();
        let redirect_uri = format!("http://localhost:{port}/callback");
        let client = Client { redirect_uri, any_port: false, ..workshop() };
        assert_eq!(
            listen(&client, STATE).err(),
            Some(Error::PortTaken(format!("localhost:{port}")))
        );
    }
}

#[test]
fn only_addresses_of_this_machine_are_listened_on() {
    for redirect_uri in
        ["https://example.com/callback", "https://127.0.0.1/callback", "http://0.0.0.0:1/"]
    {
        let client = Client { redirect_uri: redirect_uri.into(), ..workshop() };
        let error = listen(&client, STATE).err();
        assert!(
            matches!(error, Some(Error::Configuration { setting: "OAUTH_REDIRECT_URI", .. })),
            "{redirect_uri}"
        );
    }
}

/// RFC 6749 §3.1.2: the redirect URI may have a query of its own. oidc-provider, Django OAuth Toolkit, Authlib and
/// oauth2-mock-server write a space in it as `+`, whatever we wrote.
#[test]
fn a_redirect_uri_keeps_its_own_query() {
    let mut client = client_at("127.0.0.1");
    client.redirect_uri += "?tenant=a%20b&own=1";
    let listener = listen(&client, STATE).unwrap();
    let address = listener.redirect_uri.split('/').nth(2).unwrap().to_owned();
    let browser = thread::spawn(move || {
        let redirect = |own: &str| {
            let answer = format!("code=c&state={STATE}&iss=http%3A%2F%2F127.0.0.1%3A9000");
            status(&browse(&format!("http://{address}/callback?{own}{answer}"))).to_owned()
        };
        ["", "own=1&", "tenant=a%2Bb&own=1&", "own=1&own=2&tenant=a+b&", "own=%31&tenant=a+b&"]
            .map(redirect)
    });
    assert_eq!(wait_for_code(listener, |_| ()), Ok("c".into()));
    assert_eq!(browser.join().unwrap(), ["404", "404", "404", "404", "200"]);
}

/// A page that reloads itself must not use up what the redirect needs while the user reads the screen.
#[test]
fn the_redirect_is_answered_although_nothing_waits_for_it_yet() {
    let listener = listen(&client_at("127.0.0.1"), STATE).unwrap();
    let origin = listener.redirect_uri.strip_suffix("/callback").unwrap().to_owned();
    for _ in 0..300 {
        assert_eq!(status(&browse(&format!("{origin}/callback?code=evil&state=evil"))), "400");
    }
    let redirect = format!("/callback?code=c&state={STATE}&iss=http%3A%2F%2F127.0.0.1%3A9000");
    assert_eq!(status(&browse(&format!("{origin}{redirect}"))), "200");

    assert_eq!(wait_for_code(listener, |_| ()), Ok("c".into()));
}

#[test]
fn a_pasted_url_is_checked_like_a_redirect_and_asked_for_again() {
    let client = workshop();
    let good = format!("{REDIRECT_URI}?code=c&state={STATE}&iss=http%3A%2F%2F127.0.0.1%3A9000");
    let lines = [
        String::new(),
        "what?".into(),
        "http://127.0.0.1:9000/authorize?code=x".into(),
        format!("{REDIRECT_URI}?code=x&state=old"),
        format!("  {good}\n"),
    ];
    let mut seen = Vec::new();
    let listener = callback::paste(&client, STATE, lines.into_iter()).unwrap();
    let code = wait_for_code(listener, |visit| seen.push(visit.outcome.clone().err()));
    assert_eq!(code, Ok("c".into()));
    let not_ours = || Some(Error::NotTheRedirect(REDIRECT_URI.into()));
    assert_eq!(seen, [not_ours(), not_ours(), Some(Error::StateMismatch), None]);
}

/// Terminals, chats and mails put signs around an address; Facebook adds `#_=_`, Instagram `#_`.
#[test]
fn what_stands_around_a_pasted_url_is_not_part_of_it() {
    let good = format!("{REDIRECT_URI}?state={STATE}&iss=http%3A%2F%2F127.0.0.1%3A9000&code=c");
    for line in [
        format!("{good}#_=_"),
        format!("{good}#_"),
        format!("{good}#\r\n"),
        format!("\"{good}\""),
        format!("'{good}' "),
        format!("<{good}>"),
        format!("“{good}”"),
        format!("`{good}`"),
        format!("\u{1b}[200~{good}\u{1b}[201~\r\n"),
        format!("\u{feff}{}\u{200b}", good.replace("code", "co\u{200b}de")),
        format!("\t<\u{2060}{good}#top>\n"),
        // A dialog of Windows puts the first in front of what is copied; mails break lines at the second.
        format!("\u{202a}{}", good.replace("code", "co\u{ad}de")),
    ] {
        let listener = callback::paste(&workshop(), STATE, std::iter::once(line.clone())).unwrap();
        assert_eq!(wait_for_code(listener, |_| ()), Ok("c".into()), "{line:?}");
    }
    // A look-alike: these signs belong to the code.
    let listener = callback::paste(
        &workshop(),
        STATE,
        std::iter::once(good.replace("code=c", "code=%22c%23_%22")),
    )
    .unwrap();
    assert_eq!(wait_for_code(listener, |_| ()), Ok("\"c#_\"".into()));
    for line in ["\u{fffd}", "# no", "\"\"", "http"] {
        let listener =
            callback::paste(&workshop(), STATE, std::iter::once(line.to_owned())).unwrap();
        assert_eq!(wait_for_code(listener, |_| ()), Err(Error::InputEnded), "{line:?}");
    }
}

/// RFC 6749 Appendix B wants UTF-8. Some servers send Latin-1 in what they say to people (C28).
#[test]
fn broken_encoding_outside_of_what_we_read_is_no_harm_and_inside_it_ends_the_wait() {
    let iss = "iss=http%3A%2F%2F127.0.0.1%3A9000";
    let read = |query: &str| read_redirect(query, &workshop(), STATE);
    for other in ["nom=Andr%E9", "%=1", "%z1", "a=%00", "error_description=Acc%E8s", "state%=x"] {
        let query = format!("{other}&code=c&state={STATE}&{iss}");
        assert_eq!(read(&query), Ok("c".into()), "{query}");
    }
    for (written, shown) in
        [("Acc%E8s", "Acc%E8s"), ("50%", "50%"), ("a%00b", "a%00b"), ("Acc%C3%A8s+no", "Accès no")]
    {
        let query = format!("error=access_denied&error_description={written}&state={STATE}&{iss}");
        let (error, description) = ("access_denied".into(), shown.into());
        assert_eq!(read(&query), Err(Error::AuthorizationRefused { error, description }));
    }
    for ours in ["code=%", "code=%z1", "code=%F", "code=%FF", "code=a%00", "error=%E8", "iss=%"] {
        let rest = if ours.starts_with("iss") { "code=c" } else { iss };
        let refused = read(&format!("{ours}&state={STATE}&{rest}"));
        assert!(matches!(refused, Err(Error::BadCode(_))), "{ours}: {refused:?}");
    }
    assert!(read(&format!("code=c&{iss}&state=%{STATE}")).is_err_and(|error| error.is_stray()));
}

/// RFC 9207 §2.4 has no exception for errors: without `iss` it may be another provider's refusal.
#[test]
fn an_error_without_the_iss_that_the_provider_promises_is_refused() {
    let refused = read_redirect(&format!("error=access_denied&state={STATE}"), &workshop(), STATE);
    assert_eq!(
        refused,
        Err(Error::IssuerMissing {
            expected: "http://127.0.0.1:9000".into(),
            error: "access_denied".into()
        })
    );
    let no_issuer = Client { issuer: None, requires_issuer: false, ..workshop() };
    let refused = read_redirect(&format!("error=access_denied&state={STATE}"), &no_issuer, STATE);
    assert!(matches!(refused, Err(Error::AuthorizationRefused { .. })));
}

/// The provider posts the answer, or has another spelling of the redirect URI. Nobody else knows our state.
#[test]
fn an_answer_with_our_state_at_another_address_is_named_without_code_or_state() {
    let (sender, seen) = channel();
    let waiting = wait_at("127.0.0.1", Duration::from_secs(20), Some(sender));
    let host = waiting.address.clone();
    let port = host.rsplit(':').next().unwrap().to_owned();
    let form = format!("code=secret&state={STATE}");
    let post = format!(
        "POST /callback HTTP/1.1\r\nHost: {host}\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    );
    raw(&host, post.as_bytes());
    raw(&host, format!("GET /callback/?{form} HTTP/1.1\r\nHost: {host}\r\n\r\n").as_bytes());
    raw(&host, format!("GET /?{form} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n").as_bytes());
    // Look-alikes: a stranger's state, and none.
    waiting.get("/callback/?code=x&state=other");
    waiting.get("/favicon.ico");
    waiting.come_back();

    assert_eq!(waiting.end(), Ok("the-code".into()));
    let redirect_uri = format!("http://{host}/callback");
    let elsewhere = |received: String| {
        Some(Error::AnswerElsewhere { received, redirect_uri: redirect_uri.clone() })
    };
    let not_ours = || Some(Error::NotTheRedirect(redirect_uri.clone()));
    let seen: Vec<_> = seen.iter().collect();
    let expected = [
        elsewhere(format!("POST http://{host}/callback")),
        elsewhere(format!("GET http://{host}/callback/")),
        elsewhere(format!("GET http://localhost:{port}/")),
        not_ours(),
        not_ours(),
        None,
    ];
    assert_eq!(seen, expected);
}

#[test]
fn the_end_of_the_pasted_lines_is_an_error() {
    let listener = callback::paste(&workshop(), STATE, std::iter::once("no".to_owned())).unwrap();
    assert_eq!(wait_for_code(listener, |_| ()), Err(Error::InputEnded));
}

#[test]
fn patience_may_have_no_end() {
    for patience in [Duration::MAX, Duration::from_secs(u64::MAX), Duration::MAX / 2] {
        let waiting = wait_at("127.0.0.1", patience, None);
        waiting.come_back();
        assert_eq!(waiting.end(), Ok("the-code".into()));
    }
}

#[test]
fn an_apostrophe_at_the_end_of_a_pasted_code_belongs_to_it_unless_one_is_in_front_too() {
    let url = format!("{REDIRECT_URI}?iss=http%3A%2F%2F127.0.0.1%3A9000&state={STATE}&code=c");
    for (line, code) in
        [(format!("{url}'"), "c'"), (format!("'{url}'"), "c"), (format!("\"{url}\""), "c")]
    {
        let listener = callback::paste(&workshop(), STATE, std::iter::once(line)).unwrap();
        assert_eq!(wait_for_code(listener, |_| ()), Ok(code.into()));
    }
}
