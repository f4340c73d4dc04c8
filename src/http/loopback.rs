//! Listening on this machine, and on nothing else.
//!
//! A redirect URI on loopback brings a code, so no other machine may be able to connect, and
//! no stranger on this machine may hold a part of the address.
//!
//! ```text
//! http://127.0.0.1:8080/callback  ->  TcpListener on 127.0.0.1:8080
//! ```
//!
//! Specification: [RFC 8252 §7.3, §8.3].
//!
//! [RFC 8252 §7.3, §8.3]: https://www.rfc-editor.org/rfc/rfc8252#section-7.3

use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, Ipv6Addr, TcpListener};

use super::endpoint::{self, Endpoint};
use crate::error::Error;

/// Listens at `redirect_uri`, and returns the URI actually used.
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
            "no program can listen for https here; use http://127.0.0.1:8080/callback, or --paste",
        ));
    }
    let failed = |error| cannot_listen(redirect_uri, &error);
    match listen(&host, port) {
        Ok((listeners, _)) => Ok((listeners, redirect_uri.to_owned())),
        Err(error) if any_port && is_taken(&error) => {
            let (listeners, port) = listen(&host, 0).map_err(failed)?;
            Ok((listeners, format!("http://{host}:{port}{target}")))
        }
        Err(error) => Err(failed(error)),
    }
}

/// Listens on a loopback host: `127.0.0.1`, `[::1]`, or `localhost`, which is both.
///
/// Port 0 lets the system choose; the port actually used is returned. Nothing else than loopback can
/// be named.
///
/// # Errors
///
/// What the system says. `localhost` leaves out `[::1]` only where the machine does not have it: if that
/// address were another program's, a browser that prefers it would bring them the code.
pub fn listen(host: &str, port: u16) -> io::Result<(Vec<TcpListener>, u16)> {
    let first = match host {
        "127.0.0.1" | "localhost" => TcpListener::bind((Ipv4Addr::LOCALHOST, port))?,
        "[::1]" => TcpListener::bind((Ipv6Addr::LOCALHOST, port))?,
        _ => return Err(io::Error::new(ErrorKind::InvalidInput, "not a loopback address")),
    };
    let port = first.local_addr()?.port();
    if host != "localhost" {
        return Ok((vec![first], port));
    }
    match TcpListener::bind((Ipv6Addr::LOCALHOST, port)) {
        Ok(second) => Ok((vec![first, second], port)),
        Err(error) if is_no_address_here(&error) => Ok((vec![first], port)),
        Err(error) => Err(error),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_says_of_a_port_decides_what_is_tried_next() {
        type Row = (ErrorKind, bool, bool);
        let rows: [Row; 6] = [
            (ErrorKind::AddrInUse, true, false),
            (ErrorKind::PermissionDenied, true, false),
            (ErrorKind::AddrNotAvailable, false, true),
            (ErrorKind::Unsupported, false, true),
            (ErrorKind::InvalidInput, false, false),
            (ErrorKind::OutOfMemory, false, false),
        ];
        for (kind, taken, no_address) in rows {
            let error = io::Error::from(kind);
            assert_eq!(
                (is_taken(&error), is_no_address_here(&error)),
                (taken, no_address),
                "{kind}"
            );
        }
    }

    /// EAFNOSUPPORT: 97 on Linux, 47 on macOS, 10047 on Windows. std gives it no kind of its own everywhere.
    #[test]
    fn a_system_without_ipv6_has_no_such_address() {
        for (code, no_address) in [(97, true), (47, true), (10047, true), (13, false)] {
            let error = io::Error::from_raw_os_error(code);
            assert_eq!(is_no_address_here(&error), no_address, "{code}");
        }
    }

    #[test]
    fn each_loopback_host_is_bound_to_its_own_addresses() {
        let bound = |host| -> Vec<String> {
            let (listeners, _) = listen(host, 0).unwrap();
            listeners.iter().map(|one| one.local_addr().unwrap().ip().to_string()).collect()
        };
        assert_eq!(bound("127.0.0.1"), ["127.0.0.1"]);
        if TcpListener::bind("[::1]:0").is_ok() {
            assert_eq!(bound("[::1]"), ["::1"]);
            assert_eq!(bound("localhost"), ["127.0.0.1", "::1"]);
        } else {
            assert_eq!(bound("localhost"), ["127.0.0.1"]);
        }
    }
}
