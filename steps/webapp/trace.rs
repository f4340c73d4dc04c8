//! The messages of one login, kept so that "behind the scenes" can show them.
//!
//! They are masked before they are kept: what must not be seen is not even in memory. Each has a largest
//! size, since a browser sends what it likes. What to notice in each stands in `pages/scenes.html`.
//!
//! ```text
//! Request or Response  ->  masked text, 8 KiB at most  ->  a place in the diagram
//! ```
//!
//! Next: `members.rs`.

use oauth2_by_hand::http::{Request, Response};
use oauth2_by_hand::show::mask::Mask;

use super::cookie;

const MAX_BYTES: usize = 8 * 1024;

/// The messages of a login so far, each under the name of its place in the diagram.
pub struct Trace {
    pub mask: Mask,
    pub messages: Vec<(&'static str, String)>,
}

impl Trace {
    pub fn new(mask: &Mask, client_secret: Option<&str>) -> Trace {
        let mut mask = mask.clone();
        mask.learn(client_secret.unwrap_or_default());
        Trace { mask, messages: Vec::new() }
    }

    /// From a browser. Other programs on this host set cookies too; those are not ours to show.
    pub fn visit(&mut self, place: &'static str, request: &Request, origin: &str) {
        let own = cookie::session_id(request, origin).map(|id| cookie::set_cookie(origin, &id));
        let mut request = request.clone();
        request.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("cookie"));
        if let Some(pair) = own.as_deref().and_then(|cookie| cookie.split(';').next()) {
            request = request.with_header("Cookie", pair);
        }
        self.request(place, &request);
    }

    pub fn request(&mut self, place: &'static str, request: &Request) {
        let text = self.mask.request(request);
        self.keep(place, text);
    }

    pub fn response(&mut self, place: &'static str, response: &Response) {
        let text = self.mask.response(response);
        self.keep(place, text);
    }

    /// A response about a person: of a real one, only the members that we read.
    pub fn user(&mut self, place: &'static str, response: &Response, members: &[&str]) {
        let text = self.mask.personal_response(response, members);
        self.keep(place, text);
    }

    fn keep(&mut self, place: &'static str, mut text: String) {
        if text.len() > MAX_BYTES {
            let length = (0..=MAX_BYTES).rev().find(|at| text.is_char_boundary(*at));
            let more = text.split_off(length.unwrap_or(0)).len();
            text.push_str(&format!("\n… ({more} more bytes are not kept)"));
        }
        self.messages.push((place, text.trim_end().to_owned()));
    }
}
