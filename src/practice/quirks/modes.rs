//! Whose habits can be imitated: the seven presets, none at all, and a collection of oddities.
//!
//! What a mode does not mention is as in [`PLAIN`]. The names of the scopes are the provider's own; what
//! they mean here is what the practice provider can do.

use super::shapes;
use super::{ExpiresIn, Quirks, Refresh, SecretIn};
use crate::practice::scopes::{EMAIL, PERSON, SCOPES, Scope};

/// Every mode, in the order of the help text.
pub const ALL: [&Quirks; 9] =
    [&STRICT, &GITHUB, &GITLAB, &GOOGLE, &SPOTIFY, &VIMEO, &DISCORD, &TRELLO, &ODD];

/// The practice provider as it is: after the RFCs.
pub static PLAIN: Quirks = AFTER_THE_RFCS;

const AFTER_THE_RFCS: Quirks = Quirks {
    name: "practice",
    title: "the RFCs",
    scopes: &SCOPES,
    scope_names: "the scopes here are read:user and user:email",
    user_scope: "read:user",
    granted: &[],
    unknown_scope_denied: false,
    iss: true,
    pkce_for_all: false,
    denial_page: false,
    long: false,
    token_path: "/token",
    secret_in: SecretIn::Either,
    raw_basic: false,
    secret: "workshop-secret",
    form_unless_json: false,
    errors_under_200: &[],
    commas: false,
    token_type: "Bearer",
    expires_in: ExpiresIn::Number,
    refresh: Refresh::Always,
    wants_user_agent: false,
    user: shapes::plain,
    user_id: "",
    user_habit: "",
    user_type: "application/json",
    nulls: &[],
};

/// No lenience: PKCE from all clients.
pub static STRICT: Quirks =
    Quirks { name: "strict", title: "a strict provider", pkce_for_all: true, ..AFTER_THE_RFCS };

/// A known provider: most have no document that says that they send `iss`.
const KNOWN: Quirks = Quirks { iss: false, ..AFTER_THE_RFCS };

const NOT_FILLED_IN: &[(&str, &str)] = &[("ada", "bio"), ("zoe", "name")];

static GITHUB: Quirks = Quirks {
    name: "github",
    title: "GitHub",
    iss: true,
    secret_in: SecretIn::Form,
    form_unless_json: true,
    errors_under_200: &[
        ("invalid_grant", "bad_verification_code"),
        ("invalid_client", "incorrect_client_credentials"),
    ],
    commas: true,
    token_type: "bearer",
    expires_in: ExpiresIn::Absent,
    refresh: Refresh::Never,
    wants_user_agent: true,
    nulls: NOT_FILLED_IN,
    ..KNOWN
};

static GITLAB: Quirks = Quirks {
    name: "gitlab",
    title: "GitLab",
    scopes: &[Scope { name: "read_user", ..PERSON }, Scope { name: "email", ..EMAIL }],
    scope_names: "the scopes here are read_user and email",
    user_scope: "read_user",
    granted: &[("read_user", "read_user profile")],
    user: shapes::gitlab,
    nulls: NOT_FILLED_IN,
    ..KNOWN
};

static GOOGLE: Quirks = Quirks {
    name: "google",
    title: "Google",
    iss: true,
    scopes: &[
        Scope { name: "profile", ..PERSON },
        Scope {
            name: "openid",
            meaning: "Know that it is you",
            limit: "It gets a number that stands for you here, and nothing else.",
        },
        Scope { name: "email", ..EMAIL },
    ],
    scope_names: "the scopes here are openid, profile and email",
    user_scope: "profile",
    granted: &[("profile", "https://www.googleapis.com/auth/userinfo.profile")],
    refresh: Refresh::FirstConsent,
    user: shapes::google,
    user_habit: "the id is called sub and is a string, the picture is called picture.",
    ..KNOWN
};

static SPOTIFY: Quirks = Quirks {
    name: "spotify",
    title: "Spotify",
    scopes: &[Scope { name: "user-read-email", ..EMAIL }],
    scope_names: "the scope here is user-read-email",
    user_scope: "",
    secret_in: SecretIn::Header,
    user: shapes::spotify,
    user_id: "account_id",
    user_habit: "the id is called account_id, the name is called display_name, the picture is the url of the first of images.",
    ..KNOWN
};

static VIMEO: Quirks = Quirks {
    name: "vimeo",
    title: "Vimeo",
    scopes: &[Scope { name: "public", ..PERSON }, Scope { name: "email", ..EMAIL }],
    scope_names: "the scopes here are public and email",
    user_scope: "public",
    secret_in: SecretIn::Header,
    user: shapes::vimeo,
    user_id: "uri",
    user_habit: "there is no id but a uri, whose last part it is; the picture comes in sizes; the type is Vimeo's own.",
    user_type: "application/vnd.vimeo.user+json",
    ..KNOWN
};

static DISCORD: Quirks = Quirks {
    name: "discord",
    title: "Discord",
    scopes: &[Scope { name: "identify", ..PERSON }, Scope { name: "email", ..EMAIL }],
    scope_names: "the scopes here are identify and email",
    user_scope: "identify",
    user: shapes::discord,
    user_habit: "the name is called global_name, the id is a string, and avatar is a hash and no address.",
    ..KNOWN
};

static TRELLO: Quirks = Quirks {
    name: "trello",
    title: "Trello",
    scopes: &[
        Scope { name: "read:member:trello", ..PERSON },
        Scope { name: "read:account:trello", ..EMAIL },
    ],
    scope_names: "the scopes here are read:member:trello and read:account:trello",
    user_scope: "read:member:trello",
    refresh: Refresh::Never,
    user: shapes::trello,
    user_habit: "the name is called fullName, the id is a string, and the picture's address needs a size at its end.",
    ..KNOWN
};

/// Habits seen at servers that have no preset, all at once: what a client has to be ready for.
static ODD: Quirks = Quirks {
    name: "odd",
    title: "an odd server",
    unknown_scope_denied: true,
    denial_page: true,
    long: true,
    token_path: "/token/",
    raw_basic: true,
    secret: "100%-workshop/secret+",
    expires_in: ExpiresIn::Text,
    token_type: "BEARER",
    nulls: NOT_FILLED_IN,
    ..AFTER_THE_RFCS
};
