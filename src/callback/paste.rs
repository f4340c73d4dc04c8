//! The redirect by hand: a pasted line instead of a socket.
//!
//! A program on another machine than the browser cannot be called back: 127.0.0.1 is a different
//! place for each of them. But the address bar holds everything, so a person can carry it over.
//!
//! ```text
//! pasted URL  ->  the request that the browser would have sent  ->  wait_for_code
//! ```
//!
//! Next: `../fetch_token.rs`.

use std::sync::mpsc::channel;
use std::thread;

use super::{Listener, PATIENCE, ask};
use crate::http::Request;

/// Takes redirected URLs from `lines` instead of listening. What is not one is asked for again.
pub fn paste(lines: impl Iterator<Item = String> + Send + 'static) -> Listener {
    let (sender, arrivals) = channel();
    thread::spawn(move || {
        for line in lines.filter(|line| !line.trim().is_empty()) {
            ask(&sender, Request::get(line.trim()));
        }
    });
    Listener { patience: PATIENCE, arrivals, _server: None }
}
