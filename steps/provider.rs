//! The practice provider alone, in a terminal of its own, showing every request that it gets.

mod cli;

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;
use std::thread;

use cli::{Failure, Options, Screen};
use oauth2_by_hand::http::Request;
use oauth2_by_hand::practice::{self, Answer, quirks};

/// Of exchanges that wait to be printed.
const MOST_WAITING: usize = 1000;

fn main() -> ExitCode {
    cli::run_with("provider", serve)
}

fn serve(options: &Options) -> Result<(), Failure> {
    // A terminal that stands still (Ctrl-S), or a pipe that nobody reads, must not keep anybody waiting.
    let (to_print, exchanges) = sync_channel::<(Request, Answer)>(MOST_WAITING);
    let dropped = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&dropped);
    let watch = move |request: &Request, answer: &Answer| {
        if to_print.try_send((request.clone(), answer.clone())).is_err() {
            counted.fetch_add(1, Ordering::SeqCst);
        }
    };
    let quirks = options.like.unwrap_or(&quirks::PLAIN);
    let port = options.port.unwrap_or(practice::DEFAULT_PORT);
    let (provider, _server) =
        practice::start(quirks, port, watch).map_err(|error| Failure::port(port, &error))?;

    if let Some(quirks) = options.like {
        Screen::new(options.mask()).say(&format!("It behaves like {}.", quirks.title))?;
    }
    let mut screen = Screen::new(options.mask());
    screen.welcome(provider.issuer(), &provider.settings())?;
    // The server has threads of its own. This one prints until Ctrl-C.
    for (request, answer) in exchanges {
        let missed = dropped.swap(0, Ordering::SeqCst);
        // The terminal may be gone; the provider goes on.
        if missed > 0 {
            let _ =
                screen.note(&format!("{missed} requests are not shown: the terminal stood still."));
        }
        let _ = screen.exchange(&request, &answer);
    }
    loop {
        thread::park();
    }
}
