//! Registering an application: name, home page and redirect URI in; client ID and perhaps a secret out.
//!
//! At a real provider this is a form on its developer pages, behind a login. Here it is the same form
//! without one. What comes out is printed as lines to paste into a shell, and our programs are
//! this client from then on.
//!
//! Specification: [RFC 6749 §2], [RFC 9700 §4.1.3] (exact redirect URIs).
//!
//! [RFC 6749 §2]: https://www.rfc-editor.org/rfc/rfc6749#section-2
//! [RFC 9700 §4.1.3]: https://www.rfc-editor.org/rfc/rfc9700#section-4.1.3

use super::answers::{Answered, field, is_from_elsewhere, session_of, unguessable, with_session};
use super::pages::error_page;
use super::pages::registration::{RegistrationForm, register_form, registered_page};
use super::quirks::SecretIn;
use super::state::{DAY, Registration, State, workshop};
use crate::by_hand::compare;
use crate::by_hand::invisible::is_invisible;
use crate::by_hand::urlencoding::decode_pairs;
use crate::http::endpoint::{self, Endpoint};
use crate::http::{Request, Response};

/// Long enough for every real name, short enough for every page.
const MAX_NAME: usize = 60;
const MAX_URL: usize = 200;

/// So that a client secret of this provider can be told from one of another provider.
pub const SECRET_PREFIX: &str = "practice_";

/// The empty form.
pub fn form(state: &mut State, request: &Request) -> Answered {
    let (session, form_token) = session(state, request)?;
    let redirect_uri = &workshop(state.quirks).redirect_uri;
    let form = RegistrationForm { name: "", homepage: "", redirect_uri, keeps_secret: true };
    let page = register_form(200, &form, &form_token, ("", ""));
    Ok(with_session(&state.issuer, page, &session, DAY))
}

/// The form comes back.
pub fn register(state: &mut State, request: &Request) -> Answered {
    let pairs = decode_pairs(&request.body).unwrap_or_default();
    let field = |name| field(&pairs, name).trim();
    let session = session_of(&state.issuer, request);
    let form_token = state.sessions.get(session, state.now()).cloned();
    let fits = form_token.filter(|token| compare::equal(token, field("form_token")));
    let Some(form_token) = fits.filter(|_| !is_from_elsewhere(request)) else {
        return Err(error_page(
            403,
            "This form is too old",
            "The form was not sent from a page that this provider has just shown.",
            "The provider was started anew meanwhile, or the page was open in another browser.",
            "Open /register again and fill it in once more.",
        ));
    };

    let (name, homepage, redirect_uri) = (field("name"), field("homepage"), field("redirect_uri"));
    // RFC 6749 §2.1. A form without this field is that of an application which can.
    let keeps_secret = field("keeps_secret") != "no";
    let form = RegistrationForm { name, homepage, redirect_uri, keeps_secret };
    check(&form).map_err(|problem| register_form(400, &form, &form_token, problem))?;
    let client = Registration {
        // An ID is public and only has to be new; a secret has to be unguessable.
        client_id: format!("app-{}", unguessable()?.chars().take(12).collect::<String>()),
        client_secret: keeps_secret
            .then(unguessable)
            .transpose()?
            .map(|it| format!("{SECRET_PREFIX}{it}")),
        name: name.to_owned(),
        homepage: homepage.to_owned(),
        redirect_uri: redirect_uri.to_owned(),
    };
    let now = state.now();
    state.registrations.insert(&client.client_id, client.clone(), now);

    Ok(registered_page(&client, &settings(state, &client)))
}

/// What a program has to know to be this client, under the names that our programs read.
pub fn settings(state: &State, client: &Registration) -> Vec<(&'static str, String)> {
    let State { issuer, quirks, .. } = state;
    let scope = quirks.scopes.iter().find(|scope| scope.name == quirks.user_scope);
    let mut settings = vec![
        ("OAUTH_CLIENT_ID", client.client_id.clone()),
        ("OAUTH_CLIENT_SECRET", client.client_secret.clone().unwrap_or_default()),
        ("OAUTH_REDIRECT_URI", client.redirect_uri.clone()),
        ("OAUTH_SCOPE", scope.map_or("", |scope| scope.name).into()),
        ("OAUTH_AUTHORIZE_URL", format!("{issuer}/authorize")),
        ("OAUTH_TOKEN_URL", format!("{issuer}{}", quirks.token_path)),
        ("OAUTH_USERINFO_URL", format!("{issuer}/user")),
        ("OAUTH_REVOCATION_URL", format!("{issuer}/revoke")),
    ];
    if quirks.iss {
        settings.push(("OAUTH_ISSUER", issuer.clone()));
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
pub fn session(state: &mut State, request: &Request) -> Result<(String, String), Response> {
    let now = state.now();
    let session = session_of(&state.issuer, request);
    if let Some(form_token) = state.sessions.get(session, now) {
        return Ok((session.to_owned(), form_token.clone()));
    }
    let (session, form_token) = (unguessable()?, unguessable()?);
    state.sessions.insert(&session, form_token.clone(), now);
    Ok((session, form_token))
}

/// Whether an authorization request may name this redirect URI: exactly as registered, but for the port
/// (RFC 8252 §7.3).
pub fn redirect_uri_matches(registered: &str, asked: &str) -> bool {
    let without_port = |uri| endpoint::parse(uri).ok().map(|uri| Endpoint { port: 0, ..uri });
    let asked_without_port = without_port(asked).filter(|uri| uri.scheme == "http");
    asked == registered
        || asked_without_port.is_some_and(|asked| Some(asked) == without_port(registered))
}

/// The field that is wrong, and what is wrong with it.
fn check(form: &RegistrationForm) -> Result<(), (&'static str, &'static str)> {
    let RegistrationForm { name, homepage, redirect_uri, .. } = *form;
    if name.is_empty() || name.chars().count() > MAX_NAME {
        return Err(("name", "The name has to have 1 to 60 characters."));
    }
    if name.contains(char::is_control) {
        return Err(("name", "The name holds a line end or another control character."));
    }
    if name.chars().all(|c| c.is_whitespace() || is_invisible(c)) {
        return Err(("name", "The name has no character that can be seen."));
    }
    let is_web = homepage.starts_with("https://") || homepage.starts_with("http://");
    if !is_web
        || homepage.len() > MAX_URL
        || homepage.contains(|c: char| !c.is_ascii_graphic() || c == '#')
    {
        return Err((
            "homepage",
            "The home page has to be a web address that starts with https:// or http://, in ASCII: a name with \
             other letters is written as xn--….",
        ));
    }
    let is_ours = |uri: Endpoint| {
        uri.scheme == "http" && uri.host != "[::1]" && redirect_uri.ends_with(&uri.target)
    };
    if redirect_uri.len() > MAX_URL || !endpoint::parse(redirect_uri).is_ok_and(is_ours) {
        return Err((
            "redirect_uri",
            "The redirect URI has to start with http://127.0.0.1 or http://localhost and to have a path, \
                    such as http://127.0.0.1:8080/callback.",
        ));
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
