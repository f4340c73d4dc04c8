//! What is known of real providers: data, in the same names as the environment.
//!
//! A preset fills in the settings that are the same for everybody. What is yours alone, the client
//! ID and the client secret, comes from registering your application there.
//!
//! ```text
//! "github"  ->  OAUTH_AUTHORIZE_URL=…, OAUTH_TOKEN_URL=…, …  ->  settings.rs
//! ```
//!
//! Next: `practice.rs`, a provider of our own.

/// A provider that can be chosen by name.
pub struct Preset {
    /// The name for `--provider`.
    pub name: &'static str,
    /// What the provider calls itself.
    pub title: &'static str,
    /// Where an application is registered.
    pub register_at: &'static str,
    /// The settings that are the same for everybody.
    pub settings: &'static [(&'static str, &'static str)],
}

/// All presets.
pub const PRESETS: &[Preset] = &[
    // From GitHub's documentation, "Authorizing OAuth apps", as of 2026: the endpoints, the secret in
    // the form, PKCE with S256, any port for a redirect URI on 127.0.0.1. Nobody has run this
    // preset against the live service yet.
    Preset {
        name: "github",
        title: "GitHub",
        register_at: "https://github.com/settings/developers",
        settings: &[
            ("OAUTH_AUTHORIZE_URL", "https://github.com/login/oauth/authorize"),
            ("OAUTH_TOKEN_URL", "https://github.com/login/oauth/access_token"),
            ("OAUTH_USERINFO_URL", "https://api.github.com/user"),
            ("OAUTH_SCOPE", "read:user"),
            ("OAUTH_CLIENT_AUTH", "post"),
        ],
    },
];

/// The preset of that name.
pub fn preset(name: &str) -> Option<&'static Preset> {
    PRESETS.iter().find(|preset| preset.name == name)
}
