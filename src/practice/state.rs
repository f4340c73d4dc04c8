//! What the provider remembers, and for how long.
//!
//! Each thing that is issued is found again by its own random name: a question on the consent
//! page, a code, a token. Each knows everything that it is bound to, so that nothing
//! has to be believed that comes back with it.
//!
//! ```text
//! transaction (asked)  ->  code (allowed)  ->  tokens (exchanged), all of one grant
//! ```

use std::time::{Duration, Instant};

use super::answers::{TokenAnswer, unguessable};
use super::people::Person;
use super::quirks::Quirks;
use super::scopes::Scope;
use crate::http::Response;
use crate::web::expiring_map::ExpiringMap;

/// RFC 6749 §4.1.2 recommends ten minutes at most; a program needs less than a second.
pub const CODE_LIFE: Duration = Duration::from_secs(60);
/// Used and old codes are remembered longer, to notice when a client sends one again.
const CODE_MEMORY: Duration = Duration::from_secs(600);
/// How long an access token is good.
pub const ACCESS_TOKEN_LIFE: Duration = Duration::from_secs(3600);
const REFRESH_TOKEN_LIFE: Duration = Duration::from_secs(30 * 24 * 3600);
/// How long a user may think about the consent page.
pub const TRANSACTION_LIFE: Duration = Duration::from_secs(600);
pub const DAY: Duration = Duration::from_secs(24 * 3600);

/// A registered client.
#[derive(Clone)]
pub struct Registration {
    pub client_id: String,
    /// `None` for a public client.
    pub client_secret: Option<String>,
    pub name: String,
    pub homepage: String,
    pub redirect_uri: String,
}

/// What the client asked for, from the authorization request to the tokens.
#[derive(Clone)]
pub struct Grant {
    pub client_id: String,
    pub redirect_uri: String,
    pub scopes: Vec<&'static Scope>,
    /// Empty without PKCE.
    pub code_challenge: String,
}

/// A question that appears on a user's consent page.
#[derive(Clone)]
pub struct Transaction {
    pub grant: Grant,
    pub state: Option<String>,
    /// The browser session that was asked.
    pub session: String,
    /// Known only to the page that asked.
    pub consent_token: String,
    /// What the person has decided, once they have.
    pub decision: Option<Decision>,
}

/// A click on the consent page. A double click posts it twice, and gets the same response.
#[derive(Clone)]
pub struct Decision {
    /// The form as it was posted.
    pub form: String,
    /// The code that was given out; empty after Deny.
    pub code: String,
    /// Where the browser was sent.
    pub response: Response,
}

/// A code that was given out.
#[derive(Clone)]
pub struct Code {
    pub grant: Grant,
    pub person: &'static Person,
    pub issued: Instant,
    /// The name of the tokens that it bought, once it has.
    pub family: Option<String>,
}

/// An access token or a refresh token.
#[derive(Clone)]
pub struct Issued {
    pub client_id: String,
    pub person: &'static Person,
    pub scopes: Vec<&'static Scope>,
    /// All tokens that go back to one code have one family, and are revoked together.
    pub family: String,
    /// A refresh token that has been exchanged is kept, to notice when a client sends it again.
    pub used: bool,
}

/// Wrong secrets for one client, in a row.
#[derive(Clone, Copy)]
pub struct Failures {
    pub count: u32,
    pub last: Instant,
}

pub struct State {
    pub issuer: String,
    pub quirks: &'static Quirks,
    pub fixed_clients: [Registration; 2],
    pub registrations: ExpiringMap<Registration>,
    /// By session: the token of its registration form.
    pub sessions: ExpiringMap<String>,
    pub transactions: ExpiringMap<Transaction>,
    pub codes: ExpiringMap<Code>,
    pub access_tokens: ExpiringMap<Issued>,
    pub refresh_tokens: ExpiringMap<Issued>,
    pub failures: ExpiringMap<Failures>,
    /// Who has allowed which client before, as `client_id login`.
    pub consents: ExpiringMap<()>,
    pub remarks: Vec<String>,
    pub skew: Duration,
}

impl State {
    pub fn new(issuer: &str, quirks: &'static Quirks) -> State {
        State {
            issuer: issuer.to_owned(),
            quirks,
            fixed_clients: [workshop(quirks), workshop_public(quirks)],
            registrations: ExpiringMap::new(1000, 365 * DAY),
            sessions: ExpiringMap::new(1000, DAY),
            // A transaction keeps what the request said, so this room is small.
            transactions: ExpiringMap::new(256, TRANSACTION_LIFE),
            codes: ExpiringMap::new(1000, CODE_MEMORY),
            access_tokens: ExpiringMap::new(1000, ACCESS_TOKEN_LIFE),
            refresh_tokens: ExpiringMap::new(1000, REFRESH_TOKEN_LIFE),
            failures: ExpiringMap::new(1000, DAY),
            consents: ExpiringMap::new(1000, DAY),
            remarks: Vec::new(),
            skew: Duration::ZERO,
        }
    }

    pub fn now(&self) -> Instant {
        Instant::now() + self.skew
    }

    pub fn client(&self, client_id: &str) -> Option<Registration> {
        let fixed = self.fixed_clients.iter().find(|client| client.client_id == client_id);
        fixed.or_else(|| self.registrations.get(client_id, self.now())).cloned()
    }

    /// Says on the screen what the imitated provider does in its own way.
    pub fn quirk(&mut self, text: &str) {
        self.remarks.push(format!("Like {}: {text}", self.quirks.title));
    }

    /// A new code. Where they are long, they also hold what has to be percent-encoded.
    pub fn new_code(&mut self) -> Result<String, TokenAnswer> {
        if !self.quirks.long {
            return unguessable();
        }
        self.quirk("a code of 500 characters, some of which have to be percent-encoded.");
        let parts: Vec<String> = (0..12).map(|_| unguessable()).collect::<Result<_, _>>()?;
        Ok(format!("4/{}%2B=", parts.join("+")))
    }

    /// A new token. Where they are long, they look like many parts in base64.
    pub fn new_token(&mut self) -> Result<String, TokenAnswer> {
        if !self.quirks.long {
            return unguessable();
        }
        self.quirk("a token of 700 characters.");
        let parts: Vec<String> = (0..16).map(|_| unguessable()).collect::<Result<_, _>>()?;
        Ok(format!("{}==", parts.join(".")))
    }

    /// Revokes all tokens that go back to one code.
    pub fn revoke(&mut self, family: &str) {
        self.access_tokens.retain(|token| token.family != family);
        self.refresh_tokens.retain(|token| token.family != family);
    }
}

/// The client that our programs are, unless they are told to be another one.
pub fn workshop(quirks: &Quirks) -> Registration {
    Registration {
        client_id: "workshop".into(),
        client_secret: Some(quirks.secret.into()),
        name: "OAuth by hand".into(),
        homepage: "http://127.0.0.1:8080/".into(),
        redirect_uri: "http://127.0.0.1:8080/callback".into(),
    }
}

fn workshop_public(quirks: &Quirks) -> Registration {
    Registration {
        client_id: "workshop-public".into(),
        client_secret: None,
        name: "OAuth by hand (public)".into(),
        ..workshop(quirks)
    }
}
