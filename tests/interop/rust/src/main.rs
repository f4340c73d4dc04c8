//! Rust's `oauth2` crate, used as its documentation shows, against our practice provider.

mod mallory;

use std::cell::Cell;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, ExitCode, Stdio};

use oauth2::basic::{BasicClient, BasicErrorResponseType, BasicTokenResponse};
use oauth2::{
    AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointNotSet,
    EndpointSet, HttpRequest, HttpResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl,
    RequestTokenError, RevocationUrl, Scope, StandardRevocableToken, TokenResponse, TokenUrl, http,
};

const REDIRECT_URI: &str = "http://127.0.0.1:8080/callback";

type Client = BasicClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;
type Failure = Box<dyn std::error::Error>;

fn client(issuer: &str, id: &str, secret: Option<&str>) -> Result<Client, Failure> {
    let client = BasicClient::new(ClientId::new(id.into()))
        .set_auth_uri(AuthUrl::new(format!("{issuer}/authorize"))?)
        .set_token_uri(TokenUrl::new(format!("{issuer}/token"))?)
        .set_redirect_uri(RedirectUrl::new(REDIRECT_URI.into())?);
    Ok(match secret {
        Some(secret) => client.set_client_secret(ClientSecret::new(secret.into())),
        None => client,
    })
}

/// A redirect of the provider, read by hand: this crate leaves that to the application.
struct Redirect {
    code: Option<String>,
    error: Option<String>,
    verifier: String,
}

fn redirect(client: &Client, decision: &str) -> Result<Redirect, Failure> {
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let (url, state) = client
        .authorize_url(CsrfToken::new_random)
        .add_scope(Scope::new("read:user".into()))
        .set_pkce_challenge(challenge)
        .url();
    let location = click(url.as_str(), decision)?;
    let location = oauth2::url::Url::parse(&location)?;
    let value = |name| {
        location.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    };
    if value("state").as_deref() != Some(state.secret()) {
        return Err("the state is not ours".into());
    }
    let verifier = verifier.secret().clone();
    Ok(Redirect { code: value("code"), error: value("error"), verifier })
}

fn exchange(client: &Client, redirect: &Redirect) -> Result<BasicTokenResponse, Failure> {
    let code = AuthorizationCode::new(redirect.code.clone().ok_or("no code")?);
    client
        .exchange_code(code)
        .set_pkce_verifier(PkceCodeVerifier::new(redirect.verifier.clone()))
        .request(&send)
        .map_err(|error| match error {
            RequestTokenError::ServerResponse(response) => Failure::from(name(response.error())),
            other => Failure::from(other.to_string()),
        })
}

/// This crate revokes at https addresses only, so the address is https until its request is sent.
fn revoke(client: &Client, issuer: &str, token: StandardRevocableToken) -> Result<(), Failure> {
    let url = format!("{}/revoke", issuer.replace("http://", "https://"));
    let client = client.clone().set_revocation_url(RevocationUrl::new(url)?);
    let to_loopback = |mut request: HttpRequest| {
        let url = request.uri().to_string().replace("https://", "http://");
        *request.uri_mut() = url.parse().map_err(std::io::Error::other)?;
        send(request)
    };
    client.revoke_token(token)?.request(&to_loopback).map_err(|error| match error {
        RequestTokenError::ServerResponse(response) => format!("{response:?}").into(),
        other => Failure::from(other.to_string()),
    })
}

fn name(error: &BasicErrorResponseType) -> &str {
    error.as_ref()
}

fn user(issuer: &str, token: &str) -> Result<(u16, String), Failure> {
    let answer = ask(
        &format!("{issuer}/user"),
        "GET",
        &[("Authorization", &format!("Bearer {token}"))],
        "",
    )?;
    Ok((answer.status, answer.head + &answer.body))
}

fn main() -> ExitCode {
    let provider = match Provider::start(&["--port", "0"]) {
        Ok(provider) => provider,
        Err(failure) => {
            println!("not ok  the practice provider starts: {failure}");
            return ExitCode::FAILURE;
        }
    };
    let issuer = provider.issuer.as_str();
    let failed = Cell::new(false);
    let case = |what: &str, body: &dyn Fn(&Client) -> Result<(), Failure>| {
        let outcome = client(issuer, "workshop", Some("workshop-secret")).and_then(|c| body(&c));
        let between = "oauth2 crate -> practice provider";
        match outcome {
            Ok(()) => println!("ok      {between}: {what}"),
            Err(failure) => {
                failed.set(true);
                println!("not ok  {between}: {what}\n        {failure}");
            }
        }
    };
    let logs_in = |client: &Client| {
        let token = exchange(client, &redirect(client, "allow")?)?;
        let (status, text) = user(issuer, token.access_token().secret())?;
        must(status == 200 && text.contains("\"name\": \"Ada Winter\""), &text)
    };

    case("secret as Basic, with PKCE", &|client| logs_in(client));
    case("secret in the body", &|client| {
        logs_in(&client.clone().set_auth_type(AuthType::RequestBody))
    });
    case("public client", &|_| logs_in(&self::client(issuer, "workshop-public", None)?));
    case("Deny", &|client| {
        let redirect = redirect(client, "deny")?;
        must(redirect.code.is_none() && redirect.error.as_deref() == Some("access_denied"), "no")
    });
    case("used code", &|client| {
        let redirect = redirect(client, "allow")?;
        exchange(client, &redirect)?;
        refused(exchange(client, &redirect), "invalid_grant")
    });
    case("wrong redirect URI, at either endpoint", &|client| {
        let other = |uri: &str| {
            Ok::<_, Failure>(client.clone().set_redirect_uri(RedirectUrl::new(uri.into())?))
        };
        let shown = redirect(&other("http://127.0.0.1:8080/other")?, "allow");
        must(
            shown.is_err_and(|e| e.to_string().contains("HTTP 400 and no redirect")),
            "redirected",
        )?;
        let redirect = redirect(client, "allow")?;
        refused(exchange(&other("http://127.0.0.1:1/callback")?, &redirect), "invalid_grant")
    });
    case("wrong code verifier", &|client| {
        let redirect = Redirect { verifier: "x".repeat(43), ..redirect(client, "allow")? };
        refused(exchange(client, &redirect), "invalid_grant")
    });
    case("wrong secret", &|client| {
        let wrong = self::client(issuer, "workshop", Some("wrong"))?;
        refused(exchange(&wrong, &redirect(client, "allow")?), "invalid_client")
    });
    case("a revoked refresh token ends the access token, and can be revoked again", &|client| {
        let token = exchange(client, &redirect(client, "allow")?)?;
        let refresh_token = token.refresh_token().ok_or("no refresh token")?.clone();
        revoke(client, issuer, refresh_token.clone().into())?;
        revoke(client, issuer, refresh_token.into())?;
        let (status, text) = user(issuer, token.access_token().secret())?;
        must(status == 401, &text)
    });
    case("a token of another client is not revoked", &|client| {
        let token = exchange(client, &redirect(client, "allow")?)?;
        let other = self::client(issuer, "workshop-public", None)?;
        let revoked = revoke(&other, issuer, token.access_token().clone().into());
        must(revoked.is_err_and(|error| error.to_string().contains("invalid_grant")), "revoked")?;
        let (status, text) = user(issuer, token.access_token().secret())?;
        must(status == 200, &text)
    });
    case("bad access token", &|_| {
        let (status, text) = user(issuer, "no-such-token")?;
        must(status == 401 && text.contains("error=\"invalid_token\""), &text)
    });
    match mallory::play() {
        Ok(()) => {
            println!("ok      oauth2 crate at a provider that cheats: every trick was played")
        }
        Err(failure) => {
            failed.set(true);
            println!(
                "not ok  oauth2 crate at a provider that cheats: every trick was played\n        {failure}"
            );
        }
    }
    if failed.get() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn must(holds: bool, otherwise: &str) -> Result<(), Failure> {
    if holds { Ok(()) } else { Err(otherwise.into()) }
}

fn refused<T>(outcome: Result<T, Failure>, error: &str) -> Result<(), Failure> {
    match outcome {
        Ok(_) => Err("it was let through".into()),
        Err(failure) => must(failure.to_string() == error, &failure.to_string()),
    }
}

/// The practice provider in a process of its own, ended with this one.
struct Provider {
    process: Child,
    issuer: String,
}

impl Provider {
    fn start(arguments: &[&str]) -> Result<Provider, Failure> {
        let program = format!("{}/provider", std::env::var("INTEROP_BIN")?);
        let mut process = Command::new(program).args(arguments).stdout(Stdio::piped()).spawn()?;
        let mut stdout = BufReader::new(process.stdout.take().ok_or("no output")?);
        let mut line = String::new();
        while !line.contains(" is at ") {
            line.clear();
            must(stdout.read_line(&mut line)? > 0, "the provider has ended")?;
        }
        // It shows every request; somebody has to read on, or it waits.
        std::thread::spawn(move || std::io::copy(&mut stdout, &mut std::io::sink()));
        let issuer = line.trim().rsplit(' ').next().unwrap_or_default().to_owned();
        Ok(Provider { process, issuer })
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Plays the browser and the person; gives the address of the redirect.
fn click(url: &str, decision: &str) -> Result<String, Failure> {
    let page = ask(url, "GET", &[], "")?;
    if page.status != 200 {
        return Err(format!("HTTP {} and no redirect", page.status).into());
    }
    let hidden = |name: &str| {
        let (_, after) = page.body.split_once(&format!("name=\"{name}\" value=\""))?;
        after.split('"').next()
    };
    let (Some(transaction), Some(token)) = (hidden("transaction"), hidden("consent_token")) else {
        return Err("this is not the consent page".into());
    };
    let form =
        format!("transaction={transaction}&consent_token={token}&person=ada&decision={decision}");
    let (action, _) = url.split_once('?').ok_or("no query")?;
    let origin = action.trim_end_matches("/authorize");
    let cookie = page.header("set-cookie").unwrap_or_default();
    let cookie = cookie.split(';').next().unwrap_or_default();
    let answer = ask(action, "POST", &[("Origin", origin), ("Cookie", cookie)], &form)?;
    Ok(answer.header("location").ok_or("no location")?.to_owned())
}

/// The crate's HTTP client: any function from its request to its response.
fn send(request: HttpRequest) -> Result<HttpResponse, std::io::Error> {
    let headers: Vec<(&str, &str)> = request
        .headers()
        .iter()
        .filter(|(name, _)| *name != "content-type")
        .map(|(name, value)| (name.as_str(), value.to_str().unwrap_or_default()))
        .collect();
    let body = String::from_utf8_lossy(request.body()).into_owned();
    let answer = ask(&request.uri().to_string(), request.method().as_str(), &headers, &body)
        .map_err(|failure| std::io::Error::other(failure.to_string()))?;
    let mut response = http::Response::builder().status(answer.status);
    if let Some(kind) = answer.header("content-type") {
        response = response.header("content-type", kind);
    }
    response.body(answer.body.into_bytes()).map_err(std::io::Error::other)
}

struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

/// One request over a socket. The provider closes the connection after its answer.
fn ask(url: &str, method: &str, headers: &[(&str, &str)], body: &str) -> Result<Answer, Failure> {
    let rest = url.strip_prefix("http://").ok_or("only http to loopback")?;
    let (host, path) = rest.split_once('/').ok_or("no path")?;
    let mut request = format!("{method} /{path} HTTP/1.1\r\nHost: {host}\r\n");
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    if method == "POST" {
        let length = body.len();
        request.push_str(&format!(
            "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n"
        ));
    }
    let mut stream = TcpStream::connect(host)?;
    stream.write_all(format!("{request}\r\n{body}").as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or("no end of the head")?;
    let status = head.split(' ').nth(1).unwrap_or_default().parse()?;
    Ok(Answer { status, head: head.to_owned(), body: body.to_owned() })
}
