//! The two scopes of the practice provider, and what each means in plain words.
//!
//! A scope is a name for a permission. The application asks with the name; the person answers
//! to the meaning. A consent page that shows only the name asks for consent to something
//! that the user does not understand, so name and meaning are kept together here.
//!
//! Specification: [RFC 6749 §3.3]. Which names exist is for each provider to say; these are GitHub's.
//!
//! [RFC 6749 §3.3]: https://www.rfc-editor.org/rfc/rfc6749#section-3.3

/// One permission that an application can ask for.
#[derive(Debug, PartialEq, Eq)]
pub struct Scope {
    /// How it is spelled in `scope=`: case-sensitive, without a space.
    pub name: &'static str,
    /// What it allows, as the person would say it.
    pub meaning: &'static str,
    /// What it does not allow, because that is the next question.
    pub limit: &'static str,
}

/// What a login is for: who the user is.
pub const PERSON: Scope = Scope {
    name: "read:user",
    meaning: "See your name, bio and picture",
    limit: "It can look and change nothing. It never sees your password.",
};

/// The user's e-mail address, which a login can do without.
pub const EMAIL: Scope = Scope {
    name: "user:email",
    meaning: "See your e-mail address",
    limit: "It cannot read your mail, or send any as you.",
};

/// Every scope there is. The first is the one that is meant when none is asked for.
pub const SCOPES: [Scope; 2] = [PERSON, EMAIL];

/// The scope of that name, letter for letter.
pub fn scope(name: &str) -> Option<&'static Scope> {
    SCOPES.iter().find(|scope| scope.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_scope_is_found_by_its_name() {
        assert_eq!(scope("read:user").map(|s| s.meaning), Some("See your name, bio and picture"));
        assert_eq!(scope("user:email").map(|s| s.meaning), Some("See your e-mail address"));
    }

    /// RFC 6749 §3.3: scope values are case-sensitive.
    #[test]
    fn nothing_else_is_a_scope() {
        for name in ["", "user", "repo", "READ:USER", "read:user ", "read:user user:email"] {
            assert_eq!(scope(name), None, "{name:?}");
        }
    }
}
