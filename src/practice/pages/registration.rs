//! The developer's pages: the form that registers an application, and what it gives.
//!
//! Client ID and client secret are shown once, with the lines to paste into a terminal. What was typed comes
//! back if something is wrong with it, and no value can end the quotes around it.
//!
//! Specification: [RFC 6749 §2], client registration.
//!
//! [RFC 6749 §2]: https://www.rfc-editor.org/rfc/rfc6749#section-2

use super::page;
use crate::by_hand::shell;
use crate::http::Response;
use crate::practice::state::Registration;
use crate::web::html::fill;

/// What is typed into the registration form.
pub struct RegistrationForm<'a> {
    pub name: &'a str,
    pub homepage: &'a str,
    pub redirect_uri: &'a str,
    /// Whether it gets a client secret: a confidential client.
    pub keeps_secret: bool,
}

/// The form of a provider's developer page. Posts its five fields to `/register`. `problem` is the field for which the
/// last attempt was refused, and why; empty for none.
pub fn register_form(
    status: u16,
    form: &RegistrationForm,
    form_token: &str,
    (wrong, problem): (&str, &str),
) -> Response {
    let checked = |is_on| if is_on { " checked" } else { "" };
    // A browser reads the words aloud with the field, and puts the cursor there.
    let invalid = fill(" aria-invalid=\"true\" autofocus", &[], &[]);
    let words = fill(include_str!("problem.html"), &[("problem", problem)], &[]);
    let [described, invalid_place, words_place] =
        ["described", "invalid", "problem"].map(|place| format!("{wrong}_{place}"));
    let texts = [
        ("form_token", form_token),
        ("name", form.name),
        ("homepage", form.homepage),
        ("redirect_uri", form.redirect_uri),
        ("yes", checked(form.keeps_secret)),
        ("no", checked(!form.keeps_secret)),
        (&described, " problem"),
    ];
    let pieces = [(&*invalid_place, &invalid), (&words_place, &words)];
    let main = fill(include_str!("register.html"), &texts, &pieces);
    page(status, "Register a new application", &main)
}

/// Shows client ID, client secret and the lines that configure a client with them. It is the one page
/// that shows the secret.
pub fn registered_page(client: &Registration, settings: &[(&'static str, String)]) -> Response {
    let setting = |wanted| {
        let mut settings = settings.iter();
        settings.find(|(name, _)| *name == wanted).map_or("", |(_, value)| value)
    };
    let texts = [
        ("client_name", &*client.name),
        ("client_id", &client.client_id),
        ("client_secret", client.client_secret.as_deref().unwrap_or("none")),
        (
            "secret_hint",
            match client.client_secret {
                Some(_) => {
                    "Secret: it is sent to the token endpoint only, and only this page shows it."
                }
                None => "A public client has none. PKCE takes its place.",
            },
        ),
        ("authorize_url", setting("OAUTH_AUTHORIZE_URL")),
        ("token_url", setting("OAUTH_TOKEN_URL")),
        ("userinfo_url", setting("OAUTH_USERINFO_URL")),
        ("posix", &lines(settings, shell::posix_line)),
        ("powershell", &lines(settings, shell::powershell_line)),
    ];
    let main = fill(include_str!("registered.html"), &texts, &[]);
    page(200, "Your application is registered", &main)
}

fn lines(settings: &[(&str, String)], line: fn(&str, &str) -> String) -> String {
    let lines: Vec<String> = settings.iter().map(|(name, value)| line(name, value)).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_keeps_what_was_typed_and_says_what_is_wrong() {
        let form = RegistrationForm {
            name: "Tom & Co",
            homepage: "tom.example",
            redirect_uri: "https://evil.example/",
            keeps_secret: false,
        };

        let problem = ("redirect_uri", "The redirect URI must be on this machine.");
        let page = register_form(400, &form, "f-1", problem);

        let page = page.text().unwrap();
        assert!(page.contains("name=\"form_token\" value=\"f-1\""));
        assert!(page.contains("name=\"name\" value=\"Tom &amp; Co\""));
        assert!(page.contains("name=\"homepage\" value=\"tom.example\""));
        assert!(page.contains("name=\"redirect_uri\" value=\"https://evil.example/\""));
        assert!(page.contains("value=\"no\" checked") && !page.contains("value=\"yes\" checked"));
        assert!(
            page.contains(
                "role=\"alert\"><strong>Not registered yet.</strong> The redirect URI must"
            )
        );
    }

    #[test]
    fn the_field_that_is_wrong_is_marked_and_no_other() {
        let form =
            RegistrationForm { name: "", homepage: "", redirect_uri: "", keeps_secret: true };
        for wrong in ["name", "homepage", "redirect_uri"] {
            let page = register_form(400, &form, "f-1", (wrong, "Not like this."));
            let html = page.text().unwrap();
            let mark = format!("aria-describedby=\"{wrong}-hint problem\" aria-invalid=\"true\"");
            assert!(html.contains(&mark), "{wrong}");
            assert_eq!(html.matches("aria-invalid").count(), 1, "{wrong}");
            let (_, after) = html.split_once("Not like this.</p>\n").unwrap();
            assert!(after.starts_with(&format!("<input id=\"{wrong}\"")), "{wrong}");
        }
    }

    #[test]
    fn a_fresh_form_shows_no_problem() {
        let form =
            RegistrationForm { name: "", homepage: "", redirect_uri: "", keeps_secret: true };
        let page = register_form(200, &form, "f-1", ("", ""));
        let html = page.text().unwrap();
        assert!(!html.contains("role=\"alert\"") && !html.contains("aria-invalid"));
    }

    #[test]
    fn the_lines_to_paste_are_whole_and_in_order() {
        let client = Registration {
            client_id: "id-1".into(),
            client_secret: Some("secret-1".into()),
            name: "Bookclub".into(),
            homepage: String::new(),
            redirect_uri: String::new(),
        };
        let settings = [
            ("OAUTH_CLIENT_ID", "id-1".to_owned()),
            ("OAUTH_TOKEN_URL", "http://127.0.0.1:9000/token".to_owned()),
        ];

        let page = registered_page(&client, &settings);

        let page = page.text().unwrap();
        assert!(page.contains(
            ">export OAUTH_CLIENT_ID=&#39;id-1&#39;\n\
             export OAUTH_TOKEN_URL=&#39;http://127.0.0.1:9000/token&#39;</pre>"
        ));
        assert!(page.contains(
            ">$env:OAUTH_CLIENT_ID = &#39;id-1&#39;\n\
             $env:OAUTH_TOKEN_URL = &#39;http://127.0.0.1:9000/token&#39;</pre>"
        ));
        assert!(page.contains(
            "<dt>Token endpoint</dt><dd><code class=\"copy\">http://127.0.0.1:9000/token</code>"
        ));
        assert!(page.contains("<code class=\"copy\">secret-1</code>"));
    }
}
