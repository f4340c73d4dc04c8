//! Before step 0: which addresses are asked for metadata, and what is believed of the answer.

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
use oauth2_by_hand::client::providers::preset;
use oauth2_by_hand::discover::{
    Metadata, has_no_metadata, metadata_request, openid_metadata_request, read_metadata,
};
use oauth2_by_hand::http::Response;
use serde_json::{Value, json};

const HTTPS_ISSUER: &str = "https://login.example";

fn read(changes: Value) -> Result<Metadata, Error> {
    read_metadata(&metadata(HTTPS_ISSUER, changes), HTTPS_ISSUER)
}

fn setting(metadata: &Metadata, name: &str) -> Option<String> {
    metadata.settings.iter().find(|(it, _)| *it == name).map(|(_, value)| value.clone())
}

/// RFC 8414 §3.1: "any terminating "/" MUST be removed". Only the last one; the rest of the path stays.
#[test]
fn the_well_known_part_is_inserted_between_host_and_path() {
    for (issuer, target) in [
        ("https://login.example", "/.well-known/oauth-authorization-server"),
        ("https://login.example/", "/.well-known/oauth-authorization-server"),
        ("https://login.example/a/b", "/.well-known/oauth-authorization-server/a/b"),
        ("https://login.example/a/b/", "/.well-known/oauth-authorization-server/a/b"),
        ("https://login.example/a//", "/.well-known/oauth-authorization-server/a/"),
        ("https://login.example/a%2Fb", "/.well-known/oauth-authorization-server/a%2Fb"),
    ] {
        let request = metadata_request(issuer).unwrap();
        assert_eq!((&*request.origin, &*request.target), ("https://login.example", target));
    }
    let wire = metadata_request("http://127.0.0.1:9000/a").unwrap().to_wire();
    let head = "GET /.well-known/oauth-authorization-server/a HTTP/1.1\r\nHost: 127.0.0.1:9000\r\n";
    assert!(wire.starts_with(head), "{wire}");
}

/// OpenID Connect Discovery §4: the other way round.
#[test]
fn openid_connects_well_known_part_follows_the_path() {
    for (issuer, url) in [
        ("https://login.example", "https://login.example/.well-known/openid-configuration"),
        ("https://login.example/", "https://login.example/.well-known/openid-configuration"),
        ("https://login.example/a/", "https://login.example/a/.well-known/openid-configuration"),
    ] {
        assert_eq!(openid_metadata_request(issuer).url(), url);
    }
}

/// RFC 8414 §2: https, and neither query nor fragment.
#[test]
fn what_cannot_be_an_issuer_is_not_asked() {
    for issuer in [
        "",
        "login.example",
        "http://login.example",
        "https://login.example?a=b",
        "https://login.example/#",
        "https://user@login.example",
        "https://login.example/a b",
    ] {
        let refused = metadata_request(issuer);
        let is_named = matches!(refused, Err(Error::Configuration { setting: "ISSUER", .. }));
        assert!(is_named, "{issuer}");
    }
}

#[test]
fn the_other_address_is_tried_after_any_4xx_and_where_200_brings_no_json() {
    let has = |status, body: &str| !has_no_metadata(&Response::new(status, "text/html", body));
    assert!(!has(400, "{}") && !has(404, "") && !has(403, "{\"error\":1}") && !has(499, ""));
    assert!(!has(200, "<html>") && !has(200, "") && !has(200, "{\"issuer\":"));
    assert!(has(200, "{}") && has(200, "{\"a\":1,\"a\":2}"));
    assert!(has(301, "") && has(500, "") && has(503, "") && has(204, ""));
}

#[test]
fn metadata_becomes_settings_in_the_order_in_which_they_are_pasted() {
    let metadata = read(json!({})).unwrap();
    let expected = [
        ("OAUTH_AUTHORIZE_URL", "https://login.example/a"),
        ("OAUTH_TOKEN_URL", "https://login.example/t"),
        ("OAUTH_USERINFO_URL", "https://login.example/u"),
        ("OAUTH_REVOCATION_URL", "https://login.example/r"),
        ("OAUTH_ISSUER", "https://login.example"),
        ("OAUTH_CLIENT_AUTH", "post"),
    ];
    assert_eq!(metadata.settings, expected.map(|(name, value)| (name, value.to_owned())));
    assert!(metadata.knows_s256);
}

/// What two providers publish, as far as we read it: it says the same as their presets. Discord names no address
/// for the user, and its browser address has one part more.
#[test]
fn the_metadata_of_google_and_discord_agrees_with_their_presets() {
    let google = json!({
        "issuer": "https://accounts.google.com",
        "authorization_endpoint": "https://accounts.google.com/o/oauth2/v2/auth",
        "token_endpoint": "https://oauth2.googleapis.com/token",
        "userinfo_endpoint": "https://openidconnect.googleapis.com/v1/userinfo",
        "revocation_endpoint": "https://oauth2.googleapis.com/revoke",
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "authorization_response_iss_parameter_supported": true,
    });
    let discord = json!({
        "issuer": "https://discord.com",
        "authorization_endpoint": "https://discord.com/api/oauth2/authorize",
        "token_endpoint": "https://discord.com/api/oauth2/token",
        "revocation_endpoint": "https://discord.com/api/oauth2/token/revoke",
        "token_endpoint_auth_methods_supported":
            ["client_secret_basic", "client_secret_post", "none"],
        "authorization_response_iss_parameter_supported": true,
    });
    for (name, published, others) in [
        ("google", google, &[][..]),
        ("discord", discord, &["OAUTH_AUTHORIZE_URL", "OAUTH_USERINFO_URL"]),
    ] {
        let answer = Response::new(200, "application/json", published.to_string());
        let metadata = read_metadata(&answer, published["issuer"].as_str().unwrap()).unwrap();
        let preset = preset(name).unwrap();
        assert_eq!(metadata.settings.len(), 6, "{name}");
        for (setting, value) in metadata.settings {
            let own = match setting {
                "OAUTH_ISSUER" => preset.issuer,
                _ => preset.setting(setting),
            };
            let is_same = own == Some(&value);
            assert_eq!(is_same, !others.contains(&setting), "{name} {setting}");
        }
    }
}

/// RFC 8414 §3.3: "MUST be identical". It is the defence against mix-up at its root.
#[test]
fn metadata_of_another_issuer_is_refused_by_every_difference() {
    for received in [
        "https://login.example/",
        "https://LOGIN.example",
        "HTTPS://login.example",
        "https://login.example:443",
        "https://login.example.evil",
        "https://evil.example",
        "http://login.example",
        "https://login.exampl%65",
        "",
    ] {
        let refused = read(json!({ "issuer": received })).err();
        let expected = Error::WrongIssuer { asked: HTTPS_ISSUER.into(), received: received.into() };
        assert_eq!(refused, Some(expected));
    }
    let without = read(json!({ "issuer": null })).err().unwrap().to_string();
    assert!(without.starts_with("the metadata describes \"\", but we asked"), "{without}");
    let of_two = read(json!({ "issuer": [HTTPS_ISSUER] })).err().unwrap().to_string();
    assert!(of_two.contains("its issuer is not a string"), "{of_two}");
}

/// A slash at the end belongs to the name (Auth0's has one), although it is not in the address.
#[test]
fn an_issuer_with_a_slash_at_its_end_is_another_one_than_without() {
    let with_slash = "https://login.example/";
    let answer = metadata(with_slash, json!({}));
    assert!(read_metadata(&answer, with_slash).is_ok());
    assert!(matches!(read_metadata(&answer, HTTPS_ISSUER), Err(Error::WrongIssuer { .. })));
}

#[test]
fn an_endpoint_that_could_not_be_a_setting_is_refused_with_its_name() {
    for (member, url, problem) in [
        ("token_endpoint", "http://login.example/t", "http:// is for 127.0.0.1"),
        ("token_endpoint", "http://127.0.0.1/t", "it is on this machine"),
        ("authorization_endpoint", "https://localhost/a", "it is on this machine"),
        ("userinfo_endpoint", "http://[::1]:9000/u", "it is on this machine"),
        ("revocation_endpoint", "https://127.0.0.1/r", "it is on this machine"),
        ("revocation_endpoint", "http://login.example/r", "http:// is for 127.0.0.1"),
        ("token_endpoint", "https://login.example/#", "it must not hold a #"),
        ("token_endpoint", "https://a:b@login.example/t", "it must not hold a user name"),
        ("token_endpoint", "/t", "it has to start with https://"),
        ("userinfo_endpoint", "javascript:alert(1)", "it has to start with https://"),
        ("userinfo_endpoint", "https://login.example/u\nexport A=b", "it holds a space"),
        ("authorization_endpoint", "https://login.example/a?state=x", "its query holds state"),
        ("authorization_endpoint", "https://login.example/a?b=%ff", "its query is not in URL"),
    ] {
        let refused = read(json!({ member: url })).err();
        let Some(Error::BadMetadata(reason)) = refused else { panic!("{member} {url}") };
        assert!(reason.starts_with(&format!("its {member}: {problem}")), "{reason}");
    }
}

/// On this machine http is enough, and a provider there may name a server elsewhere.
#[test]
fn a_provider_on_this_machine_may_have_endpoints_there_and_elsewhere() {
    let with_tls = "https://localhost:8443";
    let answer = metadata(with_tls, json!({}));
    let settings = read_metadata(&answer, with_tls).unwrap();
    assert_eq!(setting(&settings, "OAUTH_TOKEN_URL").unwrap(), "https://localhost:8443/t");

    let answer = metadata(ISSUER, json!({ "userinfo_endpoint": "https://api.example/u" }));
    let metadata = read_metadata(&answer, ISSUER).unwrap();
    assert_eq!(setting(&metadata, "OAUTH_TOKEN_URL").unwrap(), "http://127.0.0.1:9000/t");
    assert_eq!(setting(&metadata, "OAUTH_USERINFO_URL").unwrap(), "https://api.example/u");
}

#[test]
fn without_the_two_required_endpoints_nothing_is_used() {
    for (member, missing) in [
        ("authorization_endpoint", json!(null)),
        ("authorization_endpoint", json!("")),
        ("token_endpoint", json!(null)),
    ] {
        let refused = read(json!({ member: missing })).err();
        assert_eq!(refused, Some(Error::BadMetadata(format!("it has no {member}"))));
    }
}

#[test]
fn an_endpoint_that_is_not_required_may_be_missing() {
    let missing = json!({ "userinfo_endpoint": null, "revocation_endpoint": null });
    let metadata = read(missing).unwrap();
    assert_eq!(setting(&metadata, "OAUTH_USERINFO_URL"), Some(String::new()));
    assert_eq!(setting(&metadata, "OAUTH_REVOCATION_URL"), None);
}

/// RFC 8414 §2: "If omitted, the default is client_secret_basic".
#[test]
fn the_methods_of_client_authentication_choose_where_the_secret_goes() {
    for (methods, chosen) in [
        (json!(null), Some("basic")),
        (json!(["client_secret_basic"]), Some("basic")),
        (json!(["none", "client_secret_post"]), Some("post")),
        (json!(["client_secret_basic", "client_secret_post"]), Some("post")),
        (json!(["private_key_jwt", "none"]), None),
        (json!([]), None),
        (json!("client_secret_post"), None),
        (json!(["CLIENT_SECRET_POST", 7]), None),
    ] {
        let metadata = read(json!({ "token_endpoint_auth_methods_supported": methods })).unwrap();
        assert_eq!(setting(&metadata, "OAUTH_CLIENT_AUTH").as_deref(), chosen, "{methods}");
    }
}

/// RFC 9207 §3: `iss` may be required only of a provider that promises it.
#[test]
fn the_issuer_is_a_setting_only_where_redirects_are_promised_to_name_it() {
    for (promise, expected) in [
        (json!(true), Some(HTTPS_ISSUER)),
        (json!(false), None),
        (json!("true"), None),
        (json!(null), None),
    ] {
        let metadata = read(json!({ "authorization_response_iss_parameter_supported": promise }));
        assert_eq!(setting(&metadata.unwrap(), "OAUTH_ISSUER").as_deref(), expected, "{promise}");
    }
}

#[test]
fn only_s256_counts_as_a_check_of_code_challenges() {
    for methods in [json!(null), json!([]), json!(["plain"]), json!("S256"), json!(["s256"])] {
        let metadata = read(json!({ "code_challenge_methods_supported": methods })).unwrap();
        assert!(!metadata.knows_s256, "{methods}");
    }
}

/// Of two members with one name, some readers take the first and some the last.
#[test]
fn what_is_not_exactly_metadata_is_refused() {
    let whole = String::from_utf8(metadata(HTTPS_ISSUER, json!({})).body).unwrap();
    let repeated = whole.replacen('{', "{\"token_endpoint\":\"https://evil.example/t\",", 1);
    let issuers = whole.replacen('{', "{\"issuer\":\"https://evil.example\",", 1);
    for (status, media_type, body, reason) in [
        (200, "application/json", &*repeated, "a member of its JSON is there twice"),
        (200, "application/json", &issuers, "a member of its JSON is there twice"),
        (200, "application/json", "[]", "its body is not a JSON object"),
        (200, "application/json", &whole[..whole.len() - 1], "its body is not a JSON object"),
        (200, "text/html", &whole, "HTTP 200 with a body of type \"text/html\""),
        (201, "application/json", &whole, "HTTP 201"),
        (302, "application/json", &whole, "HTTP 302"),
        (404, "application/json", &whole, "HTTP 404"),
        (500, "application/json", &whole, "HTTP 500"),
    ] {
        let refused = read_metadata(&Response::new(status, media_type, body), HTTPS_ISSUER);
        assert_eq!(refused.err(), Some(Error::BadMetadata(reason.into())));
    }
}

/// As much as `send` reads. A list in it that is not a list of words is no harm.
#[test]
fn metadata_of_a_mebibyte_is_read() {
    let scopes: Vec<String> = (0..100_000).map(|n| format!("scope{n:05}")).collect();
    let answer = metadata(HTTPS_ISSUER, json!({ "scopes_supported": scopes }));
    assert!(answer.body.len() > 1024 * 1024);
    assert!(read_metadata(&answer, HTTPS_ISSUER).is_ok());
}
