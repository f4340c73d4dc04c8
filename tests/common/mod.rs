//! What several test files need: a client, a person who clicks, a program to run.

#![allow(dead_code, reason = "each test file uses its own part of it")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use oauth2_by_hand::callback::{listen, wait_for_code};
use oauth2_by_hand::client::settings;
use oauth2_by_hand::http::{Request, Response, read::read_request};
use oauth2_by_hand::practice::Provider;
use oauth2_by_hand::{Client, Error};

/// RFC 7636 Appendix B.
pub const CODE_VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub const CODE_CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
pub const ISSUER: &str = "http://127.0.0.1:9000";
/// The state of [`callback`]'s login.
pub const STATE: &str = "the-state-of-this-login";
pub const REDIRECT_URI: &str = "http://127.0.0.1:8080/callback";

/// A provider that is asked without a socket.
pub fn provider() -> Provider {
    Provider::new(ISSUER)
}

/// The client `workshop` of [`provider`].
pub fn workshop() -> Client {
    client(&[])
}

/// The client `workshop`, with some settings changed.
pub fn client(changes: &[(&str, &str)]) -> Client {
    let own = provider().settings().into_iter().map(|(name, value)| (name.to_owned(), value));
    let changes = changes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    settings::client(&own.chain(changes).collect()).unwrap()
}

/// The client `workshop-public`, which has no secret.
pub fn public() -> Client {
    client(&[("OAUTH_CLIENT_ID", "workshop-public"), ("OAUTH_CLIENT_SECRET", "")])
}

/// The value of a hidden field of a form.
pub fn hidden(html: &str, name: &str) -> String {
    let (_, after) = html.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
    after.split('"').next().unwrap().to_owned()
}

/// The form of a consent page with a decision, as a browser would post it.
pub fn decision(page: &Response, decision: &str, person: &str) -> Request {
    decision_at(ISSUER, page, decision, person)
}

/// The same at a provider of any address.
pub fn decision_at(issuer: &str, page: &Response, decision: &str, person: &str) -> Request {
    let html = page.text().unwrap();
    let cookie = page.header("set-cookie").unwrap().split(';').next().unwrap();
    let pairs = [
        ("transaction", &*hidden(html, "transaction")),
        ("consent_token", &*hidden(html, "consent_token")),
        ("person", person),
        ("decision", decision),
    ];
    Request::post_form(&format!("{issuer}/authorize"), &pairs)
        .with_header("Origin", issuer)
        .with_header("Cookie", cookie)
}

/// Where the browser is sent when the person of that login clicks Allow or Deny at `url`.
pub fn click(provider: &Provider, url: &str, what: &str, person: &str) -> String {
    let page = provider.handle(&Request::get(url));
    assert_eq!(page.status, 200, "{}", page.text().unwrap());
    let answer = provider.handle(&decision(&page, what, person));
    assert_eq!(answer.status, 303, "{}", answer.text().unwrap());
    answer.header("location").unwrap().to_owned()
}

/// One parameter of a URL's query, decoded.
pub fn parameter(url: &str, name: &str) -> Option<String> {
    let query = url.split_once('?')?.1;
    let pairs = form_urlencoded::parse(query.as_bytes());
    pairs.into_owned().find(|(key, _)| key == name).map(|(_, value)| value)
}

/// One of our programs, in an environment without `OAUTH_…` and proxy settings.
pub fn program(name: &str) -> Command {
    let path = match name {
        "step1" => env!("CARGO_BIN_EXE_step1"),
        "step2" => env!("CARGO_BIN_EXE_step2"),
        "step3" => env!("CARGO_BIN_EXE_step3"),
        "discover" => env!("CARGO_BIN_EXE_discover"),
        "refresh" => env!("CARGO_BIN_EXE_refresh"),
        "provider" => env!("CARGO_BIN_EXE_provider"),
        "webapp" => env!("CARGO_BIN_EXE_webapp"),
        "attack" => env!("CARGO_BIN_EXE_attack"),
        _ => panic!("no program {name}"),
    };
    program_at(path.as_ref())
}

/// The same, for a program that a test has built itself.
pub fn program_at(path: &Path) -> Command {
    let mut command = Command::new(path);
    for (variable, _) in std::env::vars() {
        if variable.starts_with("OAUTH_") || variable.to_ascii_lowercase().ends_with("_proxy") {
            command.env_remove(variable);
        }
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Standard output, standard error and exit code of a program that ends by itself.
pub fn run(command: &mut Command) -> (String, String, i32) {
    let Output { status, stdout, stderr } = command.output().unwrap();
    (String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap(), status.code().unwrap())
}

/// A program that is talked to while it runs. Dropped, it is ended.
pub struct Running {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
    /// What it has printed so far.
    pub printed: String,
}

impl Running {
    pub fn start(command: &mut Command) -> Running {
        let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let stdin = child.stdin.take();
        Running { child, stdin, stdout, printed: String::new() }
    }

    /// Reads on until a line fulfils the condition, and gives that line.
    pub fn line(&mut self, is_it: impl Fn(&str) -> bool) -> String {
        loop {
            let mut line = String::new();
            if self.stdout.read_line(&mut line).unwrap() == 0 {
                let errors = self.errors();
                panic!("the program has ended:\n{}\n{errors}", self.printed);
            }
            self.printed.push_str(&line);
            if is_it(line.trim_end()) {
                return line.trim_end().to_owned();
            }
        }
    }

    /// Waits for the authorization URL.
    pub fn authorization_url(&mut self) -> String {
        self.line(|line| line.starts_with("http") && line.contains("response_type=code"))
    }

    /// Its number among the processes.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn type_line(&mut self, line: &str) {
        let stdin = self.stdin.as_mut().unwrap();
        writeln!(stdin, "{line}").unwrap();
        stdin.flush().unwrap();
    }

    /// Closes its standard input.
    pub fn end_input(&mut self) {
        self.stdin = None;
    }

    /// Waits for its end: standard output, standard error, exit code.
    pub fn end(mut self) -> (String, String, i32) {
        let mut printed = std::mem::take(&mut self.printed);
        self.stdout.read_to_string(&mut printed).unwrap();
        let errors = self.errors();
        let code = self.child.wait().unwrap().code().unwrap();
        (printed, errors, code)
    }

    fn errors(&mut self) -> String {
        let mut errors = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
        errors
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Metadata with all that we read, and with some members changed; null takes one away.
pub fn metadata(issuer: &str, changes: serde_json::Value) -> Response {
    let mut members = serde_json::json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/a"),
        "token_endpoint": format!("{issuer}/t"),
        "userinfo_endpoint": format!("{issuer}/u"),
        "revocation_endpoint": format!("{issuer}/r"),
        "token_endpoint_auth_methods_supported": ["client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
    });
    members.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    Response::new(200, "application/json", members.to_string())
}

/// What a variable holds after these lines were pasted into a shell. Nothing else may have happened: its folder
/// has to be empty.
#[cfg(unix)]
pub fn pasted_into_sh(lines: &str, variable: &str) -> String {
    static COUNT: AtomicU16 = AtomicU16::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let folder = std::env::temp_dir().join(format!("pasted-{}-{number}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let script = format!("{lines}\nprintf %s \"${variable}\"");
    let output = Command::new("sh").args(["-c", &script]).current_dir(&folder).output().unwrap();
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0, "{lines}");
    std::fs::remove_dir(&folder).unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// The settings that lead a program to the provider of [`provider_that`].
pub fn endpoints(origin: &str) -> [(&'static str, String); 3] {
    [
        ("OAUTH_AUTHORIZE_URL", format!("{origin}/authorize")),
        ("OAUTH_TOKEN_URL", format!("{origin}/token")),
        ("OAUTH_USERINFO_URL", format!("{origin}/user")),
    ]
}

/// A callback that waits for a login with [`STATE`]: its address, and its result.
pub fn callback() -> (String, JoinHandle<Result<String, Error>>) {
    let redirect_uri = format!("http://{}/callback", free_address());
    let client = Client { redirect_uri, any_port: true, ..workshop() };
    let mut listener = listen(&client, STATE).unwrap();
    listener.patience = Duration::from_secs(120);
    let address = listener.redirect_uri.split('/').nth(2).unwrap().to_owned();
    (address, thread::spawn(move || wait_for_code(listener, |_| ())))
}

/// A provider that is not ours: it records each request and answers it, or hangs up.
pub fn provider_that(
    answer: impl Fn(&Request) -> Option<Response> + Send + 'static,
) -> (String, Arc<Mutex<Vec<Request>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let requests = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&requests);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let request = read_request(&mut stream, "").unwrap();
            seen.lock().unwrap().push(request.clone());
            if let Some(response) = answer(&request) {
                stream.write_all(&response.to_wire()).unwrap();
            }
        }
    });
    (origin, requests)
}

/// A port on which a program may listen a moment later.
///
/// It is below 32768, where no system takes the ports of outgoing connections from: one of those could
/// come in between. Each test process starts at another place, so that they rarely meet.
pub fn free_port() -> u16 {
    static TRIED: AtomicU16 = AtomicU16::new(0);
    let start = std::process::id().wrapping_mul(97);
    loop {
        let tried = u32::from(TRIED.fetch_add(1, Ordering::Relaxed));
        let port = 10_000 + start.wrapping_add(tried) % 20_000;
        let port = u16::try_from(port).unwrap();
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// The same with its address, such as `127.0.0.1:10097`.
pub fn free_address() -> String {
    format!("127.0.0.1:{}", free_port())
}

/// Sends bytes to an address and reads the answer to its end.
pub fn raw(address: &str, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(bytes).unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8(answer).unwrap()
}

/// Fetches a URL of this machine as a browser would, without following redirects.
pub fn browse(url: &str) -> String {
    let rest = url.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_once('/').unwrap();
    raw(host, format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\n\r\n").as_bytes())
}

/// Where the browser is sent when a person answers the consent page at `url`, over sockets.
pub fn answer(url: &str, decision: &str) -> String {
    let page = browse(url);
    let (head, html) = page.split_once("\r\n\r\n").unwrap();
    let (origin, _) = url.split_once("/authorize").unwrap();
    let host = origin.strip_prefix("http://").unwrap();
    let (_, cookie) = head.split_once("set-cookie: ").unwrap();
    let body = form_urlencoded::Serializer::new(String::new())
        .append_pair("transaction", &hidden(html, "transaction"))
        .append_pair("consent_token", &hidden(html, "consent_token"))
        .append_pair("person", "ada")
        .append_pair("decision", decision)
        .finish();
    let click = format!(
        "POST /authorize HTTP/1.1\r\nHost: {host}\r\nOrigin: {origin}\r\nCookie: {}\r\nContent-Length: {}\r\n\r\n{body}",
        cookie.split(';').next().unwrap(),
        body.len()
    );
    let redirect = raw(host, click.as_bytes());
    let (_, location) = redirect.split_once("location: ").unwrap();
    location.lines().next().unwrap().to_owned()
}
