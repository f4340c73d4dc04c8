//! The `OAUTH_…` settings, and what makes each of them valid.
//!
//! Registering an application gives you a handful of values. They come from the environment, from
//! a preset, or from the practice provider, always under the same names. Each is checked
//! here, before the first byte leaves, and a message about a bad one names the variable to correct.
//!
//! ```text
//! OAUTH_CLIENT_ID=… OAUTH_TOKEN_URL=… …  ->  Client
//! ```
//!
//! Specification: [RFC 6749 §3.1, §3.3], [Appendix A].
//!
//! [RFC 6749 §3.1, §3.3]: https://www.rfc-editor.org/rfc/rfc6749#section-3.1
//! [Appendix A]: https://www.rfc-editor.org/rfc/rfc6749#appendix-A

use std::collections::BTreeMap;

use crate::by_hand::invisible::is_invisible;
use crate::by_hand::urlencoding;
use crate::client::{Client, ClientAuthentication};
use crate::error::Error;
use crate::http::endpoint::parse;

/// Where the browser comes back to, unless the configuration says otherwise.
pub const DEFAULT_REDIRECT_URI: &str = "http://127.0.0.1:8080/callback";

/// The members that are the user's id at most providers, unless the configuration names another one.
const USER_ID_MEMBERS: &[&str] = &["id", "sub"];

/// The `OAUTH_…` settings by name. An empty one counts as unset.
pub type Settings = BTreeMap<String, String>;

/// Builds a client from its settings.
///
/// # Errors
///
/// [`Error::Configuration`] with the name of the first setting that cannot be used.
pub fn client(settings: &Settings) -> Result<Client, Error> {
    let optional = |name| settings.get(name).cloned().filter(|value| !value.is_empty());
    let required = |name| optional(name).ok_or_else(|| refuse(name, "it is not set"));
    let required_endpoint = |name| endpoint(name, required(name)?);
    Ok(Client {
        client_id: words("OAUTH_CLIENT_ID", required("OAUTH_CLIENT_ID")?)?,
        client_secret: optional("OAUTH_CLIENT_SECRET")
            .map(|secret| words("OAUTH_CLIENT_SECRET", secret))
            .transpose()?,
        client_authentication: match optional("OAUTH_CLIENT_AUTH").as_deref() {
            None | Some("post") => ClientAuthentication::Post,
            Some("basic") => ClientAuthentication::Basic,
            Some(_) => return Err(refuse("OAUTH_CLIENT_AUTH", "it is neither post nor basic")),
        },
        redirect_uri: redirect_uri(optional("OAUTH_REDIRECT_URI"))?,
        any_port: false,
        scope: scope(&optional("OAUTH_SCOPE").unwrap_or_default())?,
        authorization_endpoint: required_endpoint("OAUTH_AUTHORIZE_URL")?,
        token_endpoint: required_endpoint("OAUTH_TOKEN_URL")?,
        user_info_endpoint: required_endpoint("OAUTH_USERINFO_URL")?,
        revocation_endpoint: optional("OAUTH_REVOCATION_URL")
            .map(|value| endpoint("OAUTH_REVOCATION_URL", value))
            .transpose()?,
        user_id_members: user_id_members(optional("OAUTH_USER_ID"))?,
        // An issuer is compared byte by byte, so it is kept unchanged.
        issuer: optional("OAUTH_ISSUER").map(|issuer| url("OAUTH_ISSUER", issuer)).transpose()?,
        requires_issuer: optional("OAUTH_ISSUER").is_some(),
    })
}

fn refuse(setting: &'static str, problem: &str) -> Error {
    Error::Configuration { setting, problem: problem.into() }
}

/// Checks an endpoint, by the name of its setting.
///
/// # Errors
///
/// [`Error::Configuration`] when nothing may be sent to it.
pub fn endpoint(setting: &'static str, value: String) -> Result<String, Error> {
    match setting {
        "OAUTH_AUTHORIZE_URL" => authorization_endpoint(value),
        _ => url(setting, value),
    }
}

fn url(setting: &'static str, value: String) -> Result<String, Error> {
    match parse(&value) {
        Ok(_) => Ok(value),
        Err(problem) => Err(refuse(setting, problem)),
    }
}

/// An ID or a secret. A frequent mistake is the newline that a file or a shell adds at the end.
fn words(setting: &'static str, value: String) -> Result<String, Error> {
    if value.trim() != value || value.contains(char::is_control) {
        return Err(refuse(setting, "it holds a line end, or a space at its start or end"));
    }
    // What a web page or an editor can leave in a copied value; U+FFFD stands for bytes that are no text.
    if value.contains(|c| is_invisible(c) || c == '\u{fffd}') {
        let problem =
            "it holds a character that is not seen, or bytes that are not UTF-8; copy it anew";
        return Err(refuse(setting, problem));
    }
    Ok(value)
}

fn redirect_uri(value: Option<String>) -> Result<String, Error> {
    let setting = "OAUTH_REDIRECT_URI";
    let value = url(setting, value.unwrap_or_else(|| DEFAULT_REDIRECT_URI.into()))?;
    free_of(setting, &value, &["code", "state", "iss", "error", "error_description"])?;
    Ok(value)
}

fn authorization_endpoint(value: String) -> Result<String, Error> {
    let setting = "OAUTH_AUTHORIZE_URL";
    let value = url(setting, value)?;
    let ours = [
        "response_type",
        "client_id",
        "redirect_uri",
        "scope",
        "state",
        "code_challenge",
        "code_challenge_method",
    ];
    free_of(setting, &value, &ours)?;
    Ok(value)
}

/// A URL may have a query of its own, but no parameter may come twice (RFC 6749 §3.1).
fn free_of(setting: &'static str, url: &str, ours: &[&str]) -> Result<(), Error> {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let pairs = urlencoding::decode_pairs(query)?;
    match pairs.iter().find(|(name, _)| ours.contains(&name.as_str())) {
        Some((name, _)) => {
            Err(refuse(setting, &format!("its query holds {name}, which the login adds itself")))
        }
        None => Ok(()),
    }
}

fn user_id_members(value: Option<String>) -> Result<Vec<String>, Error> {
    let Some(member) = value else {
        return Ok(USER_ID_MEMBERS.iter().map(|member| (*member).to_owned()).collect());
    };
    // With two, one person could have two ids. A slash would lead inside of a member.
    if member.contains(|c: char| c.is_whitespace() || c.is_control() || ",/".contains(c)) {
        let problem = "it is the name of one member, without a space, comma, slash or line end";
        return Err(refuse("OAUTH_USER_ID", problem));
    }
    Ok(vec![member])
}

/// RFC 6749 §3.3: `scope-token = 1*( %x21 / %x23-5B / %x5D-7E )`.
fn scope(value: &str) -> Result<String, Error> {
    let legal = |c: char| c.is_ascii_graphic() && c != '"' && c != '\\';
    let tokens: Vec<&str> = value.split(' ').filter(|token| !token.is_empty()).collect();
    if !tokens.iter().all(|token| token.chars().all(legal)) {
        return Err(refuse(
            "OAUTH_SCOPE",
            "a scope has letters, digits and signs, but no quotes, backslash or line end",
        ));
    }
    Ok(tokens.join(" "))
}
