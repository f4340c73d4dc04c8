//! How a redirect arrives: through the socket, or carried over by hand.
//!
//! Whoever brings it hands it to the one who waits, and waits in turn for the page to show. A
//! program on another machine than the browser cannot be called back: 127.0.0.1 is a different
//! place for each of them. But the address bar holds everything, so a person can paste it.
//!
//! ```text
//! connection, or pasted URL  ->  Arrival  ->  wait_for_code  ->  page
//! ```
//!
//! Next: `result_page.rs`.

use std::sync::mpsc::{Sender, channel};
use std::thread;

use super::{Listener, PATIENCE, result_page};
use crate::http::{Request, Response};

/// A request at the redirect URI, and the way to answer it.
pub(super) struct Arrival {
    pub(super) request: Request,
    pub(super) reply: Sender<Response>,
}

/// Hands a request to whoever waits, and waits for the answer.
pub(super) fn ask(sender: &Sender<Arrival>, request: Request) -> Response {
    let (reply, answer) = channel();
    let asked = sender.send(Arrival { request, reply });
    asked.ok().and_then(|()| answer.recv().ok()).unwrap_or_else(result_page::too_late)
}

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

#[cfg(test)]
mod tests {
    use super::*;

    /// The browser's second try, a moment after the login has ended.
    #[test]
    fn whoever_comes_when_nobody_waits_any_more_is_told_so() {
        let (sender, arrivals) = channel();
        drop(arrivals);
        let answer = ask(&sender, Request::get("http://127.0.0.1:8080/callback?code=x"));
        assert_eq!(answer.status, 503);
        assert!(answer.text().is_some_and(|page| page.contains("No login is waiting here")));
        assert!(answer.text().is_some_and(|page| !page.contains("code=x")));
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
    }
}
