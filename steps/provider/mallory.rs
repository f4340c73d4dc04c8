//! `--like mallory`: a provider that tries to cheat the client that logs in, to see what the client does.
//!
//! At each login it plays the next of its tricks: it spoils one of the practice provider's answers. A false redirect
//! comes with the true one to open afterwards, since a correct client may still wait for that.
//!
//! Specification: [RFC 9700 §4](https://www.rfc-editor.org/rfc/rfc9700#section-4).

mod spoil;

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use oauth2_by_hand::by_hand::urlencoding::decode_pairs;
use oauth2_by_hand::http::serve::Server;
use oauth2_by_hand::http::{Request, Response, loopback};
use oauth2_by_hand::practice::{self, Answer, Provider, Seen};
use oauth2_by_hand::web::expiring_map::ExpiringMap;
use spoil::{FELL, PLAYED, value};

/// A trick: its name, what it spoils, how, what that is in words, and what a correct client does.
pub type Trick = [&'static str; 5];

/// Every trick, in order.
pub fn tricks() -> Vec<Trick> {
    let cell = |row: &'static str, column| row.split('|').nth(column).unwrap_or_default().trim();
    let rows = include_str!("tricks.txt").lines();
    rows.map(|row| [0, 1, 2, 3, 4].map(|column| cell(row, column))).collect()
}

struct Mallory {
    provider: Arc<Provider>,
    /// Another port of ours, as `Host` has it.
    elsewhere: String,
    tricks: Vec<Trick>,
    memory: Mutex<Memory>,
}

struct Memory {
    logins: usize,
    outcomes: Vec<&'static str>,
    /// By code, false code and token.
    played: ExpiringMap<Played>,
}

/// Which trick is played in a login; and its two redirects, where one is false.
#[derive(Clone, Default)]
struct Played {
    trick: usize,
    false_redirect: String,
    true_redirect: String,
}

/// As [`practice::start`], with these tricks in turn.
pub fn start(
    tricks: Vec<Trick>,
    port: u16,
    watch: impl Fn(Seen) + Send + Sync + 'static,
) -> io::Result<(Arc<Provider>, Server)> {
    let (mut listeners, port) = loopback::listen("127.0.0.1", port)?;
    let (more, other_port) = loopback::listen("127.0.0.1", 0)?;
    listeners.extend(more);
    let provider = Arc::new(Provider::new(&format!("http://127.0.0.1:{port}")));
    let played = ExpiringMap::new(1000, Duration::from_secs(3600));
    let outcomes = vec!["not played yet"; tricks.len()];
    let memory = Mutex::new(Memory { logins: 0, outcomes, played });
    let elsewhere = format!("127.0.0.1:{other_port}");
    let mallory = Mallory { provider: Arc::clone(&provider), elsewhere, tricks, memory };
    Ok((provider, practice::serve(listeners, move |request| mallory.answer(request), watch)?))
}

impl Mallory {
    /// The practice provider's answer, spoilt where it is a trick's turn.
    fn answer(&self, request: &Request) -> Answer {
        let mut answer = self.provider.answer(request);
        // Any other host is refused (DNS rebinding), except the port that a trick leads to.
        let is_elsewhere = request.header("Host") == Some(&self.elsewhere);
        if answer.response.status == 421 && !is_elsewhere {
            return answer;
        }
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let pairs = decode_pairs(&format!("{}&{}", request.query(), request.body));
        let pairs = pairs.unwrap_or_default();
        let bearer = request.header("Authorization").and_then(|header| header.split(' ').nth(1));
        let is_for_user = request.path() == "/user";
        let given = if is_for_user { bearer.unwrap_or_default() } else { value(&pairs, "code") };
        let played = memory.played.get(given, Instant::now()).cloned();
        let (trick, outcome) = match (request.path(), played) {
            ("/mallory", _) => return Answer { response: self.report(&memory), ..answer },
            ("/authorize", _) => self.begin(&mut memory, &mut answer.response),
            (_, Some(played)) => {
                let outcome = spoil::spoil(self, request, &pairs, &played, &mut answer.response);
                if let Some(token) = spoil::members(&answer.response).get("access_token") {
                    let token = token.as_str().unwrap_or_default();
                    memory.played.insert(token, played.clone(), Instant::now());
                }
                (played.trick, outcome)
            }
            _ => return answer,
        };
        answer.remarks.extend(self.note(&mut memory, trick, outcome));
        answer
    }

    /// A click on Allow begins the next trick. The second one of a double click gets the same answer.
    fn begin(&self, memory: &mut Memory, response: &mut Response) -> (usize, &'static str) {
        let location = response.header("location").unwrap_or_default().to_owned();
        let query = location.split_once('?').map_or("", |(_, query)| query);
        let pairs = decode_pairs(query).unwrap_or_default();
        let code = value(&pairs, "code");
        if code.is_empty() {
            return (0, "");
        }
        let answers = format!("{}/mallory/answers?code={code}", self.provider.issuer());
        if let Some(played) = memory.played.get(code, Instant::now()) {
            if !played.false_redirect.is_empty() {
                *response = Response::see_other(&answers);
            }
            return (played.trick, "");
        }
        let trick = memory.logins % self.tricks.len().max(1);
        memory.logins += 1;
        let mut played = Played { trick, ..Played::default() };
        if let [_, "redirect", edit, ..] = self.trick(trick) {
            let (false_redirect, codes) = spoil::false_redirect(&location, edit);
            played.false_redirect = false_redirect;
            played.true_redirect.clone_from(&location);
            for code in codes {
                memory.played.insert(&code, played.clone(), Instant::now());
            }
            *response = Response::see_other(&answers);
        }
        memory.played.insert(code, played, Instant::now());
        (trick, PLAYED)
    }

    fn trick(&self, number: usize) -> Trick {
        self.tricks.get(number).copied().unwrap_or_default()
    }

    /// Keeps an outcome for the report, and gives the remark for the screen.
    fn note(&self, memory: &mut Memory, trick: usize, outcome: &'static str) -> Option<String> {
        let [name, .., what, right] = self.trick(trick);
        let known = memory.outcomes.get_mut(trick)?;
        if outcome.is_empty() || (*known == FELL && outcome != PLAYED) {
            return None;
        }
        *known = outcome;
        Some(format!("Mallory, {name}: {outcome}. The trick: {what}. A correct client {right}."))
    }

    fn report(&self, memory: &Memory) -> Response {
        let row = |([name, .., what, right], outcome): (&Trick, &&str)| {
            format!("{name:<16} {outcome}\n    {what}; a correct client {right}\n")
        };
        let rows: String = self.tricks.iter().zip(&memory.outcomes).map(row).collect();
        Response::new(200, "text/plain; charset=utf-8", format!("What your client did:\n\n{rows}"))
    }
}
