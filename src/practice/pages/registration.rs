//! The developer's pages: the form that registers an application, and what it gives.
//!
//! Client ID and client secret are shown once, with the lines to paste into a terminal. What was typed comes
//! back if something is wrong with it, and no value can end the quotes that it stands in.
//!
//! ```text
//! name, home page, redirect URI  ->  client ID, client secret  ->  export OAUTH_CLIENT_ID='…'
//! ```
//!
//! Specification: [RFC 6749 §2], client registration. Next: `../answers.rs`.
//!
//! [RFC 6749 §2]: https://www.rfc-editor.org/rfc/rfc6749#section-2

use super::document;
use crate::web::html::{Html, fill};

/// What the registration form suggests as a redirect URI: the address that the steps listen on.
pub const SUGGESTED_REDIRECT_URI: &str = "http://127.0.0.1:8080/callback";

/// What is in the fields of the registration form.
#[derive(Clone, Copy, Default)]
pub struct RegistrationForm<'a> {
    /// The application's name as typed so far.
    pub name: &'a str,
    /// Its home page as typed so far.
    pub homepage: &'a str,
    /// Its redirect URI as typed so far; an empty one becomes [`SUGGESTED_REDIRECT_URI`].
    pub redirect_uri: &'a str,
    /// Proves that the form comes from this page.
    pub form_token: &'a str,
    /// Why the last attempt was refused, in a sentence for the person who typed.
    pub problem: Option<&'a str>,
}

/// What a registration gives the developer.
#[derive(Clone, Copy)]
pub struct Registered<'a> {
    /// The application's name.
    pub client_name: &'a str,
    /// The public half of the pair.
    pub client_id: &'a str,
    /// The secret half. The page is the one place that shows it.
    pub client_secret: &'a str,
    /// Names and values of all the `OAUTH_…` variables, in the order to paste.
    pub settings: &'a [(&'a str, &'a str)],
}

/// The form of a provider's developer page. Posts its four fields to `/register`.
pub fn register_form(form: &RegistrationForm) -> Html {
    let problem = form
        .problem
        .map(|problem| fill(include_str!("problem.html"), &[("problem", problem)], &[]));
    let redirect_uri =
        if form.redirect_uri.is_empty() { SUGGESTED_REDIRECT_URI } else { form.redirect_uri };
    let texts = [
        ("form_token", form.form_token),
        ("name", form.name),
        ("homepage", form.homepage),
        ("redirect_uri", redirect_uri),
    ];
    let pieces = [("problem", &problem.unwrap_or_default())];
    document("Register a new application", &fill(include_str!("register.html"), &texts, &pieces))
}

/// Hands over client ID, client secret and the lines that configure a client with them.
pub fn registered_page(registered: &Registered) -> Html {
    let setting = |wanted| {
        let mut settings = registered.settings.iter();
        settings.find(|(name, _)| *name == wanted).map_or("", |(_, value)| value)
    };
    let texts = [
        ("client_name", registered.client_name),
        ("client_id", registered.client_id),
        ("client_secret", registered.client_secret),
        ("authorize_url", setting("OAUTH_AUTHORIZE_URL")),
        ("token_url", setting("OAUTH_TOKEN_URL")),
        ("userinfo_url", setting("OAUTH_USERINFO_URL")),
        ("posix", &lines(registered.settings, posix_line)),
        ("powershell", &lines(registered.settings, powershell_line)),
    ];
    let main = fill(include_str!("registered.html"), &texts, &[]);
    document("Your application is registered", &main)
}

fn lines(settings: &[(&str, &str)], line: fn(&str, &str) -> String) -> String {
    let lines: Vec<String> = settings.iter().map(|(name, value)| line(name, value)).collect();
    lines.join("\n")
}

/// Between single quotes a POSIX shell reads everything as it is, except the quote itself.
fn posix_line(name: &str, value: &str) -> String {
    format!("export {name}='{}'", value.replace('\'', r"'\''"))
}

/// PowerShell also ends a quoted text at typographic quotes; doubled, each stands for itself.
fn powershell_line(name: &str, value: &str) -> String {
    let mut quoted = value.to_owned();
    for quote in ["'", "‘", "’", "‚", "‛"] {
        quoted = quoted.replace(quote, &quote.repeat(2));
    }
    format!("$env:{name} = '{quoted}'")
}

#[cfg(test)]
mod tests {
    use super::*;

    const REGISTERED: Registered = Registered {
        client_name: "Bookclub",
        client_id: "id-1",
        client_secret: "secret-1",
        settings: &[
            ("OAUTH_CLIENT_ID", "id-1"),
            ("OAUTH_TOKEN_URL", "http://127.0.0.1:9000/token"),
        ],
    };

    #[test]
    fn the_form_keeps_what_was_typed_and_says_what_is_wrong() {
        let form = RegistrationForm {
            name: "Tom & Co",
            homepage: "tom.example",
            redirect_uri: "https://evil.example/",
            form_token: "f-1",
            problem: Some("The redirect URI must be on this machine."),
        };

        let page = register_form(&form).into_string();

        assert!(page.contains("name=\"form_token\" value=\"f-1\""));
        assert!(page.contains("name=\"name\" value=\"Tom &amp; Co\""));
        assert!(page.contains("name=\"homepage\" value=\"tom.example\""));
        assert!(page.contains("name=\"redirect_uri\" value=\"https://evil.example/\""));
        assert!(
            page.contains(
                "role=\"alert\"><strong>Not registered yet.</strong> The redirect URI must"
            )
        );
    }

    #[test]
    fn a_fresh_form_suggests_a_redirect_uri_and_shows_no_problem() {
        let page = register_form(&RegistrationForm::default()).into_string();

        assert!(page.contains("name=\"redirect_uri\" value=\"http://127.0.0.1:8080/callback\""));
        assert!(!page.contains("role=\"alert\""));
    }

    #[test]
    fn the_lines_to_paste_are_whole_and_in_order() {
        let page = registered_page(&REGISTERED).into_string();

        assert!(page.contains(
            ">export OAUTH_CLIENT_ID=&#39;id-1&#39;\n\
             export OAUTH_TOKEN_URL=&#39;http://127.0.0.1:9000/token&#39;</pre>"
        ));
        assert!(page.contains(
            ">$env:OAUTH_CLIENT_ID = &#39;id-1&#39;\n\
             $env:OAUTH_TOKEN_URL = &#39;http://127.0.0.1:9000/token&#39;</pre>"
        ));
        assert!(page.contains(
            "<dt>Token URL</dt><dd><code class=\"copy\">http://127.0.0.1:9000/token</code>"
        ));
        assert!(page.contains("<code class=\"copy\">secret-1</code>"));
    }

    /// A value that ends its quotes would be a command in the reader's own shell.
    #[test]
    fn no_value_gets_out_of_its_quotes() {
        let value = "a'; $(rm) `x` \"y\" $HOME \\";

        assert_eq!(posix_line("N", value), r#"export N='a'\''; $(rm) `x` "y" $HOME \'"#);
        assert_eq!(powershell_line("N", value), r#"$env:N = 'a''; $(rm) `x` "y" $HOME \'"#);
    }

    #[test]
    fn powershell_takes_typographic_quotes_for_quotes() {
        assert_eq!(powershell_line("N", "‘a’ ‚b‛"), "$env:N = '‘‘a’’ ‚‚b‛‛'");
        assert_eq!(posix_line("N", "‘a’"), "export N='‘a’'");
    }
}
