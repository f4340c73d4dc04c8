//! What to notice in each message: the lesson in a few lines, beside the real thing.

use oauth2_by_hand::http::Response;
use oauth2_by_hand::http::fields;

/// What a message is, and what to look at.
pub struct Notice {
    /// Printed above the message.
    pub title: &'static str,
    /// Printed below it. A line that begins with a name and two spaces is about the parameter, header or member of
    /// that name, and is printed only if the message has it.
    pub lines: &'static str,
}

impl Notice {
    /// The same for an answer. In a refusal there is nothing of this to notice. Some servers send a refusal
    /// with the status 200.
    pub fn of_answer(self, response: &Response) -> Notice {
        if response.status == 200 && fields::refusal(response).0.is_empty() {
            return self;
        }
        Notice { lines: "The answer is no. Its body, or a header, says why.", ..self }
    }

    /// What there is to notice in the part of that name; empty if nothing.
    pub fn of(&self, name: &str) -> &'static str {
        self.rows().find(|(known, _)| *known == name).map_or("", |(_, words)| words)
    }

    /// The names, each with what to notice; a remark about the whole message has no name.
    pub fn rows(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.lines.lines().map(|line| line.split_once("  ").unwrap_or(("", line)))
    }
}

/// Of the request for the metadata.
pub const METADATA_REQUEST: Notice = Notice {
    title: "the metadata request",
    lines: "\
The well-known part is inserted between the issuer's host and its path.
It carries nothing of ours: anyone may read the metadata.",
};

/// Of the same request at OpenID Connect's address.
pub const OPENID_METADATA_REQUEST: Notice = Notice {
    title: "the same, at OpenID Connect's address",
    lines: "\
Here the well-known part follows the issuer's path. This rule is the older one.",
};

/// Of the metadata.
pub const METADATA: Notice = Notice {
    title: "the metadata",
    lines: "\
issuer  It has to be what we asked for, character by character.
token_endpoint  Where our secret will go. Each address is checked as if you had typed it.
code_challenge_methods_supported  With S256 in it, the provider checks our code challenge.",
};

/// Of a message that is explained elsewhere.
pub const NOTHING: Notice = Notice { title: "", lines: "" };

/// Of the authorization URL.
pub const AUTHORIZATION_URL: Notice = Notice {
    title: "the authorization request",
    lines: "\
response_type  We ask for a code, which the browser may carry, and not for a token.
client_id  Who asks: the name that this program got when it was registered.
redirect_uri  Where the provider is to send the browser back to: this program.
scope  What we ask for. The user sees it in plain words.
state  A random value. It has to come back unchanged, with the answer.
code_challenge  The hash of the code_verifier, which only this program knows.
code_challenge_method  How it was hashed: SHA-256.",
};

/// Of the redirect.
pub const REDIRECT: Notice = Notice {
    title: "the redirect",
    lines: "\
code  Good once, for us only, and not for long.
state  It is ours, so this is the answer to our request.
iss  Names the provider that sent it.",
};

/// Of the token request.
pub const TOKEN_REQUEST: Notice = Notice {
    title: "the token request",
    lines: "\
grant_type  Which of OAuth's grants this is.
code  What the browser brought.
redirect_uri  The same as in step 1. The code is good for this address only.
code_verifier  The provider has its hash. Only this program can know it.
client_id  Who asks.
client_secret  Shows that it is really us. It was never in the browser.
Authorization  Client ID and client secret, in base64: it shows that it is really us.
The browser is not involved any more: the client itself asks the provider.",
};

/// Of the token response.
pub const TOKEN_RESPONSE: Notice = Notice {
    title: "the token response",
    lines: "\
access_token  Anyone who has it may ask. Guard it like a password.
cache-control  With no-store, no cache on the way may keep the answer.",
};

/// Of the request for the user.
pub const USER_REQUEST: Notice = Notice {
    title: "the request for the user",
    lines: "\
Authorization  The access token, in a header and never in a URL.",
};

/// Of the user.
pub const USER_RESPONSE: Notice = Notice {
    title: "the user",
    lines: "\
id  Who it is. Keep this one: it never changes.
sub  Who it is. Keep this one: it never changes.
name  What to show. It may change any day.",
};

/// Of the request for a new access token.
pub const REFRESH_REQUEST: Notice = Notice {
    title: "the refresh request",
    lines: "\
grant_type  Another grant than before: the user is not asked, and no browser is needed.
refresh_token  Only the token endpoint may see it, and never an API.
client_secret  The client shows who it is, as it did for the code.
Authorization  The client shows who it is, as it did for the code.",
};

/// Of the answer to that.
pub const REFRESH_RESPONSE: Notice = Notice {
    title: "the refresh response",
    lines: "\
access_token  A new one. It can do what the first one could, or less.
refresh_token  It takes the place of the old one.",
};

/// Of the request that revokes a token.
pub const REVOCATION_REQUEST: Notice = Notice {
    title: "the revocation request",
    lines: "\
token  The refresh token. With it go all tokens of this login.
token_type_hint  Where the provider is to look first. It is no more than a hint.",
};

/// Of the answer to that.
pub const REVOCATION_RESPONSE: Notice = Notice {
    title: "the revocation response",
    lines: "\
The token is no longer valid. One that never was valid gets the same answer.",
};

/// Of a redirect that says no.
pub const REFUSAL: Notice = Notice {
    title: "the redirect",
    lines: "\
state  It is ours, so this is the answer to our request.
error  The answer is no.",
};
