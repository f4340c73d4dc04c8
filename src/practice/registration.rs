//! Registering an application: name, home page and redirect URI in; client ID and secret out.
//!
//! At a real provider this is a form on its developer pages, behind a login. Here it is the same form
//! without one. What comes out is printed as lines to paste into a shell, and our programs are
//! this client from then on.
//!
//! ```text
//! POST /register  ->  client ID, client secret, the three URLs  ->  OAUTH_… settings
//! ```
//!
//! Specification: [RFC 6749 §2], [RFC 9700 §4.1.3] (redirect URIs, to the byte). Next: `state.rs`.
//!
//! [RFC 6749 §2]: https://www.rfc-editor.org/rfc/rfc6749#section-2
//! [RFC 9700 §4.1.3]: https://www.rfc-editor.org/rfc/rfc9700#section-4.1.3

use super::Answered;
use super::answers::{error_page, is_from_own_page, page, session_of, with_session};
use super::pages::registration::{
    Registered, RegistrationForm, SUGGESTED_REDIRECT_URI, register_form, registered_page,
};
use super::quirks::{Quirks, SecretIn};
use super::state::{Registration, State};
use crate::by_hand::urlencoding::{decode_pairs, parameter};
use crate::by_hand::{compare, random};
use crate::error::Error;
use crate::http::{Request, endpoint};

/// Long enough for every real name, short enough for every page.
const MAX_NAME: usize = 60;
const MAX_URL: usize = 200;

/// The hosts that a redirect URI may have, and on which its port may differ (RFC 8252 §7.3).
const LOOPBACK_ORIGINS: [&str; 2] = ["http://127.0.0.1", "http://localhost"];

/// The empty form.
pub(super) fn form(state: &mut State, request: &Request) -> Answered {
    let (session, form_token) = session(state, request)?;
    let html = register_form(&RegistrationForm {
        name: "",
        homepage: "",
        redirect_uri: SUGGESTED_REDIRECT_URI,
        form_token: &form_token,
        problem: None,
    });
    Ok(with_session(page(200, html, ""), &session))
}

/// The form comes back.
pub(super) fn register(
    state: &mut State,
    request: &Request,
    issuer: &str,
    origin: &str,
) -> Answered {
    let pairs = decode_pairs(&request.body).unwrap_or_default();
    let field = |name| parameter(&pairs, name).ok().flatten().unwrap_or_default().trim();
    let session = session_of(request).unwrap_or_default();
    let form_token = state.sessions.get(&session, state.now()).cloned();
    let fits = form_token.filter(|token| compare::equal(token, field("form_token")));
    let Some(form_token) = fits.filter(|_| is_from_own_page(request, origin)) else {
        return Ok(error_page(
            403,
            "This form is too old",
            "The form was not sent from a page that this provider has just shown.",
            "The provider was started anew meanwhile, or the page was open in another browser.",
            "Open /register again and fill it in once more.",
        ));
    };

    let (name, homepage, redirect_uri) = (field("name"), field("homepage"), field("redirect_uri"));
    if let Err(problem) = check(name, homepage, redirect_uri) {
        let problem = Some(problem);
        let form =
            RegistrationForm { name, homepage, redirect_uri, form_token: &form_token, problem };
        return Ok(page(400, register_form(&form), ""));
    }
    let client = Registration {
        // An ID is public and only has to be new; a secret has to be unguessable.
        client_id: format!("app-{}", random::unguessable()?.chars().take(12).collect::<String>()),
        client_secret: Some(random::unguessable()?),
        name: name.to_owned(),
        homepage: homepage.to_owned(),
        redirect_uri: redirect_uri.to_owned(),
    };
    let now = state.now();
    state.registrations.put(&client.client_id, client.clone(), now);

    let settings = settings(issuer, &client, state.quirks);
    let settings: Vec<(&str, &str)> =
        settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let html = registered_page(&Registered {
        client_name: &client.name,
        client_id: &client.client_id,
        client_secret: client.client_secret.as_deref().unwrap_or_default(),
        settings: &settings,
    });
    Ok(page(200, html, ""))
}

/// What a program has to know to be this client, under the names that our programs read.
pub(super) fn settings(
    issuer: &str,
    client: &Registration,
    quirks: &Quirks,
) -> Vec<(&'static str, String)> {
    let scope = quirks.scopes.iter().find(|scope| scope.name == quirks.user_scope);
    let mut settings = vec![
        ("OAUTH_CLIENT_ID", client.client_id.clone()),
        ("OAUTH_CLIENT_SECRET", client.client_secret.clone().unwrap_or_default()),
        ("OAUTH_REDIRECT_URI", client.redirect_uri.clone()),
        ("OAUTH_SCOPE", scope.map_or("", |scope| scope.name).into()),
        ("OAUTH_AUTHORIZE_URL", format!("{issuer}/authorize")),
        ("OAUTH_TOKEN_URL", format!("{issuer}{}", quirks.token_path)),
        ("OAUTH_USERINFO_URL", format!("{issuer}/user")),
    ];
    if quirks.iss {
        settings.push(("OAUTH_ISSUER", issuer.to_owned()));
    }
    if !quirks.user_id.is_empty() {
        settings.push(("OAUTH_USER_ID", quirks.user_id.into()));
    }
    if quirks.secret_in == SecretIn::Header {
        settings.push(("OAUTH_CLIENT_AUTH", "basic".into()));
    }
    settings
}

/// The browser's session and the token of its registration form; a new one if it has none.
pub(super) fn session(state: &mut State, request: &Request) -> Result<(String, String), Error> {
    let now = state.now();
    if let Some(session) = session_of(request)
        && let Some(form_token) = state.sessions.get(&session, now)
    {
        return Ok((session, form_token.clone()));
    }
    let (session, form_token) = (random::unguessable()?, random::unguessable()?);
    state.sessions.put(&session, form_token.clone(), now);
    Ok((session, form_token))
}

/// Whether an authorization request may name this redirect URI: equal to the byte, but for the port.
pub(super) fn redirect_uri_matches(registered: &str, asked: &str) -> bool {
    asked == registered
        || without_port(asked).is_some_and(|asked| Some(asked) == without_port(registered))
}

/// Origin and rest of a loopback redirect URI, around its port.
fn without_port(uri: &str) -> Option<(&'static str, &str)> {
    let origin = LOOPBACK_ORIGINS.into_iter().find(|origin| uri.starts_with(origin))?;
    let rest = uri.strip_prefix(origin)?;
    let Some(port_and_rest) = rest.strip_prefix(':') else {
        return rest.starts_with(['/', '?']).then_some((origin, rest));
    };
    let digits = port_and_rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(port_and_rest.len());
    let (port, rest) = port_and_rest.split_at_checked(digits)?;
    let is_port = port.parse::<u16>().is_ok() && !port.starts_with('0');
    (is_port && rest.starts_with(['/', '?'])).then_some((origin, rest))
}

fn check(name: &str, homepage: &str, redirect_uri: &str) -> Result<(), &'static str> {
    if name.is_empty() || name.chars().count() > MAX_NAME || name.contains(char::is_control) {
        return Err("The name has to have 1 to 60 characters.");
    }
    let is_web = homepage.starts_with("https://") || homepage.starts_with("http://");
    if !is_web || homepage.len() > MAX_URL || homepage.contains(|c: char| !c.is_ascii_graphic()) {
        return Err("The home page has to be a web address that starts with https:// or http://.");
    }
    if redirect_uri.len() > MAX_URL
        || endpoint::parse(redirect_uri).is_err()
        || without_port(redirect_uri).is_none()
    {
        return Err(
            "The redirect URI has to start with http://127.0.0.1 or http://localhost and to have a path, \
                    such as http://127.0.0.1:8080/callback.",
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8252 §7.3: "The authorization server MUST allow any port to be specified".
    #[test]
    fn only_the_port_of_a_loopback_redirect_uri_may_differ() {
        let registered = "http://127.0.0.1:8080/callback";
        for same in [registered, "http://127.0.0.1:1/callback", "http://127.0.0.1/callback"] {
            assert!(redirect_uri_matches(registered, same), "{same}");
        }
        for other in [
            "http://127.0.0.1:8080/callback/",
            "http://127.0.0.1:8080/callback?a=b",
            "http://127.0.0.1:8080/Callback",
            "http://127.0.0.1:8080/x/../callback",
            "http://127.0.0.1:8080",
            "http://localhost:8080/callback",
            "HTTP://127.0.0.1:8080/callback",
            "https://127.0.0.1:8080/callback",
            "http://127.0.0.1:8080@evil.example/callback",
            "http://127.0.0.1.evil.example/callback",
            "http://127.0.0.1:08080/callback",
            "http://127.0.0.1:0/callback",
            "http://127.0.0.1:65536/callback",
            "http://127.0.0.1:/callback",
            "http://[::1]:8080/callback",
            "http://127.0.0.1:8080/callback#",
            "",
        ] {
            assert!(!redirect_uri_matches(registered, other), "{other}");
        }
    }
}
