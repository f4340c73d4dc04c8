//! The user in the shapes that the providers' APIs give.
//!
//! Every provider knows the same four things of a person and calls them as it likes. Only the members that
//! a client may look for are here, and a few that could mislead it.

use serde_json::{Value, json};

use crate::practice::people::Person;

/// The practice provider's own shape, which is GitHub's.
pub fn plain(person: &Person, issuer: &str) -> Value {
    json!({
        "id": person.id,
        "login": person.login,
        "name": person.name,
        "bio": person.bio,
        "avatar_url": avatar(person, issuer),
    })
}

pub fn gitlab(person: &Person, issuer: &str) -> Value {
    json!({
        "id": person.id,
        "username": person.login,
        "name": person.name,
        "state": "active",
        "avatar_url": avatar(person, issuer),
        "bio": person.bio,
    })
}

/// The user of OpenID Connect, which has no bio.
pub fn google(person: &Person, issuer: &str) -> Value {
    json!({
        "sub": person.id.to_string(),
        "name": person.name,
        "picture": avatar(person, issuer),
    })
}

pub fn spotify(person: &Person, issuer: &str) -> Value {
    json!({
        "account_id": person.id.to_string(),
        "display_name": person.name,
        "id": person.login,
        "images": [{ "url": avatar(person, issuer), "height": 300, "width": 300 }],
        "type": "user",
        "uri": format!("spotify:user:{}", person.login),
    })
}

pub fn vimeo(person: &Person, issuer: &str) -> Value {
    let size = |width: u32| json!({ "width": width, "height": width, "link": format!("{}&size={width}", avatar(person, issuer)) });
    json!({
        "uri": format!("/users/{}", person.id),
        "name": person.name,
        "bio": person.bio,
        "pictures": { "active": true, "sizes": [size(30), size(300), size(75)] },
    })
}

/// Here `avatar` is a hash, from which a client would have to build an address.
pub fn discord(person: &Person, _: &str) -> Value {
    json!({
        "id": person.id.to_string(),
        "username": person.login,
        "global_name": person.name,
        "avatar": "8c7d6f5e4b3a29180f1e2d3c4b5a6978",
    })
}

/// The picture's address is a base, to which a client adds a size.
pub fn trello(person: &Person, issuer: &str) -> Value {
    json!({
        "id": format!("{:024x}", person.id),
        "username": person.login,
        "fullName": person.name,
        "bio": person.bio,
        "avatarUrl": format!("{}&size=", avatar(person, issuer)),
    })
}

fn avatar(person: &Person, issuer: &str) -> String {
    format!("{issuer}/avatar.svg?person={}", person.login)
}

/// Takes out what this person has not filled in. True if there was something.
pub fn remove_members(user: &mut Value, person: &Person, nulls: &[(&str, &str)]) -> bool {
    let mut taken = false;
    for (_, member) in nulls.iter().filter(|(login, _)| *login == person.login) {
        if let Some(value) = user.get_mut(member) {
            *value = Value::Null;
            taken = true;
        }
    }
    taken
}
