//! Between steps 1 and 2: the browser returns, and this program must be listening.
//!
//! The provider sends the browser to the redirect URI, which is an address on this machine. So the program
//! listens there, for one request. Others arrive too: the browser asks for an icon, and any page in it can
//! send it here with a code of its own. Each is judged and answered on its own connection's thread, and
//! the wait goes on.
//!
//! ```text
//! redirect URI  ->  TcpListener  ->  GET /callback?code&state&iss  ->  authorize.rs  ->  code
//! ```
//!
//! Specification: [RFC 6749 §4.1.2], [RFC 8252 §7.3, §8.3]. Next: `fetch_token.rs`.
//!
//! [RFC 6749 §4.1.2]: https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2
//! [RFC 8252 §7.3, §8.3]: https://www.rfc-editor.org/rfc/rfc8252#section-7.3

mod judge;
mod pasted;
mod result_page;

pub use judge::Visit;
pub use pasted::paste;

use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use crate::client::Client;
use crate::error::Error;
use crate::http::loopback;
use crate::http::serve::Server;
use judge::Judge;

/// How long the user may take to read the consent page.
pub const PATIENCE: Duration = Duration::from_secs(300);

/// An open port that waits for the redirect of one login. Dropped, it closes the port.
pub struct Listener {
    /// How long [`wait_for_code`] waits: [`PATIENCE`], unless it is changed.
    pub patience: Duration,
    /// Where it listens. The port may differ from the client's (RFC 8252 §7.3).
    pub redirect_uri: String,
    visits: Receiver<Visit>,
    _server: Option<Server>,
}

/// Listens at the client's redirect URI, on this machine only, for the redirect with this `state`.
///
/// If its port is in use and the provider allows any port (RFC 8252 §7.3), another one is used: see
/// [`Listener::redirect_uri`].
///
/// # Errors
///
/// As [`loopback::listen_at`].
pub fn listen(client: &Client, state: &str) -> Result<Listener, Error> {
    let (listeners, redirect_uri) = loopback::listen_at(&client.redirect_uri, client.any_port)?;
    let client = Client { redirect_uri: redirect_uri.clone(), ..client.clone() };

    let (sender, visits) = channel();
    let judge = Judge::new(client, state, sender);
    let server = Server::start(listeners, move |request| judge.answer(request), |_| ())
        .map_err(|error| loopback::cannot_listen(&redirect_uri, &error))?;
    Ok(Listener { patience: PATIENCE, redirect_uri, visits, _server: Some(server) })
}

/// Waits until the browser brings the authorization code of this login, and closes the port.
///
/// Each request is shown to `on_visit`; after one that is not our redirect, the wait goes on.
///
/// # Errors
///
/// [`Error::NoRedirect`] when the time is over, [`Error::InputEnded`] when no more lines come, and what
/// [`read_redirect`](crate::authorize::read_redirect) finds in a redirect that has our state.
pub fn wait_for_code(
    listener: Listener,
    mut on_visit: impl FnMut(&Visit),
) -> Result<String, Error> {
    let start = Instant::now();
    loop {
        let left = listener.patience.saturating_sub(start.elapsed());
        let visit = listener.visits.recv_timeout(left).map_err(|ended| match ended {
            RecvTimeoutError::Timeout => Error::NoRedirect(listener.patience.as_secs()),
            RecvTimeoutError::Disconnected => Error::InputEnded,
        })?;
        on_visit(&visit);
        match visit.outcome {
            // A forged redirect must not cost the user their login.
            Err(error) if error.is_stray() => continue,
            decided => return decided,
        }
    }
}
