//! What can go wrong between the authorization URL and the user's name.
//!
//! One enum, and one variant for each situation that a reader can act on. Printed, an error has
//! three lines: what happened, the likely cause, what to do. The texts are in `error/explain.rs`.
//! An HTTP status is no error by itself: the `read_…` functions look at it and decide.
//!
//! A text that a server chose is printed between quotes with its control characters escaped, so that
//! it cannot control the terminal. No variant holds a secret of ours; but a server can
//! say anything, so the programs mask what it says before they print it.

mod explain;

use std::fmt;

/// Everything that can go wrong. `Debug` prints the same as `Display`, because `main` shows it.
#[derive(Clone, PartialEq, Eq)]
pub enum Error {
    /// A value of the configuration cannot be used; `setting` is the environment variable's name.
    Configuration {
        /// The environment variable, such as `OAUTH_TOKEN_URL`.
        setting: &'static str,
        /// What is wrong with its value, and what would be right.
        problem: String,
    },
    /// The operating system gave no random bytes.
    NoRandomness,
    /// The metadata names another issuer than the one that was asked for
    /// ([RFC 8414 §3.3](https://www.rfc-editor.org/rfc/rfc8414#section-3.3)).
    WrongIssuer {
        /// The issuer that was asked for.
        asked: String,
        /// The issuer that the metadata names.
        received: String,
    },
    /// The provider's metadata cannot be used; the reason.
    BadMetadata(String),
    /// Text in percent-encoding that cannot be decoded; the reason.
    Encoding(&'static str),
    /// A parameter came twice ([RFC 6749 §3.1](https://www.rfc-editor.org/rfc/rfc6749#section-3.1)).
    Repeated(&'static str),

    /// The redirect URI's port belongs to another program; the address, such as `127.0.0.1:8080`.
    PortTaken(String),
    /// The redirect URI's address cannot be listened on.
    CannotListen {
        /// The address, such as `127.0.0.1:80`.
        address: String,
        /// The system's reason.
        reason: String,
    },
    /// The browser did not come back in time; the seconds that we waited.
    NoRedirect(u64),
    /// Standard input ended while we asked for the redirected URL.
    InputEnded,
    /// The request or the pasted URL is not for our redirect URI, which is given.
    NotTheRedirect(String),
    /// The answer to our login, at another address than our redirect URI or not as a GET request.
    AnswerElsewhere {
        /// Method and address, without the query.
        received: String,
        /// Our redirect URI.
        redirect_uri: String,
    },

    /// The redirect has no `state` ([RFC 6749 §10.12](https://www.rfc-editor.org/rfc/rfc6749#section-10.12)).
    StateMissing,
    /// The redirect's `state` is not ours: this login was not started by this client
    /// ([RFC 6749 §10.12](https://www.rfc-editor.org/rfc/rfc6749#section-10.12)).
    StateMismatch,
    /// The redirect does not say which provider it comes from
    /// ([RFC 9207 §2.4](https://www.rfc-editor.org/rfc/rfc9207#section-2.4)).
    IssuerMissing {
        /// The issuer that we know the provider by.
        expected: String,
        /// The error code that the redirect carries, or nothing.
        error: String,
    },
    /// The redirect comes from another provider than the one that we asked
    /// ([RFC 9207 §2.4](https://www.rfc-editor.org/rfc/rfc9207#section-2.4)).
    IssuerMismatch {
        /// The issuer that the configuration names.
        expected: String,
        /// The issuer that the redirect names.
        received: String,
    },
    /// The redirect brought no code that can be used; the reason.
    BadCode(&'static str),
    /// The authorization server, or the user, said no
    /// ([RFC 6749 §4.1.2.1](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1)).
    AuthorizationRefused {
        /// The error code, such as `access_denied`.
        error: String,
        /// The server's own words, or nothing.
        description: String,
    },

    /// A URL to which nothing may be sent; the reason.
    BadUrl(&'static str),
    /// The server could not be reached, or broke off.
    Network {
        /// Scheme, host and port of the server.
        origin: String,
        /// What the network said.
        reason: String,
    },
    /// The server did not answer in time.
    TimedOut {
        /// Scheme, host and port of the server.
        origin: String,
        /// How long we waited.
        seconds: u64,
    },

    /// The token endpoint said no ([RFC 6749 §5.2](https://www.rfc-editor.org/rfc/rfc6749#section-5.2)).
    TokenRefused {
        /// The error code, such as `invalid_grant`.
        error: String,
        /// The server's own words, or nothing.
        description: String,
    },
    /// The server has trouble, or gets too many requests (429, or 500 and above), and gives no error code.
    Unavailable {
        /// Which one: `token endpoint` or `API`.
        endpoint: &'static str,
        /// The HTTP status.
        status: u16,
        /// The server's own words, or nothing.
        description: String,
    },
    /// The token endpoint's answer is no token response; the reason.
    BadTokenResponse(String),
    /// The API did not accept our access token
    /// ([RFC 6750 §3.1](https://www.rfc-editor.org/rfc/rfc6750#section-3.1)).
    UserInfoRefused {
        /// The HTTP status.
        status: u16,
        /// The error code, such as `invalid_token`, or nothing.
        error: String,
        /// The server's own words, or nothing.
        description: String,
    },
    /// The API's answer is no user; the reason.
    BadUserResponse(String),
    /// The token was not revoked ([RFC 7009 §2.2.1](https://www.rfc-editor.org/rfc/rfc7009#section-2.2.1)).
    NotRevoked {
        /// The HTTP status; under 503 the token still exists.
        status: u16,
        /// The error code, such as `unsupported_token_type`, or nothing.
        error: String,
        /// The server's own words, or nothing.
        description: String,
    },
}

impl Error {
    /// Whether a redirect with this error says nothing about the login that is waiting: then the wait goes on.
    pub fn is_stray(&self) -> bool {
        use Error::{
            AnswerElsewhere, Encoding, NotTheRedirect, Repeated, StateMismatch, StateMissing,
        };
        matches!(
            self,
            NotTheRedirect(_)
                | AnswerElsewhere { .. }
                | Encoding(_)
                | Repeated("state")
                | StateMissing
                | StateMismatch
        )
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [happened, cause, remedy] = explain::explain(self);
        write!(f, "{happened}\n  Likely cause: {cause}\n  What to do: {remedy}")
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {}
