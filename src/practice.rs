//! The other side of the login: a provider to practise with.
//!
//! Authorization server and resource server in one, as at GitHub and most others. It is written
//! after the RFCs and not after our client: it shares the lowest modules with the three steps,
//! knows nothing of them, and they know nothing of it. They exchange HTTP messages only, so each checks the other.
//!
//! ```text
//! Request  ->  handle  ->  authorization, token, user, registration  ->  Response
//! ```
//!
//! It keeps everything in memory, and it listens on this machine only.
//!
//! Specification: [RFC 6749], [RFC 6750], [RFC 7009], [RFC 7636], [RFC 8414], [RFC 9207].
//!
//! [RFC 6749]: https://www.rfc-editor.org/rfc/rfc6749
//! [RFC 6750]: https://www.rfc-editor.org/rfc/rfc6750
//! [RFC 7009]: https://www.rfc-editor.org/rfc/rfc7009
//! [RFC 7636]: https://www.rfc-editor.org/rfc/rfc7636
//! [RFC 8414]: https://www.rfc-editor.org/rfc/rfc8414
//! [RFC 9207]: https://www.rfc-editor.org/rfc/rfc9207

mod answers;
mod authorization;
mod metadata;
mod pages;
pub mod people;
pub mod quirks;
mod registration;
pub mod scopes;
mod state;
mod token;
mod user;

pub use pages::STYLE;

use std::io;
use std::net::TcpListener;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::http::serve::Server;
use crate::http::{Request, Response, endpoint, loopback};
use answers::Answered;
use authorization::decision;
use quirks::Quirks;
use state::State;

/// The port of the `provider` program, unless it is told another one.
pub const DEFAULT_PORT: u16 = 9000;

/// A provider. [`handle`](Provider::handle) is all that there is to it; a socket is optional.
pub struct Provider {
    issuer: String,
    state: Mutex<State>,
}

/// What the provider answers, and what its screen says about it.
#[derive(Clone)]
pub struct Answer {
    /// What goes back over the wire.
    pub response: Response,
    /// Remarks for the screen, such as what a client gave up by leaving out PKCE.
    pub remarks: Vec<String>,
}

impl Provider {
    /// A provider that knows the clients `workshop` and `workshop-public`. `issuer` is its origin, such
    /// as `http://127.0.0.1:9000`.
    pub fn new(issuer: &str) -> Provider {
        Provider::like(issuer, &quirks::PLAIN)
    }

    /// The same with the habits of another provider.
    pub fn like(issuer: &str, quirks: &'static Quirks) -> Provider {
        Provider { issuer: issuer.to_owned(), state: Mutex::new(State::new(issuer, quirks)) }
    }

    /// The provider's name for itself, exactly as it is compared.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The settings of its client `workshop`, under the names that our programs read.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        let state = self.state();
        registration::settings(&state, &state::workshop(state.quirks))
    }

    /// Answers a request, wherever it comes from.
    pub fn handle(&self, request: &Request) -> Response {
        self.answer(request).response
    }

    /// Answers a request, with remarks for the screen.
    pub fn answer(&self, request: &Request) -> Answer {
        let mut state = self.state();
        let (Ok(response) | Err(response)) = route(&mut state, request);
        Answer { response, remarks: std::mem::take(&mut state.remarks) }
    }

    /// Lets time pass without waiting for it: codes and tokens grow old. For tests and demonstrations.
    pub fn let_time_pass(&self, time: Duration) {
        self.state().skew += time;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn route(state: &mut State, request: &Request) -> Answered {
    // DNS rebinding: a page whose host name has been pointed at 127.0.0.1 names itself in `Host`.
    let by_name = state.issuer.replace("127.0.0.1", "localhost");
    let is_own =
        |host| [&state.issuer, &by_name].iter().any(|url| endpoint::has_host_of(host, url));
    match *request.headers_named("Host") {
        [host] if is_own(host) => (),
        _ => return Err(pages::wrong_host()),
    }
    // HEAD is GET without the body (RFC 9110 §9.3.2), but it must not ask a question.
    let method = match request.method.as_str() {
        "HEAD" if request.path() != "/authorize" => "GET",
        method => method,
    };
    match (method, request.path()) {
        ("GET", "/authorize") => authorization::ask(state, request),
        ("POST", "/authorize") => decision::decide(state, request),
        ("POST", path) if path == state.quirks.token_path => token::token(state, request),
        ("POST", "/revoke") => token::revocation::revoke(state, request),
        ("GET", "/user") => user::user(state, request),
        ("GET", "/avatar.svg") => user::avatar(request),
        ("GET", "/.well-known/oauth-authorization-server") => Ok(metadata::metadata(state)),
        ("GET", "/register") => registration::form(state, request),
        ("POST", "/register") => registration::register(state, request),
        ("GET", "/") => Ok(metadata::home(state)),
        ("GET", "/style.css") => Ok(metadata::style()),
        ("GET", "/icon.svg") => Ok(metadata::icon()),
        (_, "/token") if state.quirks.token_path != "/token" => {
            state.quirk("the address of the token endpoint ends with a slash, and it counts.");
            Err(pages::no_route(""))
        }
        (_, path) => Err(pages::no_route(path)),
    }
}

/// Whether a client secret is one that the practice provider gives out. It is worth nothing elsewhere.
pub fn is_own_secret(secret: &str) -> bool {
    let is_fixed = |quirks: &&Quirks| quirks.secret == secret;
    secret.starts_with(registration::SECRET_PREFIX)
        || [&quirks::PLAIN].iter().chain(&quirks::ALL).any(is_fixed)
}

/// What a provider has received, to be shown.
pub enum Seen<'a> {
    /// A request, and its answer, which is not sent before `watch` returns.
    Exchange(&'a Request, &'a Answer),
    /// Why something that came was no request. It has its answer already.
    Unreadable(&'static str),
}

/// Starts a provider with these habits on 127.0.0.1. Port 0 lets the system choose.
///
/// `watch` sees everything, on the thread of its connection.
///
/// # Errors
///
/// What the system says, for example that the port is in use.
pub fn start(
    quirks: &'static Quirks,
    port: u16,
    watch: impl Fn(Seen) + Send + Sync + 'static,
) -> io::Result<(Arc<Provider>, Server)> {
    let (listeners, port) = loopback::listen("127.0.0.1", port)?;
    let provider = Arc::new(Provider::like(&format!("http://127.0.0.1:{port}"), quirks));
    let handled = Arc::clone(&provider);
    Ok((provider, serve(listeners, move |request| handled.answer(request), watch)?))
}

/// Serves what answers like a provider.
///
/// # Errors
///
/// As [`start`].
pub fn serve(
    listeners: Vec<TcpListener>,
    answer: impl Fn(&Request) -> Answer + Send + Sync + 'static,
    watch: impl Fn(Seen) + Send + Sync + 'static,
) -> io::Result<Server> {
    let watch = Arc::new(watch);
    let watch_refusals = Arc::clone(&watch);
    let handler = move |request: &Request| {
        let answer = answer(request);
        watch(Seen::Exchange(request, &answer));
        answer.response
    };
    let on_unreadable = move |reason| watch_refusals(Seen::Unreadable(reason));
    Server::start(listeners, handler, on_unreadable)
}
