//! Step 3: ask who the user is.
//!
//! The access token is all that the API wants to see: whoever bears it may ask. So it travels in one
//! header, over TLS, to the address from our configuration and no other; never in a URL, where
//! histories and logs would keep it.
//!
//! ```text
//! access token  ->  GET with Authorization: Bearer  ->  id, name, bio, avatar URL
//! ```
//!
//! Specification: [RFC 6750 §2.1, §3]. Next: `steps/step3.rs`, where all three steps are one program.
//!
//! [RFC 6750 §2.1, §3]: https://www.rfc-editor.org/rfc/rfc6750#section-2.1

use serde_json::Value;

use crate::client::Client;
use crate::error::Error;
use crate::http::fields::Fields;
use crate::http::{Request, Response};

/// The members of the answer that [`read_user`] reads. The programs show no others of a real person.
pub const MEMBERS: [&str; 4] = ["id", "name", "bio", "avatar_url"];

/// The user, as the provider describes them.
#[derive(Clone)]
pub struct User {
    /// Who it is. Names and e-mail addresses change hands; this stays, at this one provider.
    pub id: String,
    /// The name to show, if the user gave one.
    pub name: Option<String>,
    /// What the user says of themselves.
    pub bio: Option<String>,
    /// Where a picture of the user is.
    pub avatar_url: Option<String>,
    /// The whole answer.
    pub raw: Value,
}

/// The request for the user's information.
pub fn user_info_request(client: &Client, access_token: &str) -> Request {
    // Older texts write `token` in the place of `Bearer`: GitHub's word before there was RFC 6750.
    Request::get(&client.user_info_endpoint)
        .with_header("Authorization", &format!("Bearer {access_token}"))
}

/// Reads the answer to [`user_info_request`].
///
/// # Errors
///
/// [`Error::UserInfoRefused`] for 401 and 403, [`Error::BadUserResponse`] when it is not a user.
pub fn read_user(response: &Response) -> Result<User, Error> {
    match response.status {
        200 => (),
        // The reason stands in `WWW-Authenticate: Bearer error="…"` (RFC 6750 §3).
        status @ (401 | 403) => {
            let error = response.challenge("error");
            let description = response.challenge("error_description");
            return Err(Error::UserInfoRefused { status, error, description });
        }
        status => return Err(Error::BadUserResponse(format!("HTTP {status}"))),
    }
    let fields = Fields::read(response).map_err(Error::BadUserResponse)?;
    if fields.from_form {
        return Err(Error::BadUserResponse("it is a form, not JSON".into()));
    }
    let text = |name| fields.text(name).map_err(Error::BadUserResponse);
    Ok(User {
        id: id(&fields)?,
        name: text("name")?,
        bio: text("bio")?,
        avatar_url: text("avatar_url")?,
        raw: fields.into_json(),
    })
}

/// A number at some providers and a text at others. We only ever compare it, so it becomes text.
fn id(fields: &Fields) -> Result<String, Error> {
    match fields.get("id") {
        Some(Value::String(id)) if !id.is_empty() => Ok(id.clone()),
        Some(Value::Number(id)) if id.is_u64() || id.is_i64() => Ok(id.to_string()),
        // Everybody without an id would be the same user.
        _ => Err(Error::BadUserResponse("it has no id".into())),
    }
}
