//! What the program `discover` shares with no other: its argument, and the lines that it prints.

use serde_json::Value;

use super::choose_provider::{IDENTITY, environment};
use super::notice::METADATA;
use super::{Cli, Failure};
use oauth2_by_hand::Error;
use oauth2_by_hand::by_hand::shell;
use oauth2_by_hand::discover::Metadata;
use oauth2_by_hand::http::Response;
use oauth2_by_hand::show::mask::Mask;

/// The line length that every system's terminal accepts. It drops the rest and the closing quote (`MAX_CANON`).
const LONGEST_LINE: usize = 1_000;

impl Cli {
    /// The issuer on the command line.
    pub fn issuer(&mut self) -> Result<String, Failure> {
        // No code, token or secret travels here: every client may see the metadata.
        self.screen.mask = Mask::showing();
        self.options.issuer.clone().ok_or_else(|| {
            Failure::usage(
                "the issuer is missing.",
                "the command line ends too early.",
                "write for example: cargo run --bin discover -- https://accounts.google.com",
            )
        })
    }

    /// Shows an answer. No stranger may write lines to paste in the place of ours: only JSON is shown, whose texts
    /// have no line ends.
    pub fn show_metadata(&mut self, response: &Response) -> Result<(), Failure> {
        let is_json = serde_json::from_slice::<Value>(&response.body).is_ok();
        self.screen.mask = if is_json { Mask::showing() } else { Mask::hiding() };
        self.show_response(response, METADATA)
    }

    /// The lines to paste, and what the provider leaves out.
    pub fn show_settings(&self, metadata: &Metadata) -> Result<(), Failure> {
        let is_long =
            |(name, value): &&(&str, String)| shell::line(name, value).len() > LONGEST_LINE;
        if let Some((name, _)) = metadata.settings.iter().find(is_long) {
            let problem =
                format!("the line to paste for {name} is longer than {LONGEST_LINE} bytes");
            return Err(Error::BadMetadata(problem).into());
        }
        self.screen.say("The metadata is this issuer's own. As lines to paste:\n")?;
        self.screen.settings(&metadata.settings)?;
        self.screen.say("")?;
        for note in notes(metadata) {
            self.screen.note(note)?;
        }
        let environment = environment();
        for name in IDENTITY.into_iter().filter(|name| environment.contains_key(*name)) {
            self.screen.note(&format!(
                "{name} is set from before. If it belongs to another provider, unset it: this one would get it."
            ))?;
        }
        self.screen
            .say("They say where the provider is. Registering there gives you the others:")?;
        self.screen
            .say("OAUTH_CLIENT_ID and OAUTH_CLIENT_SECRET. What to ask for: OAUTH_SCOPE.")?;
        self.screen.say("With all of them set: cargo run --bin step3")
    }
}

fn notes(metadata: &Metadata) -> Vec<&'static str> {
    let has = |name| metadata.settings.iter().any(|(it, value)| *it == name && !value.is_empty());
    let mut notes = Vec::new();
    if !has("OAUTH_USERINFO_URL") {
        notes.push(
            "It names no userinfo_endpoint: look in its documentation for the address that describes the user.",
        );
    }
    if !has("OAUTH_ISSUER") {
        notes.push(
            "It does not promise iss in its redirects (RFC 9207), so there is no line for OAUTH_ISSUER. If one is \
             set from before, unset it.",
        );
    }
    if !has("OAUTH_REVOCATION_URL") {
        notes.push(
            "It names no revocation_endpoint, so there is no line for OAUTH_REVOCATION_URL. If one is set from \
             before, unset it.",
        );
    }
    if !has("OAUTH_CLIENT_AUTH") {
        notes.push(
            "It takes a client secret neither in the form nor as Basic, so there is no line for \
             OAUTH_CLIENT_AUTH. Only a public client, without a secret, can log in with these programs.",
        );
    }
    if !metadata.knows_s256 {
        notes.push(
            "It does not say that it checks code challenges (S256). The programs send one all the same.",
        );
    }
    notes
}
