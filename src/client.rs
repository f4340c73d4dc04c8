//! The client: what registering the application gave us, and the provider's addresses.
//!
//! A provider knows us by these values and nothing else. `client/settings.rs` makes a client from the
//! environment and checks every value once, so the three steps can use them as they are.
//!
//! ```text
//! OAUTH_… settings  ->  Client  ->  the three steps
//! ```
//!
//! Specification: [RFC 6749 §2] (registration), [§3] (endpoints). Next: `pkce.rs`.
//!
//! [RFC 6749 §2]: https://www.rfc-editor.org/rfc/rfc6749#section-2
//! [§3]: https://www.rfc-editor.org/rfc/rfc6749#section-3

pub mod providers;
pub mod settings;

/// How the client proves to the token endpoint who it is ([RFC 6749 §2.3.1]).
///
/// It is chosen. The other way is never tried: the first attempt may have used up the code.
///
/// [RFC 6749 §2.3.1]: https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientAuthentication {
    /// `client_id` and `client_secret` in the form.
    Post,
    /// An `Authorization: Basic …` header.
    Basic,
}

/// A registered client. It has no `Debug`, so that no log can hold its secret.
#[derive(Clone)]
pub struct Client {
    /// Public: it is part of the authorization URL.
    pub client_id: String,
    /// Between us and the token endpoint only. `None` for a public client.
    pub client_secret: Option<String>,
    /// Where the secret goes.
    pub client_authentication: ClientAuthentication,
    /// Exactly as registered.
    pub redirect_uri: String,
    /// Whether the provider takes any port on loopback (RFC 8252 §7.3).
    pub any_port: bool,
    /// What we ask for: scope tokens with one space between them, or nothing.
    pub scope: String,
    /// Where the user is asked.
    pub authorization_endpoint: String,
    /// Where a code becomes an access token.
    pub token_endpoint: String,
    /// Where the user's information is, for a client with an access token.
    pub user_info_endpoint: String,
    /// Where a token is given back, if the provider has such an endpoint (RFC 7009).
    pub revocation_endpoint: Option<String>,
    /// The members of the user's answer that are the id, such as `id`: the first one that is there counts.
    pub user_id_members: Vec<String>,
    /// The provider's name for itself, if we know it. A redirect with another `iss` is refused (RFC 9207).
    pub issuer: Option<String>,
    /// Whether a redirect without `iss` is refused, too: the provider is known to always send it.
    pub requires_issuer: bool,
}
