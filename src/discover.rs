//! Before step 0: ask a provider for its addresses.
//!
//! A provider describes itself in a JSON document, its metadata. Its address follows from the issuer, the
//! provider's name for itself, so one address takes the place of five settings. A server that we do not know
//! yet has written them: each is checked before it becomes a setting.
//!
//! ```text
//! issuer  ->  GET /.well-known/oauth-authorization-server  ->  OAUTH_… settings
//! ```
//!
//! Specification: [RFC 8414 §2, §3]; for the second address, [OpenID Connect Discovery §4]. Next: `client.rs`.
//!
//! [RFC 8414 §2, §3]: https://www.rfc-editor.org/rfc/rfc8414#section-2
//! [OpenID Connect Discovery §4]: https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig

use serde_json::Value;

use crate::client::settings;
use crate::error::Error::{self, BadMetadata, Configuration, WrongIssuer};
use crate::http::{Request, Response, endpoint, fields::Fields};

/// What a provider says of itself, in the names that our programs read.
pub struct Metadata {
    /// Names and values; `OAUTH_USERINFO_URL` is empty where the provider names no address for the user.
    pub settings: Vec<(&'static str, String)>,
    /// Whether the provider says that it checks code challenges of the method `S256`.
    pub knows_s256: bool,
}

/// The endpoints: the member of the metadata, and the setting that it becomes.
const ENDPOINTS: [(&str, &str); 4] = [
    ("authorization_endpoint", "OAUTH_AUTHORIZE_URL"),
    ("token_endpoint", "OAUTH_TOKEN_URL"),
    ("userinfo_endpoint", "OAUTH_USERINFO_URL"),
    ("revocation_endpoint", "OAUTH_REVOCATION_URL"),
];

/// The request for the metadata. The well-known part is inserted between host and path (RFC 8414 §3.1).
///
/// # Errors
///
/// [`Error::Configuration`] when the issuer is not a URL that has neither query nor fragment.
pub fn metadata_request(issuer: &str) -> Result<Request, Error> {
    let issuer = settings::endpoint("ISSUER", issuer.to_owned())?;
    if issuer.contains('?') {
        return Err(Configuration { setting: "ISSUER", problem: "it must not hold a ?".into() });
    }
    let (origin, path) = endpoint::split(&issuer);
    let path = path.strip_suffix('/').unwrap_or(&path);
    Ok(Request::get(&format!("{origin}/.well-known/oauth-authorization-server{path}")))
}

/// Whether the provider may still describe itself at the other address: it answered 4xx, or 200 without JSON.
pub fn has_no_metadata(response: &Response) -> bool {
    let is_json = serde_json::from_slice::<Value>(&response.body).is_ok();
    matches!(response.status, 400..=499) || (response.status == 200 && !is_json)
}

/// The same request at OpenID Connect's address, which is older: the well-known part follows the path.
pub fn openid_metadata_request(issuer: &str) -> Request {
    let issuer = issuer.strip_suffix('/').unwrap_or(issuer);
    Request::get(&format!("{issuer}/.well-known/openid-configuration"))
}

/// Reads the answer to either request.
///
/// # Errors
///
/// [`Error::WrongIssuer`] when it describes another provider, [`Error::BadMetadata`] when it cannot be used.
pub fn read_metadata(response: &Response, issuer: &str) -> Result<Metadata, Error> {
    if response.status != 200 {
        return Err(BadMetadata(format!("HTTP {}", response.status)));
    }
    let fields = Fields::read_json(response).map_err(BadMetadata)?;
    let text = |member| fields.text(member).map_err(BadMetadata);
    // Mix-up: metadata of one server must not describe another one (RFC 8414 §3.3, RFC 9700 §4.4).
    let received = text("issuer")?.unwrap_or_default();
    if received != issuer {
        return Err(WrongIssuer { asked: issuer.to_owned(), received });
    }
    let mut settings = Vec::new();
    for (member, setting) in ENDPOINTS {
        let bad = |problem| BadMetadata(format!("its {member}: {problem}"));
        match (text(member)?, setting) {
            (Some(url), _) => settings.push((setting, checked(setting, url, issuer).map_err(bad)?)),
            (None, "OAUTH_USERINFO_URL") => settings.push((setting, String::new())),
            (None, "OAUTH_REVOCATION_URL") => (),
            (None, _) => return Err(BadMetadata(format!("it has no {member}"))),
        }
    }
    if fields.get("authorization_response_iss_parameter_supported") == Some(&Value::Bool(true)) {
        settings.push(("OAUTH_ISSUER", received));
    }
    settings.extend(client_authentication(&fields).map(|it| ("OAUTH_CLIENT_AUTH", it.to_owned())));
    let knows_s256 = lists(fields.get("code_challenge_methods_supported"), "S256");
    Ok(Metadata { settings, knows_s256 })
}

/// An endpoint passes the same check as the setting that it becomes.
fn checked(setting: &'static str, url: String, issuer: &str) -> Result<String, String> {
    // No server on the network may have our secret sent over plain http, or to a port of this machine.
    if endpoint::is_loopback(&url) && !endpoint::is_loopback(issuer) {
        return Err("it is on this machine, and the issuer is not".into());
    }
    settings::endpoint(setting, url).map_err(|error| match error {
        Configuration { problem, .. } => problem,
        _ => "its query is not in URL encoding".into(),
    })
}

/// Where the secret goes. A provider that does not say takes `basic` (RFC 8414 §2).
fn client_authentication(fields: &Fields) -> Option<&'static str> {
    let methods = fields.get("token_endpoint_auth_methods_supported");
    let basic = methods.is_none() || lists(methods, "client_secret_basic");
    if lists(methods, "client_secret_post") { Some("post") } else { basic.then_some("basic") }
}

fn lists(list: Option<&Value>, word: &str) -> bool {
    list.and_then(Value::as_array).is_some_and(|list| list.iter().any(|it| it == word))
}
