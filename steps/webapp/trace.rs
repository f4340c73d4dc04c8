//! The messages of one login, kept so that "behind the scenes" can show them.
//!
//! They are masked before they are kept: what must not be seen is not even in memory. Each has a largest
//! size, since a browser sends what it likes. What to notice in each is in `pages/scenes.html`.

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
    /// A mask of its own, which learns the secrets of this login.
    pub fn new(mask: &Mask, client_secret: Option<&str>) -> Trace {
        let mut mask = mask.clone();
        mask.learn("client_secret", client_secret.unwrap_or_default());
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
        let (mut room, mut kept) = (Room::default(), request.clone());
        if !room.holds(kept.target.len()) {
            kept.target = "…".into();
        }
        kept.headers.retain(|(name, value)| room.holds(name.len() + value.len()));
        if !room.holds(kept.body.len()) {
            kept.body.clear();
        }
        let text = self.mask.request(&kept);
        self.keep(place, &text, room.missing);
    }

    /// `shown` are members that may be shown also of a real person: those that we read.
    pub fn response(&mut self, place: &'static str, response: &Response, shown: &[&str]) {
        let (mut room, mut kept) = (Room::default(), response.clone());
        kept.headers.retain(|(name, value)| room.holds(name.len() + value.len()));
        if !room.holds(kept.body.len()) {
            kept.body.clear();
        }
        let text = self.mask.response(&kept, shown);
        self.keep(place, &text, room.missing);
    }

    fn keep(&mut self, place: &'static str, text: &str, missing: usize) {
        let mut text = text.trim_end().to_owned();
        if missing > 0 {
            text.push_str(&format!("\n\n… ({missing} more bytes are not kept)"));
        }
        self.messages.push((place, text));
    }
}

/// How much of a message is kept. It is cut before it is masked, so that no long message costs more.
#[derive(Default)]
struct Room {
    taken: usize,
    missing: usize,
}

impl Room {
    /// Whether one more part has room. After the first that has none, none has.
    fn holds(&mut self, length: usize) -> bool {
        self.taken += length;
        let fits = self.taken <= MAX_BYTES;
        self.missing += if fits { 0 } else { length };
        fits
    }
}
