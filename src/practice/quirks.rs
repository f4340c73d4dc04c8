//! How real providers differ from the RFC's picture and from each other, as data.
//!
//! A preset cannot be tried without an account and a network. So the practice provider can imitate the
//! habits of another one: `--like github`. Each habit is a value here, is consulted in one
//! named place, and is said on the screen when it happens. Only what a provider's documentation or a
//! well-known client shows is listed under its name; habits seen at others are under `odd`.

mod modes;
pub(super) mod shapes;

pub use modes::{ALL, PLAIN, STRICT};

use serde_json::Value;

use super::people::Person;
use super::scopes::Scope;

/// The habits of one provider.
pub struct Quirks {
    /// The name for `--like`.
    pub name: &'static str,
    /// Whose habits they are.
    pub title: &'static str,

    /// Every scope it knows.
    pub scopes: &'static [Scope],
    /// The same for the person who asked for another one.
    pub scope_names: &'static str,
    /// What its API wants for the user, and what is meant when no scope is asked for; may be empty.
    pub user_scope: &'static str,
    /// Scopes that come out of a consent under another name than they were asked for.
    pub granted: &'static [(&'static str, &'static str)],
    /// An unknown scope is answered with `access_denied` and no word of why.
    pub unknown_scope_denied: bool,

    /// The redirect says whom it comes from (RFC 9207).
    pub iss: bool,
    /// Confidential clients need PKCE too, which RFC 9700 §2.1.1 recommends.
    pub pkce_for_all: bool,
    /// Deny ends on an error page instead of at the client.
    pub denial_page: bool,
    /// Codes and tokens of several hundred characters, some of which have to be encoded.
    pub long: bool,

    /// The exact path of the token endpoint.
    pub token_path: &'static str,
    /// Where the client secret is read.
    pub secret_in: SecretIn,
    /// Basic credentials are not form-decoded, against RFC 6749 §2.3.1.
    pub raw_basic: bool,
    /// The secret of the client `workshop`.
    pub secret: &'static str,

    /// Token answers are forms unless JSON is asked for.
    pub form_unless_json: bool,
    /// Errors of the token endpoint come under 200, with names of the provider's own.
    pub errors_under_200: &'static [(&'static str, &'static str)],
    /// The granted scopes are separated by commas.
    pub commas: bool,
    /// How the answer spells `Bearer`.
    pub token_type: &'static str,
    /// How the answer says when the token expires.
    pub expires_in: ExpiresIn,
    /// When there is a refresh token.
    pub refresh: Refresh,

    /// The API refuses a client that does not say who it is.
    pub wants_user_agent: bool,
    /// The user as the API describes them.
    pub user: fn(&Person, &str) -> Value,
    /// The member of that which is the id, where a client has to be told; empty if it is `id` or `sub`.
    pub user_id: &'static str,
    /// What a client has to look out for in that; empty if nothing.
    pub user_habit: &'static str,
    /// The media type of that.
    pub user_type: &'static str,
    /// What people here have not filled in: login name and member.
    pub nulls: &'static [(&'static str, &'static str)],
}

/// Where a client may put its secret.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum SecretIn {
    /// In the form or in the header.
    Either,
    /// In the form only.
    Form,
    /// In the header only.
    Header,
}

/// How `expires_in` comes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum ExpiresIn {
    /// As the RFC has it.
    Number,
    /// As a string of digits.
    Text,
    /// Not at all.
    Absent,
}

/// When a refresh token is issued.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Refresh {
    /// With each access token.
    Always,
    /// Only when a person allows a client for the first time.
    FirstConsent,
    /// Never.
    Never,
}

/// The habits of that name.
pub fn quirks(name: &str) -> Option<&'static Quirks> {
    ALL.iter().copied().find(|quirks| quirks.name == name)
}

impl Quirks {
    /// The scopes of these names, letter for letter and each once, if there is none that it does not know.
    pub fn scopes_named(&self, names: &str) -> Option<Vec<&'static Scope>> {
        let mut named = Vec::new();
        for name in names.split(' ').filter(|_| !names.is_empty()) {
            let scope = self.scopes.iter().find(|scope| scope.name == name)?;
            if !named.contains(&scope) {
                named.push(scope);
            }
        }
        Some(named)
    }
}
