//! Who the client is and which provider it talks to: from the options and the environment.

use super::{Options, Screen};
use oauth2_by_hand::client::providers::{self, Preset};
use oauth2_by_hand::client::settings;
use oauth2_by_hand::http::send::proxy_to;
use oauth2_by_hand::http::serve::Server;
use oauth2_by_hand::http::{Request, endpoint};
use oauth2_by_hand::practice::{Answer, quirks};
use oauth2_by_hand::show::mask::Mask;
use oauth2_by_hand::{Client, Error, practice};

/// What a login starts with.
pub struct Setup {
    pub client: Client,
    /// What the provider is, in words.
    pub provider: String,
    /// What the user should know.
    pub notes: Vec<String>,
    /// The practice provider, where it runs inside this program.
    pub server: Option<Server>,
}

impl Setup {
    /// Whether the provider is on this machine, so that what it hands out is worth nothing elsewhere.
    pub fn is_local(&self) -> bool {
        let client = &self.client;
        [&client.authorization_endpoint, &client.token_endpoint, &client.user_info_endpoint]
            .into_iter()
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

/// What looks up a setting by its name.
pub type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

const URLS: [&str; 3] = ["OAUTH_AUTHORIZE_URL", "OAUTH_TOKEN_URL", "OAUTH_USERINFO_URL"];

/// What makes a program a client of a provider.
const IDENTITY: [&str; 2] = ["OAUTH_CLIENT_ID", "OAUTH_CLIENT_SECRET"];

/// What a registration at one provider gives, and another provider cannot know.
const OF_A_PROVIDER: [&str; 7] =
    [IDENTITY[0], IDENTITY[1], URLS[0], URLS[1], URLS[2], "OAUTH_ISSUER", "OAUTH_USER_ID"];

/// Chooses the provider, and builds the client from its settings and the environment's.
pub fn setup(options: &Options, environment: Lookup) -> Result<Setup, Error> {
    let environment = &|name: &str| environment(name).filter(|value| !value.is_empty());
    let missing: Vec<&str> = URLS.into_iter().filter(|url| environment(url).is_none()).collect();
    let mut setup = match (options.provider.as_deref(), missing.as_slice()) {
        (Some("practice"), _) => practice(options, None, &|_| None, environment)?,
        (Some(name), _) => match (providers::preset(name), options.like) {
            (Some(preset), None) => real(preset, environment)?,
            (preset, _) => practice(options, preset, environment, environment)?,
        },
        (None, [_, _, _]) => practice(options, None, environment, environment)?,
        (None, _) if options.like.is_some() => practice(options, None, &|_| None, environment)?,
        (None, []) => custom(environment)?,
        (None, [missing, ..]) => {
            let problem = "it is not set, and a provider of your own needs all three URLs".into();
            return Err(Error::Configuration { setting: missing, problem });
        }
    };
    // Said before the login begins: afterwards a code would be lost.
    proxy_to(&setup.client.token_endpoint)?;
    proxy_to(&setup.client.user_info_endpoint)?;
    if setup.client.issuer.is_none() {
        let note = "The provider's name (iss) is not checked: OAUTH_ISSUER is not set (RFC 9207).";
        setup.notes.push(note.into());
    }
    if setup.client.redirect_uri.starts_with("http://localhost") {
        let note = "127.0.0.1 is the safer redirect URI: localhost is a name, and a name can point \
                    anywhere (RFC 8252 §8.3).";
        setup.notes.push(note.into());
    }
    Ok(setup)
}

/// The practice provider inside this program, perhaps in the place of a real one. Its address is new in
/// every run, so the environment can change who the client is, but not where the provider is.
fn practice(
    options: &Options,
    preset: Option<&Preset>,
    identity: Lookup,
    environment: Lookup,
) -> Result<Setup, Error> {
    let quirks = options.like.unwrap_or(&quirks::PLAIN);
    let say = |_: &Request, answer: &Answer| {
        for remark in &answer.remarks {
            // Whoever sent the request waits for its answer, so nothing else is printed meanwhile.
            let _ = Screen::new(Mask::hiding()).note(remark);
        }
    };
    let (provider, server) = practice::start(quirks, 0, say).map_err(|error| {
        Error::CannotListen { address: "127.0.0.1".into(), reason: error.to_string() }
    })?;
    let own = provider.settings();
    let own = |name: &str| own.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone());
    let known = |name: &str| preset.and_then(|preset| preset.setting(name)).map(str::to_owned);
    let mut client = settings::client(&|name| match name {
        "OAUTH_CLIENT_ID" => identity(name).or_else(|| own(name)),
        // An ID of its own brings its own secret, or none.
        "OAUTH_CLIENT_SECRET" if identity("OAUTH_CLIENT_ID").is_some() => identity(name),
        "OAUTH_CLIENT_SECRET" => identity(name).or_else(|| own(name)),
        _ if OF_A_PROVIDER.contains(&name) => own(name),
        _ => environment(name).or_else(|| known(name)).or_else(|| own(name)),
    })?;
    client.any_port = true;

    let unused = OF_A_PROVIDER
        .into_iter()
        .filter(|name| environment(name).is_some())
        .filter(|name| identity(name).is_none() || !IDENTITY.contains(name))
        .collect();
    let notes = practice_notes(options, preset, unused);
    let provider = format!("the practice provider, in this program, at {}", provider.issuer());
    Ok(Setup { client, provider, notes, server: Some(server) })
}

/// What a practice run is, so that nobody takes it for the real thing.
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

/// A provider that we know. What is yours alone may be missing: then [`unregistered`] says how to get it.
fn real(preset: &Preset, environment: Lookup) -> Result<Setup, Error> {
    // What was pasted for another provider may still be in the environment. Its URLs would get this
    // provider's secret.
    let is_of_another = |name: &str| OF_A_PROVIDER.contains(&name) && !IDENTITY.contains(&name);
    let lookup = |name: &str| match preset.setting(name).map(str::to_owned) {
        own if is_of_another(name) => own,
        own => environment(name).or(own),
    };
    for setting in IDENTITY {
        if lookup(setting).is_none() {
            let problem = format!(
                "it is not set, and {} gives one to every application. How to get it is shown above.",
                preset.title
            );
            return Err(Error::Configuration { setting, problem });
        }
    }
    let client = settings::client(&lookup)?;
    let unused: Vec<&str> = OF_A_PROVIDER
        .into_iter()
        .filter(|name| is_of_another(name) && environment(name).is_some())
        .collect();
    let notes = match unused.as_slice() {
        [] => Vec::new(),
        _ => vec![format!(
            "{} has settings of its own: not used from the environment: {}. Is the client ID really \
             {}'s?",
            preset.title,
            unused.join(", "),
            preset.title
        )],
    };
    Ok(Setup { client, provider: preset.title.into(), notes, server: None })
}

/// The real provider that was chosen, and the redirect URI to register there, if the environment does not
/// say as which client.
pub fn unregistered(options: &Options, environment: Lookup) -> Option<(&'static Preset, String)> {
    let preset = options.provider.as_deref().and_then(providers::preset)?;
    let is_set = |name: &&str| environment(name).is_some_and(|value| !value.is_empty());
    let redirect_uri = environment("OAUTH_REDIRECT_URI").filter(|value| !value.is_empty());
    let is_missing = options.like.is_none() && !IDENTITY.iter().all(is_set);
    is_missing
        .then(|| (preset, redirect_uri.unwrap_or_else(|| settings::DEFAULT_REDIRECT_URI.into())))
}

/// A provider that the environment describes.
fn custom(environment: Lookup) -> Result<Setup, Error> {
    let client = settings::client(environment)?;
    let provider = client.issuer.clone().unwrap_or_else(|| client.authorization_endpoint.clone());
    Ok(Setup { client, provider, notes: Vec::new(), server: None })
}
