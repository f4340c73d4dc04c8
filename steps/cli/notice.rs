//! What to notice in each message: the lesson in a few lines, beside the real thing.

/// Below the authorization URL.
pub const AUTHORIZATION_URL: &str = "\
response_type=code  we want a code, which the browser may carry; not a token
redirect_uri        where the browser is to come back to: this program
scope               what we ask for; the person sees it in plain words
state               comes back as it is, and shows that we started this login
code_challenge      the hash of a secret that only this program has";

/// Below the redirect.
pub const REDIRECT: &str = "\
state  is ours, so this is the answer to our question
iss    names the provider that sent it
code   is worth nothing alone: it is good once, for us, and not for long";

/// Below the token request.
pub const TOKEN_REQUEST: &str = "\
code           what the browser brought
redirect_uri   once more, to the byte
code_verifier  the secret whose hash the provider knows already
The browser is not in the middle any more: here the client shows who it is.";

/// Below the token response.
pub const TOKEN_RESPONSE: &str = "\
access_token   whoever has it may ask; guard it like a password
cache-control  no-store: no cache on the way may keep it";

/// Below the request for the user.
pub const USER_REQUEST: &str = "\
Authorization  the access token, in a header and never in a URL";

/// Below the user.
pub const USER_RESPONSE: &str = "\
id    who it is: keep this one, it never changes
name  what to show: it may change any day";

/// Below a redirect that says no.
pub const REFUSAL: &str = "\
state  is ours, so this is the answer to our question
error  and the answer is no";
