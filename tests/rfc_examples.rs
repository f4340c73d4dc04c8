//! The RFCs' own example messages: with the example's values we build that request and read that response.
//!
//! Two differences are on purpose, and each test says which: PKCE is always on here, so our requests
//! have its parameters too; and `.` stays `.`, where the RFC's examples write `%2E`, which means the same.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "in a test, a panic is the answer"
)]

use oauth2_by_hand::authorize::{authorization_url, read_redirect};
use oauth2_by_hand::by_hand::{base64, sha256};
use oauth2_by_hand::client::settings;
use oauth2_by_hand::discover::{metadata_request, read_metadata};
use oauth2_by_hand::fetch_token::{
    read_refreshed_token, read_revocation, read_token, refresh_request, revoke_request,
    token_request,
};
use oauth2_by_hand::get_user_info::{read_user, user_info_request};
use oauth2_by_hand::http::{Request, Response};
use oauth2_by_hand::{Client, Error, pkce};

const CODE_VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CODE_CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// The client of the examples, with the secret of the section and the method of client authentication.
fn client(secret: &'static str, method: &'static str) -> Client {
    let settings = [
        ("OAUTH_CLIENT_ID", "s6BhdRkqt3"),
        ("OAUTH_CLIENT_SECRET", secret),
        ("OAUTH_CLIENT_AUTH", method),
        ("OAUTH_REDIRECT_URI", "https://client.example.com/cb"),
        ("OAUTH_AUTHORIZE_URL", "https://server.example.com/authorize"),
        ("OAUTH_TOKEN_URL", "https://server.example.com/token"),
        ("OAUTH_USERINFO_URL", "https://server.example.com/resource"),
    ];
    settings::client(&settings.map(|(name, value)| (name.into(), value.into())).into()).unwrap()
}

/// The pairs of a form or a query, decoded by somebody else's decoder, in the order of the alphabet.
fn pairs(encoded: &str) -> Vec<(String, String)> {
    let mut pairs: Vec<_> = form_urlencoded::parse(encoded.as_bytes()).into_owned().collect();
    pairs.sort();
    pairs
}

/// Holds a POST of ours against an example: first line, Host, Authorization, Content-Type, and the form.
fn assert_posts(request: &Request, authorization: Option<&str>, form: &str) {
    assert!(request.to_wire().starts_with("POST /token HTTP/1.1\r\nHost: server.example.com\r\n"));
    assert_eq!(request.header("Authorization"), authorization);
    assert_eq!(request.header("Content-Type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(pairs(&request.body), pairs(form));
}

fn json(status: u16, body: &str) -> Response {
    Response::new(status, "application/json;charset=UTF-8", body)
        .with_header("Cache-Control", "no-store")
        .with_header("Pragma", "no-cache")
}

/// RFC 6749 §4.1.1. Ours has the code challenge of RFC 7636 too.
#[test]
fn rfc_6749_4_1_1_the_authorization_request() {
    let url = authorization_url(&client("gX1fBat3bV", "basic"), "xyz", CODE_CHALLENGE);

    let (address, query) = url.split_once('?').unwrap();
    assert_eq!(address, "https://server.example.com/authorize");
    let example = "response_type=code&client_id=s6BhdRkqt3&state=xyz\
                   &redirect_uri=https%3A%2F%2Fclient%2Eexample%2Ecom%2Fcb";
    let with_pkce = format!("{example}&code_challenge={CODE_CHALLENGE}&code_challenge_method=S256");
    assert_eq!(pairs(query), pairs(&with_pkce));
}

/// RFC 6749 §4.1.2.
#[test]
fn rfc_6749_4_1_2_the_authorization_response() {
    let code = read_redirect("code=SplxlOBeZQQYbYS6WxSbIA&state=xyz", &client("", "post"), "xyz");
    assert_eq!(code.unwrap(), "SplxlOBeZQQYbYS6WxSbIA");
}

/// RFC 6749 §4.1.2.1.
#[test]
fn rfc_6749_4_1_2_1_the_authorization_error() {
    let refused = read_redirect("error=access_denied&state=xyz", &client("", "post"), "xyz");
    let expected =
        Error::AuthorizationRefused { error: "access_denied".into(), description: "".into() };
    assert_eq!(refused, Err(expected));
}

/// RFC 6749 §4.1.3. Ours has the code verifier of RFC 7636 too.
#[test]
fn rfc_6749_4_1_3_the_access_token_request() {
    let client = client("gX1fBat3bV", "basic");
    let request = token_request(&client, "SplxlOBeZQQYbYS6WxSbIA", CODE_VERIFIER);

    let example = "grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA\
                   &redirect_uri=https%3A%2F%2Fclient%2Eexample%2Ecom%2Fcb";
    assert_posts(
        &request,
        Some("Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW"),
        &format!("{example}&code_verifier={CODE_VERIFIER}"),
    );
}

/// RFC 6749 §4.1.4 and §5.1: one message. Its token type is `example`, and §7.1 forbids to use a token of
/// a type that one does not understand; with the type that we do understand, every value is read.
#[test]
fn rfc_6749_4_1_4_and_5_1_the_access_token_response() {
    let example = r#"{
       "access_token":"2YotnFZFEjr1zCsicMWpAA",
       "token_type":"example",
       "expires_in":3600,
       "refresh_token":"tGzv3JOkF0XG5Qx2TlKWIA",
       "example_parameter":"example_value"
     }"#;

    let as_it_is = read_token(&json(200, example));
    let token = read_token(&json(200, &example.replace("\"example\"", "\"Bearer\"")));

    let problem = "its token_type is \"example\", not Bearer";
    assert_eq!(as_it_is.err(), Some(Error::BadTokenResponse(problem.into())));
    let token = token.unwrap();
    assert_eq!(token.access_token, "2YotnFZFEjr1zCsicMWpAA");
    assert_eq!(token.expires_in, Some(3600));
    assert_eq!(token.refresh_token.as_deref(), Some("tGzv3JOkF0XG5Qx2TlKWIA"));
}

/// RFC 6749 §5.2.
#[test]
fn rfc_6749_5_2_the_error_response() {
    let refused = read_token(&json(400, r#"{ "error":"invalid_request" }"#));
    let expected = Error::TokenRefused { error: "invalid_request".into(), description: "".into() };
    assert_eq!(refused.err(), Some(expected));
}

/// RFC 6749 §6, whose answer is that of §5.1.
#[test]
fn rfc_6749_6_refreshing_an_access_token() {
    let client = client("gX1fBat3bV", "basic");
    let request = refresh_request(&client, "tGzv3JOkF0XG5Qx2TlKWIA");

    assert_posts(
        &request,
        Some("Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW"),
        "grant_type=refresh_token&refresh_token=tGzv3JOkF0XG5Qx2TlKWIA",
    );
    let old =
        r#"{"access_token":"old","token_type":"Bearer","refresh_token":"tGzv3JOkF0XG5Qx2TlKWIA"}"#;
    let old = read_token(&json(200, old)).unwrap();
    let new =
        r#"{"access_token":"2YotnFZFEjr1zCsicMWpAA","token_type":"Bearer","expires_in":3600}"#;
    let token = read_refreshed_token(&json(200, new), &old).unwrap();
    assert_eq!(token.access_token, "2YotnFZFEjr1zCsicMWpAA");
    assert_eq!(token.refresh_token.as_deref(), Some("tGzv3JOkF0XG5Qx2TlKWIA"));
}

/// RFC 6749 §2.3.1: the same client with another secret, once in the header and once in the body.
#[test]
fn rfc_6749_2_3_1_the_client_secret_in_the_header_and_in_the_body() {
    let secret = "7Fjfp0ZBr1KtDRbnfVdmIw";
    let refresh = "grant_type=refresh_token&refresh_token=tGzv3JOkF0XG5Qx2TlKWIA";

    assert_posts(
        &refresh_request(&client(secret, "basic"), "tGzv3JOkF0XG5Qx2TlKWIA"),
        Some("Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3"),
        refresh,
    );
    assert_posts(
        &refresh_request(&client(secret, "post"), "tGzv3JOkF0XG5Qx2TlKWIA"),
        None,
        &format!("{refresh}&client_id=s6BhdRkqt3&client_secret={secret}"),
    );
}

/// RFC 7636 Appendix A.
#[test]
fn rfc_7636_a_base64url_without_padding() {
    assert_eq!(base64::encode_url_safe(&[3, 236, 255, 224, 193]), "A-z_4ME");
}

/// RFC 7636 Appendix B: the octets, the verifier, its hash, the challenge.
#[test]
fn rfc_7636_b_verifier_and_challenge() {
    let octets = [
        116, 24, 223, 180, 151, 153, 224, 37, 79, 250, 96, 125, 216, 173, 187, 186, 22, 212, 37,
        77, 105, 214, 191, 240, 91, 88, 5, 88, 83, 132, 141, 121,
    ];
    let hash = [
        19, 211, 30, 150, 26, 26, 216, 236, 47, 22, 177, 12, 76, 152, 46, 8, 118, 168, 120, 173,
        109, 241, 68, 86, 110, 225, 137, 74, 203, 112, 249, 195,
    ];
    assert_eq!(base64::encode_url_safe(&octets), CODE_VERIFIER);
    assert_eq!(sha256::sha256(CODE_VERIFIER.as_bytes()), hash);
    assert_eq!(pkce::code_challenge(CODE_VERIFIER), CODE_CHALLENGE);
}

/// RFC 6750 §2.1, §3 and §4.
#[test]
fn rfc_6750_the_bearer_token_in_use() {
    let client = client("x", "post");
    let wire = user_info_request(&client, "mF_9.B5f-4.1JqM").to_wire();
    assert!(wire.starts_with("GET /resource HTTP/1.1\r\nHost: server.example.com\r\n"), "{wire}");
    assert!(wire.contains("\r\nAuthorization: Bearer mF_9.B5f-4.1JqM\r\n"), "{wire}");

    let challenge = r#"Bearer realm="example", error="invalid_token", error_description="The access token expired""#;
    let answer = Response::new(401, "text/plain", "").with_header("WWW-Authenticate", challenge);
    let refused = read_user(&answer, &client);
    let expected = Error::UserInfoRefused {
        status: 401,
        error: "invalid_token".into(),
        description: "The access token expired".into(),
    };
    assert_eq!(refused.err(), Some(expected));

    let token = r#"{"access_token":"mF_9.B5f-4.1JqM","token_type":"Bearer","expires_in":3600,
        "refresh_token":"tGzv3JOkF0XG5Qx2TlKWIA"}"#;
    assert_eq!(read_token(&json(200, token)).unwrap().access_token, "mF_9.B5f-4.1JqM");
}

/// RFC 7009 §2.1 and §2.2: the request, and the answer, whose content counts for nothing.
#[test]
fn rfc_7009_2_1_the_revocation_request() {
    let client = client("gX1fBat3bV", "basic");
    let endpoint = "https://server.example.com/revoke";
    let request = revoke_request(&client, endpoint, "45ghiukldjahdnhzdauz", "refresh_token");

    assert!(request.to_wire().starts_with("POST /revoke HTTP/1.1\r\nHost: server.example.com\r\n"));
    assert_eq!(request.header("Content-Type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(request.header("Authorization"), Some("Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW"));
    assert_eq!(request.body, "token=45ghiukldjahdnhzdauz&token_type_hint=refresh_token");
    assert_eq!(read_revocation(&Response::new(200, "text/plain", "")), Ok(()));
}

/// RFC 8414 §3.1: an issuer without and with a path.
#[test]
fn rfc_8414_3_1_the_metadata_request() {
    for (issuer, first_line) in [
        ("https://example.com", "GET /.well-known/oauth-authorization-server HTTP/1.1"),
        (
            "https://example.com/issuer1",
            "GET /.well-known/oauth-authorization-server/issuer1 HTTP/1.1",
        ),
    ] {
        let wire = metadata_request(issuer).unwrap().to_wire();
        assert!(wire.starts_with(&format!("{first_line}\r\nHost: example.com\r\n")), "{wire}");
    }
}

/// RFC 8414 §3.2.
#[test]
fn rfc_8414_3_2_the_metadata_response() {
    let example = r#"{
       "issuer":
         "https://server.example.com",
       "authorization_endpoint":
         "https://server.example.com/authorize",
       "token_endpoint":
         "https://server.example.com/token",
       "token_endpoint_auth_methods_supported":
         ["client_secret_basic", "private_key_jwt"],
       "token_endpoint_auth_signing_alg_values_supported":
         ["RS256", "ES256"],
       "userinfo_endpoint":
         "https://server.example.com/userinfo",
       "jwks_uri":
         "https://server.example.com/jwks.json",
       "registration_endpoint":
         "https://server.example.com/register",
       "scopes_supported":
         ["openid", "profile", "email", "address",
          "phone", "offline_access"],
       "response_types_supported":
         ["code", "code token"],
       "service_documentation":
         "http://server.example.com/service_documentation.html",
       "ui_locales_supported":
         ["en-US", "en-GB", "en-CA", "fr-FR", "fr-CA"]
     }"#;

    let metadata = read_metadata(&json(200, example), "https://server.example.com").unwrap();

    let expected = [
        ("OAUTH_AUTHORIZE_URL", "https://server.example.com/authorize"),
        ("OAUTH_TOKEN_URL", "https://server.example.com/token"),
        ("OAUTH_USERINFO_URL", "https://server.example.com/userinfo"),
        ("OAUTH_CLIENT_AUTH", "basic"),
    ];
    assert_eq!(metadata.settings, expected.map(|(name, value)| (name, value.to_owned())));
}
