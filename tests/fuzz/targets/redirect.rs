//! The redirect: whatever it says, a code comes out only with our state and issuer, each once.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use oauth2_by_hand::Client;
use oauth2_by_hand::authorize::read_redirect;
use oauth2_by_hand::client::settings;
use oauth2_by_hand::practice::Provider;

const ISSUER: &str = "http://127.0.0.1:9000";
const STATE: &str = "state";

static CLIENT: LazyLock<Client> = LazyLock::new(|| {
    let own =
        Provider::new(ISSUER).settings().into_iter().map(|(name, value)| (name.to_owned(), value));
    settings::client(&own.collect()).expect("the practice provider's own settings are good")
});

fuzz_target!(|query: &str| {
    let outcome = read_redirect(query, &CLIENT, STATE);
    if let Err(error) = &outcome {
        assert!(!error.to_string().contains(['\u{1b}', '\r', '\u{202e}']));
    }
    let Ok(code) = outcome else { return };
    // Another reader sees the same, and only once.
    let pairs: Vec<(String, String)> =
        form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let all = |name: &str| -> Vec<&str> {
        pairs.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str()).collect()
    };
    assert_eq!(all("state"), [STATE]);
    assert_eq!(all("iss"), [ISSUER]);
    assert_eq!(all("code"), [code.as_str()]);
    assert!(all("error").concat().is_empty());
    assert!(!code.is_empty() && code.bytes().all(|byte| (0x20..=0x7e).contains(&byte)));
});
