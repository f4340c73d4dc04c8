//! The consent page: may this application have what it asks for?
//!
//! It is the one moment at which a person decides, so it names who asks, what for, what not, and where the
//! answer goes. Name and home page are the application's own words, and nobody has checked them.
//!
//! ```text
//! what the application asks for  ->  consent page  ->  decision=allow or deny, and who decided
//! ```
//!
//! Specification: [RFC 6749 §4.1.1], whose step B is this page. Next: `registration.rs`.
//!
//! [RFC 6749 §4.1.1]: https://www.rfc-editor.org/rfc/rfc6749#section-4.1.1

use super::document;
use crate::practice::people::{PEOPLE, Person};
use crate::practice::scopes::Scope;
use crate::web::html::{Html, fill};

/// What the consent page has to say, and to hand back with the answer.
#[derive(Clone, Copy)]
pub struct Consent<'a> {
    /// The application's name, in its own words.
    pub client_name: &'a str,
    /// The application's home page, in its own words; may be empty.
    pub homepage: &'a str,
    /// Where the answer goes. It is registered; the page shows its host.
    pub redirect_uri: &'a str,
    /// The permissions asked for; may be none.
    pub scopes: &'a [&'a Scope],
    /// Every permission that there is, so that the page can say what was not asked for.
    pub known: &'a [Scope],
    /// Finds the authorization request again, which is kept here and not in the form.
    pub transaction: &'a str,
    /// Proves that the answer comes from this page, once.
    pub consent_token: &'a str,
}

/// Asks the person: may this application have what it asks for?
///
/// Posts `transaction`, `consent_token`, `person` and `decision` (`allow` or `deny`) to `/authorize`.
/// Deny is the first button, because Enter presses the first one. The form has `autocomplete="off"`,
/// because Firefox otherwise puts the old, spent tokens back when the page is loaded again.
pub fn consent_page(consent: &Consent) -> Html {
    let asked_for = |scope: &&Scope| consent.scopes.contains(scope);
    let (asked, not_asked): (Vec<&Scope>, Vec<&Scope>) = consent.known.iter().partition(asked_for);
    let permissions = match asked.is_empty() {
        true => fill(include_str!("nothing_asked.html"), &[], &[]),
        false => asked.into_iter().map(permission).collect(),
    };
    let refusals = not_asked.into_iter().map(no_permission).collect();
    let people = PEOPLE.iter().map(choice_of_person).collect();
    let homepage = match consent.homepage {
        "" => Html::default(),
        homepage => fill(include_str!("homepage.html"), &[("homepage", homepage)], &[]),
    };

    let texts = [
        ("transaction", consent.transaction),
        ("consent_token", consent.consent_token),
        ("initial", &initial(consent.client_name)),
        ("client_name", consent.client_name),
        ("destination", authority(consent.redirect_uri)),
    ];
    let pieces = [
        ("homepage", &homepage),
        ("permissions", &permissions),
        ("refusals", &refusals),
        ("people", &people),
    ];
    let main = fill(include_str!("consent.html"), &texts, &pieces);
    document(&format!("{} asks for your permission", consent.client_name), &main)
}

fn permission(scope: &Scope) -> Html {
    let texts = [("meaning", scope.meaning), ("limit", scope.limit), ("name", scope.name)];
    fill(include_str!("permission.html"), &texts, &[])
}

fn no_permission(scope: &Scope) -> Html {
    let texts = [("meaning", scope.meaning), ("name", scope.name)];
    fill(include_str!("no_permission.html"), &texts, &[])
}

fn choice_of_person(person: &Person) -> Html {
    // Somebody has to be chosen, or a hurried press on Allow would meet an error.
    let checked = if PEOPLE.first() == Some(person) { " checked" } else { "" };
    let texts = [
        ("login", person.login),
        ("checked", checked),
        ("name", person.name),
        ("bio", person.bio.unwrap_or_default()),
    ];
    fill(include_str!("person.html"), &texts, &[])
}

/// The first letter of a name, large, in place of a logo.
fn initial(name: &str) -> String {
    let letter = name.chars().find(|c| c.is_alphanumeric()).unwrap_or('?');
    letter.to_uppercase().collect()
}

/// Host and port of an address: `127.0.0.1:8080` of `http://127.0.0.1:8080/callback`.
fn authority(address: &str) -> &str {
    let after_scheme = address.split_once("://").map_or(address, |(_, rest)| rest);
    // Browsers read `\` as `/`, and what is before an `@` is no host: do not be fooled by either.
    let authority = after_scheme.split(['/', '\\', '?', '#']).next().unwrap_or_default();
    authority.rsplit('@').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::practice::scopes::{SCOPES, scope};

    const CONSENT: Consent = Consent {
        client_name: "Bookclub",
        homepage: "https://bookclub.example.org/",
        redirect_uri: "http://127.0.0.1:8080/callback",
        scopes: &[],
        known: &SCOPES,
        transaction: "t-1",
        consent_token: "c-1",
    };

    #[test]
    fn a_hostile_name_is_shown_as_it_is_spelled() {
        let consent = Consent { client_name: "<script>\"\u{202e}gnp", ..CONSENT };

        let page = consent_page(&consent).into_string();

        assert!(page.contains(r"<bdi>&lt;script&gt;&quot;\u{202e}gnp</bdi> wants to know"));
    }

    #[test]
    fn the_consent_form_hands_back_what_it_was_given() {
        let page = consent_page(&CONSENT).into_string();

        for line in [
            "<form class=\"card\" method=\"post\" action=\"/authorize\" autocomplete=\"off\">\n",
            "<input type=\"hidden\" name=\"transaction\" value=\"t-1\">\n",
            "<input type=\"hidden\" name=\"consent_token\" value=\"c-1\">\n",
            "<input type=\"radio\" name=\"person\" value=\"ada\" checked>\n",
            "<input type=\"radio\" name=\"person\" value=\"zoe\">\n",
            "then goes to <strong>127.0.0.1:8080</strong>.",
        ] {
            assert!(page.contains(line), "{line}");
        }
    }

    /// Enter presses the first button of a form: it has to be the one that gives nothing away.
    #[test]
    fn deny_comes_before_allow() {
        let page = consent_page(&CONSENT).into_string();

        let deny = page.find("<button class=\"button\" name=\"decision\" value=\"deny\">");
        let allow =
            page.find("<button class=\"button primary\" name=\"decision\" value=\"allow\">");

        assert!(deny.is_some() && deny < allow, "{deny:?} {allow:?}");
        assert_eq!(page.matches("<button").count(), 2);
    }

    #[test]
    fn each_scope_is_either_asked_for_or_said_not_to_be() {
        let email = scope("user:email").unwrap();

        let page = consent_page(&Consent { scopes: &[email], ..CONSENT }).into_string();

        assert!(page.contains("<li><strong>See your e-mail address</strong>"));
        assert!(page.contains("<li class=\"not\"><strong>See your name, bio and picture</strong>"));
    }

    #[test]
    fn without_a_scope_the_page_says_how_little_is_asked() {
        let page = consent_page(&CONSENT).into_string();

        assert!(page.contains("<li><strong>Know only that somebody said yes</strong></li>"));
        assert_eq!(page.matches("<li class=\"not\">").count(), 2);
    }

    /// A click on it would leave the question, and an application on this machine may not even run.
    #[test]
    fn a_home_page_is_shown_and_nothing_to_click() {
        for address in ["https://bookclub.example.org/", "javascript:alert(1)"] {
            let page = consent_page(&Consent { homepage: address, ..CONSENT }).into_string();
            assert!(page.contains(&format!("Home page: <bdi>{address}</bdi>")), "{address}");
        }
        let none = consent_page(&Consent { homepage: "", ..CONSENT }).into_string();
        assert!(!none.contains("Home page"));
    }

    #[test]
    fn the_destination_is_the_host_that_a_browser_would_go_to() {
        for (address, host) in [
            ("http://127.0.0.1:8080/callback", "127.0.0.1:8080"),
            ("http://localhost?x=http://a/", "localhost"),
            ("http://[::1]:8080#x", "[::1]:8080"),
            ("http://127.0.0.1@evil.example/", "evil.example"),
            ("http://evil.example\\@127.0.0.1/", "evil.example"),
            ("127.0.0.1", "127.0.0.1"),
            ("", ""),
        ] {
            assert_eq!(authority(address), host, "{address}");
        }
    }

    #[test]
    fn the_letter_in_place_of_a_logo_is_the_first_of_the_name() {
        assert_eq!(initial("bookclub"), "B");
        assert_eq!(initial(" \u{202e}<élan>"), "É");
        assert_eq!(initial("7 days"), "7");
        assert_eq!(initial("!?"), "?");
        assert_eq!(initial(""), "?");
    }
}
