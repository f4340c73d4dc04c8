//! Step 3: ask who the user is.
//!
//! The API asks for the access token only: a client that has it may ask. So it is sent in one
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

mod members;

pub use members::members;

use crate::client::Client;
use crate::error::Error;
use crate::http::fields::{self, Fields};
use crate::http::{Request, Response};

/// The user, as the provider describes them.
#[derive(Clone)]
pub struct User {
    /// Who it is. Names and e-mail addresses can pass to another person; this cannot, at this one provider.
    pub id: String,
    /// The name to show, if the user gave one.
    pub name: Option<String>,
    /// What the user says of themselves.
    pub bio: Option<String>,
    /// Where a picture of the user is.
    pub avatar_url: Option<String>,
    /// What was left out, because it was not of the type that we understand.
    pub remarks: Vec<String>,
}

/// The request for the user's information.
#[doc = include_str!("get_user_info/example.md")]
pub fn user_info_request(client: &Client, access_token: &str) -> Request {
    // Older documents have `token` instead of `Bearer`: GitHub's scheme before RFC 6750 existed.
    Request::get(&client.user_info_endpoint)
        .with_header("Authorization", &format!("Bearer {access_token}"))
}

/// Reads the answer to [`user_info_request`].
///
/// # Errors
///
/// [`Error::UserInfoRefused`] when the API says why, or for 401 and 403; [`Error::Unavailable`] when it has trouble,
/// [`Error::BadUserResponse`] when the answer is not a user.
pub fn read_user(response: &Response, client: &Client) -> Result<User, Error> {
    // Before the status: some APIs send errors under 200.
    let (error, description) = fields::refusal(response);
    let status = response.status;
    if response.is_unavailable(&error) {
        return Err(Error::Unavailable { endpoint: "API", status, description });
    }
    let says_why = !error.is_empty() || (status >= 400 && !description.is_empty());
    if says_why || matches!(status, 401 | 403) {
        return Err(Error::UserInfoRefused { status, error, description });
    }
    if status != 200 {
        return Err(Error::BadUserResponse(format!("HTTP {status}")));
    }
    // Each provider has names of its own for these four (`get_user_info/members.rs`).
    let fields = Fields::read_json(response).map_err(Error::BadUserResponse)?;
    let mut remarks = Vec::new();
    Ok(User {
        id: members::id(&fields, &client.user_id_members).map_err(Error::BadUserResponse)?,
        name: members::name(&fields, &mut remarks),
        bio: members::bio(&fields, &mut remarks),
        avatar_url: members::avatar_url(&fields, &mut remarks),
        remarks,
    })
}
