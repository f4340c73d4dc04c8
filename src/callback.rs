//! Between step 1 and step 2: the browser comes back, and somebody has to be home.
//!
//! The provider sends the browser to the redirect URI, which is an address on this very machine. So
//! the program listens there, for this one visitor. Others call too: the browser asks for an icon, and
//! any page in it can send it here with a code of its own. They get an answer, and the wait
//! goes on.
//!
//! ```text
//! redirect URI  ->  TcpListener  ->  GET /callback?code&state&iss  ->  authorize.rs  ->  code
//! ```
//!
//! Specification: [RFC 6749 §4.1.2], [RFC 8252 §7.3, §8.3]. Next: `fetch_token.rs`.
//!
//! [RFC 6749 §4.1.2]: https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2
//! [RFC 8252 §7.3, §8.3]: https://www.rfc-editor.org/rfc/rfc8252#section-7.3

mod arrivals;
mod result_page;

pub use arrivals::paste;

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use crate::authorize;
use crate::client::Client;
use crate::error::Error;
use crate::http::serve::Server;
use crate::http::{Request, loopback};
use arrivals::{Arrival, ask};

/// How long a person may take to read the consent page.
pub const PATIENCE: Duration = Duration::from_secs(300);

/// Somebody at home, waiting for the redirect. Dropped, it closes the port.
pub struct Listener {
    /// How long [`wait_for_code`] waits: [`PATIENCE`], unless it is changed.
    pub patience: Duration,
    arrivals: Receiver<Arrival>,
    _server: Option<Server>,
}

/// Listens at the client's redirect URI, on this machine only.
///
/// If its port is taken and the provider allows any port (RFC 8252 §7.3), another one is used, and
/// `client.redirect_uri` says which.
///
/// # Errors
///
/// As [`loopback::listen_at`].
pub fn listen(client: &mut Client) -> Result<Listener, Error> {
    let (listeners, redirect_uri) = loopback::listen_at(&client.redirect_uri, client.any_port)?;
    client.redirect_uri = redirect_uri;

    let (sender, arrivals) = channel();
    let handler = move |request: &Request| ask(&sender, request.clone());
    let server = Server::start(listeners, Arc::new(handler))
        .map_err(|error| loopback::cannot_listen(&client.redirect_uri, &error))?;
    Ok(Listener { patience: PATIENCE, arrivals, _server: Some(server) })
}

/// Waits until the browser brings the authorization code of this login, and closes the port.
///
/// A request that is not our redirect is answered, shown to `saw`, and the wait goes on.
///
/// # Errors
///
/// [`Error::NoRedirect`] when the time is over, [`Error::InputEnded`] when no more lines come, and what
/// [`authorize::read_redirect`] finds in a redirect that has our state.
pub fn wait_for_code(
    listener: Listener,
    client: &Client,
    state: &str,
    saw: &mut dyn FnMut(&Request, &Result<String, Error>),
) -> Result<String, Error> {
    let deadline = Instant::now() + listener.patience;
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        let Arrival { request, reply } =
            listener.arrivals.recv_timeout(left).map_err(|ended| match ended {
                RecvTimeoutError::Timeout => Error::NoRedirect(listener.patience.as_secs()),
                RecvTimeoutError::Disconnected => Error::InputEnded,
            })?;

        let misdirected = misdirected(&request, client);
        let outcome = match misdirected {
            None => authorize::read_redirect(request.query(), client, state),
            Some(_) => Err(Error::NotTheRedirect(client.redirect_uri.clone())),
        };
        saw(&request, &outcome);
        // The browser may have gone meanwhile; what it brought counts all the same.
        let _ = reply.send(result_page::answer(misdirected, &outcome));

        match outcome {
            // A forged redirect must not cost the user their login.
            Err(error) if error.is_about_no_login_of_ours() => continue,
            decided => return decided,
        }
    }
}

/// The status to answer with when a request is not for our redirect URI.
fn misdirected(request: &Request, client: &Client) -> Option<u16> {
    let ours = Request::get(&client.redirect_uri);
    if request.method != "GET" {
        return Some(405);
    }
    // DNS rebinding: a page whose host name has been pointed at 127.0.0.1 names itself in `Host`.
    if request.headers_named("Host") != ours.headers_named("Host") {
        return Some(421);
    }
    // A query of the redirect URI's own stays at the start (RFC 6749 §3.1.2).
    let keeps_query = request.query().starts_with(ours.query());
    if request.path() != ours.path() || !keeps_query { Some(404) } else { None }
}
