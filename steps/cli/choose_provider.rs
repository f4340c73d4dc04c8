//! Who the client is and which provider it talks to: from the options and the environment.

use std::env;

use super::{Failure, Options, Screen, provider_help, screen};
use oauth2_by_hand::client::providers::{self, Preset};
use oauth2_by_hand::client::settings::{self, Settings};
use oauth2_by_hand::http::endpoint;
use oauth2_by_hand::http::send::proxy_to;
use oauth2_by_hand::http::serve::Server;
use oauth2_by_hand::practice::{Seen, quirks};
use oauth2_by_hand::show::mask::Mask;
use oauth2_by_hand::show::visible::visible;
use oauth2_by_hand::{Client, Error, practice};

/// What a login starts with.
pub struct ChosenProvider {
    pub client: Client,
    /// What the provider is, in words.
    pub title: String,
    /// What the user should know.
    pub notes: Vec<String>,
    /// The practice provider, where it runs inside this program.
    pub server: Option<Server>,
}

impl ChosenProvider {
    /// Whether the provider is on this machine, so that what it issues is worth nothing elsewhere.
    pub fn is_local(&self) -> bool {
        let client = &self.client;
        [&client.authorization_endpoint, &client.token_endpoint, &client.user_info_endpoint]
            .into_iter()
            .chain(&client.revocation_endpoint)
            .all(|url| endpoint::is_loopback(url))
    }

    /// What may be shown of a login there.
    pub fn mask(&self, options: &Options) -> Mask {
        let mut mask = match self.is_local() {
            _ if options.mask_secrets => Mask::hiding(),
            _ if options.show_secrets => Mask::showing(),
            true => Mask::showing_practice(practice::is_own_secret),
            false => Mask::hiding(),
        };
        mask.learn("client_secret", self.client.client_secret.as_deref().unwrap_or_default());
        mask
    }
}

const URLS: [&str; 3] = ["OAUTH_AUTHORIZE_URL", "OAUTH_TOKEN_URL", "OAUTH_USERINFO_URL"];

/// What makes a program a client of a provider.
pub const IDENTITY: [&str; 2] = ["OAUTH_CLIENT_ID", "OAUTH_CLIENT_SECRET"];

/// What belongs to one provider: another one has its own.
const OF_THE_PROVIDER: [&str; 6] =
    [URLS[0], URLS[1], URLS[2], "OAUTH_REVOCATION_URL", "OAUTH_ISSUER", "OAUTH_USER_ID"];

/// What the client chooses, at any provider.
const OF_THE_CLIENT: [&str; 3] = ["OAUTH_REDIRECT_URI", "OAUTH_SCOPE", "OAUTH_CLIENT_AUTH"];

/// The settings of the environment. An empty one counts as unset.
pub fn environment() -> Settings {
    let names = IDENTITY.into_iter().chain(OF_THE_PROVIDER).chain(OF_THE_CLIENT);
    let values = names.filter_map(|name| {
        Some((name.to_owned(), env::var_os(name)?.to_string_lossy().into_owned()))
    });
    values.filter(|(_, value)| !value.is_empty()).collect()
}

/// Chooses the provider, and builds the client from its settings and the environment's.
pub fn choose_provider(
    program: &str,
    options: &Options,
    environment: Settings,
) -> Result<ChosenProvider, Failure> {
    let missing: Vec<&str> =
        URLS.into_iter().filter(|url| !environment.contains_key(*url)).collect();
    let mut chosen = match (options.provider.as_deref(), missing.as_slice()) {
        (Some("practice"), _) => practice(options, None, environment, false)?,
        (Some(name), _) => match (providers::preset(name), options.like) {
            (Some(preset), None) => real(program, preset, environment)?,
            (preset, _) => practice(options, preset, environment, true)?,
        },
        (None, [_, _, _]) => practice(options, None, environment, true)?,
        (None, _) if options.like.is_some() => practice(options, None, environment, false)?,
        (None, []) => custom(&environment)?,
        (None, [setting, ..]) => {
            let problem = "it is not set, and a provider of your own needs all three URLs".into();
            return Err(Error::Configuration { setting, problem }.into());
        }
    };
    // Said before the login begins: afterwards a code would be lost.
    proxy_to(&chosen.client.token_endpoint)?;
    proxy_to(&chosen.client.user_info_endpoint)?;
    let notes = remarks(&chosen);
    chosen.notes.extend(notes);
    Ok(chosen)
}

/// What a user should know of these settings before the login begins.
fn remarks(ChosenProvider { client, title, .. }: &ChosenProvider) -> Vec<String> {
    let mut notes = Vec::new();
    match &client.issuer {
        Some(_) if client.requires_issuer => (),
        Some(issuer) => notes.push(format!(
            "A redirect that names another provider than {issuer} (iss) is refused, one that names none is not: \
             {title} may not always send it (RFC 9207)."
        )),
        None => notes.push(
            "The provider's name (iss) is not checked: OAUTH_ISSUER is not set (RFC 9207).".into(),
        ),
    }
    let words = [Some(&client.client_id), client.client_secret.as_ref()];
    for (name, _) in
        IDENTITY.iter().zip(words).filter(|(_, word)| word.is_some_and(|word| is_quoted(word)))
    {
        let note = format!(
            "{name} stands in quotes, which are sent along. Does it have them at the provider?"
        );
        notes.push(note);
    }
    if client.redirect_uri.starts_with("http://localhost") {
        let note = "127.0.0.1 is the safer redirect URI: localhost is a name, and a name can point \
                    anywhere (RFC 8252 §8.3).";
        notes.push(note.into());
    }
    notes
}

fn is_quoted(word: &str) -> bool {
    ['"', '\'']
        .iter()
        .any(|quote| word.strip_prefix(*quote).is_some_and(|rest| rest.ends_with(*quote)))
}

/// The practice provider inside this program, perhaps in the place of a real one. Its address is new in
/// every run, so the environment can change who the client is, if it `names_client`, but not where the
/// provider is.
fn practice(
    options: &Options,
    preset: Option<&Preset>,
    environment: Settings,
    names_client: bool,
) -> Result<ChosenProvider, Error> {
    let quirks = options.like.unwrap_or(&quirks::PLAIN);
    let say = |seen: Seen| {
        let Seen::Exchange(_, answer) = seen else { return };
        for remark in &answer.remarks {
            // The sender of the request waits for its answer, so nothing else is printed meanwhile.
            let _ = Screen::new(Mask::hiding()).note(remark);
        }
    };
    let (provider, server) = practice::start(quirks, 0, say).map_err(|error| {
        Error::CannotListen { address: "127.0.0.1".into(), reason: error.to_string() }
    })?;
    let is_used =
        |name: &str| OF_THE_CLIENT.contains(&name) || (names_client && IDENTITY.contains(&name));
    let names = IDENTITY.into_iter().chain(OF_THE_PROVIDER);
    let unused = names.filter(|name| environment.contains_key(*name) && !is_used(name)).collect();
    let notes = practice_notes(options, preset, unused);

    let own = provider.settings().into_iter().map(|(name, value)| (name.to_owned(), value));
    let mut settings: Settings = own.collect();
    if names_client && environment.contains_key("OAUTH_CLIENT_ID") {
        // An ID of its own brings its own secret, or none.
        settings.remove("OAUTH_CLIENT_SECRET");
    }
    let known = preset.map(|preset| preset.settings).unwrap_or_default();
    let known = known.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    settings.extend(known.chain(environment).filter(|(name, _)| is_used(name)));
    let client = Client { any_port: true, ..settings::client(&settings)? };
    let title = format!("the practice provider, in this program, at {}", provider.issuer());
    Ok(ChosenProvider { client, title, notes, server: Some(server) })
}

/// What a practice run is, so that it is not taken for a real login.
fn practice_notes(options: &Options, preset: Option<&Preset>, unused: Vec<&str>) -> Vec<String> {
    let real = preset.map(|preset| {
        format!(
            "This is a practice run: nothing goes to {}. The settings are its own, but the three URLs are \
             the practice provider's.",
            preset.title
        )
    });
    let unused = (!unused.is_empty())
        .then(|| format!("Practice: not used from the environment: {}.", unused.join(", ")));
    let like =
        options.like.map(|quirks| format!("The practice provider behaves like {}.", quirks.title));
    [real, unused, like].into_iter().flatten().collect()
}

/// A provider that we know. If the environment does not say as which client, this says how to become one.
fn real(program: &str, preset: &Preset, environment: Settings) -> Result<ChosenProvider, Failure> {
    let mut settings = environment;
    // What was pasted for another provider may still be in the environment. Its URLs would get this
    // provider's secret.
    let unused: Vec<&str> =
        OF_THE_PROVIDER.into_iter().filter(|name| settings.remove(*name).is_some()).collect();
    for (name, value) in preset.settings {
        settings.entry((*name).into()).or_insert_with(|| (*value).into());
    }
    let title = preset.title;
    if let Some(setting) = IDENTITY.into_iter().find(|name| !settings.contains_key(*name)) {
        let redirect_uri = settings.get("OAUTH_REDIRECT_URI").map(|uri| visible(uri));
        let redirect_uri = redirect_uri.as_deref().unwrap_or(settings::DEFAULT_REDIRECT_URI);
        screen::print(&provider_help::how_to_register(program, preset, redirect_uri))?;
        let problem = format!(
            "it is not set, and {title} gives one to every application. How to get it is shown above."
        );
        return Err(Error::Configuration { setting, problem }.into());
    }
    let issuer = preset.issuer.map(str::to_owned);
    let client = Client { issuer, requires_issuer: false, ..settings::client(&settings)? };
    let note = format!(
        "{title} has settings of its own: not used from the environment: {}. Is the client ID really \
         {title}'s?",
        unused.join(", "),
    );
    let notes = if unused.is_empty() { Vec::new() } else { vec![note] };
    Ok(ChosenProvider { client, title: title.into(), notes, server: None })
}

/// A provider that the environment describes.
fn custom(environment: &Settings) -> Result<ChosenProvider, Error> {
    let client = settings::client(environment)?;
    let title = client.issuer.clone().unwrap_or_else(|| client.authorization_endpoint.clone());
    Ok(ChosenProvider { client, title, notes: Vec::new(), server: None })
}
