//! The practice provider, held against the RFCs by requests that our client would never send.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "in a test, a panic is the answer"
)]

mod common;

use std::time::Duration;

use common::*;
use oauth2_by_hand::http::{Request, Response};
use oauth2_by_hand::practice::Provider;
use serde_json::Value;

const GOOD: [(&str, &str); 7] = [
    ("response_type", "code"),
    ("client_id", "workshop"),
    ("redirect_uri", REDIRECT_URI),
    ("scope", "read:user"),
    ("state", "our state=&%"),
    ("code_challenge", CODE_CHALLENGE),
    ("code_challenge_method", "S256"),
];

/// The good authorization request with one parameter changed, left out (`None`), or added.
fn authorize(change: &str, value: Option<&str>) -> Response {
    let mut pairs: Vec<(&str, &str)> =
        GOOD.into_iter().filter(|(name, _)| *name != change).collect();
    pairs.extend(value.map(|value| (change, value)));
    ask(&provider(), &pairs)
}

fn ask(provider: &Provider, pairs: &[(&str, &str)]) -> Response {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    provider.handle(&Request::get(&format!("{ISSUER}/authorize?{query}")))
}

fn json(response: &Response) -> Value {
    assert_eq!(response.header("content-type"), Some("application/json"));
    serde_json::from_slice(&response.body).unwrap()
}

fn token(pairs: &[(&str, &str)]) -> Request {
    Request::post_form(&format!("{ISSUER}/token"), pairs)
}

/// A code for `workshop`, and the request that exchanges it.
fn exchange(provider: &Provider) -> Vec<(String, String)> {
    let location = click(provider, &good_url(), "allow", "ada");
    let code = parameter(&location, "code").unwrap();
    [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", REDIRECT_URI),
        ("code_verifier", CODE_VERIFIER),
        ("client_id", "workshop"),
        ("client_secret", "workshop-secret"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec()
}

fn good_url() -> String {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(GOOD).finish();
    format!("{ISSUER}/authorize?{query}")
}

fn borrowed(pairs: &[(String, String)]) -> Vec<(&str, &str)> {
    pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// RFC 6749 §4.1.2.1: the server "MUST NOT automatically redirect the user-agent to the invalid redirection URI".
#[test]
fn an_unchecked_address_is_never_redirected_to_whatever_else_is_wrong() {
    let bad = [
        ("client_id", None),
        ("client_id", Some("")),
        ("client_id", Some("nobody")),
        ("redirect_uri", None),
        ("redirect_uri", Some("https://evil.example/")),
        ("redirect_uri", Some("http://127.0.0.1:8080/callback/")),
        ("redirect_uri", Some("http://127.0.0.1:8080/callback?x=1")),
    ];
    for (name, value) in bad {
        let response = authorize(name, value);
        assert_eq!((response.status, response.header("location")), (400, None), "{name} {value:?}");

        let worse: Vec<_> = [("response_type", "token"), ("scope", "a b")]
            .into_iter()
            .chain(GOOD.into_iter().filter(|(key, _)| *key == "client_id" && name != "client_id"))
            .chain(value.map(|value| (name, value)))
            .collect();
        let response = ask(&provider(), &worse);
        assert_eq!((response.status, response.header("location")), (400, None), "{worse:?}");
    }
    for name in ["client_id", "redirect_uri"] {
        let (_, good) = GOOD.into_iter().find(|(key, _)| *key == name).unwrap();
        let twice: Vec<_> = GOOD.into_iter().chain([(name, good)]).collect();
        let response = ask(&provider(), &twice);
        assert_eq!((response.status, response.header("location")), (400, None), "{name} twice");
    }
}

/// RFC 7636 §4.4.1 has invalid_request for a challenge that is missing and for a method that is not known. A challenge of
/// a wrong form gets it too; the words tell them apart.
#[test]
fn a_code_challenge_that_is_refused_is_refused_in_words() {
    for (name, value, words) in [
        ("code_challenge", Some("short"), "the code_challenge has a wrong form"),
        ("code_challenge_method", None, "code_challenge needs code_challenge_method=S256"),
        ("code_challenge_method", Some("plain"), "code_challenge needs code_challenge_method=S256"),
    ] {
        let response = authorize(name, value);
        let location = response.header("location").unwrap();
        assert_eq!(parameter(location, "error_description").as_deref(), Some(words));
    }
}

#[test]
fn a_question_in_unreadable_encoding_gets_a_page_and_sends_nobody_anywhere() {
    for query in ["%", "client_id=%zz", "client_id=workshop&state=%ff"] {
        let response = provider().handle(&Request::get(&format!("{ISSUER}/authorize?{query}")));
        assert_eq!((response.status, response.header("location")), (400, None), "{query}");
        assert!(response.text().unwrap().contains("not in readable URL encoding"), "{query}");
    }
}

/// RFC 6749 §4.1.2.1, RFC 7636 §4.4.1.
#[test]
fn every_other_error_goes_back_to_the_client_with_its_state_and_our_name() {
    let rows = [
        ("response_type", None, "invalid_request"),
        ("response_type", Some("token"), "unsupported_response_type"),
        ("scope", Some("admin"), "invalid_scope"),
        ("scope", Some("read:user  user:email"), "invalid_scope"),
        ("code_challenge", Some("short"), "invalid_request"),
        ("code_challenge", None, "invalid_request"),
        ("code_challenge_method", Some("plain"), "invalid_request"),
        ("code_challenge_method", None, "invalid_request"),
    ];
    for (name, value, error) in rows {
        let response = authorize(name, value);
        let location = response.header("location").unwrap_or_else(|| panic!("{name} {value:?}"));
        assert_eq!(response.status, 303);
        assert!(location.starts_with("http://127.0.0.1:8080/callback?"), "{location}");
        assert_eq!(parameter(location, "error").as_deref(), Some(error), "{name} {value:?}");
        assert_eq!(parameter(location, "state").as_deref(), Some("our state=&%"));
        assert_eq!(parameter(location, "iss").as_deref(), Some(ISSUER));
        assert_eq!(parameter(location, "code"), None);
    }
}

#[test]
fn a_parameter_that_comes_twice_is_an_error_and_an_unknown_one_is_not() {
    for (name, value) in [("scope", "read:user"), ("state", "other"), ("response_type", "code")] {
        let twice: Vec<_> = GOOD.into_iter().chain([(name, value)]).collect();
        let response = ask(&provider(), &twice);
        let location = response.header("location").unwrap();
        assert_eq!(parameter(location, "error").as_deref(), Some("invalid_request"), "{name}");
    }
    let unknown: Vec<_> = GOOD.into_iter().chain([("x", "1"), ("x", "2"), ("nonce", "")]).collect();
    assert_eq!(ask(&provider(), &unknown).status, 200);
}

/// RFC 9700 §2.1.1: a public client without PKCE is not served; a confidential one is, with a remark.
#[test]
fn without_a_code_challenge_only_a_confidential_client_is_served() {
    let without_pkce: Vec<_> =
        GOOD.into_iter().filter(|(name, _)| !name.starts_with("code_challenge")).collect();
    let query = |client_id| {
        let pairs = without_pkce.iter().map(|(name, value)| match *name {
            "client_id" => ("client_id", client_id),
            _ => (*name, *value),
        });
        form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
    };

    let confidential = Request::get(&format!("{ISSUER}/authorize?{}", query("workshop")));
    let answer = provider().answer(&confidential);
    assert_eq!(answer.response.status, 200);
    assert!(answer.remarks.iter().any(|remark| remark.contains("gives up PKCE")));

    let public = Request::get(&format!("{ISSUER}/authorize?{}", query("workshop-public")));
    let response = provider().handle(&public);
    let location = response.header("location").unwrap();
    assert_eq!(parameter(location, "error").as_deref(), Some("invalid_request"));
}

#[test]
fn the_consent_page_names_the_client_that_asks() {
    for (client_id, name) in
        [("workshop", "OAuth by hand"), ("workshop-public", "OAuth by hand (public)")]
    {
        let page = authorize("client_id", Some(client_id));
        assert!(page.text().unwrap().contains(&format!("<bdi>{name}</bdi>")), "{client_id}");
    }
}

#[test]
fn a_consent_page_fits_into_no_frame_and_runs_no_script() {
    let page = authorize("", None);
    let policy = page.header("content-security-policy").unwrap();
    for rule in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"] {
        assert!(policy.contains(rule), "{policy}");
    }
    assert!(!policy.contains("script-src") && !policy.contains("unsafe"), "{policy}");
    // Chromium would apply it to every redirect that the client makes afterwards.
    assert!(!policy.contains("form-action"), "{policy}");
    assert_eq!(page.header("x-frame-options"), Some("DENY"));
    assert_eq!(page.header("cache-control"), Some("no-store"));
    assert_eq!(page.header("access-control-allow-origin"), None);
    let cookie = page.header("set-cookie").unwrap();
    assert!(cookie.starts_with("practice_session_9000="), "{cookie}");
    assert!(cookie.ends_with("; Max-Age=600; HttpOnly; SameSite=Lax; Path=/"), "{cookie}");
}

/// RFC 6749 §10.12: a click on Allow counts only from the page and the browser that were asked.
#[test]
fn a_forged_click_on_allow_is_refused_and_costs_the_person_nothing() {
    let provider = provider();
    let page = ask(&provider, &GOOD);
    let good = decision(&page, "allow", "ada");
    let with = |name: &str, value: Option<&str>| {
        let mut forged = good.clone();
        forged.headers.retain(|(key, _)| key != name);
        match value {
            Some(value) => forged.with_header(name, value),
            None => forged,
        }
    };
    let changed =
        |from: &str, to: &str| Request { body: good.body.replace(from, to), ..good.clone() };
    let elsewhere = "The click comes from a page that is not this provider";
    let other_form = "The form is not the one of the question.";
    let forgeries = [
        (with("Origin", Some("null")), elsewhere),
        (with("Origin", Some("http://127.0.0.1:9001")), elsewhere),
        (with("Origin", Some("https://evil.example")), elsewhere),
        (with("Origin", Some(ISSUER)).with_header("Origin", "null"), elsewhere),
        (with("Cookie", None), "Your browser sent no cookie."),
        (
            with("Cookie", Some("practice_session_9001=x; practice_session=y")),
            "Your browser sent no cookie.",
        ),
        (
            with("Cookie", Some("practice_session_9000=of-another-browser")),
            "The question was asked in another browser.",
        ),
        (changed("consent_token=", "consent_token=x"), other_form),
        (changed("transaction=", "transaction=x"), "The question is older than ten minutes"),
        (changed("person=ada", "person=mallory"), other_form),
        (changed("decision=allow", "decision=maybe"), "The form says neither allow nor deny."),
    ];

    for (forged, cause) in forgeries {
        let answer = provider.handle(&forged);
        assert_eq!((answer.status, answer.header("location")), (403, None));
        assert!(answer.text().unwrap().contains(cause), "{cause}");
    }
    // Text browsers send no Origin; session and token are theirs all the same.
    assert_eq!(provider.handle(&with("Origin", None)).status, 303);
}

#[test]
fn a_double_click_on_allow_gives_one_code_and_only_until_it_is_used() {
    let provider = provider();
    let page = ask(&provider, &GOOD);
    let click = decision(&page, "allow", "ada");

    let first = provider.handle(&click);
    let second = provider.handle(&click);
    assert_eq!(first.status, 303);
    assert!(first == second, "the same code");
    for other in [decision(&page, "allow", "zoe"), decision(&page, "deny", "ada")] {
        assert_eq!(provider.handle(&other).status, 403, "one question, one answer");
    }

    let code = parameter(first.header("location").unwrap(), "code").unwrap();
    let mut pairs = exchange(&provider);
    pairs[1].1 = code;
    assert_eq!(provider.handle(&token(&borrowed(&pairs))).status, 200);
    assert_eq!(provider.handle(&click).status, 403, "the code is used");
}

/// What was asked is in the provider's memory, and the form cannot change it.
#[test]
fn the_form_cannot_change_what_was_asked() {
    let provider = provider();
    let page = ask(&provider, &GOOD);
    let mut click = decision(&page, "allow", "ada");
    click.body += "&redirect_uri=https%3A%2F%2Fevil.example%2F&client_id=workshop-public&scope=user%3Aemail&state=x";

    let location = provider.handle(&click).header("location").unwrap().to_owned();

    assert!(location.starts_with("http://127.0.0.1:8080/callback?"), "{location}");
    assert_eq!(parameter(&location, "state").as_deref(), Some("our state=&%"));
}

#[test]
fn a_question_on_the_consent_page_grows_old() {
    let provider = provider();
    let click = decision(&ask(&provider, &GOOD), "allow", "ada");
    provider.let_time_pass(Duration::from_secs(600));
    assert_eq!(provider.handle(&click).status, 403);
}

/// RFC 6749 §2.3, §5.2.
#[test]
fn at_the_token_endpoint_a_client_has_to_show_who_it_is_in_exactly_one_way() {
    let basic = "Basic d29ya3Nob3A6d29ya3Nob3Atc2VjcmV0";
    let bearer = "Bearer d29ya3Nob3A6d29ya3Nob3Atc2VjcmV0";
    type Row = (&'static str, Option<&'static str>, Option<&'static str>, u16, &'static str);
    let rows: [Row; 9] = [
        ("no secret", None, None, 401, "invalid_client"),
        ("wrong secret", Some("wrong"), None, 401, "invalid_client"),
        ("half a secret", Some("workshop-secre"), None, 401, "invalid_client"),
        ("both", Some("workshop-secret"), Some(basic), 400, "invalid_request"),
        ("wrong Basic", None, Some("Basic d29ya3Nob3A6d3Jvbmc="), 401, "invalid_client"),
        ("broken Basic", None, Some("Basic ???"), 401, "invalid_client"),
        ("no colon", None, Some("Basic d29ya3Nob3A="), 401, "invalid_client"),
        ("another scheme", None, Some(bearer), 401, "invalid_client"),
        ("Basic of somebody else", None, Some("Basic bm9ib2R5Ong="), 401, "invalid_client"),
    ];
    for (what, secret, header, status, error) in rows {
        let provider = provider();
        let mut pairs = exchange(&provider);
        pairs.retain(|(name, _)| name != "client_secret");
        let mut pairs = borrowed(&pairs);
        if header.is_some() && secret.is_none() {
            pairs.retain(|(name, _)| *name != "client_id");
        }
        pairs.extend(secret.map(|secret| ("client_secret", secret)));
        let mut request = token(&pairs);
        request.headers.extend(header.map(|value| ("Authorization".to_owned(), value.to_owned())));

        let response = provider.handle(&request);

        assert_eq!(
            (response.status, json(&response)["error"].as_str()),
            (status, Some(error)),
            "{what}"
        );
        if status == 401 {
            assert!(response.header("www-authenticate").unwrap().starts_with("Basic realm="));
        }
        assert_eq!(response.header("cache-control"), Some("no-store"));
        assert_eq!(response.header("pragma"), Some("no-cache"));
    }
}

/// RFC 6749 §2.3: a proxy in between could read the second header instead of the first.
#[test]
fn two_authorization_headers_are_none_even_if_they_are_the_same() {
    let provider = provider();
    let mut pairs = exchange(&provider);
    pairs.retain(|(name, _)| !name.starts_with("client_"));
    let basic = "Basic d29ya3Nob3A6d29ya3Nob3Atc2VjcmV0";
    let once = token(&borrowed(&pairs)).with_header("Authorization", basic);
    let twice = once.clone().with_header("Authorization", basic);

    let refused = provider.handle(&twice);

    assert_eq!((refused.status, json(&refused)["error"].as_str()), (400, Some("invalid_request")));
    assert_eq!(provider.handle(&once).status, 200, "and the code is still good");
}

/// RFC 6749 §5.2, invalid_client: a public client has nothing to prove, and a secret of it is somebody's mistake.
#[test]
fn a_secret_for_the_public_client_is_refused() {
    let pairs = [
        ("grant_type", "authorization_code"),
        ("client_id", "workshop-public"),
        ("client_secret", "workshop-secret"),
    ];
    let refused = provider().handle(&token(&pairs));
    assert_eq!((refused.status, json(&refused)["error"].as_str()), (401, Some("invalid_client")));
}

/// RFC 6749 §2.3.1: "the authorization server MUST protect any endpoint utilizing it against brute force attacks".
#[test]
fn guessing_secrets_is_slowed_for_the_guessed_client_alone() {
    let provider = provider();
    let guess =
        token(&[("grant_type", "x"), ("client_id", "workshop"), ("client_secret", "guess")]);
    for _ in 0..5 {
        assert_eq!(provider.handle(&guess).status, 401);
    }

    let locked = provider.handle(&guess);
    assert_eq!((locked.status, locked.header("retry-after")), (429, Some("1")));
    assert_eq!(locked.header("www-authenticate"), None);
    // RFC 6749 §5.2, for a client that used the header; also where its secret is wrong.
    let basic =
        token(&[("grant_type", "x")]).with_header("Authorization", "Basic d29ya3Nob3A6eA==");
    let locked = provider.handle(&basic);
    let challenge = Some("Basic realm=\"practice provider\"");
    assert_eq!((locked.status, locked.header("www-authenticate")), (429, challenge));
    let right = exchange(&provider);
    assert_eq!(provider.handle(&token(&borrowed(&right))).status, 429, "also with the right one");
    let other = token(&[("grant_type", "x"), ("client_id", "workshop-public")]);
    assert_eq!(json(&provider.handle(&other))["error"], "unsupported_grant_type");

    provider.let_time_pass(Duration::from_secs(2));
    assert_eq!(provider.handle(&token(&borrowed(&right))).status, 200);
}

/// RFC 6749 §3.3: the order of scopes does not matter, and neither does saying one twice.
#[test]
fn a_scope_that_is_named_twice_counts_once() {
    for (asked, listed) in [
        ("read:user read:user".to_owned(), "read:user"),
        ("user:email read:user user:email".to_owned(), "user:email read:user"),
        (vec!["read:user"; 500].join(" "), "read:user"),
    ] {
        let provider = provider();
        let mut pairs = GOOD.to_vec();
        pairs[3] = ("scope", &asked);
        let page = ask(&provider, &pairs);
        let meaning = "See your name, bio and picture";
        assert_eq!(page.text().unwrap().matches(meaning).count(), 1, "{asked}");
        let answer = provider.handle(&decision(&page, "allow", "ada"));
        let code = parameter(answer.header("location").unwrap(), "code").unwrap();
        let mut right = borrowed(&exchange(&provider))
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect::<Vec<_>>();
        right[1].1 = code;
        assert_eq!(json(&provider.handle(&token(&borrowed(&right))))["scope"], listed);
    }
    for unknown in ["read:user  user:email", "read:user READ:USER", "read:user x"] {
        let mut pairs = GOOD.to_vec();
        pairs[3] = ("scope", unknown);
        let answer = ask(&provider(), &pairs);
        assert!(answer.header("location").unwrap().contains("error=invalid_scope"), "{unknown}");
    }
}

/// RFC 7636 §4.1: a short one can be guessed from its hash, which the browser carried.
#[test]
fn a_verifier_that_is_too_short_or_too_long_is_refused_although_it_fits() {
    for (verifier, status) in [
        ("a".to_owned(), 400),
        ("a".repeat(42), 400),
        ("a".repeat(43), 200),
        ("~._-".repeat(32), 200),
        ("a".repeat(129), 400),
        (format!("{}+", "a".repeat(43)), 400),
        (format!("{}ä", "a".repeat(43)), 400),
    ] {
        let provider = provider();
        let challenge = oauth2_by_hand::pkce::code_challenge(&verifier);
        let mut pairs = GOOD.to_vec();
        pairs[5] = ("code_challenge", &challenge);
        let answer = provider.handle(&decision(&ask(&provider, &pairs), "allow", "ada"));
        let code = parameter(answer.header("location").unwrap(), "code").unwrap();
        let answer = provider.handle(&token(&[
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", REDIRECT_URI),
            ("code_verifier", &verifier),
            ("client_id", "workshop"),
            ("client_secret", "workshop-secret"),
        ]));
        assert_eq!(answer.status, status, "{verifier}");
    }
}

/// RFC 6749 §5.1, for an answer that is not JSON: GitHub's, to a client that does not ask for JSON.
#[test]
fn a_form_answer_is_kept_by_no_cache_either() {
    let github =
        oauth2_by_hand::practice::quirks::ALL.iter().find(|quirks| quirks.form_unless_json);
    let provider = Provider::like(ISSUER, github.unwrap());
    let mut request = token(&[("grant_type", "x"), ("client_id", "workshop")]);
    request.headers.retain(|(name, _)| name != "Accept");
    let answer = provider.handle(&request);
    assert_eq!(answer.header("content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("pragma"), Some("no-cache"));
}

/// Each wrong secret after the fifth doubles the wait, up to a minute; a right one forgets them all.
#[test]
fn the_wait_after_a_wrong_secret_doubles_up_to_a_minute() {
    let provider = provider();
    let guess =
        token(&[("grant_type", "x"), ("client_id", "workshop"), ("client_secret", "guess")]);
    for _ in 0..4 {
        assert_eq!(provider.handle(&guess).status, 401);
    }
    for wait in ["1", "2", "4", "8", "16", "32", "60", "60"] {
        assert_eq!(provider.handle(&guess).status, 401);
        let locked = provider.handle(&guess);
        assert_eq!((locked.status, locked.header("retry-after")), (429, Some(wait)));
        provider.let_time_pass(Duration::from_secs(wait.parse().unwrap()));
    }
    let right = exchange(&provider);
    assert_eq!(provider.handle(&token(&borrowed(&right))).status, 200);
    assert_eq!(provider.handle(&guess).status, 401);
    assert_eq!(provider.handle(&guess).status, 401, "counted from the start");
}

/// RFC 6749 §3.2.1 lets a client name itself in the form too; then it has to be the one of the header.
#[test]
fn the_form_may_repeat_who_the_header_says_it_is() {
    for (client_id, status) in [("workshop", 200), ("workshop-public", 400), ("nobody", 400)] {
        let provider = provider();
        let mut pairs = exchange(&provider);
        pairs.retain(|(name, _)| !name.starts_with("client_"));
        pairs.push(("client_id".into(), client_id.into()));
        let request = token(&borrowed(&pairs))
            .with_header("Authorization", "Basic d29ya3Nob3A6d29ya3Nob3Atc2VjcmV0");
        assert_eq!(provider.handle(&request).status, status, "{client_id}");
    }
}

/// RFC 6749 §3.2, §2.3.1.
#[test]
fn the_token_endpoint_takes_a_form_by_post_and_nothing_in_the_url() {
    let provider = provider();
    let good = exchange(&provider);
    let good = token(&borrowed(&good));

    let get = Request { method: "GET".into(), ..good.clone() };
    assert_eq!(
        (provider.handle(&get).status, provider.handle(&get).header("allow")),
        (405, Some("POST"))
    );
    let in_url =
        Request { target: format!("/token?{}", good.body), body: String::new(), ..good.clone() };
    assert_eq!(provider.handle(&in_url).status, 400);
    let mut as_json = good.clone();
    as_json.headers.retain(|(name, _)| name != "Content-Type");
    let as_json = as_json.with_header("Content-Type", "application/json");
    assert_eq!(json(&provider.handle(&as_json))["error"], "invalid_request");
    let twice = Request { body: format!("{}&code=x", good.body), ..good.clone() };
    assert_eq!(json(&provider.handle(&twice))["error"], "invalid_request");
    let other =
        Request { body: good.body.replace("authorization_code", "password"), ..good.clone() };
    assert_eq!(json(&provider.handle(&other))["error"], "unsupported_grant_type");
    let none = Request { body: good.body.replace("grant_type", "x"), ..good.clone() };
    assert_eq!(json(&provider.handle(&none))["error"], "invalid_request");

    assert_eq!(provider.handle(&good).status, 200, "nothing of this used the code up");
}

/// RFC 6750 §3, §3.1.
#[test]
fn the_api_says_in_its_header_what_is_wrong_with_a_token() {
    let provider = provider();
    let user = || Request::get(&format!("{ISSUER}/user"));
    let challenge = |request: &Request| {
        let response = provider.handle(request);
        (response.status, response.header("www-authenticate").unwrap().to_owned())
    };

    let (status, none) = challenge(&user());
    assert_eq!((status, none.contains("error=")), (401, false), "{none}");
    let (status, wrong) = challenge(&user().with_header("Authorization", "Bearer wrong"));
    assert_eq!((status, wrong.contains("error=\"invalid_token\"")), (401, true), "{wrong}");
    let (status, scheme) = challenge(&user().with_header("Authorization", "Basic d3Jvbmc="));
    assert_eq!((status, scheme.contains("error=")), (401, false), "{scheme}");
    let two =
        user().with_header("Authorization", "Bearer a").with_header("Authorization", "Bearer b");
    let (status, two) = challenge(&two);
    assert_eq!((status, two.contains("error=\"invalid_request\"")), (400, true), "{two}");

    let only_email: Vec<_> = GOOD
        .into_iter()
        .filter(|(name, _)| *name != "scope")
        .chain([("scope", "user:email")])
        .collect();
    let page = ask(&provider, &only_email);
    let location =
        provider.handle(&decision(&page, "allow", "ada")).header("location").unwrap().to_owned();
    let mut pairs = exchange(&provider);
    pairs[1].1 = parameter(&location, "code").unwrap();
    let answer = json(&provider.handle(&token(&borrowed(&pairs))));
    let access_token = answer["access_token"].as_str().unwrap();
    let (status, low) =
        challenge(&user().with_header("Authorization", &format!("bearer {access_token}")));
    assert_eq!((status, low.contains("error=\"insufficient_scope\"")), (403, true), "{low}");
}

/// OAuth 2.1 draft §5.1: a token in the URL would stay in logs and histories.
#[test]
fn a_token_in_the_url_is_not_even_looked_at() {
    let provider = provider();
    let answer = json(&provider.handle(&token(&borrowed(&exchange(&provider)))));
    let access_token = answer["access_token"].as_str().unwrap();
    let url = format!("{ISSUER}/user?access_token={access_token}");
    assert_eq!(provider.handle(&Request::get(&url)).status, 401);
    assert_eq!(
        provider
            .handle(
                &Request::get(&url).with_header("Authorization", &format!("Bearer {access_token}"))
            )
            .status,
        200
    );
}

/// DNS rebinding.
#[test]
fn a_request_for_another_host_is_refused() {
    for host in ["evil.example", "evil.example:9000", "127.0.0.1", "127.0.0.1:9001", ""] {
        let mut request = Request::get(&format!("{ISSUER}/"));
        request.headers.retain(|(name, _)| name != "Host");
        assert_eq!(provider().handle(&request).status, 421, "no Host");
        assert_eq!(provider().handle(&request.with_header("Host", host)).status, 421, "{host}");
    }
    // RFC 3986 §3.2.2: host names have no case.
    for host in ["localhost:9000", "LOCALHOST:9000", "LocalHost:9000", "127.0.0.1:9000"] {
        assert_eq!(provider().handle(&Request::get(&format!("http://{host}/"))).status, 200);
    }
    // Port 80, which no test can listen on, is left out by browsers.
    for (host, status) in [("127.0.0.1", 200), ("localhost:80", 200), ("127.0.0.1:9000", 421)] {
        let provider = Provider::new("http://127.0.0.1:80");
        let answer = provider.handle(&Request::get(&format!("http://{host}/")));
        assert_eq!(answer.status, status, "{host}");
    }
}

/// RFC 8414 §2, RFC 9207 §3.
#[test]
fn the_metadata_names_the_issuer_and_what_is_supported() {
    let url = format!("{ISSUER}/.well-known/oauth-authorization-server");
    let metadata = json(&provider().handle(&Request::get(&url)));
    assert_eq!(metadata["issuer"], ISSUER);
    assert_eq!(metadata["authorization_endpoint"], "http://127.0.0.1:9000/authorize");
    assert_eq!(metadata["token_endpoint"], "http://127.0.0.1:9000/token");
    assert_eq!(metadata["userinfo_endpoint"], "http://127.0.0.1:9000/user");
    assert_eq!(metadata["revocation_endpoint"], "http://127.0.0.1:9000/revoke");
    assert_eq!(metadata["code_challenge_methods_supported"], serde_json::json!(["S256"]));
    assert_eq!(metadata["authorization_response_iss_parameter_supported"], true);
}

fn registration(provider: &Provider, name: &str, homepage: &str, redirect_uri: &str) -> Response {
    registration_of(provider, name, homepage, redirect_uri, "yes")
}

fn registration_of(
    provider: &Provider,
    name: &str,
    homepage: &str,
    redirect_uri: &str,
    keeps_secret: &str,
) -> Response {
    let form = provider.handle(&Request::get(&format!("{ISSUER}/register")));
    let form_token = hidden(form.text().unwrap(), "form_token");
    let cookie = form.header("set-cookie").unwrap().split(';').next().unwrap();
    let pairs = [
        ("name", name),
        ("homepage", homepage),
        ("redirect_uri", redirect_uri),
        ("keeps_secret", keeps_secret),
        ("form_token", &form_token),
    ];
    let request = Request::post_form(&format!("{ISSUER}/register"), &pairs)
        .with_header("Origin", ISSUER)
        .with_header("Cookie", cookie);
    provider.handle(&request)
}

#[test]
fn a_registered_application_can_ask_and_its_name_harms_no_page() {
    let provider = provider();
    let name = "<script>alert(1)</script>\"'&{{transaction}}\u{202e}";
    let page = registration(
        &provider,
        name,
        "https://example.com/a?b=c",
        "http://localhost:8080/back?x=1",
    );
    assert_eq!(page.status, 200);
    let html = page.text().unwrap();
    assert!(!html.contains("<script") && !html.contains('\u{202e}'));
    let (_, after) = html.split_once("OAUTH_CLIENT_ID=&#39;").unwrap();
    let client_id = after.split('&').next().unwrap();

    let mut pairs = GOOD.to_vec();
    pairs[1] = ("client_id", client_id);
    pairs[2] = ("redirect_uri", "http://localhost:8123/back?x=1");
    let consent = ask(&provider, &pairs);
    assert!(!consent.text().unwrap().contains("<script"));
    let location =
        provider.handle(&decision(&consent, "allow", "ada")).header("location").unwrap().to_owned();
    assert!(location.starts_with("http://localhost:8123/back?x=1&code="), "{location}");
}

/// RFC 6749 §2.1: "public: clients incapable of maintaining the confidentiality of their credentials".
#[test]
fn an_application_that_keeps_no_secret_gets_none_and_needs_pkce() {
    for (keeps_secret, has_secret) in [("no", false), ("yes", true), ("", true)] {
        let provider = provider();
        let page =
            registration_of(&provider, "App", "https://example.com/", REDIRECT_URI, keeps_secret);
        let html = page.text().unwrap();
        let secret = html.contains("OAUTH_CLIENT_SECRET=&#39;practice_");
        assert_eq!(secret, has_secret, "{keeps_secret}: {html}");
        assert_eq!(html.contains("OAUTH_CLIENT_SECRET=&#39;&#39;"), !has_secret);
        assert_eq!(html.contains("A public client has none."), !has_secret);

        let (_, after) = html.split_once("OAUTH_CLIENT_ID=&#39;").unwrap();
        let client_id = after.split('&').next().unwrap();
        let without_pkce = [
            ("response_type", "code"),
            ("client_id", client_id),
            ("redirect_uri", REDIRECT_URI),
            ("state", "s"),
        ];
        assert_eq!(ask(&provider, &without_pkce).status, if has_secret { 200 } else { 303 });
    }
}

/// A redirect URI may hold quotes and semicolons. The page's lines make a value of it, and no command.
#[cfg(unix)]
#[test]
fn the_lines_for_a_registered_application_run_nothing_in_a_shell() {
    const HOSTILE: &str = "http://127.0.0.1:8080/a';touch$IFS'x';'";
    let page = registration(&provider(), "My app", "https://example.com/", HOSTILE);
    assert_eq!(page.status, 200);
    let (_, lines) = page.text().unwrap().split_once(">export ").unwrap();
    let (lines, _) = lines.split_once("</pre>").unwrap();
    let lines = format!("export {}", lines.replace("&#39;", "'").replace("&amp;", "&"));

    assert_eq!(pasted_into_sh(&lines, "OAUTH_REDIRECT_URI"), HOSTILE);
    assert_eq!(pasted_into_sh(&lines, "OAUTH_ISSUER"), ISSUER);
}

#[test]
fn a_bad_registration_is_explained_and_nothing_typed_is_lost() {
    let rows = [
        ("", "https://example.com/", REDIRECT_URI, "The name"),
        ("My app", "example.com", REDIRECT_URI, "The home page"),
        ("My app", "javascript:alert(1)", REDIRECT_URI, "The home page"),
        ("My app", "https://bücher.example/", REDIRECT_URI, "a name with other letters"),
        ("My app", "https://example.com/#top", REDIRECT_URI, "The home page"),
        ("\u{3164}\u{3164}", "https://example.com/", REDIRECT_URI, "no character that can be seen"),
        (
            "\u{2800} \u{e0020}",
            "https://example.com/",
            REDIRECT_URI,
            "no character that can be seen",
        ),
        ("My\napp", "https://example.com/", REDIRECT_URI, "a line end"),
        ("My app", "https://example.com/", "https://evil.example/", "The redirect URI"),
        ("My app", "https://example.com/", "http://192.168.0.1/callback", "The redirect URI"),
        ("My app", "https://example.com/", "http://127.0.0.1:8080/callback#x", "The redirect URI"),
        ("My app", "https://example.com/", "", "The redirect URI"),
    ];
    for (name, homepage, redirect_uri, problem) in rows {
        let page = registration(&provider(), name, homepage, redirect_uri);
        let html = page.text().unwrap();
        assert_eq!(page.status, 400, "{name} {homepage} {redirect_uri}");
        assert!(html.contains(problem), "{problem}");
        for typed in [name, homepage, redirect_uri].into_iter().filter(|typed| !typed.is_empty()) {
            assert!(html.contains(&format!("value=\"{typed}\"")), "{typed} is lost");
        }
    }
}

/// Long enough for every honest one; a page with megabytes of name would help nobody.
#[test]
fn names_and_addresses_of_an_application_have_a_longest_length() {
    let of_length =
        |start: &str, length: usize| format!("{start}{}", "x".repeat(length - start.len()));
    let (home, back) = ("https://example.com/", "http://127.0.0.1:8080/");
    let name = "é".repeat(60);
    for (name, homepage, redirect_uri, status) in [
        (name.clone(), of_length(home, 200), of_length(back, 200), 200),
        (name.clone() + "é", home.into(), back.into(), 400),
        ("a\tb".into(), home.into(), back.into(), 400),
        (name.clone(), of_length(home, 201), back.into(), 400),
        (name, home.into(), of_length(back, 201), 400),
    ] {
        let page = registration(&provider(), &name, &homepage, &redirect_uri);
        assert_eq!(page.status, status, "{} {homepage} {redirect_uri}", name.len());
    }
}

#[test]
fn a_registration_form_can_be_sent_for_a_day() {
    for (seconds, status) in [(86_390, 200), (86_400, 403)] {
        let provider = provider();
        let url = format!("{ISSUER}/register");
        let form = provider.handle(&Request::get(&url));
        let form_token = hidden(form.text().unwrap(), "form_token");
        let pairs = [
            ("name", "App"),
            ("homepage", "https://example.com/"),
            ("redirect_uri", REDIRECT_URI),
            ("form_token", &form_token),
        ];
        let cookie = form.header("set-cookie").unwrap().split(';').next().unwrap();
        let request = Request::post_form(&url, &pairs)
            .with_header("Origin", ISSUER)
            .with_header("Cookie", cookie);
        provider.let_time_pass(Duration::from_secs(seconds));
        assert_eq!(provider.handle(&request).status, status, "after {seconds} seconds");
    }
}

#[test]
fn a_registration_from_another_page_is_refused() {
    let provider = provider();
    let pairs =
        [("name", "x"), ("homepage", "https://example.com/"), ("redirect_uri", REDIRECT_URI)];
    let request = Request::post_form(&format!("{ISSUER}/register"), &pairs);
    assert_eq!(provider.handle(&request).status, 403);
    assert_eq!(provider.handle(&request.with_header("Origin", ISSUER)).status, 403);
}

/// Two tabs of the form, the first sent last: both belong to the same browser.
#[test]
fn the_registration_form_in_a_second_tab_does_not_spoil_the_first() {
    let provider = provider();
    let url = format!("{ISSUER}/register");
    let first = provider.handle(&Request::get(&url));
    let cookie = first.header("set-cookie").unwrap().split(';').next().unwrap();

    let second = provider.handle(&Request::get(&url).with_header("Cookie", cookie));
    let stranger = provider.handle(&Request::get(&url).with_header("Cookie", "practice_session=x"));

    let form_token = |page: &Response| hidden(page.text().unwrap(), "form_token");
    assert_eq!(form_token(&first), form_token(&second));
    assert_ne!(form_token(&first), form_token(&stranger));
    assert!(!stranger.header("set-cookie").unwrap().starts_with("practice_session=x;"));
}

#[test]
fn the_style_sheet_is_one() {
    let style = provider().handle(&Request::get(&format!("{ISSUER}/style.css")));
    assert_eq!(style.header("content-type"), Some("text/css; charset=utf-8"));
    assert_eq!(style.header("x-content-type-options"), Some("nosniff"));
    assert!(style.text().unwrap().contains("body {"));
}

/// RFC 9110 §15.5.6: "The origin server MUST generate an Allow header field".
#[test]
fn each_address_says_which_methods_it_has() {
    for (path, allowed) in [
        ("/", "GET, HEAD"),
        ("/authorize", "GET, POST"),
        ("/register", "GET, HEAD, POST"),
        ("/token", "POST"),
        ("/revoke", "POST"),
        ("/user", "GET, HEAD"),
        ("/avatar.svg", "GET, HEAD"),
        ("/style.css", "GET, HEAD"),
        ("/icon.svg", "GET, HEAD"),
        ("/.well-known/oauth-authorization-server", "GET, HEAD"),
    ] {
        let delete =
            Request { method: "DELETE".into(), ..Request::get(&format!("{ISSUER}{path}")) };
        let answer = provider().handle(&delete);
        assert_eq!((answer.status, answer.header("allow")), (405, Some(allowed)), "{path}");
        // RFC 9110 §9.1: HEAD is answered as GET is, but a question asks nobody by it.
        let url = format!("{ISSUER}{path}");
        let head = Request { method: "HEAD".into(), ..Request::get(&url) };
        let as_get = match allowed.contains("HEAD") {
            true => provider().handle(&Request::get(&url)).status,
            false => 405,
        };
        assert_eq!(provider().handle(&head).status, as_get, "{path}");
    }
}

#[test]
fn an_unknown_address_or_method_is_answered_with_a_page() {
    let provider = provider();
    assert_eq!(provider.handle(&Request::get(&format!("{ISSUER}/favicon.ico"))).status, 404);
    let post = Request::post_form(&format!("{ISSUER}/user"), &[]);
    assert_eq!(provider.handle(&post).header("allow"), Some("GET, HEAD"));
    let avatar = provider.handle(&Request::get(&format!("{ISSUER}/avatar.svg?person=ada")));
    assert_eq!((avatar.status, avatar.header("content-type")), (200, Some("image/svg+xml")));
    assert_eq!(
        provider.handle(&Request::get(&format!("{ISSUER}/avatar.svg?person=x"))).status,
        404
    );
}
