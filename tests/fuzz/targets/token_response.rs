//! The token response: a token that comes out fits into a header, whatever went in.
#![no_main]
use libfuzzer_sys::fuzz_target;
use oauth2_by_hand::fetch_token::read_token;
use oauth2_by_hand::http::Response;

const TYPES: [&str; 4] =
    ["application/json", "application/x-www-form-urlencoded", "Application/JSON; x=y", "text/html"];

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, body)) = bytes.split_first() else { return };
    let status = [200, 200, 200, 400, 302, 500][usize::from(choice / 4) % 6];
    let response = Response::new(status, TYPES[usize::from(choice % 4)], body);
    match read_token(&response) {
        Ok(token) => {
            assert_eq!(status, 200);
            assert!(!token.access_token.is_empty());
            assert!(token.access_token.bytes().all(|byte| byte.is_ascii_graphic()));
            assert!(token.token_type.eq_ignore_ascii_case("bearer"));
            let _ = (token.expires_in, token.remarks);
        }
        Err(error) => assert!(!error.to_string().contains(['\u{1b}', '\r', '\u{202e}'])),
    }
    let _ = response.to_string();
});
