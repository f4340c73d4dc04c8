//! What the step programs share: options, printing, opening the browser. Nothing of OAuth.

#![allow(dead_code, reason = "each program uses its own part of it")]
#![allow(unreachable_pub, reason = "a module of programs, not of a library")]

mod after_login;
mod approve;
mod browser;
pub mod choose_provider;
mod discovery;
mod failure;
pub mod notice;
mod options;
mod provider_help;
pub mod screen;
pub mod wrapped;

use std::env;
use std::io::{self, BufRead, IsTerminal, Write};
use std::process::ExitCode;

use choose_provider::{choose_provider, environment};
pub use failure::Failure;
use notice::Notice;
pub use options::Options;
use options::Wish;
pub use screen::Screen;

use oauth2_by_hand::by_hand::urlencoding::decode_pairs;
use oauth2_by_hand::callback::{self, Visit};
use oauth2_by_hand::fetch_token::{Token, granted_scopes};
use oauth2_by_hand::get_user_info::User;
use oauth2_by_hand::http::serve::Server;
use oauth2_by_hand::http::{Request, Response};
use oauth2_by_hand::show::mask::Mask;
use oauth2_by_hand::{Client, Error, practice};

/// The bytes of a line, with its end, after which a terminal drops the rest: `MAX_CANON` of each system.
const LONGEST_LINE: usize = if cfg!(windows) {
    usize::MAX
} else if cfg!(target_os = "macos") {
    1024
} else {
    4096
};

const CUT_OFF: &str = "\
    Your terminal cuts lines of this length, so a part of the address is missing, and nothing of it was used. Paste \
    it again after `stty -icanon` in the same terminal before the program starts, or leave out --paste.";

/// Runs a step program: options in, `log_in`, exit code out.
pub fn run(program: &'static str, log_in: fn(&mut Cli) -> Result<(), Failure>) -> ExitCode {
    run_with(program, |options| {
        let mut cli = Cli::new(program, options.clone());
        log_in(&mut cli).map_err(|failure| failure.masked(&cli.screen.mask))
    })
}

/// Runs any of the programs: options in, `work`, exit code out.
pub fn run_with(program: &str, work: impl FnOnce(&Options) -> Result<(), Failure>) -> ExitCode {
    let arguments: Vec<String> =
        env::args_os().skip(1).map(|argument| argument.to_string_lossy().into_owned()).collect();
    let done = options::parse(program, &arguments).and_then(|wish| match wish {
        Wish::Run(options) => work(&options),
        Wish::Print(text) => Ok(screen::print(&text)?),
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(program),
    }
}

/// The terminal, for a login to talk to.
pub struct Cli {
    program: &'static str,
    options: Options,
    screen: Screen,
    /// The redirect URI of the configuration, which `listen` may have to change.
    configured_redirect_uri: String,
    /// Redirects that were not ours, so far.
    refusals: usize,
    /// The practice provider, where it runs inside this program.
    provider: Option<Server>,
}

impl Cli {
    fn new(program: &'static str, options: Options) -> Cli {
        Cli {
            program,
            options,
            // Until we know who the provider is.
            screen: Screen::new(Mask::hiding()),
            configured_redirect_uri: String::new(),
            refusals: 0,
            provider: None,
        }
    }

    /// The client that the options and the environment describe, and its provider, ready to be asked.
    pub fn client(&mut self) -> Result<Client, Failure> {
        let chosen = choose_provider(self.program, &self.options, environment())?;
        self.screen.mask = chosen.mask(&self.options);
        if self.options.approve && !chosen.is_local() {
            return Err(Failure::approve_elsewhere());
        }
        let client = chosen.client;
        self.configured_redirect_uri = client.redirect_uri.clone();
        self.provider = chosen.server;

        let kind =
            if client.client_secret.is_some() { "with a secret" } else { "public, no secret" };
        self.screen.table(&[
            ("client", &format!("{} ({kind})", client.client_id)),
            ("provider", &chosen.title),
            (
                "asks for",
                if client.scope.is_empty() { "(the provider chooses)" } else { &client.scope },
            ),
        ])?;
        for note in chosen.notes {
            self.screen.note(&note)?;
        }
        let is_foreign = |secret: &String| !practice::is_own_secret(secret);
        if self.screen.mask.hides() {
            self.screen.note("Secrets are masked. --show-secrets shows them in full.")?;
        } else if client.client_secret.as_ref().is_some_and(is_foreign)
            && !self.options.show_secrets
        {
            self.screen.note(
                "The client secret is masked: it is not one of the practice provider's own. \
                 --show-secrets shows it.",
            )?;
        }
        Ok(client)
    }

    /// Whether the redirected URL is pasted, instead of listened for.
    pub fn pastes(&self) -> bool {
        self.options.paste
    }

    /// The lines of standard input.
    pub fn lines(&self) -> impl Iterator<Item = String> + Send + 'static + use<> {
        std::iter::from_fn(|| {
            let mut line = Vec::new();
            io::stdin().lock().read_until(b'\n', &mut line).ok()?;
            if io::stdin().is_terminal() && line.len() >= LONGEST_LINE {
                // Should the terminal be gone, the next line to it ends the program.
                let _ = Screen::new(Mask::hiding()).note(CUT_OFF);
                line = b"\n".to_vec();
            }
            // A line that is not text is asked for again: a part of the code may be broken.
            let text = String::from_utf8(line).unwrap_or_else(|_| "(not text)\n".into());
            (!text.is_empty()).then_some(text)
        })
    }

    /// The heading of a step.
    pub fn heading(&self, title: &str) -> Result<(), Failure> {
        self.screen.heading(title)
    }

    /// Shows the authorization URL and opens it in the browser, as the options wish.
    pub fn open(&mut self, url: &str, client: &Client, notice: Notice) -> Result<(), Failure> {
        if client.redirect_uri != self.configured_redirect_uri {
            self.screen.note(&format!(
                "The port of {} is in use, so this login uses {}. The practice provider takes any port \
                 on loopback (RFC 8252 §7.3).",
                self.configured_redirect_uri, client.redirect_uri
            ))?;
        }
        self.screen.rule(&format!("browser -> provider: {}", notice.title))?;
        self.screen.mask.learn_query(url);
        self.screen.print_raw(url)?;
        let (_, parameters) = url.split_once('?').unwrap_or_default();
        self.screen.notice(&notice, parameters, |_| false)?;
        self.say_what_to_do(client)?;
        self.pause(if self.options.approve {
            "and the program answers for you"
        } else if self.options.no_browser || self.options.paste {
            "when you have it"
        } else {
            "to open it"
        })?;
        if self.options.approve {
            self.screen.say(
                "   --approve: the program plays the user. As the browser it sends, in short:",
            )?;
            let show = |line: &str| self.screen.say(&format!("      {line}"));
            approve::click_allow(url, &client.redirect_uri, show)?;
            self.screen.say("")
        } else if self.options.no_browser || self.options.paste {
            Ok(())
        } else {
            let failed = || {
                let note = "No browser could be started.";
                // Should the terminal be gone, the next line to it ends the program.
                let _ = Screen::new(Mask::hiding()).note(note);
            };
            browser::open(url, failed).unwrap_or_else(|_| failed());
            Ok(())
        }
    }

    fn say_what_to_do(&self, client: &Client) -> Result<(), Failure> {
        if self.options.paste {
            self.screen.note("Open this address in a browser and answer there. Then paste here, as one line, \
                              the address on which the browser has ended, even if it shows an error.")?;
        } else if !self.options.approve {
            let where_to = if self.options.no_browser {
                "Open this address in a browser"
            } else {
                "Your browser should open this address; if none does, open it yourself"
            };
            self.screen.note(&format!(
                "{where_to}. This program listens at {} and waits {} minutes for the browser to come back. \
                 Ctrl-C ends the wait.",
                client.redirect_uri,
                callback::PATIENCE.as_secs() / 60
            ))?;
        }
        Ok(())
    }

    /// Shows what came to the redirect URI, and what became of it.
    pub fn show_visit(&mut self, Visit { request, outcome }: &Visit) {
        // Any page can send requests here, with as many values as it likes. They are not shown, so not learnt.
        if !outcome.as_ref().is_err_and(Error::is_stray) {
            self.screen.mask.learn_query(&request.target);
        }
        if let Ok(code) = outcome {
            self.screen.mask.learn("code", code);
        }
        let shown = match outcome {
            Ok(_) => self.show_redirect(request, notice::REDIRECT),
            Err(Error::AuthorizationRefused { .. }) => self.show_redirect(request, notice::REFUSAL),
            // Browsers ask for icons and more; the user need not know of that.
            Err(Error::NotTheRedirect(_)) if !self.options.paste => Ok(()),
            Err(error) if error.is_stray() => self.note_refusal(error),
            // The program ends with it, and says so there.
            Err(_) => Ok(()),
        };
        // Should the terminal be gone, the next line to it ends the program.
        let _ = shown;
    }

    /// Shows a request of ours, just before it is sent.
    pub fn show_request(&mut self, request: &Request, notice: Notice) -> Result<(), Failure> {
        // Ours, so no values of a stranger's can take their room in the mask.
        for (name, value) in decode_pairs(&request.body).unwrap_or_default() {
            self.screen.mask.learn(&name, &value);
        }
        let title = format!("client -> {}: {}", request.origin, notice.title);
        self.screen.request(&title, request, &notice)?;
        self.pause("to send it")
    }

    /// Shows a response to us.
    pub fn show_response(&mut self, response: &Response, notice: Notice) -> Result<(), Failure> {
        self.show_personal_response(response, &[], notice)
    }

    /// Shows a response about a person. Where secrets are masked, the members named `shown` may be seen.
    pub fn show_personal_response(
        &mut self,
        response: &Response,
        shown: &[&str],
        notice: Notice,
    ) -> Result<(), Failure> {
        let notice = notice.of_answer(response);
        let title = format!("provider -> client: {}", notice.title);
        self.screen.response(&title, response, shown, &notice)
    }

    /// What step 1 has come to.
    pub fn show_code(&mut self, code: &str, code_verifier: &str) -> Result<(), Failure> {
        self.screen.mask.learn("code_verifier", code_verifier);
        self.screen.say("We have a code, and the secret that makes it ours:")?;
        self.screen.table(&[("code", code), ("code_verifier", code_verifier)])?;
        self.screen.say("Next: cargo run --bin step2 does the same and exchanges them for a token.")
    }

    /// From now on these tokens are hidden, where tokens are.
    fn learn(&mut self, token: &Token) {
        self.screen.mask.learn("access_token", &token.access_token);
        self.screen.mask.learn("refresh_token", token.refresh_token.as_deref().unwrap_or_default());
    }

    /// What step 2 has come to.
    pub fn show_token(&mut self, token: &Token, client: &Client) -> Result<(), Failure> {
        self.learn(token);
        let scopes = granted_scopes(token, &client.scope);
        let granted = match token.scope.as_deref() {
            Some("") => "nothing".to_owned(),
            None if scopes.is_empty() => "(the server does not say)".to_owned(),
            _ => scopes.join(" "),
        };
        let refresh = if token.refresh_token.is_some() { "yes" } else { "no" };
        self.screen.say("We have an access token:")?;
        self.screen.table(&[
            ("we may ask for", &granted),
            ("it expires", &when_it_expires(token)),
            ("it can be renewed", refresh),
        ])?;
        if let Some(difference) = granted_and_asked(&client.scope, &scopes) {
            self.screen.note(&difference)?;
        }
        let commas = "commas separate the scopes, where RFC 6749 §3.3 has spaces";
        let has_commas = scopes.len() > 1 && token.scope.as_ref().is_some_and(|s| s.contains(','));
        for remark in token.remarks.iter().chain(has_commas.then_some(&commas)) {
            self.screen.note(&format!("Accepted although it deviates: {remark}."))?;
        }
        Ok(())
    }

    /// What step 3, and the whole login, has come to.
    pub fn show_user(&self, user: &User) -> Result<(), Failure> {
        let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| "(none given)".into());
        self.screen.say("We know who it is:")?;
        self.screen.table(&[
            ("name", &or_none(&user.name)),
            ("bio", &or_none(&user.bio)),
            ("avatar", &or_none(&user.avatar_url)),
            ("id", &user.id),
        ])?;
        for remark in &user.remarks {
            self.screen.note(&format!("In the answer, {remark}."))?;
        }
        Ok(())
    }

    fn show_redirect(&mut self, request: &Request, notice: Notice) -> Result<(), Failure> {
        // The browser's own headers say nothing about the login, and its cookies are its own.
        let first_line = Request { headers: Vec::new(), ..request.clone() };
        self.screen.rule(&format!("browser -> client: {} (its first line)", notice.title))?;
        let shown = self.screen.mask.request(&first_line);
        self.screen.say(shown.trim_end())?;
        self.screen.notice(&notice, request.query(), |_| false)
    }

    fn note_refusal(&mut self, error: &Error) -> Result<(), Failure> {
        // A page could send thousands of these, and fill the screen.
        const MOST: usize = 10;
        self.refusals += 1;
        if self.refusals > MOST {
            return Ok(());
        }
        let text = error.to_string();
        let happened = text.lines().next().unwrap_or_default();
        self.screen.note(&format!("Not accepted: {happened} The wait goes on."))?;
        if self.refusals == MOST {
            self.screen.note("More of these are not shown.")?;
        }
        Ok(())
    }

    fn pause(&self, purpose: &str) -> Result<(), Failure> {
        if !self.options.pause {
            return Ok(());
        }
        let mut out = io::stdout();
        write!(out, "   [Enter {purpose}] ")?;
        out.flush()?;
        io::stdin().read_line(&mut String::new())?;
        Ok(())
    }
}

fn when_it_expires(token: &Token) -> String {
    match token.expires_in {
        Some(seconds) => format!("in {seconds} seconds"),
        None => "the server does not say".to_owned(),
    }
}

/// How the granted scope differs from the scope that was asked for. It is a success all
/// the same (RFC 6749 §5.1), and the client has to check which scope it got.
fn granted_and_asked(asked: &str, granted: &[String]) -> Option<String> {
    let asked: Vec<&str> = asked.split(' ').filter(|scope| !scope.is_empty()).collect();
    let granted: Vec<&str> = granted.iter().map(String::as_str).collect();
    let without = |these: &[&str], others: &[&str]| {
        let left: Vec<&str> = these.iter().filter(|one| !others.contains(one)).copied().collect();
        if left.is_empty() { "nothing".to_owned() } else { left.join(" ") }
    };
    let (missing, extra) = (without(&asked, &granted), without(&granted, &asked));
    let differs = !asked.is_empty() && (missing != "nothing" || extra != "nothing");
    differs.then(|| {
        format!(
            "The granted scope differs from the one asked for, which is no error. Asked: {}. Granted: {}. \
             Missing: {missing}. Extra: {extra}.",
            asked.join(" "),
            granted.join(" ")
        )
    })
}
