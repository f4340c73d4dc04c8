//! Where providers keep the user: the same four things under many names.
//!
//! No RFC says what a user looks like. So there is one list of the names that providers use, read
//! from left to right until one of them holds something. It is the same list for every provider:
//! what a server sends decides, not what it is called.
//!
//! ```text
//! {"sub": "10769150350006150715113082367", "picture": "https://…"}  ->  id, avatar URL
//! ```
//!
//! Specification: none; [OpenID Connect Core §5.1] for `sub` and `picture`. Next: `steps/step3.rs`.
//!
//! [OpenID Connect Core §5.1]: https://openid.net/specs/openid-connect-core-1_0.html#StandardClaims

use serde_json::Value;

use crate::http::fields::Fields;

/// Names of who it is. Spotify documents `account_id` as the one that stays, and keeps `id` beside it.
const ID: &[&str] = &["account_id", "id", "sub"];

/// Names of the name to show: GitHub and most, Spotify, Discord, and Discord without a display name.
const NAME: &[&str] = &["name", "display_name", "global_name", "username"];

/// Names of the picture's address: GitHub and GitLab, OpenID Connect, Spotify. Discord's `avatar` is
/// none of them: it is a hash.
const AVATAR_URL: &[&str] = &["avatar_url", "picture", "images/0/url"];

/// A number at some providers and a text at others. We only ever compare it, so it becomes text.
pub(super) fn id(fields: &Fields) -> Result<String, String> {
    let found = ID.iter().find_map(|name| fields.get(name));
    match found {
        Some(Value::String(id)) if !id.is_empty() => Ok(id.clone()),
        Some(Value::Number(id)) if id.is_u64() || id.is_i64() => Ok(id.to_string()),
        None => last_part_of_uri(fields).ok_or_else(|| "it has no id".into()),
        // Everybody without an id would be the same user.
        Some(_) => Err("it has no id".into()),
    }
}

pub(super) fn name(fields: &Fields) -> Result<Option<String>, String> {
    first_text(fields, NAME)
}

pub(super) fn bio(fields: &Fields) -> Result<Option<String>, String> {
    fields.text("bio")
}

pub(super) fn avatar_url(fields: &Fields) -> Result<Option<String>, String> {
    Ok(first_text(fields, AVATAR_URL)?.or_else(|| largest_picture(fields)))
}

/// The first of the members that holds a text. One that holds something else is an error, not skipped.
fn first_text(fields: &Fields, names: &[&str]) -> Result<Option<String>, String> {
    for name in names {
        if let Some(text) = fields.text(name)? {
            return Ok(Some(text));
        }
    }
    Ok(None)
}

/// Vimeo has no id but an address: `"uri": "/users/152184"`.
fn last_part_of_uri(fields: &Fields) -> Option<String> {
    let (_, last) = fields.get("uri")?.as_str()?.rsplit_once('/')?;
    Some(last.to_owned()).filter(|last| !last.is_empty())
}

/// Vimeo has one picture in several sizes: `"pictures": {"sizes": [{"width": 30, "link": "https://…"}, …]}`.
fn largest_picture(fields: &Fields) -> Option<String> {
    let sizes = fields.get("pictures/sizes")?.as_array()?;
    let width = |size: &&Value| size.get("width").and_then(Value::as_u64);
    let link = sizes.iter().max_by_key(width)?.get("link")?.as_str()?;
    Some(link.to_owned()).filter(|link| !link.is_empty())
}
