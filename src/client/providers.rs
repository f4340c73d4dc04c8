//! What is known of real providers: data, in the same names as the environment.
//!
//! A preset fills in the settings that are the same for all users. What is yours alone, the client
//! ID and the client secret, comes from registering your application there. No step looks at a
//! provider's name: what differs between providers is a value here, or is read tolerantly by all.
//!
//! Where a preset says "it has not been run", that is meant: it was written from documents, and a person
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
    /// The settings that are the same for all users.
    pub settings: &'static [(&'static str, &'static str)],
    /// The name that it sends as `iss`, where a document says so. A redirect without `iss` is accepted all the same:
    /// GitHub has switched it on, off and on again.
    pub issuer: Option<&'static str>,
    /// Where its API puts the user's id, name, bio and picture, for people. `get_user_info` takes the id from
    /// `OAUTH_USER_ID`, and reads the others without asking who the provider is.
    pub user: &'static str,
    /// The sources of these facts, and their dates.
    pub facts: &'static str,
}

/// All presets.
pub const PRESETS: &[Preset] = &[
    Preset {
        name: "github",
        title: "GitHub",
        register_at: "https://github.com/settings/developers",
        registration: "Choose \"OAuth Apps\". The redirect URI is called \"Authorization callback URL\". GitHub takes \
                       any port on 127.0.0.1, and paths below the registered one.",
        settings: &[
            ("OAUTH_AUTHORIZE_URL", "https://github.com/login/oauth/authorize"),
            ("OAUTH_TOKEN_URL", "https://github.com/login/oauth/access_token"),
            ("OAUTH_USERINFO_URL", "https://api.github.com/user"),
            ("OAUTH_SCOPE", "read:user"),
            ("OAUTH_CLIENT_AUTH", "post"),
        ],
        issuer: Some("https://github.com/login/oauth"),
        user: "id, name, bio, avatar_url",
        facts: "GitHub's documentation, 2025 and 2026; iss as well-known clients have met it since August 2026; that new applications may have tokens that expire is what \
                well-known clients do. It has not been run against the live service yet.",
    },
    Preset {
        name: "gitlab",
        title: "GitLab",
        register_at: "https://gitlab.com/-/user_settings/applications",
        registration: "Tick the scope read_user, and leave \"Confidential\" ticked.",
        settings: &[
            ("OAUTH_AUTHORIZE_URL", "https://gitlab.com/oauth/authorize"),
            ("OAUTH_TOKEN_URL", "https://gitlab.com/oauth/token"),
            ("OAUTH_USERINFO_URL", "https://gitlab.com/api/v4/user"),
            ("OAUTH_REVOCATION_URL", "https://gitlab.com/oauth/revoke"),
            ("OAUTH_SCOPE", "read_user"),
            ("OAUTH_CLIENT_AUTH", "post"),
        ],
        issuer: None,
        user: "id, name, bio, avatar_url",
        facts: "GitLab's documentation, 2025 and 2026; that its API is on gitlab.com is general knowledge. \
                It has not been run against the live service yet.",
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
            ("OAUTH_REVOCATION_URL", "https://oauth2.googleapis.com/revoke"),
            ("OAUTH_SCOPE", "openid profile"),
            ("OAUTH_CLIENT_AUTH", "post"),
        ],
        issuer: Some("https://accounts.google.com"),
        user: "sub, name, no bio, picture",
        facts: "the endpoints as well-known clients use them, the user's fields and desktop clients from \
                Google's documentation, the scope from general knowledge. It has not been run against \
                the live service yet.",
    },
    Preset {
        name: "spotify",
        title: "Spotify",
        register_at: "https://developer.spotify.com/dashboard",
        registration: "It takes 127.0.0.1 and [::1] and refuses localhost. In development mode the owner needs \
                       Premium, and five users can log in.",
        settings: &[
            ("OAUTH_AUTHORIZE_URL", "https://accounts.spotify.com/authorize"),
            ("OAUTH_TOKEN_URL", "https://accounts.spotify.com/api/token"),
            ("OAUTH_USERINFO_URL", "https://api.spotify.com/v1/me"),
            ("OAUTH_USER_ID", "account_id"),
            ("OAUTH_CLIENT_AUTH", "basic"),
        ],
        issuer: None,
        user: "account_id, display_name, no bio, images[0].url",
        facts: "Spotify's documentation, 2025 and 2026 (since May 2026 it asks for account_id in the place of id); that the name needs no scope and that PKCE is taken is what \
                well-known clients do. It has not been run against the live service yet.",
    },
    Preset {
        name: "vimeo",
        title: "Vimeo",
        register_at: "https://developer.vimeo.com/apps",
        registration: "The redirect URI is called \"Callback URL\", and it has to be equal.",
        settings: &[
            ("OAUTH_AUTHORIZE_URL", "https://api.vimeo.com/oauth/authorize"),
            ("OAUTH_TOKEN_URL", "https://api.vimeo.com/oauth/access_token"),
            ("OAUTH_USERINFO_URL", "https://api.vimeo.com/me"),
            ("OAUTH_USER_ID", "uri"),
            ("OAUTH_SCOPE", "public"),
            ("OAUTH_CLIENT_AUTH", "basic"),
        ],
        issuer: None,
        user: "the last part of uri, name, bio, the largest of pictures.sizes",
        facts: "Vimeo's documentation, 2025 and 2026, its media types included; the scope and Basic as well-known clients use them. Whether it \
                checks PKCE is not known. It has not been run against the live service yet.",
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
            ("OAUTH_REVOCATION_URL", "https://discord.com/api/oauth2/token/revoke"),
            ("OAUTH_SCOPE", "identify"),
            ("OAUTH_CLIENT_AUTH", "post"),
        ],
        issuer: Some("https://discord.com"),
        user: "id, global_name or username, no bio, no picture (avatar is a hash, not a URL)",
        facts: "Discord's documentation and its metadata, 2025 and 2026, PKCE and client authentication \
                included; the exact port as well-known clients have it. It has not been run against the live service yet.",
    },
    Preset {
        name: "trello",
        title: "Trello",
        register_at: "https://developer.atlassian.com/console/myapps/",
        registration: "Create an \"OAuth 2.0 integration\" for Trello and add the scope read:member:trello.",
        settings: &[
            ("OAUTH_AUTHORIZE_URL", "https://auth.atlassian.com/authorize?prompt=consent"),
            ("OAUTH_TOKEN_URL", "https://auth.atlassian.com/oauth/token"),
            ("OAUTH_USERINFO_URL", "https://api.trello.com/1/members/me"),
            ("OAUTH_SCOPE", "read:member:trello"),
            ("OAUTH_CLIENT_AUTH", "post"),
        ],
        issuer: None,
        user: "id, fullName, bio, avatarUrl with /170.png at its end",
        facts: "Atlassian's documentation for the grant with PKCE and the scope, new in September 2026; the addresses, \
                prompt and the user's fields as one client uses them. That client sends the token request \
                as JSON: whether a form is taken is not known. It has not been run against the live service yet.",
    },
];

/// What is to be known of providers without a preset.
pub const OTHERS: &str = "Microsoft has no preset, because its rules for redirect URIs on this machine differ: \
    127.0.0.1 has to be entered in the application's manifest, and only localhost takes any port. LinkedIn is \
    reported to refuse the code_verifier of confidential clients. Set the three OAUTH_…_URL variables from the \
    documentation of the provider.";

/// The preset of that name.
pub fn preset(name: &str) -> Option<&'static Preset> {
    PRESETS.iter().find(|preset| preset.name == name)
}

impl Preset {
    /// One of the settings that are the same for all users.
    pub fn setting(&self, name: &str) -> Option<&'static str> {
        self.settings.iter().find(|(key, _)| *key == name).map(|(_, value)| *value)
    }
}
