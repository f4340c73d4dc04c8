//! Step 3: the request for the user, and which answers are one.

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
use oauth2_by_hand::client::providers::preset as preset_named;
use oauth2_by_hand::get_user_info::{User, read_user, user_info_request};
use oauth2_by_hand::http::Response;

fn read(body: &str) -> Result<User, Error> {
    read_with("", body)
}

/// The same with `OAUTH_USER_ID` set.
fn read_with(user_id: &str, body: &str) -> Result<User, Error> {
    let response = Response::new(200, "application/json; charset=utf-8", body);
    read_user(&response, &client(&[("OAUTH_USER_ID", user_id)]))
}

fn error(response: &Response) -> Error {
    match read_user(response, &workshop()) {
        Err(error) => error,
        Ok(_) => panic!("this is a user: {response}"),
    }
}

/// RFC 6750 §2.1: in one header, and nowhere else.
#[test]
fn the_token_travels_in_one_header() {
    assert_eq!(
        user_info_request(&workshop(), "mF_9.B5f-4.1JqM").to_wire(),
        "GET /user HTTP/1.1\r\n\
         Host: 127.0.0.1:9000\r\n\
         User-Agent: oauth2-by-hand/0.1.0\r\n\
         Accept: application/json\r\nAccept-Encoding: identity\r\n\
         Connection: close\r\n\
         Authorization: Bearer mF_9.B5f-4.1JqM\r\n\
         \r\n"
    );
}

#[test]
fn an_id_is_enough_and_may_be_a_number_or_a_text() {
    for (body, id) in [
        (r#"{"id":1}"#, "1"),
        (r#"{"id":-7}"#, "-7"),
        (r#"{"id":18446744073709551615}"#, "18446744073709551615"),
        (r#"{"id":"0042","name":null,"bio":null,"avatar_url":"","x":[1]}"#, "0042"),
    ] {
        let user = read(body).unwrap();
        assert_eq!(
            (user.id.as_str(), user.name, user.bio, user.avatar_url),
            (id, None, None, None)
        );
    }
}

#[test]
fn what_is_not_a_user_is_refused() {
    let json = |body: &str| Response::new(200, "application/json", body);
    let rows: Vec<(Response, &str)> = vec![
        (Response::new(201, "application/json", r#"{"id":1}"#), "HTTP 201"),
        (Response::new(302, "application/json", r#"{"id":1}"#), "HTTP 302"),
        (Response::new(404, "application/json", "{}"), "HTTP 404"),
        (Response::new(200, "text/html", "<p>"), "HTTP 200 with a body of type \"text/html\""),
        (Response::new(200, "application/json", b"\xff".as_slice()), "its body is not text"),
        (json(""), "its body is not a JSON object"),
        (json("[{\"id\":1}]"), "its body is not a JSON object"),
        (json("{}"), "it has no usable id or sub"),
        (json(r#"{"id":null}"#), "it has no usable id or sub"),
        (json(r#"{"id":""}"#), "it has no usable id or sub"),
        (json(r#"{"id":1.5}"#), "it has no usable id or sub"),
        (json(r#"{"id":true}"#), "it has no usable id or sub"),
        (json(r#"{"id":{"a":1}}"#), "it has no usable id or sub"),
        (json(r#"{"id":1,"id":2}"#), "a member of its JSON is there twice"),
        (json(r#"{"id":1,"error":"x","err\u006fr":null}"#), "a member of its JSON is there twice"),
    ];
    for (response, problem) in rows {
        assert_eq!(error(&response), Error::BadUserResponse(problem.into()));
    }
}

#[test]
fn a_form_is_no_user() {
    let form = Response::new(200, "application/x-www-form-urlencoded", "id=1&name=Ada");
    assert_eq!(
        error(&form),
        Error::BadUserResponse(
            "HTTP 200 with a body of type \"application/x-www-form-urlencoded\"".into()
        )
    );
}

/// Shaped as each provider documents it, with invented people.
#[test]
fn the_user_of_every_preset_is_read_by_one_reader() {
    let rows = [
        (
            "GitHub",
            r#"{"login":"ada","id":1815,"node_id":"MDQ6","avatar_url":"https://a.example/u/1815?v=4","url":"https://x",
               "name":"Ada","company":null,"email":null,"bio":"Bees","public_repos":2}"#,
            ("1815", Some("Ada"), Some("Bees"), Some("https://a.example/u/1815?v=4")),
        ),
        (
            "GitHub, not filled in",
            r#"{"login":"ada","id":1815,"avatar_url":"https://a.example/1","name":null,"bio":null}"#,
            ("1815", None, None, Some("https://a.example/1")),
        ),
        (
            "GitLab",
            r#"{"id":1815,"username":"ada","name":"Ada","state":"active","avatar_url":"https://a.example/1",
               "bio":"","location":null}"#,
            ("1815", Some("Ada"), None, Some("https://a.example/1")),
        ),
        (
            "Google",
            r#"{"sub":"10769150350006150715113082367","name":"Ada Winter","given_name":"Ada",
               "picture":"https://a.example/photo.jpg","email":"ada@example.com","email_verified":true}"#,
            (
                "10769150350006150715113082367",
                Some("Ada Winter"),
                None,
                Some("https://a.example/photo.jpg"),
            ),
        ),
        (
            "Spotify",
            r#"{"account_id":"aB3dE5fG7h","display_name":"Ada","followers":{"href":null,"total":3},"id":"ada","type":"user",
               "images":[{"height":null,"url":"https://a.example/i","width":null}],"uri":"spotify:user:ada"}"#,
            ("aB3dE5fG7h", Some("Ada"), None, Some("https://a.example/i")),
        ),
        (
            "Spotify, without a name or a picture",
            r#"{"account_id":"aB3dE5fG7h","display_name":null,"id":"ada","images":[]}"#,
            ("aB3dE5fG7h", None, None, None),
        ),
        (
            "Vimeo",
            r#"{"uri":"/users/152184","name":"Ada","link":"https://v.example/ada","bio":"Bees",
               "pictures":{"uri":"/users/152184/pictures/1","active":true,"sizes":[
               {"width":30,"height":30,"link":"https://a.example/30"},
               {"width":300,"height":300,"link":"https://a.example/300"},
               {"width":75,"height":75,"link":"https://a.example/75"}]}}"#,
            ("152184", Some("Ada"), Some("Bees"), Some("https://a.example/300")),
        ),
        (
            "Discord",
            r#"{"id":"80351110224678912","username":"ada","discriminator":"0","global_name":"Ada",
               "avatar":"8342729096ea3675442027381ff50dfe","bot":false}"#,
            ("80351110224678912", Some("Ada"), None, None),
        ),
        (
            "Discord, without a display name",
            r#"{"id":"80351110224678912","username":"ada","global_name":null,"avatar":null}"#,
            ("80351110224678912", Some("ada"), None, None),
        ),
    ];
    for (whose, body, expected) in rows {
        let preset = whose.split(',').next().unwrap().to_lowercase();
        let user_id = preset_named(&preset).unwrap().setting("OAUTH_USER_ID").unwrap_or_default();
        let user = read_with(user_id, body).unwrap();
        let (name, bio) = (user.name.as_deref(), user.bio.as_deref());
        assert_eq!((user.id.as_str(), name, bio, user.avatar_url.as_deref()), expected, "{whose}");
    }
}

/// Zoom's `account_id` is the company of all its people; Spotify's is the person.
#[test]
fn the_id_is_the_member_that_the_configuration_names() {
    for (user_id, body, id) in [
        ("", r#"{"id":"KDcu","account_id":"q6gB"}"#, "KDcu"),
        ("", r#"{"id":"zJKy","account_id":"q6gB"}"#, "zJKy"),
        ("", r#"{"account_id":"q6gB","sub":"7"}"#, "7"),
        ("", r#"{"account_id":"","id":"1"}"#, "1"),
        ("", r#"{"id":"1","sub":"2","uri":"/users/3"}"#, "1"),
        ("", r#"{"id":null,"sub":"2"}"#, "2"),
        ("account_id", r#"{"account_id":"aB3dE5fG7h","id":"ada"}"#, "aB3dE5fG7h"),
        ("sub", r#"{"id":"1","sub":"2"}"#, "2"),
        ("user_id", r#"{"id":"1","user_id":42}"#, "42"),
        ("uri", r#"{"id":"1","uri":"/users/152184"}"#, "152184"),
        ("uri", r#"{"uri":"https://api.example/people/ada"}"#, "ada"),
        // Only a uri is an address: this id has a slash of its own.
        ("link", r#"{"link":"oauth2/ada"}"#, "oauth2/ada"),
    ] {
        let read = read_with(user_id, body).map(|user| user.id);
        assert_eq!(read, Ok(id.to_owned()), "{user_id}: {body}");
    }
}

/// One person would have two ids, and in an application two accounts.
#[test]
fn a_named_member_that_is_absent_is_not_replaced_by_another() {
    for (user_id, body) in [
        ("account_id", r#"{"id":"ada","sub":"1","uri":"/users/1"}"#),
        ("account_id", r#"{"account_id":null,"id":"ada"}"#),
        ("account_id", r#"{"account_id":{"id":"1"},"id":"1"}"#),
        ("uri", r#"{"id":"1"}"#),
        ("uri", r#"{"id":"1","uri":"/users/"}"#),
        ("uri", r#"{"id":"1","uri":"spotify:user:ada"}"#),
        ("user_id", r#"{"User_id":"1","id":"1"}"#),
    ] {
        let expected = Error::BadUserResponse(format!("it has no usable {user_id}"));
        assert_eq!(read_with(user_id, body).err(), Some(expected), "{body}");
    }
}

/// Where two members could say who it is, the reader must not choose by chance.
#[test]
fn a_broken_id_is_not_replaced_by_another_member() {
    for body in [
        r#"{"id":{},"sub":"1","uri":"/users/1"}"#,
        r#"{"id":"","sub":"1"}"#,
        r#"{"sub":7.5,"uri":"/users/1"}"#,
        r#"{"uri":"/users/1"}"#,
        r#"{"account_id":"q6gB"}"#,
    ] {
        assert_eq!(
            read(body).err(),
            Some(Error::BadUserResponse("it has no usable id or sub".into())),
            "{body}"
        );
    }
}

#[test]
fn pictures_of_another_shape_are_no_picture() {
    for body in [
        r#"{"id":1,"images":[]}"#,
        r#"{"id":1,"images":{"0":{"link":"x"}}}"#,
        r#"{"id":1,"images":[null]}"#,
        r#"{"id":1,"pictures":[]}"#,
        r#"{"id":1,"pictures":{"sizes":[]}}"#,
        r#"{"id":1,"pictures":{"sizes":[{"width":"large"}]}}"#,
        r#"{"id":1,"pictures":{"sizes":[{"width":1,"link":""}]}}"#,
    ] {
        assert_eq!(read(body).unwrap().avatar_url, None, "{body}");
    }
    let user = read(r#"{"id":1,"images":[{"url":7}]}"#).unwrap();
    assert_eq!(user.remarks, ["its images/0/url is not a string, and was left out"]);
}

/// RFC 6839 §3.1: Vimeo's `application/vnd.vimeo.user+json` is JSON; a page is not, whatever is in it.
#[test]
fn json_under_a_name_of_the_api_s_own_is_json() {
    let typed = |media_type| read_user(&Response::new(200, media_type, r#"{"id":1}"#), &workshop());
    assert!(typed("application/vnd.vimeo.user+json;version=3.4").is_ok());
    assert!(typed("Application/JSON").is_ok());
    for other in ["text/html", "text/json", "image/svg+json", "application/json+xml", "+json", ""] {
        assert!(typed(other).is_err(), "{other}");
    }
}

/// RFC 6750 §3, §3.1.
#[test]
fn a_refused_token_is_explained_by_the_header() {
    let challenge =
        r#"Bearer realm="x", error="invalid_token", error_description="The access token expired""#;
    let response = Response::new(401, "text/plain", "").with_header("WWW-Authenticate", challenge);
    let expected = Error::UserInfoRefused {
        status: 401,
        error: "invalid_token".into(),
        description: "The access token expired".into(),
    };
    assert_eq!(error(&response), expected);

    let silent = Error::UserInfoRefused { status: 403, error: "".into(), description: "".into() };
    assert_eq!(error(&Response::new(403, "text/html", "no")), silent);
}

/// RFC 9110 §11.2, §11.6.1: values with and without quotes, several challenges in one line or in many.
#[test]
fn a_challenge_is_read_in_every_spelling_that_http_allows() {
    for (challenges, code, words) in [
        (&[r#"Bearer realm="x", error=invalid_token"#][..], "invalid_token", ""),
        (&[r#"Bearer realm="x",error="invalid_token""#], "invalid_token", ""),
        (
            &[r#"bearer error = "invalid_token" , error_description="a, b=c""#],
            "invalid_token",
            "a, b=c",
        ),
        (&[r#"BEARER Error="a",ERROR_DESCRIPTION="say \"no\" \\""#], "a", r#"say "no" \"#),
        (&[r#"Basic realm="x", Bearer error="invalid_token""#], "invalid_token", ""),
        (&["Negotiate, Bearer error=invalid_token"], "invalid_token", ""),
        (&["Negotiate dGVzdA==, Bearer error=invalid_token"], "invalid_token", ""),
        (&[r#"Basic realm="x""#, r#"Bearer error="invalid_token""#], "invalid_token", ""),
        // Another scheme's error is not ours, and neither are words within quotes.
        (&[r#"DPoP error="use_dpop_nonce""#], "", ""),
        (&[r#"Bearer error="invalid_token", DPoP error_description="x""#], "invalid_token", ""),
        (&[r#"Bearer realm="error=a, error=b""#], "", ""),
        (&[r#"Bearer realm="x\", error=a""#], "", ""),
        (&["", ",,", "Bearer", "error=a"], "", ""),
    ] {
        let answer = Response::new(401, "text/plain", "");
        let answer =
            challenges.iter().fold(answer, |it, line| it.with_header("WWW-Authenticate", line));
        let expected =
            Error::UserInfoRefused { status: 401, error: code.into(), description: words.into() };
        assert_eq!(error(&answer), expected, "{challenges:?}");
    }
}

/// Slack and others say no under 200.
#[test]
fn an_error_under_200_is_no_user() {
    for (body, code, words) in [
        (r#"{"ok":false,"error":"missing_scope"}"#, "missing_scope", ""),
        (r#"{"id":1,"name":"Ada","error":"invalid_token"}"#, "invalid_token", ""),
        (r#"{"error":{"message":"no"}}"#, "error", "no"),
        (r#"{"id":"1","error":{"code":401,"message":"token expired"}}"#, "401", "token expired"),
    ] {
        let expected =
            Error::UserInfoRefused { status: 200, error: code.into(), description: words.into() };
        assert_eq!(error(&Response::new(200, "application/json", body)), expected, "{body}");
    }
    assert!(read(r#"{"ok":true,"error":null,"id":1,"message":"hello"}"#).is_ok());
    assert!(read(r#"{"ok":true,"error":false,"id":1}"#).is_ok());
}

/// Facebook's picture is an object. It is decoration, and no reason to refuse the person.
#[test]
fn decoration_of_an_odd_type_is_left_out_with_a_remark() {
    for (body, left_out) in [
        (r#"{"id":1,"picture":{"data":{"url":"https://a"}}}"#, "picture"),
        (r#"{"id":1,"name":7}"#, "name"),
        (r#"{"id":1,"bio":["a","b"]}"#, "bio"),
        (r#"{"id":1,"avatar_url":true}"#, "avatar_url"),
    ] {
        let user = read(body).unwrap();
        assert_eq!((user.name, user.bio, user.avatar_url), (None, None, None), "{body}");
        assert_eq!(user.remarks, [format!("its {left_out} is not a string, and was left out")]);
    }
    let user = read(r#"{"id":1,"name":{"first":"Ada"},"display_name":"Ada Winter"}"#).unwrap();
    assert_eq!(user.name.as_deref(), Some("Ada Winter"));
}

#[test]
fn trouble_at_the_api_is_not_blamed_on_the_settings() {
    for status in [429, 500, 502, 503] {
        let answer = Response::new(status, "text/html", "<h1>sorry</h1>");
        let expected = Error::Unavailable { endpoint: "API", status, description: "".into() };
        assert_eq!(error(&answer), expected);
    }
}

/// Authlib, GitHub and others leave the header out and say it in the body.
#[test]
fn without_a_challenge_the_reason_is_read_from_the_body() {
    let rows = [
        (
            r#"{"error":"insufficient_scope","error_description":"more"}"#,
            "insufficient_scope",
            "more",
        ),
        (r#"{"message":"Bad credentials","status":"401"}"#, "", "Bad credentials"),
        (r#"{"error":{"status":401,"message":"expired"}}"#, "401", "expired"),
        (r#"{"errors":[{"message":"expired"}]}"#, "", "expired"),
        (r#"{"error":"#, "", ""),
    ];
    for (body, code, words) in rows {
        let expected =
            Error::UserInfoRefused { status: 401, error: code.into(), description: words.into() };
        assert_eq!(error(&Response::new(401, "application/json", body)), expected, "{body}");
    }
}

#[test]
fn every_prefix_of_a_good_answer_is_refused() {
    let good = r#"{"id":"1","name":"Ada","bio":null,"avatar_url":"https://example.com/a.png"}"#;
    assert!(read(good).is_ok());
    for length in 0..good.len() {
        assert!(read(&good[..length]).is_err(), "{}", &good[..length]);
    }
}
