//! The user response: whoever comes out has an id.
#![no_main]

use libfuzzer_sys::fuzz_target;
use oauth2_by_hand::client::settings;
use oauth2_by_hand::get_user_info::{members, read_user};
use oauth2_by_hand::http::Response;
use oauth2_by_hand::show::mask::Mask;

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, body)) = bytes.split_first() else { return };
    let status = [200, 200, 200, 200, 401, 403, 500][usize::from(choice / 2) % 7];
    let challenge = String::from_utf8_lossy(body).replace(['\r', '\n'], " ");
    let response = Response::new(
        status,
        ["application/json", "application/x+json"][usize::from(choice % 2)],
        body,
    )
    .with_header("www-authenticate", &challenge);
    let url = "https://example.com/";
    let own = [
        ("OAUTH_CLIENT_ID", "id"),
        ("OAUTH_AUTHORIZE_URL", url),
        ("OAUTH_TOKEN_URL", url),
        ("OAUTH_USERINFO_URL", url),
        // The way of most providers, and Vimeo's.
        ("OAUTH_USER_ID", if choice % 3 == 0 { "uri" } else { "" }),
    ];
    let client = settings::client(&own.map(|(name, value)| (name.into(), value.into())).into());
    let client = client.unwrap();
    match read_user(&response, &client) {
        Ok(user) => assert!(status == 200 && !user.id.is_empty()),
        Err(error) => assert!(!error.to_string().contains(['\u{1b}', '\r', '\u{202e}'])),
    }
    // What is printed of it cannot control a terminal.
    let shown = Mask::hiding().response(&response, &members(&client));
    assert!(!shown.contains(['\u{1b}', '\r', '\u{202e}']));
});
