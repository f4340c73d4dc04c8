//! What the program `refresh` shares with no other: what it says of tokens that change and end.

use super::{Cli, Failure, when_it_expires};
use oauth2_by_hand::Error;
use oauth2_by_hand::fetch_token::Token;
use oauth2_by_hand::get_user_info::User;

impl Cli {
    /// Not every provider gives one, and not with every login.
    pub fn say_no_refresh_token(&self) -> Result<(), Failure> {
        self.screen.note(
            "This provider gave no refresh token, so there is nothing to refresh and no family of tokens to \
             revoke: when the access token ends, the user logs in again (RFC 6749 §1.5).",
        )
    }

    /// What a refresh has changed.
    pub fn show_refreshed(&mut self, old: &Token, new: &Token) -> Result<(), Failure> {
        self.learn(new);
        let changed = |is_new| if is_new { "another one" } else { "the same as before" };
        let is_rotated = new.refresh_token != old.refresh_token;
        self.screen.say("What has changed, without the user:")?;
        self.screen.table(&[
            ("access token", changed(new.access_token != old.access_token)),
            ("it expires", &when_it_expires(new)),
            ("refresh token", changed(is_rotated)),
            ("scope", changed(new.scope != old.scope)),
        ])?;
        if is_rotated {
            self.screen.note(
                "The old refresh token is used up. If it is sent once more, two parties have it, and the provider \
                 revokes the tokens of both (RFC 9700 §4.14.2).",
            )?;
        }
        Ok(())
    }

    /// RFC 7009 is an extension, and some providers do without it.
    pub fn say_no_revocation(&self) -> Result<(), Failure> {
        self.screen.note(
            "OAUTH_REVOCATION_URL is not set: this provider has no revocation endpoint that we know of. Its \
             tokens stay valid until they expire, or until you remove the application in your account there.",
        )
    }

    /// What the API says to the access token after the refresh token was revoked.
    pub fn show_revoked(&self, answer: Result<User, Error>) -> Result<(), Failure> {
        match answer {
            Err(Error::UserInfoRefused { status: 401, .. }) => {
                self.screen.say("401: with the refresh token its access tokens have ended, too.")
            }
            Ok(_) => self.screen.note(
                "The refresh token is revoked, but the API still takes the access token. It is self-contained: the \
                 API reads it without asking the provider, until it expires (RFC 7009 §3). So it should expire soon.",
            ),
            Err(error) => Err(error.into()),
        }
    }
}
