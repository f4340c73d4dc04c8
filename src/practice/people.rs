//! The two people of the practice provider.
//!
//! A workshop needs users to log in as, and no real accounts. So these two are made up,
//! and they never change: a screenshot of last year still fits. Their ids are numbers that stay,
//! as at a real provider, where a login name can be given up and taken by another person;
//! a client that remembers people remembers the id.

/// One account. All of it is fiction, and its e-mail address is one that no person can own (RFC 2606 §3).
#[derive(Debug, PartialEq, Eq)]
pub struct Person {
    /// Never changes and is never given to another person: the key to store.
    pub id: u64,
    /// The name that she types to log in. Elsewhere such a name can pass to another person.
    pub login: &'static str,
    /// The name that she goes by, as plain text.
    pub name: &'static str,
    /// A line about herself, as plain text, if she wrote one.
    pub bio: Option<&'static str>,
    /// Shown only to an application with the scope `user:email`.
    pub email: &'static str,
    /// Her portrait: an SVG document, to serve as `image/svg+xml`.
    pub avatar: &'static str,
}

/// All people with an account. The first is the one that the consent page suggests.
pub const PEOPLE: [Person; 2] = [
    Person {
        id: 1815,
        login: "ada",
        name: "Ada Winter",
        bio: Some("Keeps bees and very tidy notebooks."),
        email: "ada@example.org",
        avatar: include_str!("pages/ada.svg"),
    },
    Person {
        id: 1906,
        login: "zoe",
        name: "Zoë Okoro",
        bio: Some("Mends old radios & bakes on Sundays."),
        email: "zoe@example.org",
        avatar: include_str!("pages/zoe.svg"),
    },
];

/// The person who logs in as `login`, letter for letter.
pub fn person(login: &str) -> Option<&'static Person> {
    PEOPLE.iter().find(|person| person.login == login)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_person_is_found_by_her_login_name() {
        assert_eq!(person("ada").map(|ada| ada.id), Some(1815));
        assert_eq!(person("zoe").map(|zoe| zoe.name), Some("Zoë Okoro"));
    }

    #[test]
    fn nobody_is_found_by_any_other_name() {
        for login in ["", "Ada", "ada ", "ada\0", "1815", "ada@example.org", "mallory"] {
            assert_eq!(person(login), None, "{login:?}");
        }
    }

    #[test]
    fn no_id_and_no_login_name_is_shared() {
        let [ada, zoe] = &PEOPLE;

        assert_ne!(ada.id, zoe.id);
        assert_ne!(ada.login, zoe.login);
    }

    #[test]
    fn a_login_name_goes_into_a_url_as_it_is() {
        assert!(PEOPLE.iter().all(|person| person.login.bytes().all(|b| b.is_ascii_lowercase())));
    }

    /// A portrait is opened on its own, too: it must not be able to run or to fetch anything.
    #[test]
    fn a_portrait_is_only_shapes() {
        for Person { avatar, .. } in &PEOPLE {
            assert!(avatar.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox="));
            for foreign in
                ["<script", "<text", "<image", "<foreignObject", "href", "style", "url(", " on"]
            {
                assert!(!avatar.contains(foreign), "{foreign}");
            }
        }
    }
}
