//! The redirect where no browser can reach this program: the user copies the address and pastes it here.

use std::sync::mpsc::channel;
use std::thread;

use super::judge::Judge;
use super::{Listener, PATIENCE};
use crate::by_hand::invisible::is_invisible;
use crate::client::Client;
use crate::error::Error;
use crate::http::Request;

/// Takes redirected URLs from `lines` instead of listening. A line that is not one is asked for again.
///
/// # Errors
///
/// [`Error::CannotListen`] where no thread can wait for the lines.
pub fn paste(
    client: &Client,
    state: &str,
    lines: impl Iterator<Item = String> + Send + 'static,
) -> Result<Listener, Error> {
    let (sender, visits) = channel();
    let judge = Judge::new(client.clone(), state, sender);
    let reader = thread::Builder::new().name("paste".into());
    let read = move || {
        for line in lines {
            let url = pasted_url(&line);
            if !url.is_empty() {
                judge.answer(&Request::get(&url));
            }
        }
    };
    reader.spawn(read).map_err(|error| Error::CannotListen {
        address: "standard input".into(),
        reason: error.to_string(),
    })?;
    let redirect_uri = client.redirect_uri.clone();
    Ok(Listener { patience: PATIENCE, redirect_uri, visits, _server: None })
}

/// What a terminal, a chat or a mail puts around an address is not part of it, and neither is its fragment.
fn pasted_url(line: &str) -> String {
    let line = line.replace("\u{1b}[200~", "").replace("\u{1b}[201~", "");
    let line = line.replace(is_invisible, "");
    let around = |c: char| c.is_whitespace() || "\"`<>“”‘’«»".contains(c);
    let line = line.trim_matches(around);
    // A code may end with an apostrophe, so only a pair of them is around it.
    let line = line.strip_prefix('\'').map_or(line, |line| line.trim_end_matches('\''));
    line.split('#').next().unwrap_or_default().to_owned()
}
