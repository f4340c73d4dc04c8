//! Listening on this machine, and on nothing else.
//!
//! A redirect URI on loopback brings a code, so nobody else on the network may be able to connect, and
//! no stranger on this machine may hold a part of the address.
//!
//! ```text
//! http://127.0.0.1:8080/callback  ->  TcpListener on 127.0.0.1:8080
//! ```
//!
//! Specification: [RFC 8252 §7.3, §8.3]. Next: `read.rs`.
//!
//! [RFC 8252 §7.3, §8.3]: https://www.rfc-editor.org/rfc/rfc8252#section-7.3

use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, Ipv6Addr, TcpListener};

use super::endpoint::{self, Endpoint};
use crate::error::Error;

/// Listens at `redirect_uri`, and says at which one it came to be.
///
/// Where `any_port` is true and the port is taken, another one is used.
///
/// # Errors
///
/// [`Error::PortTaken`], [`Error::CannotListen`], or [`Error::Configuration`] for a redirect URI that
/// is not on this machine.
pub fn listen_at(redirect_uri: &str, any_port: bool) -> Result<(Vec<TcpListener>, String), Error> {
    let Endpoint { scheme, host, port, target } =
        endpoint::parse(redirect_uri).map_err(not_listenable)?;
    if scheme != "http" {
        return Err(not_listenable(
            "nobody can listen for https here; use http://127.0.0.1:8080/callback, or --paste",
        ));
    }
    let failed = |error| cannot_listen(redirect_uri, &error);
    match listen(&host, port) {
        Ok(listeners) => Ok((listeners, redirect_uri.to_owned())),
        Err(error) if any_port && is_taken(&error) => {
            let listeners = listen(&host, 0).map_err(failed)?;
            let address =
                listeners.first().map(TcpListener::local_addr).transpose().map_err(failed)?;
            let port = address.map_or(port, |address| address.port());
            Ok((listeners, format!("http://{host}:{port}{target}")))
        }
        Err(error) => Err(failed(error)),
    }
}

/// Listens on a loopback host: `127.0.0.1`, `[::1]`, or `localhost`, which is both.
///
/// Port 0 lets the system choose. Nothing else than loopback can be named.
///
/// # Errors
///
/// What the system says. `localhost` leaves out `[::1]` only where the machine does not have it: if that
/// address were somebody else's, a browser that prefers it would bring them the code.
pub fn listen(host: &str, port: u16) -> io::Result<Vec<TcpListener>> {
    match host {
        "127.0.0.1" => Ok(vec![TcpListener::bind((Ipv4Addr::LOCALHOST, port))?]),
        "[::1]" => Ok(vec![TcpListener::bind((Ipv6Addr::LOCALHOST, port))?]),
        "localhost" => {
            let first = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
            match TcpListener::bind((Ipv6Addr::LOCALHOST, first.local_addr()?.port())) {
                Ok(second) => Ok(vec![first, second]),
                Err(error) if is_no_address_here(&error) => Ok(vec![first]),
                Err(error) => Err(error),
            }
        }
        _ => Err(io::Error::new(ErrorKind::InvalidInput, "not a loopback address")),
    }
}

/// The error for a redirect URI that the system does not let us listen at.
pub fn cannot_listen(redirect_uri: &str, error: &io::Error) -> Error {
    let (origin, _) = endpoint::split(redirect_uri);
    let address = endpoint::authority(&origin).to_owned();
    match error.kind() {
        ErrorKind::AddrInUse => Error::PortTaken(address),
        _ => Error::CannotListen { address, reason: error.to_string() },
    }
}

fn not_listenable(problem: &str) -> Error {
    Error::Configuration { setting: "OAUTH_REDIRECT_URI", problem: problem.to_owned() }
}

/// Windows says "permission denied" for a port that it keeps for itself.
fn is_taken(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::AddrInUse | ErrorKind::PermissionDenied)
}

/// The machine has no such address, or no IPv6 at all. "In use" is something else.
fn is_no_address_here(error: &io::Error) -> bool {
    // std has no name for "address family not supported": EAFNOSUPPORT of Linux, of macOS, of Windows.
    let no_such_family = [97, 47, 10047];
    matches!(error.kind(), ErrorKind::AddrNotAvailable | ErrorKind::Unsupported)
        || error.raw_os_error().is_some_and(|code| no_such_family.contains(&code))
}
