//! Step 2: the exact token request, and which answers are a token.

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
use oauth2_by_hand::fetch_token::{
    Token, granted_scopes, read_refreshed_token, read_token, refresh_request, token_request,
};
use oauth2_by_hand::http::Response;

fn json(body: &str) -> Response {
    Response::new(200, "application/json", body)
}

fn read(response: &Response) -> Result<Token, Error> {
    read_token(response)
}

/// The error of an answer that is no token.
fn error(response: &Response) -> Error {
    match read(response) {
        Err(error) => error,
        Ok(_) => panic!("this is a token: {response}"),
    }
}

/// RFC 6749 §4.1.3, §2.3.1.
#[test]
fn the_token_request_with_the_secret_in_the_form() {
    assert_eq!(
        token_request(&workshop(), "a code/+", CODE_VERIFIER).to_wire(),
        "POST /token HTTP/1.1\r\n\
         Host: 127.0.0.1:9000\r\n\
         User-Agent: oauth2-by-hand/0.1.0\r\n\
         Accept: application/json\r\nAccept-Encoding: identity\r\n\
         Connection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: 208\r\n\
         \r\n\
         grant_type=authorization_code&code=a+code%2F%2B\
         &redirect_uri=http%3A%2F%2F127.0.0.1%3A8080%2Fcallback\
         &code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk\
         &client_id=workshop&client_secret=workshop-secret"
    );
}

/// RFC 6749 §2.3.1 with its own example, and then with characters that have to be encoded first.
#[test]
fn the_secret_as_basic_is_form_encoded_before_it_is_joined() {
    let rows = [
        (
            "s6BhdRkqt3",
            "7Fjfp0ZBr1KtDRbnfVdmIw",
            "Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3",
        ),
        // base64 of "a%3Ab:+%2B%25%26%C2%A3%E2%82%AC"
        ("a:b", " +%&£€", "Basic YSUzQWI6KyUyQiUyNSUyNiVDMiVBMyVFMiU4MiVBQw=="),
    ];
    for (id, secret, expected) in rows {
        let mut client = client(&[("OAUTH_CLIENT_ID", id), ("OAUTH_CLIENT_AUTH", "basic")]);
        client.client_secret = Some(secret.to_owned());
        let request = token_request(&client, "c", CODE_VERIFIER);
        assert_eq!(request.headers_named("Authorization"), [expected]);
        assert!(!request.body.contains("client_"), "one method only: {}", request.body);
    }
}

/// RFC 6749 §4.1.3: a client that does not authenticate sends its client_id.
#[test]
fn a_public_client_sends_its_name_and_no_secret() {
    let request = token_request(&public(), "c", CODE_VERIFIER);
    assert!(request.body.ends_with("&client_id=workshop-public"));
    assert!(!request.body.contains("client_secret") && request.header("Authorization").is_none());
}

/// RFC 6749 §6.
#[test]
fn the_refresh_request() {
    let body = refresh_request(&workshop(), "old+token").body;
    assert_eq!(
        body,
        "grant_type=refresh_token&refresh_token=old%2Btoken&client_id=workshop&client_secret=workshop-secret"
    );
}

/// RFC 6749 §5.1, its own example.
#[test]
fn the_example_of_rfc_6749_section_5_1_is_read() {
    let body = r#"{ "access_token":"2YotnFZFEjr1zCsicMWpAA", "token_type":"Bearer", "expires_in":3600,
        "refresh_token":"tGzv3JOkF0XG5Qx2TlKWIA", "example_parameter":"example_value" }"#;

    let token = read(&json(body)).unwrap();

    assert_eq!(token.access_token, "2YotnFZFEjr1zCsicMWpAA");
    assert_eq!(token.refresh_token.as_deref(), Some("tGzv3JOkF0XG5Qx2TlKWIA"));
    assert_eq!(token.expires_in, Some(3600));
    assert_eq!(token.scope, None);
    assert_eq!(granted_scopes(&token, "read:user"), ["read:user"], "absent means: what was asked");
    assert_eq!(token.remarks, Vec::<&str>::new());
}

#[test]
fn what_real_servers_do_is_let_pass_with_a_remark() {
    let rows = [
        (
            Response::new(
                200,
                "application/x-www-form-urlencoded; charset=utf-8",
                "access_token=gho_abc&scope=repo%2Cgist&token_type=bearer",
            ),
            &["the answer is a form, where RFC 6749 §5.1 has JSON"][..],
        ),
        (
            json(
                r#"{"access_token":"gho_abc","token_type":"BeArEr","scope":"repo gist","expires_in":"3600"}"#,
            ),
            &["expires_in is a string, where RFC 6749 §5.1 has a number"][..],
        ),
        (
            Response::new(
                200,
                "Application/JSON;charset=UTF-8",
                r#"{"access_token":"gho_abc","token_type":"bearer","scope":"repo gist","expires_in":null,"refresh_token":null}"#,
            ),
            &[][..],
        ),
    ];
    for (response, remarks) in rows {
        let token = read(&response).unwrap();
        assert_eq!(token.access_token, "gho_abc");
        assert_eq!(granted_scopes(&token, "repo gist"), ["repo", "gist"]);
        assert_eq!(token.refresh_token, None);
        assert_eq!(token.remarks, remarks);
    }
}

/// The ruling on C42: one written outcome each, and never an overflow.
#[test]
fn every_expires_in_has_one_outcome() {
    for (value, expected) in [
        ("0", Some(Some(0))),
        ("3600", Some(Some(3600))),
        ("\"3600\"", Some(Some(3600))),
        ("null", Some(None)),
        ("18446744073709551615", Some(Some(u64::MAX))),
        ("\"18446744073709551616\"", Some(Some(u64::MAX))),
        ("18446744073709551616", None),
        ("-1", None),
        ("1.5", None),
        ("1e400", None),
        ("\"x\"", None),
        ("\"\"", None),
        ("\"-1\"", None),
        ("\" 1\"", None),
        ("[1]", None),
        ("true", None),
    ] {
        let body = format!(r#"{{"access_token":"a","token_type":"Bearer","expires_in":{value}}}"#);
        assert_eq!(read(&json(&body)).ok().map(|token| token.expires_in), expected, "{value}");
    }
}

/// RFC 6749 §5.2, and GitHub, which sends errors under 200.
#[test]
fn an_error_is_an_error_under_any_status() {
    for status in [200, 400, 401, 403, 500] {
        let body = r#"{"error":"invalid_grant","error_description":"too \u001b[2J late","access_token":"a"}"#;
        let refused = error(&Response::new(status, "application/json", body));
        let expected = Error::TokenRefused {
            error: "invalid_grant".into(),
            description: "too \u{1b}[2J late".into(),
        };
        assert_eq!(refused, expected, "{status}");
        assert!(!refused.to_string().contains('\u{1b}'));
    }
    let form =
        Response::new(200, "application/x-www-form-urlencoded", "error=bad_verification_code");
    assert!(
        matches!(error(&form), Error::TokenRefused { error, .. } if error == "bad_verification_code")
    );
}

/// RFC 6839 §3.1: Vimeo answers `application/vnd.vimeo.auth+json`, errors too.
#[test]
fn json_under_a_name_of_the_servers_own_is_json() {
    let good = r#"{"access_token":"abc","token_type":"bearer"}"#;
    for media_type in ["application/vnd.vimeo.auth+json", "Application/X.Y+JSON; v=1"] {
        assert!(read(&Response::new(200, media_type, good)).is_ok(), "{media_type}");
        let refusal = Response::new(400, media_type, r#"{"error":"invalid_grant"}"#);
        assert!(
            matches!(error(&refusal), Error::TokenRefused { error, .. } if error == "invalid_grant")
        );
    }
    for media_type in ["text/x+json", "application/json+x", "application/jsonp", "application/xml"]
    {
        let answer = Response::new(200, media_type, good);
        let problem = format!("HTTP 200 with a body of type {media_type:?}");
        assert_eq!(error(&answer), Error::BadTokenResponse(problem));
    }
}

/// RFC 6749 Appendix A.12 allows every visible character; Salesforce has `!`, and others `|` or `#`.
#[test]
fn a_token_with_unusual_signs_is_taken_with_a_remark() {
    for token in ["00D!AQ4.x", "a|b", "#1:2", "~abc==!", "=", "a=b"] {
        let body = format!(r#"{{"access_token":"{token}","token_type":"Bearer"}}"#);
        let read = read(&json(&body)).unwrap();
        assert_eq!(read.access_token, token);
        let is_legal = token == "=" || token == "a=b";
        assert_eq!(read.remarks.is_empty(), is_legal, "{token}: {:?}", read.remarks);
    }
    for token in ["a b", "a\\tb", "a\\u00e4", "a\\u007f", " a"] {
        let body = format!(r#"{{"access_token":"{token}","token_type":"Bearer"}}"#);
        let problem = "its access_token does not fit into a header".to_owned();
        assert_eq!(error(&json(&body)), Error::BadTokenResponse(problem), "{token}");
    }
}

/// Servers say why in many shapes. What they say is shown; a wrong type is not blamed on a wrong URL.
#[test]
fn the_words_of_a_refusal_are_found_in_the_shapes_that_servers_give_them() {
    for (status, body, code, words) in [
        (400, r#"{"error":{"code":1,"message":"no such code"}}"#, "1", "no such code"),
        (
            200,
            r#"{"error":{"reason":"x","y":7},"access_token":"a","token_type":"Bearer"}"#,
            "error",
            r#"{"reason":"x","y":7}"#,
        ),
        (400, r#"{"error":{"type":"OAuthException","message":"m"}}"#, "OAuthException", "m"),
        (403, r#"{"error":{"status":"DENIED","code":403,"message":"m"}}"#, "DENIED", "m"),
        (
            400,
            r#"{"error":"invalid_grant","error_description":["a","b"]}"#,
            "invalid_grant",
            "a; b",
        ),
        (400, r#"{"message":"Bad Request","errors":[{"code":"invalid"}]}"#, "", "Bad Request"),
        (422, r#"{"errors":[{"message":"a","code":"invalid"},"b"]}"#, "", "a; b"),
        (404, r#"{"detail":"Not found."}"#, "", "Not found."),
        (200, r#"{"error":17}"#, "17", ""),
        (500, r#"{"error":"server_error"}"#, "server_error", ""),
    ] {
        let response = Response { status, ..json(body) };
        let expected = Error::TokenRefused { error: code.into(), description: words.into() };
        assert_eq!(error(&response), expected, "{body}");
    }
    let good = r#"{"access_token":"a","token_type":"Bearer","message":"hello","errors":[]}"#;
    assert!(read(&json(good)).is_ok(), "words beside a token are no refusal");
}

#[test]
fn trouble_at_the_server_is_not_blamed_on_the_settings() {
    for (status, media_type, body, words) in [
        (429, "text/plain", "slow down", ""),
        (
            429,
            "application/json",
            r#"{"error":{"status":429,"message":"API rate limit"}}"#,
            "API rate limit",
        ),
        (500, "application/json", "{}", ""),
        (502, "text/html", "<h1>Bad Gateway</h1>", ""),
        (503, "application/json", r#"{"message":"maintenance"}"#, "maintenance"),
        (504, "", "", ""),
    ] {
        let endpoint = "token endpoint";
        let expected = Error::Unavailable { endpoint, status, description: words.into() };
        assert_eq!(error(&Response::new(status, media_type, body)), expected);
    }
}

/// RFC 9110 §12.5.3: we ask for `identity`. A server that compresses all the same is named as the cause.
#[test]
fn a_compressed_answer_is_refused_with_its_coding() {
    for coding in ["gzip", "br", "zstd"] {
        let answer = json("\u{1f}\u{8b}").with_header("Content-Encoding", coding);
        let problem = format!("its body is in the coding {coding:?}, which we did not ask for");
        assert_eq!(error(&answer), Error::BadTokenResponse(problem));
    }
    let plain = json(r#"{"access_token":"a","token_type":"Bearer"}"#);
    assert!(read(&plain.with_header("Content-Encoding", "identity")).is_ok());
}

/// RFC 8259 §4: "The names within an object SHOULD be unique." Some readers take the first, some the last.
#[test]
fn a_member_that_is_there_twice_is_refused_however_it_is_spelled() {
    for body in [
        r#"{"error":"x","error":null,"access_token":"abc","token_type":"Bearer"}"#,
        r#"{"access_token":"abc","token_type":"Bearer","access_token":"evil"}"#,
        r#"{"access_token":"abc","token_type":"Bearer","access_token":"abc"}"#,
        r#"{"access_token":"abc","token_type":"Bearer","\u0061ccess_token":"evil"}"#,
        r#"{"access_token":"abc","token_type":"mac","token_type":"Bearer"}"#,
        r#"{"access_token":"abc","token_type":"Bearer","x":{"y":1,"y":2}}"#,
        r#"{"access_token":"abc","token_type":"Bearer","x":[{"":1,"":2}]}"#,
        r#"{"x":{"a":1},"access_token":"abc","token_type":"Bearer","x":{"a":1}}"#,
    ] {
        let problem = "a member of its JSON is there twice";
        assert_eq!(error(&json(body)), Error::BadTokenResponse(problem.into()), "{body}");
    }
    for body in [
        r#"{"access_token":"abc","token_type":"Bearer","x":{"access_token":"d","token_type":""}}"#,
        r#"{"access_token":"abc","token_type":"Bearer","x":[{"y":1},{"y":2}]}"#,
        r#"{"access_token":"abc","token_type":"Bearer","x":"\"access_token\":\"evil\", ::\\"}"#,
        r#"{ "access_token" : "abc" , "token_type" : "Bearer", "a:b":"c\\", "Access_token":"d" }"#,
    ] {
        assert_eq!(read(&json(body)).unwrap().access_token, "abc", "{body}");
    }
}

#[test]
fn what_is_not_exactly_a_token_response_is_refused() {
    let good = r#"{"access_token":"abc","token_type":"Bearer"}"#;
    let rows: Vec<(Response, &str)> = vec![
        (Response::new(201, "application/json", good), "HTTP 201 without an error code"),
        (Response::new(302, "application/json", good), "HTTP 302 without an error code"),
        (Response::new(200, "text/html", good), "HTTP 200 with a body of type \"text/html\""),
        (Response::new(404, "text/html", "<h1>"), "HTTP 404 with a body of type \"text/html\""),
        (Response::new(200, "", good), "HTTP 200 with a body of type \"\""),
        (Response::new(200, "application/json", b"\xff\xfe".as_slice()), "its body is not text"),
        (json(""), "its body is not a JSON object"),
        (json("[]"), "its body is not a JSON object"),
        (json("\"abc\""), "its body is not a JSON object"),
        (json(&format!("{good}x")), "its body is not a JSON object"),
        (json("{}"), "it has no access_token"),
        (json(r#"{"access_token":"","token_type":"Bearer"}"#), "it has no access_token"),
        (json(r#"{"access_token":null,"token_type":"Bearer"}"#), "it has no access_token"),
        (json(r#"{"access_token":7,"token_type":"Bearer"}"#), "its access_token is not a string"),
        (
            json(r#"{"access_token":"a b","token_type":"Bearer"}"#),
            "its access_token does not fit into a header",
        ),
        (
            json(r#"{"access_token":"a\r\nX: y","token_type":"Bearer"}"#),
            "its access_token does not fit into a header",
        ),
        (
            json(r#"{"access_token":"ä","token_type":"Bearer"}"#),
            "its access_token does not fit into a header",
        ),
        (json(r#"{"access_token":"abc"}"#), "it has no token_type, which RFC 6749 §5.1 requires"),
        (
            json(r#"{"access_token":"abc","token_type":"mac"}"#),
            "its token_type is \"mac\", not Bearer",
        ),
        (
            json(r#"{"access_token":"abc","token_type":"DPoP"}"#),
            "its token_type is \"DPoP\", not Bearer",
        ),
        (
            json(r#"{"access_token":"abc","token_type":["Bearer"]}"#),
            "its token_type is not a string",
        ),
        (
            json(r#"{"access_token":"abc","token_type":"Bearer","scope":["a"]}"#),
            "its scope is not a string",
        ),
        (
            json(r#"{"access_token":"abc","token_type":"Bearer","refresh_token":1}"#),
            "its refresh_token is not a string",
        ),
    ];
    for (response, problem) in rows {
        assert_eq!(error(&response), Error::BadTokenResponse(problem.into()));
    }
}

#[test]
fn every_prefix_of_a_good_answer_is_refused() {
    let good = r#"{"access_token":"abc","token_type":"Bearer","expires_in":3600,"scope":"a"}"#;
    assert!(read(&json(good)).is_ok());
    for length in 0..good.len() {
        assert!(read(&json(&good[..length])).is_err(), "{}", &good[..length]);
    }
}

/// RFC 6749 §6: "the authorization server MAY issue a new refresh token".
#[test]
fn the_old_refresh_token_stays_when_the_answer_brings_none() {
    let first = r#"{"access_token":"a","token_type":"Bearer","refresh_token":"old","scope":"x y"}"#;
    let first = read(&json(first)).unwrap();
    let without = json(r#"{"access_token":"b","token_type":"Bearer"}"#);
    let with =
        json(r#"{"access_token":"b","token_type":"Bearer","refresh_token":"new","scope":"x"}"#);

    let kept = read_refreshed_token(&without, &first).unwrap();
    let changed = read_refreshed_token(&with, &first).unwrap();

    let pair = |token: &Token| (token.refresh_token.clone().unwrap(), token.scope.clone().unwrap());
    assert_eq!(pair(&kept), ("old".into(), "x y".into()));
    assert_eq!(pair(&changed), ("new".into(), "x".into()));
}

/// RFC 6749 §5.1: an absent scope is "identical to the scope requested by the client". An empty one is not absent.
#[test]
fn an_empty_scope_means_that_nothing_was_granted_and_an_absent_one_that_all_was() {
    let granted = |member: &str, asked| {
        let body = format!(r#"{{"access_token":"a","token_type":"Bearer"{member}}}"#);
        granted_scopes(&read(&json(&body)).unwrap(), asked)
    };
    let none: [&str; 0] = [];
    assert_eq!(granted(r#","scope":"""#, "a b"), none);
    assert_eq!(granted(r#","scope":" ""#, "a b"), none);
    assert_eq!(granted("", "a b"), ["a", "b"]);
    assert_eq!(granted(r#","scope":null"#, "a b"), ["a", "b"]);
    assert_eq!(granted("", ""), none);
    let form = "access_token=a&token_type=bearer&scope=";
    let form = read(&Response::new(200, "application/x-www-form-urlencoded", form)).unwrap();
    assert_eq!(granted_scopes(&form, "a b"), none);
}

/// RFC 6750 §3 has a scope with a comma in it: `urn:example:rating=G,PG-13`. GitHub writes commas between scopes.
#[test]
fn a_comma_separates_only_what_was_asked_for() {
    let rows: [(&str, &str, &[&str]); 8] = [
        ("read:user,user:email", "read:user user:email", &["read:user", "user:email"]),
        ("user:email,read:user", "read:user user:email gist", &["user:email", "read:user"]),
        ("rating=G,PG-13", "rating=G,PG-13", &["rating=G,PG-13"]),
        ("rating=G,PG-13", "rating=G", &["rating=G,PG-13"]),
        ("rating=G,PG-13 channel=HBO", "channel=HBO", &["rating=G,PG-13", "channel=HBO"]),
        ("a,b c", "a b c", &["a,b", "c"]),
        ("a,b", "", &["a,b"]),
        ("a", "a b", &["a"]),
    ];
    for (scope, asked, expected) in rows {
        let body = format!(r#"{{"access_token":"a","token_type":"Bearer","scope":"{scope}"}}"#);
        assert_eq!(granted_scopes(&read(&json(&body)).unwrap(), asked), expected, "{scope}");
    }
}
