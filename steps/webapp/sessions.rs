//! Who is at the other end: pending logins, sessions and accounts, in memory.
//!
//! A cookie holds nothing but a random name; what it stands for is here. A browser on its way through a
//! login and one that is logged in are kept apart: the first costs nothing to become, so a flood
//! of those must not push out the second.
//!
//! ```text
//! cookie  ->  visitor (pending logins, by state)  -- new id -->  member (account)
//! ```
//!
//! Specification: [RFC 6749 §10.12], [RFC 9700 §4.4].
//!
//! [RFC 6749 §10.12]: https://www.rfc-editor.org/rfc/rfc6749#section-10.12
//! [RFC 9700 §4.4]: https://www.rfc-editor.org/rfc/rfc9700#section-4.4

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use oauth2_by_hand::Error;
use oauth2_by_hand::by_hand::{compare, random};
use oauth2_by_hand::get_user_info::User;
use oauth2_by_hand::web::expiring_map::ExpiringMap;

use super::Provider;
use super::trace::Trace;

const HOUR: Duration = Duration::from_secs(3600);
const LOGIN_LIFE: Duration = Duration::from_secs(600);
/// Tabs of one browser that may log in at once, and how many of each thing we keep in all.
const LOGINS_PER_BROWSER: usize = 4;
const ROOM: usize = 1000;
/// Sessions of one account at once: more than the devices of a person.
const SESSIONS_PER_ACCOUNT: usize = 100;
/// Callbacks that may wait for a provider at once. Each holds a thread and two connections while it waits.
const WAITING_CALLBACKS: usize = 64;

/// A login between its two requests: all that is needed to finish it, and to finish it at the
/// provider where it was started and nowhere else (RFC 9700 §4.4).
pub struct Pending {
    pub state: String,
    pub code_verifier: String,
    pub provider: Arc<Provider>,
    pub return_to: &'static str,
    pub since: Instant,
    pub trace: Trace,
}

/// What a redirect's state leads to.
pub enum Found {
    Pending(Box<Pending>),
    /// This session has used it already, for a login that leads to this path.
    Used(&'static str),
    Nothing,
}

/// A browser on its way through logins, in its tabs.
#[derive(Default)]
struct Visitor {
    logins: VecDeque<Login>,
    /// A login was completed. Its state stays known, so that a second click on Allow is told apart from an attack.
    is_over: bool,
}

/// Its state and its return path; and the login itself until its redirect has come.
struct Login {
    state: String,
    return_to: &'static str,
    pending: Option<Pending>,
}

/// A session of a logged-in user.
#[derive(Clone)]
pub struct Member {
    pub account: String,
    /// In every form of ours, so that no other page can send one.
    pub form_token: String,
    /// Where its login led to.
    pub return_to: &'static str,
    /// What "behind the scenes" shows.
    pub messages: Arc<Vec<(&'static str, String)>>,
}

/// A user, as this application knows them.
#[derive(Clone)]
pub struct Account {
    pub number: u64,
    pub logins: u32,
    pub provider: Arc<Provider>,
    pub user: User,
}

/// A logged-in user, as a page needs them.
pub struct Viewer {
    pub member: Member,
    pub account: Account,
}

impl Viewer {
    /// The name to show. It is only shown: it gives no access.
    pub fn name(&self) -> &str {
        self.account.user.name.as_deref().unwrap_or("No name")
    }
}

pub struct Memory {
    visitors: ExpiringMap<Visitor>,
    members: ExpiringMap<Member>,
    accounts: ExpiringMap<Account>,
    accounts_so_far: u64,
    /// One more is held by each callback that waits for a provider.
    waiting: Arc<()>,
    pub skew: Duration,
}

impl Default for Memory {
    fn default() -> Memory {
        Memory {
            visitors: ExpiringMap::new(ROOM, LOGIN_LIFE),
            members: ExpiringMap::new(ROOM, 8 * HOUR),
            accounts: ExpiringMap::new(ROOM, 30 * 24 * HOUR),
            accounts_so_far: 0,
            waiting: Arc::default(),
            skew: Duration::ZERO,
        }
    }
}

impl Memory {
    pub fn now(&self) -> Instant {
        Instant::now() + self.skew
    }

    /// The session id for a login that starts: the browser's, if we gave it one, or else a new one. An id
    /// of an attacker's choice would be known to the attacker.
    pub fn visitor_id(&self, id: Option<String>) -> Result<String, Error> {
        let is_known = |id: &String| self.visitors.get(id, self.now()).is_some_and(|v| !v.is_over);
        let known = id.filter(is_known);
        known.map_or_else(random::unguessable, Ok)
    }

    /// Remembers a login that starts. The oldest of this browser makes room.
    pub fn start(&mut self, id: &str, pending: Pending) {
        let mut visitor = self.visitors.remove(id).unwrap_or_default();
        let (state, return_to) = (pending.state.clone(), pending.return_to);
        visitor.logins.push_back(Login { state, return_to, pending: Some(pending) });
        if visitor.logins.len() > LOGINS_PER_BROWSER {
            visitor.logins.pop_front();
        }
        self.visitors.insert(id, visitor, self.now());
    }

    /// A place among the callbacks that wait for a provider, until it is dropped. A provider that answers slowly or
    /// never would otherwise take every thread.
    pub fn waiting_place(&self) -> Option<Arc<()>> {
        let is_free = Arc::strong_count(&self.waiting) <= WAITING_CALLBACKS;
        is_free.then(|| Arc::clone(&self.waiting))
    }

    /// Takes the pending login of that state out of that browser's session: it has this one try.
    pub fn take(&mut self, id: &str, state: &str) -> Found {
        let now = self.now();
        let logins = self.visitors.get_mut(id, now).map(|visitor| visitor.logins.iter_mut());
        let found = logins.into_iter().flatten().find(|login| compare::equal(&login.state, state));
        let Some(login) = found else { return Found::Nothing };
        match login.pending.take() {
            Some(pending) if now.duration_since(pending.since) < LOGIN_LIFE => {
                Found::Pending(Box::new(pending))
            }
            Some(_) => Found::Nothing,
            None => Found::Used(login.return_to),
        }
    }

    /// Ends a visitor's session, before a member's begins under another id. Session fixation: an attacker who knew
    /// the old id, or had planted it, now knows nothing. False if another tab was faster.
    pub fn end_visit(&mut self, id: &str) -> bool {
        let Some(visitor) = self.visitors.get_mut(id, self.now()) else { return false };
        visitor.logins.iter_mut().for_each(|login| login.pending = None);
        !std::mem::replace(&mut visitor.is_over, true)
    }

    /// Remembers a session. Where there is no room, the oldest of the same account goes, so that many logins
    /// of one person log no other person out.
    pub fn log_in(&mut self, id: &str, member: Member) {
        let now = self.now();
        let is_own = |other: &Member| other.account == member.account;
        let is_full = self.members.count(now, |_| true) >= ROOM
            || self.members.count(now, is_own) >= SESSIONS_PER_ACCOUNT;
        if is_full && let Some(oldest) = self.members.oldest(now, is_own) {
            self.members.remove(&oldest);
        }
        self.members.insert(id, member, now);
    }

    pub fn log_out(&mut self, id: &str) {
        self.members.remove(id);
    }

    pub fn viewer(&self, id: &str) -> Option<Viewer> {
        let member = self.members.get(id, self.now())?.clone();
        let account = self.accounts.get(&member.account, self.now())?.clone();
        Some(Viewer { member, account })
    }

    /// Finds or creates the account, and brings it up to date. Its key is the provider and the
    /// provider's id: names and e-mail addresses can pass to another person.
    pub fn account(&mut self, provider: &Arc<Provider>, user: User) -> String {
        let key = format!("{}/{}", provider.name, user.id);
        let known = self.accounts.get(&key, self.now());
        let (number, logins) = match known.map(|account| (account.number, account.logins)) {
            Some(known) => known,
            None => (self.accounts_so_far + 1, 0),
        };
        self.accounts_so_far = self.accounts_so_far.max(number);
        let (provider, user) = (Arc::clone(provider), kept(user));
        self.accounts.insert(
            &key,
            Account { number, logins: logins + 1, provider, user },
            self.now(),
        );
        key
    }
}

/// Of what a provider says of a person: what we show, and no more of it than a page has room for.
fn kept(user: User) -> User {
    let short = |text: Option<String>| text.map(|text| text.chars().take(200).collect());
    let avatar_url = user.avatar_url.filter(|url| url.len() <= 2000);
    User {
        id: user.id,
        name: short(user.name),
        bio: short(user.bio),
        avatar_url,
        remarks: Vec::new(),
    }
}
