//! The redirect where no browser can reach this program: the user copies the address and pastes it here.

use std::sync::mpsc::channel;
use std::thread;

use super::judge::Judge;
use super::{Listener, PATIENCE};
use crate::client::Client;
use crate::http::Request;

/// Takes redirected URLs from `lines` instead of listening. A line that is not one is asked for again.
pub fn paste(
    client: &Client,
    state: &str,
    lines: impl Iterator<Item = String> + Send + 'static,
) -> Listener {
    let (sender, visits) = channel();
    let judge = Judge::new(client.clone(), state, sender);
    thread::spawn(move || {
        for line in lines {
            let url = pasted_url(&line);
            if !url.is_empty() {
                judge.answer(&Request::get(&url));
            }
        }
    });
    let redirect_uri = client.redirect_uri.clone();
    Listener { patience: PATIENCE, redirect_uri, visits, _server: None }
}

/// What a terminal, a chat or a mail puts around an address is not part of it, and neither is its fragment.
fn pasted_url(line: &str) -> String {
    let line = line.replace("\u{1b}[200~", "").replace("\u{1b}[201~", "");
    let is_hidden =
        |c: char| c.is_control() || "\u{200b}\u{200c}\u{200d}\u{2060}\u{feff}".contains(c);
    let line: String = line.chars().filter(|c| !is_hidden(*c)).collect();
    let around = |c: char| c.is_whitespace() || "\"'`<>“”‘’«»".contains(c);
    line.trim_matches(around).split('#').next().unwrap_or_default().to_owned()
}
