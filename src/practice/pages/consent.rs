//! The consent page: may this application have what it asks for?
//!
//! It is the one moment at which a person decides, so it names who asks, what for, what not, and where the
//! answer goes. Name and home page are the application's own words, which the provider has not checked.
//!
//! Specification: [RFC 6749 §4.1.1], whose step B is this page.
//!
//! [RFC 6749 §4.1.1]: https://www.rfc-editor.org/rfc/rfc6749#section-4.1.1

use super::page;
use crate::http::{Response, endpoint};
use crate::practice::people::{PEOPLE, Person};
use crate::practice::scopes::Scope;
use crate::practice::state::{Grant, Registration};
use crate::web::html::{Html, fill};

/// Asks the person: may this application have what it asks for? `known` is every permission that there is,
/// so that the page can say what was not asked for.
///
/// Posts `transaction`, `consent_token`, `person` and `decision` (`allow` or `deny`) to `/authorize`.
/// Deny is the first button, because Enter presses the first one. The form has `autocomplete="off"`,
/// because Firefox otherwise puts the old, spent tokens back when the page is loaded again.
pub fn consent_page(
    client: &Registration,
    grant: &Grant,
    known: &[Scope],
    transaction: &str,
    consent_token: &str,
) -> Response {
    let asked_for = |scope: &&Scope| grant.scopes.contains(scope);
    let (asked, not_asked): (Vec<&Scope>, Vec<&Scope>) = known.iter().partition(asked_for);
    let permissions = match asked.is_empty() {
        true => fill(include_str!("nothing_asked.html"), &[], &[]),
        false => asked.into_iter().map(permission).collect(),
    };
    let refusals = not_asked.into_iter().map(no_permission).collect();
    let people = PEOPLE.iter().map(choice_of_person).collect();
    let homepage = match client.homepage.as_str() {
        "" => Html::default(),
        homepage => fill(include_str!("homepage.html"), &[("homepage", homepage)], &[]),
    };
    let (client_origin, _) = endpoint::split(&grant.redirect_uri);

    let texts = [
        ("transaction", transaction),
        ("consent_token", consent_token),
        ("initial", &initial(&client.name)),
        ("client_name", &client.name),
        ("destination", endpoint::authority(&client_origin)),
    ];
    let pieces = [
        ("homepage", &homepage),
        ("permissions", &permissions),
        ("refusals", &refusals),
        ("people", &people),
    ];
    let main = fill(include_str!("consent.html"), &texts, &pieces);
    page(200, &format!("{} asks for your permission", client.name), &main)
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
    // A person has to be chosen, or a quick click on Allow would lead to an error.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::practice::scopes::{SCOPES, scope};

    fn consent(name: &str, homepage: &str, scopes: Vec<&'static Scope>) -> String {
        let client = Registration {
            client_id: "c".into(),
            client_secret: None,
            name: name.into(),
            homepage: homepage.into(),
            redirect_uri: "http://127.0.0.1:8080/callback".into(),
        };
        let grant = Grant {
            client_id: "c".into(),
            redirect_uri: client.redirect_uri.clone(),
            scopes,
            code_challenge: String::new(),
        };
        let page = consent_page(&client, &grant, &SCOPES, "t-1", "c-1");
        page.text().unwrap().to_owned()
    }

    fn plain() -> String {
        consent("Bookclub", "https://bookclub.example.org/", Vec::new())
    }

    #[test]
    fn a_hostile_name_is_shown_as_it_is_spelled() {
        let page = consent("<script>\"\u{202e}gnp", "", Vec::new());

        assert!(page.contains(r"<bdi>&lt;script&gt;&quot;\u{202e}gnp</bdi> wants to know"));
    }

    #[test]
    fn the_consent_form_hands_back_what_it_was_given() {
        let page = plain();

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
        let page = plain();

        let deny = page.find("<button class=\"button\" name=\"decision\" value=\"deny\">");
        let allow =
            page.find("<button class=\"button primary\" name=\"decision\" value=\"allow\">");

        assert!(deny.is_some() && deny < allow, "{deny:?} {allow:?}");
        assert_eq!(page.matches("<button").count(), 2);
    }

    #[test]
    fn each_scope_is_either_asked_for_or_said_not_to_be() {
        let email = scope("user:email").unwrap();

        let page = consent("Bookclub", "", vec![email]);

        assert!(page.contains("<li><strong>See your e-mail address</strong>"));
        assert!(page.contains("<li class=\"not\"><strong>See your name, bio and picture</strong>"));
    }

    #[test]
    fn without_a_scope_the_page_says_how_little_is_asked() {
        let page = plain();

        assert!(page.contains("<li><strong>Know only that you agreed</strong></li>"));
        assert_eq!(page.matches("<li class=\"not\">").count(), 2);
    }

    /// A click on it would leave the question, and an application on this machine may not even run.
    #[test]
    fn a_home_page_is_shown_and_nothing_to_click() {
        for address in ["https://bookclub.example.org/", "javascript:alert(1)"] {
            let page = consent("Bookclub", address, Vec::new());
            assert!(page.contains(&format!("Home page: <bdi>{address}</bdi>")), "{address}");
        }
        let none = consent("Bookclub", "", Vec::new());
        assert!(!none.contains("Home page"));
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
