//! The practice provider alone, in a terminal of its own, showing every request that it gets.

mod cli;
#[path = "provider/mallory.rs"]
mod mallory;

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use cli::wrapped::wrapped;
use cli::{Failure, Options, Screen};
use mallory::Trick;
use oauth2_by_hand::http::Request;
use oauth2_by_hand::practice::{self, Answer, Seen, quirks};

/// Of messages that wait to be printed.
const MOST_WAITING: usize = 1000;

/// What the screen shows.
enum Message {
    Exchange(Request, Answer),
    /// Why something that came was no request.
    Unreadable(&'static str),
}

/// The queue of the screen. A terminal that is stopped (Ctrl-S), or a pipe that is not read, keeps no client
/// waiting: messages for which there is no room are only counted.
struct ToScreen {
    messages: SyncSender<Message>,
    dropped: Arc<AtomicUsize>,
}

impl ToScreen {
    fn show(&self, seen: Seen) {
        let message = match seen {
            Seen::Exchange(request, answer) => Message::Exchange(request.clone(), answer.clone()),
            Seen::Unreadable(reason) => Message::Unreadable(reason),
        };
        if self.messages.try_send(message).is_err() {
            self.dropped.fetch_add(1, Ordering::SeqCst);
        }
    }
}

fn main() -> ExitCode {
    cli::run_with("provider", serve)
}

fn serve(options: &Options) -> Result<(), Failure> {
    let (messages, to_print) = sync_channel(MOST_WAITING);
    let dropped = Arc::new(AtomicUsize::new(0));
    let to_screen = ToScreen { messages, dropped: Arc::clone(&dropped) };
    let watch = move |seen: Seen| to_screen.show(seen);
    let port = options.port.unwrap_or(practice::DEFAULT_PORT);
    let (provider, _server) = match tricks(options)? {
        Some(tricks) => mallory::start(tricks, port, watch),
        None => practice::start(options.like.unwrap_or(&quirks::PLAIN), port, watch),
    }
    .map_err(|error| Failure::port(port, &error))?;

    if options.mallory {
        let how = match &options.trick {
            Some(name) => format!("with the trick {name}"),
            None => "in another way each time".to_owned(),
        };
        let issuer = provider.issuer();
        let words = format!(
            "It cheats the client that logs in, {how}. What the client did: {issuer}/mallory"
        );
        Screen::new(options.mask()).say(&wrapped(&words))?;
    }
    if let Some(quirks) = options.like {
        Screen::new(options.mask()).say(&format!("It behaves like {}.", quirks.title))?;
    }
    let mut screen = Screen::new(options.mask());
    screen.welcome(provider.issuer(), &provider.settings())?;
    // The server has threads of its own. This one prints until Ctrl-C.
    print_messages(&mut screen, to_print, &dropped);
    loop {
        thread::park();
    }
}

fn print_messages(screen: &mut Screen, to_print: Receiver<Message>, dropped: &AtomicUsize) {
    for message in to_print {
        let missed = dropped.swap(0, Ordering::SeqCst);
        // The terminal may be gone; the provider goes on.
        if missed > 0 {
            let _ =
                screen.note(&format!("{missed} requests are not shown: the terminal stood still."));
        }
        let _ = match message {
            Message::Exchange(request, answer) => screen.exchange(&request, &answer),
            Message::Unreadable(reason) => screen.note(&format!("Not a request: {reason}.")),
        };
    }
}

/// What is played with `--like mallory`: every trick, or the one of `--trick`.
fn tricks(options: &Options) -> Result<Option<Vec<Trick>>, Failure> {
    let all = mallory::tricks();
    let Some(name) = options.trick.as_deref() else {
        return Ok(options.mallory.then_some(all));
    };
    let names: Vec<&str> = all.iter().map(|[name, ..]| *name).collect();
    match all.iter().find(|[known, ..]| *known == name) {
        Some(trick) if options.mallory => Ok(Some(vec![*trick])),
        _ => Err(Failure::usage(
            &format!("there is no trick {name:?} here."),
            "a typing mistake; or --like mallory is missing.",
            &format!("write --like mallory --trick and one of {}.", names.join(", ")),
        )),
    }
}
