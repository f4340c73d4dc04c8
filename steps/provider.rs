//! The practice provider alone, in a terminal of its own, showing every request that it gets.

mod cli;

use std::process::ExitCode;
use std::sync::Mutex;
use std::thread;

use cli::{Failure, Options, Screen};
use oauth2_by_hand::practice::{self, quirks};

fn main() -> ExitCode {
    cli::run_with("provider", serve)
}

fn serve(options: &Options) -> Result<(), Failure> {
    let screen = Mutex::new(Screen::new(options.mask()));
    let watch = move |request: &_, answer: &practice::Answer| {
        let mut screen = screen.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        // The terminal may be gone; the provider goes on.
        let _ = screen.exchange(request, answer);
    };
    let quirks = options.like.unwrap_or(&quirks::PLAIN);
    let port = options.port.unwrap_or(practice::DEFAULT_PORT);
    let (provider, _server) =
        practice::start(quirks, port, watch).map_err(|error| Failure::port(port, &error))?;

    if let Some(quirks) = options.like {
        Screen::new(options.mask()).say(&format!("It behaves like {}.", quirks.title))?;
    }
    Screen::new(options.mask()).welcome(provider.issuer(), &provider.settings())?;
    // The server has threads of its own. This one waits for Ctrl-C.
    loop {
        thread::park();
    }
}
