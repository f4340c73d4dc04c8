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
use oauth2_by_hand::get_user_info::{User, read_user, user_info_request};
use oauth2_by_hand::http::Response;

fn read(body: &str) -> Result<User, Error> {
    read_user(&Response::new(200, "application/json; charset=utf-8", body))
}

fn error(response: &Response) -> Error {
    match read_user(response) {
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
         Accept: application/json\r\n\
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
        (json("{}"), "it has no id"),
        (json(r#"{"id":null}"#), "it has no id"),
        (json(r#"{"id":""}"#), "it has no id"),
        (json(r#"{"id":1.5}"#), "it has no id"),
        (json(r#"{"id":true}"#), "it has no id"),
        (json(r#"{"id":{"a":1}}"#), "it has no id"),
        (json(r#"{"id":1,"name":7}"#), "its name is not a text"),
        (json(r#"{"id":1,"bio":{}}"#), "its bio is not a text"),
        (json(r#"{"id":1,"avatar_url":["x"]}"#), "its avatar_url is not a text"),
    ];
    for (response, problem) in rows {
        assert_eq!(error(&response), Error::BadUserResponse(problem.into()));
    }
}

#[test]
fn a_form_is_no_user() {
    let form = Response::new(200, "application/x-www-form-urlencoded", "id=1&name=Ada");
    assert_eq!(error(&form), Error::BadUserResponse("it is a form, not JSON".into()));
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

#[test]
fn every_prefix_of_a_good_answer_is_refused() {
    let good = r#"{"id":"1","name":"Ada","bio":null,"avatar_url":"https://example.com/a.png"}"#;
    assert!(read(good).is_ok());
    for length in 0..good.len() {
        assert!(read(&good[..length]).is_err(), "{}", &good[..length]);
    }
}
