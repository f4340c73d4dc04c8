//! The pages of the practice provider: forms for a person, who is the one party here that
//! does not speak OAuth.
//!
//! A page is a template from `pages/` and a list of what goes into it. There is no script and no
//! style in the HTML, so the strictest Content-Security-Policy fits, and the words of an
//! application cannot become more than words (`http/html.rs`).
//!
//! ```text
//! what the application asks for  ->  consent page  ->  decision=allow or deny, and who decided
//! ```
//!
//! Specification: [RFC 6749 §4.1.1], whose step B is the consent page, and §4.1.2.1: when the
//! client or its redirect URI is wrong, an error page is shown instead of a redirect.
//!
//! [RFC 6749 §4.1.1]: https://www.rfc-editor.org/rfc/rfc6749#section-4.1.1

use crate::http::html::{Html, Slot, fill};
use crate::practice::people::{PEOPLE, Person};
use crate::practice::scopes::Scope;

/// The style sheet of every page, to serve as `/style.css`.
pub const STYLE: &str = include_str!("pages/style.css");

/// What the registration form suggests as a redirect URI: the address that the steps listen on.
pub const SUGGESTED_REDIRECT_URI: &str = "http://127.0.0.1:8080/callback";

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

/// Asks the person: may this application have what it asks for?
///
/// Posts `transaction`, `consent_token`, `person` and `decision` (`allow` or `deny`) to `/authorize`.
/// Deny is the first button, because Enter presses the first one. The form has `autocomplete="off"`,
/// because Firefox otherwise puts the old, spent tokens back when the page is loaded again.
pub fn consent_page(consent: &Consent) -> Html {
    let asked_for = |scope: &&Scope| consent.scopes.contains(scope);
    let (asked, not_asked): (Vec<&Scope>, Vec<&Scope>) = consent.known.iter().partition(asked_for);
    let permissions: Html = match asked.is_empty() {
        true => fill(include_str!("pages/nothing_asked.html"), &[]),
        false => asked.into_iter().map(permission).collect(),
    };
    let refusals: Html = not_asked.into_iter().map(no_permission).collect();
    let people: Html = PEOPLE.iter().map(choice_of_person).collect();

    let main = fill(
        include_str!("pages/consent.html"),
        &[
            ("transaction", Slot::Text(consent.transaction)),
            ("consent_token", Slot::Text(consent.consent_token)),
            ("initial", Slot::Text(&initial(consent.client_name))),
            ("client_name", Slot::Text(consent.client_name)),
            ("homepage", Slot::Html(&homepage(consent.homepage))),
            ("permissions", Slot::Html(&permissions)),
            ("refusals", Slot::Html(&refusals)),
            ("people", Slot::Html(&people)),
            ("destination", Slot::Text(authority(consent.redirect_uri))),
        ],
    );
    document(&format!("{} asks for your permission", consent.client_name), &main)
}

/// Says what went wrong when the provider must not redirect, because nobody trustworthy waits there.
pub fn error_page(title: &str, what_happened: &str, likely_cause: &str, what_to_do: &str) -> Html {
    let main = fill(
        include_str!("pages/error.html"),
        &[
            ("title", Slot::Text(title)),
            ("what_happened", Slot::Text(what_happened)),
            ("likely_cause", Slot::Text(likely_cause)),
            ("what_to_do", Slot::Text(what_to_do)),
        ],
    );
    document(title, &main)
}

/// The form of a provider's developer page. Posts its four fields to `/register`.
pub fn register_form(form: &RegistrationForm) -> Html {
    let problem = form.problem.map(|problem| {
        let template = include_str!("pages/problem.html");
        fill(template, &[("problem", Slot::Text(problem))])
    });
    let redirect_uri = match form.redirect_uri {
        "" => SUGGESTED_REDIRECT_URI,
        typed => typed,
    };
    let main = fill(
        include_str!("pages/register.html"),
        &[
            ("problem", Slot::Html(&problem.unwrap_or_default())),
            ("form_token", Slot::Text(form.form_token)),
            ("name", Slot::Text(form.name)),
            ("homepage", Slot::Text(form.homepage)),
            ("redirect_uri", Slot::Text(redirect_uri)),
        ],
    );
    document("Register a new application", &main)
}

/// Hands over client ID, client secret and the lines that configure a client with them.
pub fn registered_page(registered: &Registered) -> Html {
    let setting = |wanted| {
        let mut settings = registered.settings.iter();
        settings.find(|(name, _)| *name == wanted).map_or("", |(_, value)| value)
    };
    let main = fill(
        include_str!("pages/registered.html"),
        &[
            ("client_name", Slot::Text(registered.client_name)),
            ("client_id", Slot::Text(registered.client_id)),
            ("client_secret", Slot::Text(registered.client_secret)),
            ("authorize_url", Slot::Text(setting("OAUTH_AUTHORIZE_URL"))),
            ("token_url", Slot::Text(setting("OAUTH_TOKEN_URL"))),
            ("userinfo_url", Slot::Text(setting("OAUTH_USERINFO_URL"))),
            ("posix", Slot::Text(&lines(registered.settings, posix_line))),
            ("powershell", Slot::Text(&lines(registered.settings, powershell_line))),
        ],
    );
    document("Your application is registered", &main)
}

/// The front page. An endpoint is its label, its path and a sentence on what it is for.
pub fn home_page(issuer: &str, endpoints: &[(&str, &str, &str)]) -> Html {
    let endpoints: Html = endpoints.iter().map(endpoint).collect();
    let main = fill(
        include_str!("pages/home.html"),
        &[("issuer", Slot::Text(issuer)), ("endpoints", Slot::Html(&endpoints))],
    );
    document("Welcome", &main)
}

fn document(title: &str, main: &Html) -> Html {
    let slots = [("title", Slot::Text(title)), ("main", Slot::Html(main))];
    fill(include_str!("pages/document.html"), &slots)
}

fn permission(scope: &Scope) -> Html {
    let template = include_str!("pages/permission.html");
    let slots = [
        ("meaning", Slot::Text(scope.meaning)),
        ("limit", Slot::Text(scope.limit)),
        ("name", Slot::Text(scope.name)),
    ];
    fill(template, &slots)
}

fn no_permission(scope: &Scope) -> Html {
    let template = include_str!("pages/no_permission.html");
    fill(template, &[("meaning", Slot::Text(scope.meaning)), ("name", Slot::Text(scope.name))])
}

fn choice_of_person(person: &Person) -> Html {
    // Somebody has to be chosen, or a hurried press on Allow would meet an error.
    let checked = match PEOPLE.first() == Some(person) {
        true => " checked",
        false => "",
    };
    let template = include_str!("pages/person.html");
    let slots = [
        ("login", Slot::Text(person.login)),
        ("checked", Slot::Text(checked)),
        ("name", Slot::Text(person.name)),
        ("bio", Slot::Text(person.bio.unwrap_or_default())),
    ];
    fill(template, &slots)
}

fn homepage(homepage: &str) -> Html {
    match homepage {
        "" => Html::default(),
        _ => fill(include_str!("pages/homepage.html"), &[("homepage", Slot::Text(homepage))]),
    }
}

fn endpoint((label, path, what): &(&str, &str, &str)) -> Html {
    let slots =
        [("label", Slot::Text(label)), ("path", Slot::Text(path)), ("what", Slot::Text(what))];
    fill(include_str!("pages/endpoint.html"), &slots)
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

    const REGISTERED: Registered = Registered {
        client_name: "Bookclub",
        client_id: "id-1",
        client_secret: "secret-1",
        settings: &[
            ("OAUTH_CLIENT_ID", "id-1"),
            ("OAUTH_TOKEN_URL", "http://127.0.0.1:9000/token"),
        ],
    };

    /// Every page there is, with `words` wherever somebody else's words can go.
    fn every_page(words: &str) -> Vec<String> {
        let all: Vec<&Scope> = SCOPES.iter().collect();
        let consent = Consent {
            client_name: words,
            homepage: words,
            redirect_uri: words,
            scopes: &all,
            known: &SCOPES,
            transaction: words,
            consent_token: words,
        };
        let form = RegistrationForm {
            name: words,
            homepage: words,
            redirect_uri: words,
            form_token: words,
            problem: Some(words),
        };
        let registered = Registered {
            client_name: words,
            client_id: words,
            client_secret: words,
            settings: &[
                ("OAUTH_AUTHORIZE_URL", words),
                ("OAUTH_TOKEN_URL", words),
                ("OAUTH_USERINFO_URL", words),
                (words, words),
            ],
        };
        let pages = [
            consent_page(&consent),
            consent_page(&Consent { scopes: &[], homepage: "", ..consent }),
            register_form(&form),
            register_form(&RegistrationForm { problem: None, ..form }),
            registered_page(&registered),
            error_page(words, words, words, words),
            home_page(words, &[(words, words, words)]),
        ];
        pages.into_iter().map(Html::into_string).collect()
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
            // These two are meant to be empty: a portrait beside its name, and the drawn key.
            let page = page.replace(" alt=\"\"", "").replace("seal key\"></span>", "");
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
            assert_eq!(page.matches("<link").count(), 1);
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

    #[test]
    fn an_error_page_says_what_why_and_what_now() {
        let page = error_page(
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
            assert!(page.as_str().contains(part), "{part}");
        }
    }

    #[test]
    fn the_front_page_lists_its_endpoints_and_leads_to_registration() {
        let page =
            home_page("http://127.0.0.1:9000", &[("Token", "/token", "Step 2.")]).into_string();

        assert!(page.contains("<code class=\"copy\">http://127.0.0.1:9000</code>"));
        assert!(
            page.contains(
                "<dt>Token</dt><dd><code>/token</code> <span class=\"hint\">Step 2.</span>"
            )
        );
        assert!(page.contains("href=\"/register\""));
    }

    /// `style-src 'self'` and `img-src 'self'` would block them in silence.
    #[test]
    fn the_style_sheet_fetches_nothing() {
        assert!(
            !STYLE.contains("url(") && !STYLE.contains("@import") && !STYLE.contains("@font-face")
        );
    }
}
