//! The command line: options in, or a clear word about the one that is wrong.

use super::Failure;
use oauth2_by_hand::http::mask::Mask;
use oauth2_by_hand::practice;
use oauth2_by_hand::providers::{PRESETS, preset};

/// What the command line says.
#[derive(Clone, Default)]
pub struct Options {
    pub provider: Option<String>,
    pub no_browser: bool,
    pub approve: bool,
    pub pause: bool,
    pub paste: bool,
    pub show_secrets: bool,
    pub mask_secrets: bool,
    pub port: Option<u16>,
}

/// What the program is to do.
pub enum Wish {
    Run(Options),
    /// Print this and end well.
    Print(String),
}

/// Reads the arguments of `program`, without its name.
pub fn parse(program: &str, arguments: &[String]) -> Result<Wish, Failure> {
    let mut options = Options::default();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let (name, joined) = match argument.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (argument.as_str(), None),
        };
        let mut value = || joined.clone().or_else(|| rest.next().cloned());
        let flag = match (program, name) {
            (_, "--help" | "-h") => return Ok(Wish::Print(help(program))),
            (_, "--version" | "-V") => return Ok(Wish::Print(version(program))),
            ("provider", "--port") => {
                options.port = Some(port(value())?);
                continue;
            }
            ("provider", "--mask-secrets") => &mut options.mask_secrets,
            ("provider", _) => return Err(unknown(program, argument)),
            (_, "--provider") => {
                options.provider = Some(value().ok_or_else(|| no_value(name))?);
                continue;
            }
            (_, "--no-browser") => &mut options.no_browser,
            (_, "--approve") => &mut options.approve,
            (_, "--pause") => &mut options.pause,
            (_, "--paste") => &mut options.paste,
            (_, "--show-secrets") => &mut options.show_secrets,
            (_, "--mask-secrets") => &mut options.mask_secrets,
            _ => return Err(unknown(program, argument)),
        };
        *flag = true;
        if joined.is_some() {
            return Err(Failure::usage(
                &format!("{name} takes no value."),
                "a value was meant for another option.",
                &format!("write only {name}."),
            ));
        }
    }
    checked(options)
}

fn checked(options: Options) -> Result<Wish, Failure> {
    let both = [
        (options.show_secrets, "--show-secrets", options.mask_secrets, "--mask-secrets"),
        (options.approve, "--approve", options.paste, "--paste"),
        (options.pause, "--pause", options.paste, "--paste"),
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
        Some("list") => Ok(Wish::Print(list())),
        Some(name) if preset(name).is_none() => Err(Failure::usage(
            &format!("there is no provider {name:?}."),
            "a typing mistake, or a provider that has no preset yet.",
            "use --provider list, or set the three OAUTH_…_URL variables for a provider of your own.",
        )),
        Some(_) if options.approve => Err(Failure::usage(
            "--approve works with a practice provider only.",
            "a real provider asks a real person.",
            "leave it out and answer in the browser.",
        )),
        Some(_) => Ok(Wish::Run(options)),
    }
}

impl Options {
    /// What of the messages may be seen, for a program that has no other provider than its own.
    pub fn mask(&self) -> Mask {
        if self.mask_secrets { Mask::hiding() } else { Mask::showing() }
    }
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

fn no_value(name: &str) -> Failure {
    Failure::usage(
        &format!("{name} needs a value."),
        "the command line ends too early.",
        &format!("write for example {name} practice."),
    )
}

fn version(program: &str) -> String {
    format!("{program} of oauth2-by-hand {}", env!("CARGO_PKG_VERSION"))
}

fn list() -> String {
    let mut lines =
        vec!["practice   the practice provider, inside this program (the default)".to_owned()];
    for preset in PRESETS {
        lines.push(format!(
            "{:<10} {}; register at {}",
            preset.name, preset.title, preset.register_at
        ));
    }
    lines
        .push("Any other: set OAUTH_AUTHORIZE_URL, OAUTH_TOKEN_URL and OAUTH_USERINFO_URL.".into());
    lines.join("\n")
}

fn help(program: &str) -> String {
    if program == "provider" {
        return format!(
            "provider: the practice provider alone; shows every request that it gets.\n\n\
             Usage: cargo run --bin provider -- [OPTIONS]\n\n  \
             --port N         the port on 127.0.0.1 (default {}; 0: any)\n  \
             --mask-secrets   show requests and answers without their secrets\n  \
             --help           this text\n  \
             --version        the version",
            practice::DEFAULT_PORT
        );
    }
    let what = match program {
        "step1" => "ask for authorization, and show the code that comes back",
        "step2" => "step 1, then exchange the code for an access token",
        _ => "the whole login: authorize, fetch the token, get the user",
    };
    format!("{program}: {what}.\n\nUsage: cargo run --bin {program} -- [OPTIONS]\n\n{OPTIONS}")
}

const OPTIONS: &str = "  \
  --provider NAME  practice (the default), github, …; list shows them all
  --no-browser     print the URL, do not open a browser
  --approve        practice provider only: the program clicks Allow itself
  --pause          wait for Enter before each message is sent
  --paste          do not listen; ask for the redirected URL on standard input
  --show-secrets   show secrets in full, also of a real provider
  --mask-secrets   mask secrets, also of the practice provider
  --help           this text
  --version        the version

From the environment, what registering an application gives you:
  OAUTH_CLIENT_ID      OAUTH_CLIENT_SECRET (unset: a public client)
  OAUTH_REDIRECT_URI   default http://127.0.0.1:8080/callback
  OAUTH_SCOPE          separated by spaces
  OAUTH_CLIENT_AUTH    post (the default) or basic
A provider of your own, by its three URLs and, if it has one, its issuer:
  OAUTH_AUTHORIZE_URL  OAUTH_TOKEN_URL  OAUTH_USERINFO_URL  OAUTH_ISSUER

Exit code: 0 success, 1 the login failed, 2 wrong usage or configuration.";
