//! What is known of real providers: data, in the same names as the environment.
//!
//! A preset fills in the settings that are the same for everybody. What is yours alone, the client
//! ID and the client secret, comes from registering your application there. No step looks at a
//! provider's name: what differs between providers is a value here, or is read tolerantly by all.
//!
//! Where a preset says "nobody has run it", that is meant: it was written from documents, and a person
//! with an account there has yet to try it. The addresses for registering are general knowledge.

/// A provider that can be chosen by name.
pub struct Preset {
    /// The name for `--provider`.
    pub name: &'static str,
    /// What the provider calls itself.
    pub title: &'static str,
    /// Where an application is registered.
    pub register_at: &'static str,
    /// What to look for, and what to choose, on that page.
    pub registration: &'static str,
    /// The settings that are the same for everybody.
    pub settings: &'static [(&'static str, &'static str)],
    /// Where its API puts the user's id, name, bio and picture, for people. `get_user_info` takes the id from
    /// `OAUTH_USER_ID`, and reads the others without asking who the provider is.
    pub user: &'static str,
    /// What these facts rest on, and since when.
    pub facts: &'static str,
}

/// All presets.
pub const PRESETS: &[Preset] = &[
    Preset {
        name: "github",
        title: "GitHub",
        register_at: "https://github.com/settings/developers",
        registration: "Choose \"OAuth Apps\". The redirect URI is called \"Authorization callback URL\".",
        settings: &[
            ("OAUTH_AUTHORIZE_URL", "https://github.com/login/oauth/authorize"),
            ("OAUTH_TOKEN_URL", "https://github.com/login/oauth/access_token"),
            ("OAUTH_USERINFO_URL", "https://api.github.com/user"),
            ("OAUTH_SCOPE", "read:user"),
            ("OAUTH_CLIENT_AUTH", "post"),
        ],
        user: "id, name, bio, avatar_url",
        facts: "GitHub's documentation, 2025 and 2026. Nobody has run it against the live service yet.",
    },
    Preset {
        name: "gitlab",
        title: "GitLab",
        register_at: "https://gitlab.com/-/profile/applications",
        registration: "Tick the scope read_user, and leave \"Confidential\" ticked.",
        settings: &[
            ("OAUTH_AUTHORIZE_URL", "https://gitlab.com/oauth/authorize"),
            ("OAUTH_TOKEN_URL", "https://gitlab.com/oauth/token"),
            ("OAUTH_USERINFO_URL", "https://gitlab.com/api/v4/user"),
            ("OAUTH_SCOPE", "read_user"),
            ("OAUTH_CLIENT_AUTH", "post"),
        ],
        user: "id, name, bio, avatar_url",
        facts: "GitLab's documentation, 2025 and 2026; that its API is on gitlab.com is general knowledge. \
                Nobody has run it against the live service yet.",
    },
    Preset {
        name: "google",
        title: "Google",
        register_at: "https://console.cloud.google.com/apis/credentials",
        registration: "Create an \"OAuth client ID\" of the type \"Desktop app\". That type takes \
                       redirect URIs on 127.0.0.1 without having them entered.",
        settings: &[
            ("OAUTH_AUTHORIZE_URL", "https://accounts.google.com/o/oauth2/v2/auth"),
            ("OAUTH_TOKEN_URL", "https://oauth2.googleapis.com/token"),
            ("OAUTH_USERINFO_URL", "https://openidconnect.googleapis.com/v1/userinfo"),
            ("OAUTH_SCOPE", "openid profile"),
            ("OAUTH_CLIENT_AUTH", "post"),
        ],
        user: "sub, name, no bio, picture",
        facts: "the endpoints as well-known clients use them, the user's fields and desktop clients from \
                Google's documentation, the scope from general knowledge. Nobody has run it against \
                the live service yet.",
    },
    Preset {
        name: "spotify",
        title: "Spotify",
        register_at: "https://developer.spotify.com/dashboard",
        registration: "It takes 127.0.0.1 and [::1] and refuses localhost.",
        settings: &[
            ("OAUTH_AUTHORIZE_URL", "https://accounts.spotify.com/authorize"),
            ("OAUTH_TOKEN_URL", "https://accounts.spotify.com/api/token"),
            ("OAUTH_USERINFO_URL", "https://api.spotify.com/v1/me"),
            ("OAUTH_USER_ID", "account_id"),
            ("OAUTH_CLIENT_AUTH", "basic"),
        ],
        user: "account_id, display_name, no bio, images[0].url",
        facts: "Spotify's documentation, 2025 and 2026 (since May 2026 it asks for account_id in the place of id); that the name needs no scope and that PKCE is taken is what \
                well-known clients do. Nobody has run it against the live service yet.",
    },
    Preset {
        name: "vimeo",
        title: "Vimeo",
        register_at: "https://developer.vimeo.com/apps",
        registration: "The redirect URI is called \"Callback URL\", and it is compared to the byte.",
        settings: &[
            ("OAUTH_AUTHORIZE_URL", "https://api.vimeo.com/oauth/authorize"),
            ("OAUTH_TOKEN_URL", "https://api.vimeo.com/oauth/access_token"),
            ("OAUTH_USERINFO_URL", "https://api.vimeo.com/me"),
            ("OAUTH_USER_ID", "uri"),
            ("OAUTH_SCOPE", "public"),
            ("OAUTH_CLIENT_AUTH", "basic"),
        ],
        user: "the last part of uri, name, bio, the largest of pictures.sizes",
        facts: "Vimeo's documentation, 2025 and 2026; the scope and Basic as well-known clients use them. Whether it \
                checks PKCE is not known. Nobody has run it against the live service yet.",
    },
    Preset {
        name: "discord",
        title: "Discord",
        register_at: "https://discord.com/developers/applications",
        registration: "Open the page \"OAuth2\" of the application and add the redirect URI there, with \
                       its port.",
        settings: &[
            ("OAUTH_AUTHORIZE_URL", "https://discord.com/oauth2/authorize"),
            ("OAUTH_TOKEN_URL", "https://discord.com/api/oauth2/token"),
            ("OAUTH_USERINFO_URL", "https://discord.com/api/v10/users/@me"),
            ("OAUTH_SCOPE", "identify"),
            ("OAUTH_CLIENT_AUTH", "post"),
        ],
        user: "id, global_name or username, no bio, no picture (avatar is a hash, not a URL)",
        facts: "Discord's documentation, 2025 and 2026; PKCE and the exact port as well-known clients have them. \
                Nobody has run it against the live service yet.",
    },
];

/// A provider that people ask for and that has no preset, with the reason.
pub struct Absent {
    /// The name that people try.
    pub name: &'static str,
    /// Why it has no preset.
    pub why: &'static str,
    /// What to do instead.
    pub instead: &'static str,
}

/// The providers whose documentation says that a preset would not work.
pub const ABSENT: &[Absent] = &[
    Absent {
        name: "trello",
        why: "Trello has no authorization code grant. It offers OAuth 1.0 and a token route of its own, \
              which hands a token straight to the browser.",
        instead: "choose a provider of --provider list. To find out such a thing of any provider, look in its \
                  documentation for response_type=code and for a token endpoint: without both, this is not it.",
    },
    Absent {
        name: "microsoft",
        why: "Microsoft's rules for redirect URIs on this machine differ: 127.0.0.1 has to be entered in the \
              application's manifest, and only localhost takes any port.",
        instead: "register there, and set the three OAUTH_…_URL variables, OAUTH_SCOPE and OAUTH_REDIRECT_URI \
                  from its documentation.",
    },
];

/// The preset of that name.
pub fn preset(name: &str) -> Option<&'static Preset> {
    PRESETS.iter().find(|preset| preset.name == name)
}

/// Why there is no preset of that name, where that is known.
pub fn absent(name: &str) -> Option<&'static Absent> {
    ABSENT.iter().find(|absent| absent.name == name)
}

impl Preset {
    /// One of the settings that are the same for everybody.
    pub fn setting(&self, name: &str) -> Option<&'static str> {
        self.settings.iter().find(|(key, _)| *key == name).map(|(_, value)| *value)
    }
}
