//! The words of each error: what happened, the likely cause, what to do.
//!
//! They are written for a reader who meets OAuth for the first time and has just seen it fail.
//! `{:?}` around every text that came from outside: it adds quotes and escapes control characters.

use super::Error;

/// What happened, why probably, and what to do about it.
pub(super) fn explain(error: &Error) -> [String; 3] {
    use Error::*;
    match error {
        // The one problem whose cause is known.
        Configuration { setting, problem } if problem.contains("needs https://") => say(
            format!("{setting}: {problem}"),
            "without TLS everyone on the network could read the secret, the code and the token.",
            "use the provider's https:// address.",
        ),
        Configuration { setting, problem } => say(
            format!("{setting}: {problem}"),
            "the value was mistyped, cut off when it was copied, or never set.",
            "correct it and start again. README.md lists every variable with an example.",
        ),
        NoRandomness => say(
            "the operating system gave no random bytes.",
            "a sandbox or a very early boot hides its generator.",
            "run the program elsewhere. There is no fallback: a value that can be guessed protects no one.",
        ),
        WrongIssuer { asked, received } => say(
            format!(
                "the metadata describes {received:?}, but we asked {asked:?}. Nothing of it is used."
            ),
            "a typing mistake in the issuer: every byte counts, a slash at the end too. Or a server describes one that is not its own (RFC 8414 §3.3).",
            "look up the issuer in the provider's documentation. Do not just copy the one above.",
        ),
        BadMetadata(problem) => say(
            format!("the provider's metadata cannot be used: {problem}."),
            "this is not the issuer, the provider publishes no metadata, or the metadata breaks RFC 8414.",
            "look at the response above. Without metadata, take the addresses from the provider's documentation.",
        ),
        Encoding(problem) => say(
            format!("a message in URL encoding holds {problem}."),
            "it was cut off, was encoded twice, or was made to confuse its reader.",
            "start the login again. If it happens again, look at what the server sent.",
        ),
        Repeated(name) => say(
            format!("the parameter {name:?} came more than once (RFC 6749 §3.1)."),
            "the server has a bug, or an attacker added a value to the message.",
            "start the login again, and do not use this answer.",
        ),
        PortTaken(address) => say(
            format!("{address} is in use, so this program cannot receive the redirect."),
            "another program listens there: often an earlier run of this one, in another terminal.",
            "end it, or set OAUTH_REDIRECT_URI to another port and, unless the provider takes any port, register that redirect URI there too.",
        ),
        CannotListen { address, reason } => say(
            format!("cannot listen on {address}: {reason}."),
            "the port is below 1024, the machine does not have that address, or it cannot start one more thread.",
            "set OAUTH_REDIRECT_URI to http://127.0.0.1:8080/callback and register it with the provider. For a thread, end other programs.",
        ),
        NoRedirect(seconds) => say(
            format!("the browser did not come back within {seconds} seconds."),
            "the consent page was not answered in that time; or the provider showed an error of its own, as it does when the client ID or the redirect URI is not the registered one.",
            "look at the page in the browser, then start again. Ctrl-C ends the wait at any time.",
        ),
        InputEnded => say(
            "standard input ended before a redirected URL was pasted.",
            "the terminal was closed, or the input is a file or a pipe that is at its end.",
            "start again and paste the URL on which the browser ended.",
        ),
        NotTheRedirect(redirect_uri) => say(
            format!("our redirect URI is {redirect_uri} and this is something else."),
            "another page's address was copied, or only a part of it.",
            "copy the whole address from the browser's address bar, after Allow.",
        ),
        AnswerElsewhere { received, redirect_uri } => say(
            format!(
                "the answer to this login came as {received:?}. It has to be a GET of {redirect_uri:?}."
            ),
            "the provider sends a form (response_mode=form_post), or has another redirect URI: a slash at the end, or localhost for 127.0.0.1.",
            "register our redirect URI with the provider, character by character.",
        ),
        StateMissing => say(
            "the redirect has no state, so it belongs to no login that we started.",
            "a page was reloaded or opened by hand; or the provider lost the state; or an attacker tries to log you in as themselves (RFC 6749 §10.12).",
            "use the browser tab that this program opened, and only that one.",
        ),
        StateMismatch => say(
            "the redirect has another state than ours, so it belongs to no login that we started.",
            "a tab of an earlier login was used or reloaded; or an attacker tries to log you in as themselves (RFC 6749 §10.12).",
            "use the browser tab that this program opened, and only that one.",
        ),
        IssuerMissing { expected, error } if !error.is_empty() => say(
            format!(
                "the redirect says {error:?}, but not that it comes from {expected:?}: it has no iss."
            ),
            "OAUTH_ISSUER is set, but the provider leaves iss out of its errors. Or this error is another server's: it may be an attacker's (RFC 9207 §2).",
            "look at the page in the browser and start again. If the provider's metadata does not promise iss, unset OAUTH_ISSUER.",
        ),
        IssuerMissing { expected, .. } => say(
            format!("the redirect does not say that it comes from {expected:?}: it has no iss."),
            "OAUTH_ISSUER is set, but the provider does not send iss; or another server sent this redirect (RFC 9207 §2.4).",
            "do not use its code. If the provider's metadata does not promise iss, unset OAUTH_ISSUER.",
        ),
        IssuerMismatch { expected, received } => say(
            format!("the redirect comes from {received:?}, but we asked {expected:?}."),
            "OAUTH_ISSUER has a typing mistake (a slash at the end counts), or the preset is out of date; or another server wants our code (RFC 9207 §2.4).",
            "do not use its code. Compare OAUTH_ISSUER with the issuer in the provider's metadata.",
        ),
        BadCode(problem) => say(
            format!("the redirect brought no authorization code: {problem}."),
            "the provider did not follow RFC 6749 §4.1.2; or the address was cut off, was encoded twice or was changed on its way.",
            "start the login again.",
        ),
        AuthorizationRefused { error, description } => {
            refused("authorization server", error, description)
        }
        BadUrl(problem) => say(
            format!("this URL is not one to send anything to: {problem}."),
            "it did not come from a checked configuration.",
            "build the client with settings::client, which checks every URL.",
        ),
        Network { origin, reason } => say(
            format!("no answer from {origin}: {reason}."),
            network_cause(reason),
            "try again when that is put right. For a practice provider in another terminal, see that it still runs there.",
        ),
        TimedOut { origin, seconds } => say(
            format!("{origin} did not answer in full within {seconds} seconds."),
            "the network is slow, a firewall swallows the request, or the server is stuck.",
            "start the login again. The code is not sent twice: it may have arrived (RFC 6749 §4.1.2).",
        ),
        TokenRefused { error, description } => refused("token endpoint", error, description),
        Unavailable { endpoint, status: 429, description } => say(
            format!("the {endpoint} answered HTTP 429, too many requests{}.", quoted(description)),
            "this client, or this network, has asked too often.",
            "wait a few minutes, then start the login again.",
        ),
        Unavailable { endpoint, status, description } => say(
            format!(
                "the {endpoint} answered HTTP {status}{}: the provider has trouble.",
                quoted(description)
            ),
            "a fault or maintenance at the provider, or in a proxy before it; not a setting of yours.",
            "wait a while, then start the login again. The code is not sent twice.",
        ),
        BadTokenResponse(problem) => say(
            format!("the token endpoint's answer cannot be used: {problem}."),
            "OAUTH_TOKEN_URL is not the token endpoint, or the server breaks RFC 6749 §5.1.",
            "look at the response above and compare the URL with the provider's documentation.",
        ),
        UserInfoRefused { status, error, description } => {
            let [happened, ..] = refused("API", error, description);
            let (cause, remedy) = match (status, error.as_str()) {
                // RFC 6750 §3.1: no error code where the request brought no token at all.
                (401, "") => (
                    "the server found no access token in the request: another scheme than Bearer, or no \
                     Authorization header. Or it leaves out why, and the token has expired or was revoked.",
                    "look at the request above and at the body of the answer.",
                ),
                (401, _) => (
                    "the access token has expired, was revoked, or belongs to another provider.",
                    "log in again for a new token. Trying the same one again does not help.",
                ),
                (403, "insufficient_scope") => (
                    "the token lacks a scope that this API asks for.",
                    "set OAUTH_SCOPE to what the API's documentation names, and log in again.",
                ),
                (403, _) => (
                    "the token lacks a scope that this API asks for, the request has no User-Agent, or the \
                     provider does not let this user or this application in.",
                    "read the server's words. For a scope, set OAUTH_SCOPE to what the API's documentation \
                     names, and log in again.",
                ),
                _ => (
                    "the server's words say it. It may also be that OAUTH_USERINFO_URL is not the address that \
                     describes the logged-in user.",
                    "look at the response above, and look its words up in the API's documentation.",
                ),
            };
            say(format!("HTTP {status}: {happened}"), cause, remedy)
        }
        NotRevoked { status: 503, description, .. } => say(
            format!(
                "the revocation endpoint answered HTTP 503{}: the token still exists.",
                quoted(description)
            ),
            "maintenance or too many requests at the provider (RFC 7009 §2.2.1).",
            "run the program again in a while. Until then, remove the application in your account at the provider.",
        ),
        NotRevoked { status, error, description } => {
            let [happened, cause, remedy] = refused("revocation endpoint", error, description);
            let happened = format!("HTTP {status}: {happened} The token may still be valid.");
            match error.as_str() {
                // RFC 7009 §2.1 names no code for it; at the token endpoint this one means something else.
                "invalid_grant" => say(
                    happened,
                    "the token was given to another client.",
                    "look which client ID the token was fetched with, and revoke it with that one.",
                ),
                _ => say(happened, &cause, &remedy),
            }
        }
        BadUserResponse(problem) => say(
            format!("the API's answer is not a user: {problem}."),
            "OAUTH_USERINFO_URL is not the address that describes the logged-in user, or OAUTH_USER_ID does not name its id.",
            "look at the response above and compare the URL with the provider's documentation.",
        ),
    }
}

/// The error codes that providers send, in words: RFC 6749 §4.1.2.1 and §5.2, then GitHub's own.
#[rustfmt::skip]
const CODES: &[(&str, &str, &str)] = &[
    ("access_denied",
        "the user clicked Deny, or the provider does not let this user or this application in.",
        "start again and click Allow. If you did not click Deny, look at the scope and at the application's settings."),
    ("invalid_scope",
        "OAUTH_SCOPE names something that this provider does not know.",
        "compare OAUTH_SCOPE, word by word, with the provider's list of scopes."),
    ("invalid_request",
        "a parameter is missing, is there twice, or has a value that the server does not take.",
        "read the server's words, then the request above. A public client must send a code challenge."),
    ("unauthorized_client",
        "this client is not registered for the authorization code grant.",
        "look at the application's settings at the provider."),
    ("unsupported_response_type",
        "the provider does not offer the authorization code grant at this endpoint.",
        "compare OAUTH_AUTHORIZE_URL with the provider's documentation."),
    ("server_error",
        "something broke inside the provider.",
        "wait a moment and start again."),
    ("temporarily_unavailable",
        "the provider is overloaded or under maintenance.",
        "wait a moment and start again."),
    ("invalid_client",
        "the client secret is wrong or has a stray character at its end, or this provider reads it in another place.",
        "copy ID and secret anew, or set OAUTH_CLIENT_AUTH to the other of post and basic."),
    ("invalid_grant",
        "the code was used already (a reload), is too old, or belongs to another redirect URI, client or code verifier.",
        "start the login again: a code can be exchanged once, and some servers count a failed try too."),
    ("unsupported_token_type",
        "this provider does not revoke tokens of this kind (RFC 7009 §2.2.1).",
        "look in its documentation for which tokens it revokes."),
    ("unsupported_grant_type",
        "this is not the token endpoint, or the provider does not offer this grant.",
        "compare OAUTH_TOKEN_URL with the provider's documentation."),
    ("bad_verification_code",
        "GitHub's word for invalid_grant: the code was used already, or is too old.",
        "start the login again: a code can be exchanged once, and some servers count a failed try too."),
    ("incorrect_client_credentials",
        "GitHub's word for invalid_client: the client ID or the client secret is wrong.",
        "copy both anew from the application's settings."),
    ("login_required",
        "OpenID Connect's word: the request asked not to show a page, and the user is not logged in at the provider.",
        "log in at the provider first, or take prompt=none out of OAUTH_AUTHORIZE_URL."),
    ("consent_required",
        "OpenID Connect's word: the request asked not to show a page, and the user has not allowed this application yet.",
        "take prompt=none out of OAUTH_AUTHORIZE_URL."),
    ("interaction_required",
        "OpenID Connect's word: the request asked not to show a page, and the provider has to ask the user something.",
        "take prompt=none out of OAUTH_AUTHORIZE_URL."),
    ("redirect_uri_mismatch",
        "the redirect URI is not the registered one: a slash, a port, localhost for 127.0.0.1 all count.",
        "register exactly the OAUTH_REDIRECT_URI that is used here."),
];

/// As far as the reason tells it. A cause that may be wrong is worse than none.
fn network_cause(reason: &str) -> &'static str {
    let says = |words| reason.contains(words);
    if says("corrupt message") {
        "https:// where the port speaks plain http, or something else that is not TLS."
    } else if says("peer certificate") {
        "the certificate is self-signed, has expired, or comes from an authority of your own network, which this \
         program does not know; or something between you and the server answers in its place."
    } else if says("TLS") {
        "the server speaks no version of TLS that this program does: 1.2 and 1.3."
    } else if says("proxy") {
        "the proxy is not running, or does not let this request through."
    } else {
        "the server is not running, the network is down, or a URL has a typing mistake."
    }
}

/// A server's words after ours, if there are any.
fn quoted(words: &str) -> String {
    if words.is_empty() { String::new() } else { format!(" {words:?}") }
}

fn refused(who: &str, error: &str, description: &str) -> [String; 3] {
    let words = quoted(description);
    let happened = match error {
        "" if words.is_empty() => format!("the {who} refused, and gave no reason."),
        "" => format!("the {who} refused:{words}"),
        "access_denied" => format!("the {who} says that the user refused: {error:?}{words}"),
        _ => format!("the {who} refused: {error:?}{words}"),
    };
    if let Some(name) = missing(description).filter(|_| who == "token endpoint") {
        let cause = format!("the request has no {name}, or an empty one.");
        return say(
            happened,
            &cause,
            "add it in token_request, src/fetch_token.rs; if it comes from a setting, such as OAUTH_CLIENT_SECRET, set it.",
        );
    }
    match CODES.iter().find(|(code, ..)| *code == error) {
        Some((_, cause, remedy)) => say(happened, cause, remedy),
        None => say(
            happened,
            "an error code of this provider's own.",
            "look it up in the provider's documentation.",
        ),
    }
}

/// The parameter of the token request (RFC 6749 §4.1.3, RFC 7636 §4.5) that a server's words call missing.
fn missing(words: &str) -> Option<&'static str> {
    const PARAMETERS: [&str; 6] =
        ["grant_type", "code", "redirect_uri", "code_verifier", "client_id", "client_secret"];
    let words: Vec<&str> = words.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').collect();
    let mut named = PARAMETERS.into_iter().filter(|name| words.contains(name));
    let only = named.next().filter(|_| named.next().is_none());
    only.filter(|_| words.iter().any(|word| word.eq_ignore_ascii_case("missing")))
}

fn say(happened: impl Into<String>, cause: &str, remedy: &str) -> [String; 3] {
    [happened.into(), cause.to_owned(), remedy.to_owned()]
}
