//! Whether a request at the redirect URI is the answer to the login that waits.
//!
//! It is compared with that login, answered with a page at once, and passed on with its
//! outcome. Nothing here waits for a person, so no connection stays open while one reads the screen.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::Sender;

use super::result_page;
use crate::authorize;
use crate::by_hand::{compare, urlencoding};
use crate::client::Client;
use crate::error::Error;
use crate::http::{Request, Response, endpoint};

/// A page can send any number of requests here. More than these are answered, but not passed on.
const MAX_STRAY_VISITS: usize = 100;

/// A request at the redirect URI, or a pasted URL as one, and what it brought.
pub struct Visit {
    /// The request as it came.
    pub request: Request,
    /// The authorization code, or why there is none.
    pub outcome: Result<String, Error>,
}

/// The login that waits, and where its visits go.
pub(super) struct Judge {
    client: Client,
    state: String,
    visits: Sender<Visit>,
    stray_visits: AtomicUsize,
    decided: AtomicBool,
}

impl Judge {
    pub(super) fn new(client: Client, state: &str, visits: Sender<Visit>) -> Judge {
        let (stray_visits, decided) = (AtomicUsize::new(0), AtomicBool::new(false));
        Judge { client, state: state.to_owned(), visits, stray_visits, decided }
    }

    /// Answers a request, and passes it on with its outcome.
    pub(super) fn answer(&self, request: &Request) -> Response {
        let misdirected = misdirected(request, &self.client.redirect_uri);
        let outcome = match misdirected {
            None => authorize::read_redirect(request.query(), &self.client, &self.state),
            Some(_) => Err(self.not_the_redirect(request)),
        };

        let page = result_page::answer(misdirected, &outcome);
        let is_stray = outcome.as_ref().is_err_and(Error::is_stray);
        if is_stray {
            if self.stray_visits.fetch_add(1, Ordering::SeqCst) >= MAX_STRAY_VISITS {
                return page;
            }
        } else if self.decided.swap(true, Ordering::SeqCst) {
            // The first redirect with our state decides (RFC 8252 §8.3). A browser may send it twice.
            return result_page::already_answered();
        }
        // The wait may be over. The browser is told all the same.
        let _ = self.visits.send(Visit { request: request.clone(), outcome });
        page
    }

    /// Only the provider and the browser know our state. So a request with it is the answer, sent in a wrong way.
    fn not_the_redirect(&self, request: &Request) -> Error {
        let redirect_uri = self.client.redirect_uri.clone();
        let has_our_state = |text| {
            let state = urlencoding::query_parameter(text, "state").ok().flatten();
            state.is_some_and(|state| compare::equal(&state, &self.state))
        };
        if !has_our_state(request.query()) && !has_our_state(&request.body) {
            return Error::NotTheRedirect(redirect_uri);
        }
        let host = request.header("Host").unwrap_or_default();
        let received = format!("{} http://{host}{}", request.method, request.path());
        Error::AnswerElsewhere { received, redirect_uri }
    }
}

/// The status to answer with when a request is not for our redirect URI.
fn misdirected(request: &Request, redirect_uri: &str) -> Option<u16> {
    if request.method != "GET" {
        return Some(405);
    }
    // DNS rebinding: a page whose host name has been pointed at 127.0.0.1 names itself in `Host`.
    let is_our_host = match *request.headers_named("Host") {
        [host] => endpoint::has_host_of(host, redirect_uri),
        _ => false,
    };
    if !is_our_host {
        return Some(421);
    }
    let is_ours = endpoint::has_target_of(&request.target, redirect_uri);
    if is_ours { None } else { Some(404) }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;
    use crate::client::settings;

    /// With the port 80, which no test can listen on. RFC 3986 §6.2.2.1, §6.2.3.
    #[test]
    fn a_default_port_and_the_case_of_the_host_make_no_difference() {
        let redirect_uri = "http://localhost:80/callback";
        for (host, expected) in [
            ("localhost", None),
            ("localhost:80", None),
            ("LocalHost", None),
            ("localhost:443", Some(421)),
            ("localhost:8080", Some(421)),
            ("localhost.", Some(421)),
            ("127.0.0.1", Some(421)),
            ("evil.example", Some(421)),
        ] {
            let mut request = Request::get("http://x/callback?code=c");
            request.headers = vec![("Host".into(), host.into())];
            assert_eq!(misdirected(&request, redirect_uri), expected, "{host}");
        }
    }

    #[test]
    fn the_first_redirect_with_our_state_decides_and_its_copy_is_told_so() {
        let judge_of = |sender| Judge::new(client(), "S", sender);
        let (sender, visits) = channel();
        let judge = judge_of(sender);
        let redirect = Request::get("http://127.0.0.1:8080/callback?code=c&state=S");

        let first = judge.answer(&redirect);
        let second = judge.answer(&redirect);
        drop(judge);

        assert!(first.text().is_some_and(|page| page.contains("Code received")));
        assert_eq!(second.status, 200);
        assert!(second.text().is_some_and(|page| page.contains("Already answered")));
        assert!(second.text().is_some_and(|page| !page.contains("code=c")));
        let outcomes: Vec<_> = visits.iter().map(|visit| visit.outcome).collect();
        assert_eq!(outcomes, [Ok("c".into())]);
    }

    #[test]
    fn a_flood_of_stray_requests_is_not_kept_and_hides_no_redirect() {
        let (sender, visits) = channel();
        let judge = Judge::new(client(), "S", sender);
        for number in 0..1000 {
            let stray = format!("http://127.0.0.1:8080/callback?code=c&state={number}");
            assert_eq!(judge.answer(&Request::get(&stray)).status, 400);
        }
        judge.answer(&Request::get("http://127.0.0.1:8080/callback?code=c&state=S"));
        drop(judge);

        let outcomes: Vec<_> = visits.iter().map(|visit| visit.outcome).collect();
        assert_eq!(outcomes.len(), MAX_STRAY_VISITS + 1);
        assert_eq!(outcomes.last(), Some(&Ok("c".into())));
    }

    fn client() -> Client {
        let urls = ["OAUTH_AUTHORIZE_URL", "OAUTH_TOKEN_URL", "OAUTH_USERINFO_URL"];
        let urls = urls.map(|name| (name.to_owned(), "https://example.com/".to_owned()));
        let id = ("OAUTH_CLIENT_ID".to_owned(), "id".to_owned());
        settings::client(&urls.into_iter().chain([id]).collect()).unwrap()
    }
}
