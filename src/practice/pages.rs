//! The pages of the practice provider: forms for a person, who is the one party here that
//! does not speak OAuth.
//!
//! A page is a template from `pages/` and a list of what goes into it. There is no script and no
//! style in the HTML, so the strictest Content-Security-Policy fits, and the words of an
//! application cannot become more than words (`web/html.rs`).
//!
//! Specification: [RFC 6749 §4.1.2.1]: when the client or its redirect URI is wrong, an error page is
//! shown instead of a redirect; [RFC 9700 §4.16] for the headers.
//!
//! [RFC 6749 §4.1.2.1]: https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1
//! [RFC 9700 §4.16]: https://www.rfc-editor.org/rfc/rfc9700#section-4.16

pub(super) mod consent;
pub(super) mod registration;

use crate::http::Response;
use crate::web::html::{Html, fill};

/// The style sheet of every page, to serve as `/style.css`.
pub const STYLE: &str = include_str!("pages/style.css");

/// The provider's mark, to serve as `/icon.svg`.
pub const ICON: &str = include_str!("pages/icon.svg");

/// A whole page, with its security headers.
///
/// No `form-action`: Chromium applies it to every redirect after the form, also to those of the client,
/// which may lead to its front end on another port. Allow would do nothing then.
pub fn page(status: u16, title: &str, main: &Html) -> Response {
    let html = fill(include_str!("pages/document.html"), &[("title", title)], &[("main", main)]);
    let policy = "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'";
    Response::new(status, "text/html; charset=utf-8", html.into_string())
        .with_header("content-security-policy", policy)
        // Clickjacking: in a frame, Allow could lie invisibly under something that people like to click.
        .with_header("x-frame-options", "DENY")
        .with_header("cache-control", "no-store")
        // `no-referrer` would make the browser send `Origin: null` with our own forms.
        .with_header("referrer-policy", "same-origin")
        .with_header("x-content-type-options", "nosniff")
}

/// Says what is wrong. It has no `Location`: the browser stays here.
pub fn error_page(
    status: u16,
    title: &str,
    what_happened: &str,
    likely_cause: &str,
    what_to_do: &str,
) -> Response {
    let texts = [
        ("title", title),
        ("what_happened", what_happened),
        ("likely_cause", likely_cause),
        ("what_to_do", what_to_do),
    ];
    page(status, title, &fill(include_str!("pages/error.html"), &texts, &[]))
}

/// Something of another address or another method than this provider has.
pub fn no_route(path: &str) -> Response {
    let allowed = match path {
        "/authorize" => "GET, POST",
        "/register" => "GET, HEAD, POST",
        "/token" | "/revoke" => "POST",
        "/"
        | "/user"
        | "/avatar.svg"
        | "/style.css"
        | "/icon.svg"
        | "/.well-known/oauth-authorization-server" => "GET, HEAD",
        _ => {
            return error_page(
                404,
                "Nothing here",
                "The provider has no page at this address.",
                "A typing mistake, or a path of another provider.",
                "The front page lists every address.",
            );
        }
    };
    error_page(
        405,
        "Not like this",
        &format!("This address answers only {allowed}."),
        "The token and revocation endpoints take POST; pages and the API take GET.",
        "Send the request with the other method.",
    )
    .with_header("allow", allowed)
}

pub fn wrong_host() -> Response {
    error_page(
        421,
        "Another host",
        "The request is for another host than this provider.",
        "A name that points at this machine, or a page that tries to reach it through one.",
        "Use the address that the provider printed when it started.",
    )
}

/// The front page. An endpoint is its label, its path and a sentence on what it is for.
pub fn home_page(issuer: &str, endpoints: &[(&str, &str, &str)]) -> Response {
    let endpoint = |(label, path, what): &(&str, &str, &str)| {
        let texts = [("label", *label), ("path", *path), ("what", *what)];
        fill(include_str!("pages/endpoint.html"), &texts, &[])
    };
    let endpoints = endpoints.iter().map(endpoint).collect();
    let home = include_str!("pages/home.html");
    page(200, "Welcome", &fill(home, &[("issuer", issuer)], &[("endpoints", &endpoints)]))
}

#[cfg(test)]
mod tests {
    use super::consent::consent_page;
    use super::registration::{RegistrationForm, register_form, registered_page};
    use super::*;
    use crate::practice::scopes::{SCOPES, Scope};
    use crate::practice::state::{Grant, Registration};

    /// Every page there is, with `words` wherever foreign words can appear.
    fn every_page(words: &str) -> Vec<String> {
        let all: Vec<&'static Scope> = SCOPES.iter().collect();
        let client = Registration {
            client_id: words.into(),
            client_secret: Some(words.into()),
            name: words.into(),
            homepage: words.into(),
            redirect_uri: words.into(),
        };
        let grant = Grant {
            client_id: words.into(),
            redirect_uri: words.into(),
            scopes: all,
            code_challenge: words.into(),
        };
        let silent = Registration { homepage: "".into(), ..client.clone() };
        let empty = Grant { scopes: Vec::new(), ..grant.clone() };
        let form = RegistrationForm {
            name: words,
            homepage: words,
            redirect_uri: words,
            keeps_secret: true,
        };
        let settings = [
            ("OAUTH_AUTHORIZE_URL", words.to_owned()),
            ("OAUTH_TOKEN_URL", words.to_owned()),
            ("OAUTH_USERINFO_URL", words.to_owned()),
        ];
        let pages = [
            consent_page(&client, &grant, &SCOPES, words, words),
            consent_page(&silent, &empty, &SCOPES, words, words),
            register_form(400, &form, words, ("name", words)),
            register_form(200, &form, words, ("", "")),
            registered_page(&client, &settings),
            error_page(400, words, words, words, words),
            home_page(words, &[(words, words, words)]),
        ];
        pages.iter().map(|page| page.text().unwrap().to_owned()).collect()
    }

    #[test]
    fn no_place_is_left_over() {
        for page in every_page("word") {
            assert!(!page.contains("{{") && !page.contains("}}"), "{page}");
        }
    }

    /// A place without a slot shows nothing, so look for the hole that it would leave.
    #[test]
    fn no_place_is_left_empty() {
        for page in every_page("word") {
            // A picture beside its name says nothing more.
            let page = page.replace(" alt=\"\"", "");
            for hole in ["\"\"", " </", "<p></p>", "\"></span>", "<span class=\"seal\"></"] {
                assert!(!page.contains(hole), "{hole} in {page}");
            }
            for tag in ["title", "h1", "h2", "bdi", "strong", "code", "dt", "dd", "pre", "a"] {
                assert!(!page.contains(&format!("<{tag}></{tag}>")), "{tag} in {page}");
                assert!(!page.contains(&format!("\"></{tag}>")), "{tag} in {page}");
            }
        }
    }

    #[test]
    fn no_page_has_a_script_or_a_style_of_its_own_or_anything_from_elsewhere() {
        for page in every_page("word") {
            for foreign in [
                "<script",
                "<style",
                " style=",
                " onclick=",
                "javascript:",
                "src=\"http",
                "<iframe",
            ] {
                assert!(!page.contains(foreign), "{foreign} in {page}");
            }
            assert_eq!(page.matches("<link").count(), 2);
            assert!(page.contains("<link rel=\"icon\" href=\"/icon.svg\""));
        }
    }

    #[test]
    fn every_page_is_a_whole_document() {
        for page in every_page("word") {
            assert!(page.starts_with("<!doctype html>\n<html lang=\"en\">\n"), "{page}");
            assert!(page.ends_with("</html>\n"), "{page}");
            for once in
                ["<title>", "<h1>", "<main", "</main>", "<header>", "<footer>", "name=\"viewport\""]
            {
                assert_eq!(page.matches(once).count(), 1, "{once} in {page}");
            }
        }
    }

    /// P30, A11: an application chooses its own name.
    #[test]
    fn words_of_strangers_stay_words_on_every_page() {
        let words = "<script>alert(1)</script>\"' onclick=x \u{202e}{{main}}";

        for (hostile, harmless) in every_page(words).iter().zip(every_page("word")) {
            assert!(!hostile.contains("<script"), "{hostile}");
            assert!(!hostile.contains('\u{202e}'), "{hostile}");
            assert_eq!(hostile.matches('<').count(), harmless.matches('<').count(), "{hostile}");
            assert_eq!(hostile.matches('"').count(), harmless.matches('"').count(), "{hostile}");
        }
    }

    #[test]
    fn an_error_page_says_what_why_and_what_now() {
        let page = error_page(
            400,
            "Unknown application",
            "It is not known.",
            "A typing error.",
            "Register it.",
        );

        for part in [
            "<title>Unknown application · Practice provider</title>",
            "<h1>Unknown application</h1>",
            "<h2>What happened</h2>\n<p>It is not known.</p>",
            "<h2>The likely cause</h2>\n<p>A typing error.</p>",
            "<h2>What to do</h2>\n<p>Register it.</p>",
        ] {
            assert!(page.text().unwrap().contains(part), "{part}");
        }
    }

    #[test]
    fn the_front_page_lists_its_endpoints_and_leads_to_registration() {
        let page = home_page("http://127.0.0.1:9000", &[("Token", "/token", "Step 2.")]);
        let page = page.text().unwrap();

        assert!(page.contains("<code class=\"copy\">http://127.0.0.1:9000</code>"));
        assert!(
            page.contains(
                "<dt>Token</dt><dd><code>/token</code> <span class=\"hint\">Step 2.</span>"
            )
        );
        assert!(page.contains("href=\"/register\""));
    }

    /// An application with sixty accents on one letter could otherwise write over the page's header.
    #[test]
    fn a_name_is_drawn_within_its_card() {
        let (_, card) = STYLE.split_once("\n.card {").unwrap();
        let (rules, _) = card.split_once('}').unwrap();
        assert!(rules.contains("\n  overflow: clip;\n"), "{rules}");
        for page in every_page("word") {
            let (before, _) = page.split_once("<bdi>").unwrap_or((&page, ""));
            assert!(before.contains("class=\"card\""), "{before}");
        }
    }

    /// `style-src 'self'` and `img-src 'self'` would block them in silence.
    #[test]
    fn the_style_sheet_fetches_nothing() {
        assert!(
            !STYLE.contains("url(") && !STYLE.contains("@import") && !STYLE.contains("@font-face")
        );
    }
}
