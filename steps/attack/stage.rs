//! The stage of the attack lab: scenes and messages.
//!
//! A play sends real requests to the real code of this repository and shows each.

use std::io::{self, Write};
use std::sync::Arc;

use oauth2_by_hand::http::{Request, Response};
use oauth2_by_hand::practice::Provider;
use oauth2_by_hand::show::mask::Mask;
use oauth2_by_hand::show::visible::visible;

use super::cli::{notice::NOTHING, screen::*, wrapped::wrapped};
use super::verdict::Played;

/// An attack, played from beginning to end.
pub type Play = fn(&mut Stage) -> Played;

/// The practice provider, and the terminal of a play. If the terminal is closed, the play goes on.
pub struct Stage {
    pub provider: Arc<Provider>,
    screen: Screen,
    scenes: usize,
    pauses: bool,
}

impl Stage {
    /// With `pauses`, each scene but the first waits for Enter.
    pub fn open(pauses: bool) -> Stage {
        let provider = Arc::new(Provider::new("http://127.0.0.1:9000"));
        Stage { provider, screen: Screen::new(Mask::showing()), scenes: 0, pauses }
    }

    /// What happens next, numbered.
    pub fn scene(&mut self, text: &str) {
        self.scenes += 1;
        if self.pauses && self.scenes > 1 {
            let _ = write!(io::stdout(), "   [Enter for the next scene] ");
            let _ = io::stdout().flush();
            let _ = io::stdin().read_line(&mut String::new());
        }
        let _ = print(&(wrapped(&format!("{}. {text}", self.scenes)) + "\n"));
    }

    /// An address that a browser opens.
    pub fn address(&self, who: &str, url: &str) {
        let _ = print(&format!("   {who}:\n{}\n", visible(url)));
    }

    pub fn request(&mut self, title: &str, request: &Request) {
        let _ = self.screen.request(title, request, &NOTHING);
    }

    /// Shows a request, passes it to `answer`, and shows the response; of a page, only the head.
    pub fn exchange(
        &mut self,
        (from, to): (&str, &str),
        request: &Request,
        answer: impl Fn(&Request) -> Response,
    ) -> Response {
        self.request(&format!("{from} -> {to}"), request);
        let response = answer(request);
        let is_page = response.media_type() == "text/html";
        let body = if is_page { Vec::new() } else { response.body.clone() };
        let shown = Response { body, ..response.clone() };
        let _ = self.screen.response(&format!("{to} -> {from}"), &shown, &[], &NOTHING);
        response
    }
}
