//! The command line: options in, or an error that names the wrong one.

use super::{Failure, provider_help};
use oauth2_by_hand::client::providers::preset;
use oauth2_by_hand::practice::{self, quirks, quirks::Quirks};
use oauth2_by_hand::show::mask::Mask;

/// What the command line says.
#[derive(Clone, Default)]
pub struct Options {
    pub provider: Option<String>,
    /// Whose habits the practice provider imitates.
    pub like: Option<&'static Quirks>,
    pub no_browser: bool,
    pub approve: bool,
    pub pause: bool,
    pub paste: bool,
    pub show_secrets: bool,
    pub mask_secrets: bool,
    pub port: Option<u16>,
    /// What `discover` asks: the provider's name for itself.
    pub issuer: Option<String>,
    /// The practice provider is to cheat, with all its tricks or with one.
    pub mallory: bool,
    pub trick: Option<String>,
    /// The attack to play.
    pub attack: Option<String>,
}

/// What the program is to do.
pub enum Wish {
    Run(Options),
    /// Print this and end well.
    Print(String),
}

const STEPS: &[&str] = &["step1", "step2", "step3", "refresh"];
const OTHERS: &[&str] = &["provider", "webapp"];

/// An option without a value: its name, the programs that have it, and where it goes.
type Flag = (&'static str, &'static [&'static str], fn(&mut Options) -> &mut bool);

const FLAGS: [Flag; 8] = [
    ("--no-browser", STEPS, |options| &mut options.no_browser),
    ("--approve", STEPS, |options| &mut options.approve),
    ("--pause", STEPS, |options| &mut options.pause),
    ("--pause", &["discover", "attack"], |options| &mut options.pause),
    ("--paste", STEPS, |options| &mut options.paste),
    ("--show-secrets", STEPS, |options| &mut options.show_secrets),
    ("--mask-secrets", STEPS, |options| &mut options.mask_secrets),
    ("--mask-secrets", OTHERS, |options| &mut options.mask_secrets),
];

/// Reads the arguments of `program`, without its name.
pub fn parse(program: &str, arguments: &[String]) -> Result<Wish, Failure> {
    let mut options = Options::default();
    let mut rest = arguments.iter();
    let asks_a_provider = !["attack", "discover"].contains(&program);
    while let Some(argument) = rest.next() {
        let (name, joined) = match argument.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (argument.as_str(), None),
        };
        let mut value = || joined.clone().or_else(|| rest.next().cloned());
        let is_it = |(flag, programs, _): &&Flag| *flag == name && programs.contains(&program);
        match (FLAGS.iter().find(is_it), name) {
            (Some(_), _) if joined.is_some() => return Err(takes_no_value(name)),
            (Some((.., field)), _) => *field(&mut options) = true,
            (_, "--help" | "-h") => return Ok(Wish::Print(help(program))),
            (_, "--version" | "-V") => return Ok(Wish::Print(version(program))),
            (_, "--like") if asks_a_provider => match value() {
                Some(name) if name == "mallory" && program == "provider" => options.mallory = true,
                name => options.like = Some(like(name)?),
            },
            (_, "--trick") if program == "provider" => {
                options.trick = Some(value().ok_or_else(|| no_value(name, "no-state"))?);
            }
            (_, "--port") if OTHERS.contains(&program) => options.port = Some(port(value())?),
            (_, "--provider") if asks_a_provider && program != "provider" => {
                options.provider = Some(value().ok_or_else(|| no_value(name, "practice"))?);
            }
            _ => match (program, &options.attack, &options.issuer) {
                _ if argument.starts_with('-') => return Err(unknown(program, argument)),
                ("attack", None, _) => options.attack = Some(argument.clone()),
                ("discover", _, None) => options.issuer = Some(argument.clone()),
                _ => return Err(unknown(program, argument)),
            },
        }
    }
    checked(options)
}

fn checked(options: Options) -> Result<Wish, Failure> {
    let both = [
        (options.show_secrets, "--show-secrets", options.mask_secrets, "--mask-secrets"),
        (options.approve, "--approve", options.paste, "--paste"),
        (options.pause, "--pause", options.paste, "--paste"),
        (options.mallory, "--like mallory", options.like.is_some(), "--like of another one"),
    ];
    for (one, name, other, other_name) in both {
        if one && other {
            return Err(Failure::usage(
                &format!("{name} and {other_name} do not go together."),
                "they want opposite things, or both want the keyboard.",
                "leave one of them out.",
            ));
        }
    }
    match options.provider.as_deref() {
        None | Some("practice") => Ok(Wish::Run(options)),
        Some("list") => Ok(Wish::Print(provider_help::list())),
        Some(name) if preset(name).is_none() => Err(no_provider(name)),
        Some(_) if options.approve && options.like.is_none() => Err(Failure::approve_elsewhere()),
        Some(_) => Ok(Wish::Run(options)),
    }
}

impl Options {
    /// What of the messages may be seen, for a program that has no other provider than its own.
    pub fn mask(&self) -> Mask {
        match self.mask_secrets {
            true => Mask::hiding(),
            false => Mask::showing_practice(practice::is_own_secret),
        }
    }
}

fn no_provider(name: &str) -> Failure {
    Failure::usage(
        &format!("there is no provider {name:?}."),
        "a typing mistake, or a provider that has no preset yet.",
        "use --provider list, or set the three OAUTH_…_URL variables for a provider of your own.",
    )
}

fn like(value: Option<String>) -> Result<&'static Quirks, Failure> {
    let name = value.ok_or_else(|| no_value("--like", "github"))?;
    if name == "mallory" {
        return Err(Failure::usage(
            "only the provider program can be like mallory.",
            "a provider inside of this program begins anew each time, and forgets its tricks.",
            "in another terminal: cargo run --bin provider -- --like mallory",
        ));
    }
    quirks::quirks(&name).ok_or_else(|| {
        let names: Vec<&str> = quirks::ALL.iter().map(|quirks| quirks.name).collect();
        Failure::usage(
            &format!("the practice provider cannot be like {name:?}."),
            "a typing mistake, or a provider that has no preset yet.",
            &format!("choose one of {}.", names.join(", ")),
        )
    })
}

fn port(value: Option<String>) -> Result<u16, Failure> {
    value.and_then(|digits| digits.parse().ok()).ok_or_else(|| {
        Failure::usage(
            "--port takes a number from 0 to 65535.",
            "the number is missing or too large.",
            "write for example --port 9001; 0 lets the system choose.",
        )
    })
}

fn unknown(program: &str, argument: &str) -> Failure {
    Failure::usage(
        &format!("unknown option {argument:?}."),
        "a typing mistake, or an option of another program.",
        &format!("{program} --help lists the options."),
    )
}

fn no_value(name: &str, example: &str) -> Failure {
    Failure::usage(
        &format!("{name} needs a value."),
        "the command line ends too early.",
        &format!("write for example {name} {example}."),
    )
}

fn takes_no_value(name: &str) -> Failure {
    Failure::usage(
        &format!("{name} takes no value."),
        "a value was meant for another option.",
        &format!("write only {name}."),
    )
}

fn version(program: &str) -> String {
    format!("{program} of oauth2-by-hand {}", env!("CARGO_PKG_VERSION"))
}

fn help(program: &str) -> String {
    if program == "provider" {
        return format!(
            "provider: the practice provider alone; shows every request that it gets.\n\n\
             Usage: cargo run --bin provider -- [OPTIONS]\n\n  \
             --port N         the port on 127.0.0.1 (default {}; 0: any)\n  \
             --like NAME      behave like github, gitlab, google, spotify, vimeo, discord,\n                   \
                              trello, an odd server (odd), or ask PKCE of all (strict);\n                   \
                              mallory: cheat the client that logs in\n  \
             --trick NAME     with --like mallory: that trick each time\n  \
             --mask-secrets   show requests and answers without their secrets\n  \
             --help           this text\n  \
             --version        the version",
            practice::DEFAULT_PORT
        );
    }
    if program == "webapp" {
        return format!(
            "webapp: a small web app to log in to. It prints its address to open.\n\n\
             Usage: cargo run --bin webapp -- [OPTIONS]\n\n  \
             --provider NAME  one more to log in with: github, …; list shows them all\n  \
             --like NAME      the practice provider behaves like github, gitlab, …\n  \
             --port N         the port on 127.0.0.1 (default: the redirect URI's; 0: any)\n  \
             --mask-secrets   behind the scenes, mask the practice provider's secrets too\n  \
             --help           this text\n  \
             --version        the version\n\n{ENVIRONMENT}"
        );
    }
    if program == "discover" {
        return "discover: fetch a provider's metadata, and print the OAUTH_… lines to paste.\n\n\
             Usage: cargo run --bin discover -- [OPTIONS] ISSUER\n\n  \
             ISSUER      the provider's name for itself: https://accounts.google.com, …\n  \
             --pause     wait for Enter before each message is sent\n  \
             --help      this text\n  \
             --version   the version\n\n\
             Exit code: 0 success, 1 no metadata that can be used, 2 wrong usage."
            .into();
    }
    if program == "attack" {
        return "attack: attacks on the code of this repository, each stopped by one line.\n\n\
                Usage: cargo run --bin attack              lists them\n       \
                cargo run --bin attack -- NAME      plays one\n\n  \
                --pause          wait for Enter before each scene\n  \
                --help           this text\n  \
                --version        the version\n\n\
                Exit code: 0 it was stopped by its line; 1 it won, or something else\n\
                stopped it, or its scene could not be set; 2 wrong usage."
            .into();
    }
    let what = match program {
        "step1" => "ask for authorization, and show the code that comes back",
        "step2" => "step 1, then exchange the code for an access token",
        "refresh" => "log in, get a new access token, then revoke the refresh token",
        _ => "the whole login: authorize, fetch the token, get the user",
    };
    format!(
        "{program}: {what}.\n\nUsage: cargo run --bin {program} -- [OPTIONS]\n\n{OPTIONS}\n\n{ENVIRONMENT}"
    )
}

const OPTIONS: &str = "  \
  --provider NAME  practice (the default), github, …; list shows them all
  --like NAME      the practice provider behaves like that one: github, gitlab,
                   google, spotify, vimeo, discord, trello, odd, strict
  --no-browser     print the URL, do not open a browser
  --approve        practice provider only: the program clicks Allow itself
  --pause          wait for Enter before each message is sent
  --paste          do not listen; ask for the redirected URL on standard input
  --show-secrets   show secrets in full, also of a real provider
  --mask-secrets   mask secrets, also of the practice provider
  --help           this text
  --version        the version";

const ENVIRONMENT: &str = "\
From the environment, what registering an application gives you:
  OAUTH_CLIENT_ID      OAUTH_CLIENT_SECRET (unset: a public client)
  OAUTH_REDIRECT_URI   default http://127.0.0.1:8080/callback
  OAUTH_SCOPE          separated by spaces
  OAUTH_CLIENT_AUTH    post (the default) or basic
A provider of your own, by its three URLs and, if it has one, its issuer:
  OAUTH_AUTHORIZE_URL  OAUTH_TOKEN_URL  OAUTH_USERINFO_URL  OAUTH_ISSUER
  OAUTH_REVOCATION_URL where tokens are revoked, if there is such an address
  OAUTH_USER_ID        the member that is the user's id (unset: id, then sub)

Exit code: 0 success, 1 the login failed, 2 wrong usage or configuration.";
