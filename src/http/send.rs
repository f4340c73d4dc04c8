//! Sending a request: the only place that knows the HTTP library.
//!
//! All that this library would do on its own is turned off: its headers, its redirects, its retries, its
//! pool of connections. What is left is TLS, and the bytes that we built.
//!
//! Specification: [RFC 6749 §10.9] (TLS certificates are checked, with no switch to turn it off).
//!
//! [RFC 6749 §10.9]: https://www.rfc-editor.org/rfc/rfc6749#section-10.9

mod proxy;

use std::env;
use std::io;
use std::net::IpAddr;
use std::time::Duration;

use ureq::config::{Config, ConfigBuilder};
use ureq::http::{HeaderMap, Uri};
use ureq::typestate::AgentScope;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout, time};
use ureq::{Agent, Proxy, RequestBuilder};

use super::endpoint::{self, Endpoint};
use super::{Request, Response};
use crate::error::Error;

/// From looking up the name to the last byte of the answer. A person is waiting.
pub const TIMEOUT: Duration = Duration::from_secs(30);
/// Token and user responses have a few kilobytes; more is a mistake or an attack on our memory.
pub const MAX_BODY_BYTES: u64 = 1024 * 1024;
/// The same for the head: providers send a few kilobytes of security headers.
pub const MAX_HEAD_BYTES: usize = 64 * 1024;

/// Sends a request as it is and reads the whole response, whatever its status.
///
/// A redirect is not followed: it is a response like any other. Nothing is sent twice.
///
/// # Errors
///
/// [`Error::BadUrl`] when the URL may not be sent to, [`Error::Configuration`] for a proxy setting
/// that cannot be used, [`Error::TimedOut`] after [`TIMEOUT`],
/// [`Error::Network`] for everything else that keeps the answer from us.
pub fn send(request: &Request) -> Result<Response, Error> {
    let url = request.url();
    let endpoint = endpoint::parse(&url).map_err(Error::BadUrl)?;
    let proxy = proxy_to(&url)?;
    deliver(request, config(&endpoint, TIMEOUT).proxy(proxy).build())
}

/// The proxy that [`send()`] uses for a URL: of the environment, and none for this machine.
///
/// # Errors
///
/// [`Error::Configuration`] with the name of a variable whose value is not a proxy that can be used.
pub fn proxy_to(url: &str) -> Result<Option<Proxy>, Error> {
    // A proxy would look for 127.0.0.1 on its own machine.
    if endpoint::is_loopback(url) {
        return Ok(None);
    }
    proxy::proxy(url, &|name| env::var_os(name).map(|value| value.to_string_lossy().into_owned()))
}

fn deliver(request: &Request, config: Config) -> Result<Response, Error> {
    let agent = Agent::with_parts(config, DefaultConnector::default(), LookUp::default());
    let failed = |error| explain(error, &request.origin, &agent);

    let answer = match request.method.as_str() {
        "GET" => with_headers(agent.get(request.url()), request).call(),
        "POST" => with_headers(agent.post(request.url()), request).send(&request.body),
        _ => return Err(Error::BadUrl("only GET and POST requests are sent")),
    };

    let mut answer = answer.map_err(failed)?;
    let body = answer.body_mut().with_config().limit(MAX_BODY_BYTES).read_to_vec();
    Ok(Response {
        status: answer.status().as_u16(),
        headers: plain(answer.headers()),
        body: body.map_err(failed)?,
    })
}

/// ureq looks up each host on a thread of its own, to be able to give up. An address needs no look-up, and our
/// number of threads is bounded.
#[derive(Debug, Default)]
struct LookUp(DefaultResolver);

impl Resolver for LookUp {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        mut timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
        if host.parse::<IpAddr>().is_ok() {
            timeout.after = time::Duration::NotHappening;
        }
        self.0.resolve(uri, config, timeout)
    }
}

fn with_headers<B>(outgoing: RequestBuilder<B>, request: &Request) -> RequestBuilder<B> {
    let headers = request.headers.iter();
    headers.fold(outgoing, |outgoing, (name, value)| outgoing.header_raw(name, value.as_bytes()))
}

fn config(endpoint: &Endpoint, timeout: Duration) -> ConfigBuilder<AgentScope> {
    Agent::config_builder()
        // Headers: only those of the request, so that what was printed is what is sent.
        .user_agent("")
        .accept("")
        .accept_encoding("")
        // A redirect would carry the code or the token to an address that was not checked.
        .max_redirects(0)
        .max_redirects_will_error(false)
        // The status is data: the body of a 400 says what is wrong.
        .http_status_as_error(false)
        .https_only(endpoint.scheme == "https")
        // Otherwise it would read the environment in its own way: see `send/proxy.rs`.
        .proxy(None)
        // A server that never ends, or sends a byte a second, would hold us for ever.
        .timeout_global(Some(timeout))
        .max_response_header_size(MAX_HEAD_BYTES)
        // A connection from a pool may be dead, and the library would send the code a second time.
        .max_idle_connections(0)
}

fn plain(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value.as_bytes()))).collect()
}

fn explain(error: ureq::Error, origin: &str, agent: &Agent) -> Error {
    let reason = match error {
        ureq::Error::Timeout(_) => {
            let timeout = agent.config().timeouts().global.unwrap_or_default();
            return Error::TimedOut { origin: origin.into(), seconds: timeout.as_secs() };
        }
        // The TLS library's own errors come wrapped like this, once the connection is made.
        ureq::Error::Io(error) if error.kind() == io::ErrorKind::InvalidData => {
            format!("its TLS certificate or protocol was refused: {error}")
        }
        ureq::Error::Io(error) => error.to_string(),
        ureq::Error::HostNotFound => "there is no machine of that name".into(),
        ureq::Error::Rustls(error) => {
            format!("its TLS certificate or protocol was refused: {error}")
        }
        ureq::Error::BodyExceedsLimit(limit) => format!("its answer is larger than {limit} bytes"),
        ureq::Error::Protocol(error) => format!("its answer is not HTTP: {error}"),
        other => other.to_string(),
    };
    let by_proxy =
        agent.config().proxy().map_or("", |_| ", by the proxy that HTTPS_PROXY or ALL_PROXY names");
    Error::Network { origin: origin.into(), reason: reason + by_proxy }
}

#[cfg(test)]
mod tls_tests;
#[cfg(test)]
mod torture_tests;
