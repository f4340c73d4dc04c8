//! More bad inputs, and good ones that look bad: each with its one written outcome.
//!
//! The first rows of each table are in `redirect.rs`, `token.rs`, `user.rs` and `settings.rs`;
//! raw bytes are in `raw_bytes.rs`. `tests/README.md` counts them.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "in a test, a panic is the answer"
)]

mod common;

use common::*;
use oauth2_by_hand::Error;
use oauth2_by_hand::authorize::read_redirect;
use oauth2_by_hand::client::settings;
use oauth2_by_hand::fetch_token::read_token;
use oauth2_by_hand::get_user_info::read_user;
use oauth2_by_hand::http::Response;

const STATE: &str = "K3nsKxXm9lQy8sYHfRkQ0f2nUeTgD1iVbwzpo7jCM4E";

/// Reads a redirect, with `{S}` and `{I}` filled in.
fn redirect(query: &str) -> Result<String, Error> {
    let query = query.replace("{S}", STATE).replace("{I}", "http%3A%2F%2F127.0.0.1%3A9000");
    read_redirect(&query, &workshop(), STATE)
}

#[test]
fn redirects() {
    let code = |code: &str| Ok(code.to_owned());
    let no_text = || Err(Error::BadCode("bytes that are not UTF-8 text"));
    let no_code = || Err(Error::BadCode("it has none"));
    let bad_code = || Err(Error::BadCode("it holds characters that no code may hold"));
    let no_digits = || Err(Error::BadCode("a '%' without two hexadecimal digits"));
    let other_iss = |received: &str| {
        let (expected, received) = (ISSUER.to_owned(), received.to_owned());
        Err(Error::IssuerMismatch { expected, received })
    };
    let rows: Vec<(&str, Result<String, Error>)> = vec![
        // Good ones that look bad.
        ("code=%2B%2F%3D%25%26&state={S}&iss={I}", code("+/=%&")),
        ("code==a=&state={S}&iss={I}", code("=a=")),
        ("code=%21%7E~*'()!&state={S}&iss={I}", code("!~~*'()!")),
        ("=x&&code=a&=&&state={S}&iss={I}&==", code("a")),
        ("code=a&state={S}&iss={I}&error_uri=x&error_uri=y", code("a")),
        ("code=a&state={S}&iss={I}&Error=access_denied", code("a")),
        ("code=a&state={S}&iss={I}&error&error_description=x", code("a")),
        ("code=a&state={S}&iss={I}&%F0%9F%98%80=%E2%82%AC", code("a")),
        ("code=a;b&state={S}&iss=http://127.0.0.1:9000", code("a;b")),
        // Names that are nearly right.
        ("?code=a&state={S}&iss={I}", no_code()),
        ("CODE=a&state={S}&iss={I}", no_code()),
        ("code[]=a&state={S}&iss={I}", no_code()),
        ("code%00=a&state={S}&iss={I}", no_code()),
        ("%EF%BB%BFcode=a&state={S}&iss={I}", no_code()),
        ("code%20=a&state={S}&iss={I}", no_code()),
        ("code=a&State={S}&iss={I}", Err(Error::StateMissing)),
        ("code=a&state[]={S}&iss={I}", Err(Error::StateMissing)),
        ("code=a;state={S};iss={I}", Err(Error::StateMissing)),
        ("code=a&amp;state={S}&amp;iss={I}", Err(Error::StateMissing)),
        // States that are nearly right.
        ("code=a&state={S}%20&iss={I}", Err(Error::StateMismatch)),
        ("code=a&state={S}+&iss={I}", Err(Error::StateMismatch)),
        ("code=a&state=%2B{S}&iss={I}", Err(Error::StateMismatch)),
        ("code=a&state=%22{S}%22&iss={I}", Err(Error::StateMismatch)),
        ("code=a&state={S}%00&iss={I}", Err(Error::Encoding("a NUL character"))),
        ("code=a&state={S}%0A&iss={I}", Err(Error::StateMismatch)),
        ("code=a&state=undefined&iss={I}", Err(Error::StateMismatch)),
        ("code=a&state={S}&state=&iss={I}", Err(Error::Repeated("state"))),
        // Bytes that two readers would take for different text.
        ("code=%C0%AF&state={S}&iss={I}", no_text()),
        ("code=%ED%A0%80&state={S}&iss={I}", no_text()),
        ("code=%F8%88%80%80%80&state={S}&iss={I}", no_text()),
        ("code=%E2%82&state={S}&iss={I}", no_text()),
        ("code=%u0061&state={S}&iss={I}", no_digits()),
        ("code=% 61&state={S}&iss={I}", no_digits()),
        ("code=a&state={S}&iss={I}&%", code("a")),
        ("code=a%0D%0AX-Evil:1&state={S}&iss={I}", bad_code()),
        ("code=%7F&state={S}&iss={I}", bad_code()),
        ("code=%1B[2J&state={S}&iss={I}", bad_code()),
        ("code=%E2%80%AEa&state={S}&iss={I}", bad_code()),
        // Two answers in one.
        ("code=a&code=&state={S}&iss={I}", Err(Error::Repeated("code"))),
        ("code=a&c%6fde=a&state={S}&iss={I}", Err(Error::Repeated("code"))),
        ("error=a&error=&state={S}&iss={I}", Err(Error::Repeated("error"))),
        (
            "error=a&error_description=b&error_description=c&state={S}&iss={I}",
            Err(Error::Repeated("error_description")),
        ),
        ("code=a&state={S}&iss={I}&iss=", Err(Error::Repeated("iss"))),
        ("id_token=x&access_token=y&token_type=Bearer&state={S}&iss={I}", no_code()),
        // Issuers that are nearly right: compared exactly (RFC 9207 section 2.4).
        ("code=a&state={S}&iss=http%3A%2F%2F127.0.0.1", other_iss("http://127.0.0.1")),
        ("code=a&state={S}&iss={I}%20", other_iss("http://127.0.0.1:9000 ")),
        ("code=a&state={S}&iss=http://localhost:9000", other_iss("http://localhost:9000")),
        ("code=a&state={S}&iss=https://127.0.0.1:9000", other_iss("https://127.0.0.1:9000")),
        ("code=a&error=b&state={S}&iss=https://evil.example", other_iss("https://evil.example")),
    ];
    for (query, expected) in rows {
        assert_eq!(redirect(query), expected, "{query}");
    }
}

/// gh CVE-2026-45803: the server's text steered the terminal.
#[test]
fn the_words_of_a_server_never_steer_the_terminal() {
    for steering in ["%1B[2J", "%0D", "%07", "%C2%9B31m", "%E2%80%AE", "%E2%81%A6", "%7F", "%08"] {
        for query in [
            format!("error={steering}&state={{S}}&iss={{I}}"),
            format!("error=access_denied&error_description=a{steering}b&state={{S}}&iss={{I}}"),
            format!("code=a&state={{S}}&iss=http://x{steering}"),
        ] {
            let shown = redirect(&query).unwrap_err().to_string();
            let is_invisible =
                |c: char| oauth2_by_hand::by_hand::invisible::changes_what_is_seen(c) && c != '\n';
            assert!(!shown.contains(is_invisible), "{query}: {shown:?}");
        }
    }
}

#[test]
fn token_responses() {
    let deep = format!(
        r#"{{"access_token":"a","token_type":"Bearer","x":{}{}}}"#,
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    let long = format!(r#"{{"access_token":"{}","token_type":"Bearer"}}"#, "a".repeat(100_000));
    let json = "application/json";
    let form = "application/x-www-form-urlencoded";
    let not_json = "its body is not a JSON object";
    let no_header = "its access_token does not fit into a header";
    let twice = "a parameter of its form is there twice";
    let rows: Vec<(&str, &str, Result<&str, &str>)> = vec![
        // Good ones that look bad.
        (json, r#"{"access_token":"aB0-._~+/==","token_type":"bEARER"}"#, Ok("aB0-._~+/==")),
        (json, " \r\n\t{\"access_token\" : \"a\" , \"token_type\" : \"Bearer\"}\n ", Ok("a")),
        (json, r#"{"access_token":"\u0061","token_type":"Bearer"}"#, Ok("a")),
        (json, r#"{"access_token":"a","token_type":"Bearer","error":null}"#, Ok("a")),
        (json, r#"{"access_token":"a","token_type":"Bearer","error":""}"#, Ok("a")),
        (json, r#"{"access_token":"a","token_type":"Bearer","scope":"","x":[{}]}"#, Ok("a")),
        (json, r#"{"access_token":"a","token_type":"Bearer","expires_in":0}"#, Ok("a")),
        (json, r#"{"Access_Token":"b","access_token":"a","token_type":"Bearer"}"#, Ok("a")),
        (
            json,
            r#"{"access_token":"a","access_token":"b","token_type":"Bearer"}"#,
            Err("a member of its JSON is there twice"),
        ),
        ("application/json;charset=utf-8;x", &long, Ok(&long[17..100_017])),
        (form, "&access_token=a%2Bb%2F&&token_type=bearer&", Ok("a+b/")),
        (form, "access_token=a&token_type=bearer&error=&scope=", Ok("a")),
        (form, "access_token=a&token_type=bearer&expires_in=3600", Ok("a")),
        // Not JSON, or not an object.
        (json, "\u{feff}{\"access_token\":\"a\",\"token_type\":\"Bearer\"}", Err(not_json)),
        (json, "{'access_token':'a','token_type':'Bearer'}", Err(not_json)),
        (json, r#"{"access_token":"a","token_type":"Bearer",}"#, Err(not_json)),
        (json, r#"{"access_token":"a","token_type":"Bearer"} {}"#, Err(not_json)),
        (json, r#"{"access_token":"a","token_type":"Bearer"}//"#, Err(not_json)),
        (json, "{\"access_token\":\"a\n\",\"token_type\":\"Bearer\"}", Err(not_json)),
        (json, r#"{"access_token":"\ud800","token_type":"Bearer"}"#, Err(not_json)),
        (json, r#"{"access_token":"a","token_type":"Bearer","x":NaN}"#, Err(not_json)),
        (json, r#"{"access_token":"a","token_type":"Bearer","x":01}"#, Err(not_json)),
        (json, &deep, Err(not_json)),
        (json, "null", Err(not_json)),
        (json, "access_token=a&token_type=bearer", Err(not_json)),
        // Other types.
        ("text/json", "{}", Err("HTTP 200 with a body of type \"text/json\"")),
        ("application/jsonp", "{}", Err("HTTP 200 with a body of type \"application/jsonp\"")),
        ("application/problem+json", "{}", Err("it has no access_token")),
        // Tokens that would break out of the header.
        (json, r#"{"access_token":"a=b","token_type":"Bearer"}"#, Ok("a=b")),
        (json, r#"{"access_token":"==","token_type":"Bearer"}"#, Ok("==")),
        (json, r#"{"access_token":" a","token_type":"Bearer"}"#, Err(no_header)),
        (json, r#"{"access_token":"a,b","token_type":"Bearer"}"#, Ok("a,b")),
        (json, r#"{"access_token":"a\u0000","token_type":"Bearer"}"#, Err(no_header)),
        (json, r#"{"access_token":"a\u001b[2J","token_type":"Bearer"}"#, Err(no_header)),
        (
            json,
            r#"{"access_token":["a"],"token_type":"Bearer"}"#,
            Err("its access_token is not a string"),
        ),
        (
            json,
            r#"{"access_token":true,"token_type":"Bearer"}"#,
            Err("its access_token is not a string"),
        ),
        // Types of tokens.
        (
            json,
            r#"{"access_token":"a","token_type":"Bearer "}"#,
            Err("its token_type is \"Bearer \", not Bearer"),
        ),
        (
            json,
            r#"{"access_token":"a","token_type":"N_A"}"#,
            Err("its token_type is \"N_A\", not Bearer"),
        ),
        (
            json,
            r#"{"access_token":"a","token_type":""}"#,
            Err("it has no token_type, which RFC 6749 §5.1 requires"),
        ),
        (
            json,
            r#"{"access_token":"a","token_type":null}"#,
            Err("it has no token_type, which RFC 6749 §5.1 requires"),
        ),
        // Forms. RFC 6749 section 3.2: "MUST NOT be included more than once".
        (form, "access_token=a&access_token=b&token_type=bearer", Err(twice)),
        (form, "access_token=a&access_token=a&token_type=bearer", Err(twice)),
        (form, "access_token=a&%61ccess_token=b&token_type=bearer", Err(twice)),
        (form, "access_token=a&token_type=bearer&token_type=mac", Err(twice)),
        (form, "access_token=%&token_type=bearer", Err("its form encoding is broken")),
        (form, "access_token=%FF&token_type=bearer", Err("its form encoding is broken")),
        (form, "access_token=a%00&token_type=bearer", Err("its form encoding is broken")),
        (form, "access_token=a+b&token_type=bearer", Err(no_header)),
        (form, "{\"access_token\":\"a\",\"token_type\":\"Bearer\"}", Err("it has no access_token")),
        (form, "", Err("it has no access_token")),
    ];
    for (media_type, body, expected) in rows {
        let read = read_token(&Response::new(200, media_type, body));
        let read = read.map(|token| token.access_token);
        let expected = match expected {
            Ok(token) => Ok(token.to_owned()),
            Err(problem) => Err(Error::BadTokenResponse(problem.to_owned())),
        };
        assert_eq!(read, expected, "{media_type} {}", &body[..body.len().min(80)]);
    }
}

#[test]
fn user_responses() {
    let deep = format!(r#"{{"id":1,"x":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    let not_json = "its body is not a JSON object";
    let rows: Vec<(&str, Result<&str, &str>)> = vec![
        // Good ones that look bad.
        (r#"{"id":0}"#, Ok("0")),
        (r#"{"id":9007199254740993}"#, Ok("9007199254740993")),
        (r#"{"id":-9223372036854775808}"#, Ok("-9223372036854775808")),
        (r#"{"id":"null"}"#, Ok("null")),
        (r#"{"id":" 1 "}"#, Ok(" 1 ")),
        (r#"{"id":"1","Id":{},"ID":[]}"#, Ok("1")),
        (r#"{"id":"1","name":"\u202egnp.exe","bio":"<script>","error":null}"#, Ok("1")),
        (r#"{"id":"1","email":{"verified":[true]},"login":null}"#, Ok("1")),
        // Everybody with such an id would be the same person, or nobody.
        (r#"{"id":1e3}"#, Err("it has no usable id or sub")),
        (r#"{"id":1.0}"#, Err("it has no usable id or sub")),
        (r#"{"id":-0}"#, Err("it has no usable id or sub")),
        (r#"{"id":18446744073709551616}"#, Err("it has no usable id or sub")),
        (r#"{"id":false}"#, Err("it has no usable id or sub")),
        (r#"{"id":[]}"#, Err("it has no usable id or sub")),
        (r#"{"id":["1"]}"#, Err("it has no usable id or sub")),
        (r#"{"ID":"1"}"#, Err("it has no usable id or sub")),
        (r#"{"data":{"id":"1"}}"#, Err("it has no usable id or sub")),
        // Not JSON, or not an object.
        (r#"{"id":1e400}"#, Err(not_json)),
        ("\u{feff}{\"id\":1}", Err(not_json)),
        (r#"{"id":1}{"id":2}"#, Err(not_json)),
        (r#"{"id":1,}"#, Err(not_json)),
        (r#"{"id":"\ud83d"}"#, Err(not_json)),
        (r#""1""#, Err(not_json)),
        ("1", Err(not_json)),
        ("null", Err(not_json)),
        (&deep, Err(not_json)),
        // Decoration of another type than the one that we would print is left out.
        (r#"{"id":1,"name":["Ada"]}"#, Ok("1")),
        (r#"{"id":1,"name":false}"#, Ok("1")),
        (r#"{"id":1,"bio":0}"#, Ok("1")),
        (r#"{"id":1,"avatar_url":{"url":"x"}}"#, Ok("1")),
    ];
    for (body, expected) in rows {
        let read = read_user(&Response::new(200, "application/json", body), &workshop())
            .map(|user| user.id);
        let expected = match expected {
            Ok(id) => Ok(id.to_owned()),
            Err(problem) => Err(Error::BadUserResponse(problem.to_owned())),
        };
        assert_eq!(read, expected, "{}", &body[..body.len().min(80)]);
    }
}

#[test]
fn configurations() {
    let good = |name: &str, value: &str| {
        let base = [
            ("OAUTH_CLIENT_ID", "id"),
            ("OAUTH_AUTHORIZE_URL", "https://example.com/authorize"),
            ("OAUTH_TOKEN_URL", "https://example.com/token"),
            ("OAUTH_USERINFO_URL", "https://example.com/user"),
        ];
        let all = base.into_iter().chain([(name, value)]);
        settings::client(&all.map(|(name, value)| (name.into(), value.into())).collect())
    };
    let (token, redirect) = ("OAUTH_TOKEN_URL", "OAUTH_REDIRECT_URI");
    let rows: &[(&str, &str, bool)] = &[
        // Good ones that look bad.
        (token, "https://example.com:443/token", true),
        (token, "https://xn--bcher-kva.example/t", true),
        (token, "https://a_b.example/t", true),
        (token, "http://[::1]:9000/t", true),
        (token, "https://[2001:db8::1]/t", true),
        (token, "https://192.0.2.1:8443/t?x=y&x=y", true),
        (token, "https://example.com/%2e%2e//t;a=b,c@d:e", true),
        (token, "https://localhost.evil.example/t", true),
        (redirect, "http://localhost/callback", true),
        (redirect, "http://[::1]:8080/", true),
        (redirect, "http://127.0.0.1:8080/cb?coder=1&states=2", true),
        ("OAUTH_CLIENT_ID", "id with spaces / and + signs", true),
        ("OAUTH_CLIENT_SECRET", "…%00&=#", true),
        ("OAUTH_ISSUER", "https://example.com/tenant/", true),
        ("OAUTH_SCOPE", "!#$%&'()*+,-./:;<=>?@[]^_`{|}~", true),
        // Machines that only look like this one, in the spellings that other programs understand.
        (token, "http://2130706433/t", false),
        (token, "http://0x7f.1/t", false),
        (token, "http://0177.0.0.1/t", false),
        (token, "http://127.0.0.1.nip.example/t", false),
        (token, "http://127.0.0.2/t", false),
        (token, "http://[::ffff:127.0.0.1]/t", false),
        (token, "http://[0:0:0:0:0:0:0:1]/t", false),
        (token, "http://[::1%25lo]/t", false),
        (token, "http://Localhost/t", false),
        (token, "http://localhost:80:80/t", false),
        (token, "http://localhost\\@evil.example/t", false),
        (token, "http://127.0.0.1@evil.example/t", false),
        (token, "http://ⓛocalhost/t", false),
        // Not a URL to send a secret to.
        (token, "javascript:alert(1)", false),
        (token, "file:///etc/passwd", false),
        (token, "data:text/html,x", false),
        (token, "https:example.com", false),
        (token, "https:\\\\example.com\\", false),
        (token, " https://example.com/", false),
        (token, "https://example.com/a\tb", false),
        (token, "https://example.com/\r\nHost: evil.example", false),
        (token, "https://exam%70le.com/", false),
        (token, "https://example.com/%", false),
        (token, "https://example.com/\u{202e}", false),
        (token, "https://.../", false),
        (token, "https://example.com:99999/", false),
        (token, "https://:443/", false),
        (redirect, "http://localhost./callback", false),
        (redirect, "my-app:/callback", false),
        (redirect, "http://127.0.0.1:8080/callback?%69ss=x", false),
        (redirect, "http://127.0.0.1:8080/callback?error=", false),
        ("OAUTH_CLIENT_AUTH", "BASIC", false),
        ("OAUTH_CLIENT_AUTH", "none", false),
        ("OAUTH_CLIENT_ID", "id\0", false),
        ("OAUTH_CLIENT_ID", "\u{a0}id", false),
        ("OAUTH_CLIENT_SECRET", "\rsecret", false),
        ("OAUTH_SCOPE", "a\u{a0}b", false),
        ("OAUTH_SCOPE", "a\nb", false),
        ("OAUTH_ISSUER", "https://example.com/#", false),
        ("OAUTH_ISSUER", "http://example.com", false),
    ];
    for (name, value, expected) in rows {
        match good(name, value) {
            Ok(_) => assert!(expected, "{name}={value:?} was taken"),
            Err(Error::Configuration { setting, .. }) => {
                assert_eq!((setting, *expected), (*name, false), "{value:?}");
            }
            Err(other) => panic!("{name}={value:?} gave {other}"),
        }
    }
}
