//! What to notice in each message: the lesson in a few lines, beside the real thing.

use oauth2_by_hand::http::Response;
use oauth2_by_hand::http::fields::Fields;

/// What a message is, and what to look at.
pub struct Notice {
    /// Stands above the message.
    pub title: &'static str,
    /// Stands below it.
    pub lines: &'static str,
}

impl Notice {
    /// The same for an answer; one that says no has nothing of what there is to notice. Some servers
    /// say it under 200.
    pub fn of_answer(self, response: &Response) -> Notice {
        let says_error = Fields::read(response).is_ok_and(|fields| fields.get("error").is_some());
        if response.status == 200 && !says_error {
            return self;
        }
        Notice { lines: "The answer is no. Its body, or a header, says why.", ..self }
    }
}

/// Of the request for the metadata.
pub const METADATA_REQUEST: Notice = Notice {
    title: "the metadata request",
    lines: "\
GET  the well-known part is inserted between the issuer's host and its path
It carries nothing of ours: the metadata is public.",
};

/// Of the same request at OpenID Connect's address.
pub const OPENID_METADATA_REQUEST: Notice = Notice {
    title: "the same, at OpenID Connect's address",
    lines: "\
GET  here the well-known part follows the issuer's path: it is the older rule",
};

/// Of the metadata.
pub const METADATA: Notice = Notice {
    title: "the metadata",
    lines: "\
issuer        has to be what we asked for, character by character
…_endpoint    the addresses: each is checked as if you had typed it
…_supported   what the provider can do",
};

/// Of the authorization URL.
pub const AUTHORIZATION_URL: Notice = Notice {
    title: "the authorization request",
    lines: "\
response_type=code  we want a code, which the browser may carry; not a token
redirect_uri        where the browser is to come back to: this program
scope               what we ask for; the person sees it in plain words
state               comes back as it is, and shows that we started this login
code_challenge      the hash of a secret that only this program has",
};

/// Of the redirect.
pub const REDIRECT: Notice = Notice {
    title: "the redirect",
    lines: "\
state  is ours, so this is the answer to our question
iss    names the provider that sent it
code   is worth nothing alone: it is good once, for us, and not for long",
};

/// Of the token request.
pub const TOKEN_REQUEST: Notice = Notice {
    title: "the token request",
    lines: "\
code           what the browser brought
redirect_uri   once more, to the byte
code_verifier  the secret whose hash the provider knows already
The browser is not in the middle any more: here the client shows who it is.",
};

/// Of the token response.
pub const TOKEN_RESPONSE: Notice = Notice {
    title: "the token response",
    lines: "\
access_token   whoever has it may ask; guard it like a password
cache-control  no-store: no cache on the way may keep it",
};

/// Of the request for the user.
pub const USER_REQUEST: Notice = Notice {
    title: "the request for the user",
    lines: "\
Authorization  the access token, in a header and never in a URL",
};

/// Of the user.
pub const USER_RESPONSE: Notice = Notice {
    title: "the user",
    lines: "\
id    who it is: keep this one, it never changes
name  what to show: it may change any day",
};

/// Of the request for a new access token.
pub const REFRESH_REQUEST: Notice = Notice {
    title: "the refresh request",
    lines: "\
grant_type     refresh_token: the user is not asked, and no browser is needed
refresh_token  only the token endpoint may see it, never an API
The client shows who it is again, as it did for the code.",
};

/// Of the answer to that.
pub const REFRESH_RESPONSE: Notice = Notice {
    title: "the refresh response",
    lines: "\
access_token   a new one; it can do what the first one could, or less
refresh_token  if there is one, it takes the place of the old one",
};

/// Of the request that revokes a token.
pub const REVOCATION_REQUEST: Notice = Notice {
    title: "the revocation request",
    lines: "\
token            the refresh token: with it go all tokens of this login
token_type_hint  where the provider is to look first; no more than a hint",
};

/// Of the answer to that.
pub const REVOCATION_RESPONSE: Notice = Notice {
    title: "the revocation response",
    lines: "\
200  the token is no longer valid. One that never was gets the same answer,
     since nobody can use it either.",
};

/// Of a redirect that says no.
pub const REFUSAL: Notice = Notice {
    title: "the redirect",
    lines: "\
state  is ours, so this is the answer to our question
error  and the answer is no",
};
