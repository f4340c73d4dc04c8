//! Where providers keep the user: the same four things under many names.
//!
//! No RFC says what a user looks like. So for name, bio and picture there is one list of the names that
//! providers use, read from left to right until one of them holds something. It is the same list for every
//! provider. Which member is the id is not guessed: the same name is a person at one provider and a
//! company at another, so the configuration says it (`OAUTH_USER_ID`).
//!
//! ```text
//! {"sub": "10769150350006150715113082367", "picture": "https://…"}  ->  id, avatar URL
//! ```
//!
//! Specification: none; [OpenID Connect Core §5.1] for `sub` and `picture`.
//!
//! [OpenID Connect Core §5.1]: https://openid.net/specs/openid-connect-core-1_0.html#StandardClaims

use serde_json::Value;

use crate::client::Client;
use crate::http::fields::Fields;

/// The members of the answer that [`read_user`](super::read_user) reads. The programs show no others of a real person.
pub fn members(client: &Client) -> Vec<&str> {
    let own = client.user_id_members.iter().map(String::as_str);
    let others = ["bio", "avatar_url", "picture", "images", "pictures", "avatarUrl"];
    own.chain(NAME.iter().copied()).chain(others).collect()
}

/// Members with the name: GitHub and most others, Spotify, Discord, Trello, and Discord without a display name.
const NAME: &[&str] = &["name", "display_name", "global_name", "fullName", "username"];

/// Names of the picture's address: GitHub and GitLab, OpenID Connect, Spotify. Discord's `avatar` is
/// none of them: it is a hash.
const AVATAR_URL: &[&str] = &["avatar_url", "picture", "images/0/url"];

/// A number at some providers and a string at others. We only ever compare it, so it becomes text.
pub(super) fn id(fields: &Fields, members: &[String]) -> Result<String, String> {
    // One person may not have two ids, so a member that cannot be used is not replaced by the next one.
    let found = members.iter().find_map(|name| Some((name.as_str(), fields.get(name)?)));
    let id = match found {
        // An address, whose last segment is the id: `"uri": "/users/152184"`.
        Some(("uri", Value::String(uri))) => {
            uri.rsplit_once('/').map_or("", |(_, last)| last).into()
        }
        Some((_, Value::String(id))) => id.clone(),
        Some((_, Value::Number(id))) if id.is_u64() || id.is_i64() => id.to_string(),
        _ => String::new(),
    };
    // All users without an id would be the same user.
    if id.is_empty() {
        return Err(format!("it has no usable {}", members.join(" or ")));
    }
    Ok(id)
}

pub(super) fn name(fields: &Fields, remarks: &mut Vec<String>) -> Option<String> {
    first_text(fields, NAME, remarks)
}

pub(super) fn bio(fields: &Fields, remarks: &mut Vec<String>) -> Option<String> {
    first_text(fields, &["bio"], remarks)
}

pub(super) fn avatar_url(fields: &Fields, remarks: &mut Vec<String>) -> Option<String> {
    let other = || largest_picture(fields).or_else(|| sized_picture(fields));
    first_text(fields, AVATAR_URL, remarks).or_else(other)
}

/// The first of the members that holds a string. They are decoration: one that holds something else is left out.
fn first_text(fields: &Fields, names: &[&str], remarks: &mut Vec<String>) -> Option<String> {
    names.iter().find_map(|name| match fields.text(name) {
        Ok(text) => text,
        Err(problem) => {
            remarks.push(format!("{problem}, and was left out"));
            None
        }
    })
}

/// Vimeo has one picture in several sizes: `"pictures": {"sizes": [{"width": 30, "link": "https://…"}, …]}`.
fn largest_picture(fields: &Fields) -> Option<String> {
    let sizes = fields.get("pictures/sizes")?.as_array()?;
    let width = |size: &&Value| size.get("width").and_then(Value::as_u64);
    let link = sizes.iter().max_by_key(width)?.get("link")?.as_str()?;
    Some(link.to_owned()).filter(|link| !link.is_empty())
}

/// Trello's address is a base, to which a size is added: `"avatarUrl": "https://…/a1b2"`.
fn sized_picture(fields: &Fields) -> Option<String> {
    let base = fields.text("avatarUrl").ok()??;
    Some(format!("{base}/170.png"))
}
