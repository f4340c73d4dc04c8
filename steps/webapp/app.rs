//! The demo web app: which request goes to which handler.
//!
//! The step programs log in one person, once. A web app has many browsers at the same time, and each
//! login is spread over several requests. So there are sessions, and the rest is the three steps as they are.
//!
//! ```text
//! Request  ->  right host?  ->  handler (login.rs, members.rs)  ->  page or redirect
//! ```
//!
//! Specification: [RFC 6749 §4.1], [RFC 9700 §2.1].
//!
//! [RFC 6749 §4.1]: https://www.rfc-editor.org/rfc/rfc6749#section-4.1
//! [RFC 9700 §2.1]: https://www.rfc-editor.org/rfc/rfc9700#section-2.1

mod cookie;
mod login;
mod members;
mod pages;
mod problems;
mod sessions;
mod trace;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use oauth2_by_hand::http::{Request, Response, endpoint};
use oauth2_by_hand::practice::STYLE;
use oauth2_by_hand::show::mask::Mask;
use oauth2_by_hand::{Client, Error};
use sessions::{Memory, Viewer};

/// What can be looked at.
#[rustfmt::skip]
pub const PAGES: [&str; 8] = [
    "/", "/welcome", "/members", "/behind-the-scenes", "/tutorial", "/handout", "/style.css", "/icon.svg",
];

/// A provider to log in with.
pub struct Provider {
    /// The name in our links and in the keys of accounts, such as `github`.
    pub name: String,
    /// The name for people, such as `GitHub`.
    pub title: String,
    /// Who we are there. Its redirect URI comes from the configuration, never from a request.
    pub client: Client,
    /// What "behind the scenes" may show of a login there.
    pub mask: Mask,
}

impl Provider {
    /// Whether the browser comes back from this provider with such a target.
    fn is_answered_at(&self, target: &str) -> bool {
        endpoint::has_target_of(target, &self.client.redirect_uri)
    }
}

/// The whole application: it answers requests, and it remembers.
pub struct App {
    /// Our own address, such as `http://127.0.0.1:8080`.
    origin: String,
    providers: Vec<Arc<Provider>>,
    /// It has a clock that a test can set.
    pub memory: Mutex<Memory>,
}

/// The answer, or what went wrong on the way to it.
type Answered = Result<Response, Error>;

impl App {
    /// An application at `origin`, without accounts yet.
    pub fn new(origin: &str, providers: Vec<Provider>) -> App {
        let providers = providers.into_iter().map(Arc::new).collect();
        App { origin: origin.to_owned(), providers, memory: Mutex::default() }
    }

    /// Answers a request. It is called on many threads at once.
    pub fn handle(&self, request: &Request) -> Response {
        if let Some(elsewhere) = self.not_our_host(request) {
            return elsewhere;
        }
        // HEAD is GET without the body (RFC 9110 §9.3.2), but it must not use up a code.
        let method = match request.method.as_str() {
            "HEAD" if PAGES.contains(&request.path()) => "GET",
            method => method,
        };
        let answered = match (method, request.path()) {
            ("GET", path) if self.is_redirect_uri(path) => login::callback(self, request),
            ("GET", "/login") => login::log_in(self, request),
            ("POST", "/logout") => members::log_out(self, request),
            ("GET", "/") => Ok(members::home(self, request)),
            ("GET", "/welcome") => Ok(members::welcome(self, request)),
            ("GET", "/members") => Ok(members::members(self, request)),
            ("GET", "/behind-the-scenes") => Ok(members::behind_the_scenes(self, request)),
            ("GET", "/tutorial") => Ok(pages::tutorial(self.viewer(request).as_ref())),
            ("GET", "/handout") => Ok(pages::handout(self.viewer(request).as_ref())),
            ("GET", "/style.css") => Ok(pages::file("text/css", STYLE)),
            ("GET", "/icon.svg") => Ok(pages::file("image/svg+xml", pages::ICON)),
            _ => Ok(members::no_route(self, request)),
        };
        answered.unwrap_or_else(|error| problems::unreadable(&error))
    }

    /// Who has sent the request, if they are logged in.
    fn viewer(&self, request: &Request) -> Option<Viewer> {
        self.memory().viewer(&cookie::session_id(request, &self.origin)?)
    }

    fn provider(&self, name: Option<&str>) -> Option<&Arc<Provider>> {
        let named = |provider: &&Arc<Provider>| name.is_none_or(|name| provider.name == name);
        self.providers.iter().find(named)
    }

    /// Mix-up: another provider whose answers would pass for this one's, because neither the address nor an `iss` that
    /// one of them always sends tells them apart. Nothing could keep its codes from this one, so no login begins
    /// (RFC 9700 §4.4.2).
    fn indistinguishable_from(&self, provider: &Arc<Provider>) -> Option<&Arc<Provider>> {
        let mut others = self.providers.iter().filter(|other| !Arc::ptr_eq(other, provider));
        others.find(|other| {
            let (_, target) = endpoint::split(&other.client.redirect_uri);
            let always_sends = other.client.requires_issuer || provider.client.requires_issuer;
            let differs = always_sends && other.client.issuer != provider.client.issuer;
            !differs && provider.is_answered_at(&target)
        })
    }

    /// Never held while a request of ours is on its way, or all users would wait for one provider.
    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_redirect_uri(&self, path: &str) -> bool {
        let path_of = |provider: &Arc<Provider>| endpoint::split(&provider.client.redirect_uri).1;
        self.providers.iter().any(|provider| path_of(provider).split('?').next() == Some(path))
    }

    /// A cookie belongs to a host name. Opened as `localhost`, a login would start there and come back
    /// to 127.0.0.1, where its cookie is not. Any other name is a DNS rebinding.
    fn not_our_host(&self, request: &Request) -> Option<Response> {
        let host = match *request.headers_named("Host") {
            [host] if endpoint::has_host_of(host, &self.origin) => return None,
            [host] => host,
            _ => "",
        };
        let is_this_machine = endpoint::parse(&self.origin).is_ok_and(|own| {
            let url = |name| format!("{}://{name}:{}", own.scheme, own.port);
            let is_named = |name| endpoint::has_host_of(host, &url(name));
            own.is_loopback() && endpoint::LOOPBACK.into_iter().any(is_named)
        });
        Some(match request.method.as_str() {
            "GET" if is_this_machine => {
                Response::see_other(&format!("{}{}", self.origin, request.target))
            }
            _ => {
                let words =
                    format!("This application is at {} and has no other name.", self.origin);
                problems::problem(421, "Another host", &words, None)
            }
        })
    }
}
