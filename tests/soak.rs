//! Many whole grants in one process: nothing grows.
//!
//! `cargo test --test soak -- --ignored --nocapture` also prints what was held. Where the system does
//! not tell (`/proc` is Linux), only the grants themselves are checked.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stderr,
    reason = "in a test, a panic is the answer"
)]

mod common;

use std::fs;

use common::*;
use oauth2_by_hand::client::settings;
use oauth2_by_hand::http::{self, Request, Response};
use oauth2_by_hand::practice::{self, Provider};
use oauth2_by_hand::{Client, authorize, fetch_token, get_user_info, pkce};

fn client_of(provider: &Provider) -> Client {
    let own = provider.settings().into_iter().map(|(name, value)| (name.to_owned(), value));
    settings::client(&own.collect()).unwrap()
}

/// A whole login, where `send` brings each request to the provider.
fn grant(client: &Client, send: &dyn Fn(&Request) -> Response) {
    let (state, code_verifier) =
        (authorize::new_state().unwrap(), pkce::new_code_verifier().unwrap());
    let url = authorize::authorization_url(client, &state, &pkce::code_challenge(&code_verifier));
    let page = send(&Request::get(&url));
    let (issuer, _) = http::endpoint::split(&client.authorization_endpoint);
    let click = decision_at(&issuer, &page, "allow", "ada");
    let location = send(&click).header("location").unwrap().to_owned();
    let (_, query) = location.split_once('?').unwrap();
    let code = authorize::read_redirect(query, client, &state).unwrap();
    let answer = send(&fetch_token::token_request(client, &code, &code_verifier));
    let token = fetch_token::read_token(&answer).unwrap();
    let answer = send(&get_user_info::user_info_request(client, &token.access_token));
    assert_eq!(get_user_info::read_user(&answer, client).unwrap().id, "1815");
}

/// Kibibytes in use and open descriptors; nothing where the system does not tell.
fn held() -> (u64, usize) {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
    let kibibytes = line.split_whitespace().nth(1).map_or(0, |number| number.parse().unwrap());
    let descriptors = fs::read_dir("/proc/self/fd").map_or(0, Iterator::count);
    (kibibytes, descriptors)
}

/// Runs `many` grants, the first of them to warm up, and gives what is held then, halfway and at the end.
fn soak(
    [warm_up, many]: [usize; 2],
    client: &Client,
    send: &dyn Fn(&Request) -> Response,
) -> [(u64, usize); 3] {
    let mut seen = Vec::new();
    for number in 1..=many {
        grant(client, send);
        if [warm_up, many / 2, many].contains(&number) {
            seen.push(held());
        }
    }
    let (first, half, last) = (seen[0], seen[seen.len() / 2], seen[seen.len() - 1]);
    // On standard error, where `--nocapture` shows it: what was measured, not only whether it was enough.
    eprintln!(
        "{many} grants, (KiB, descriptors) after {warm_up}, half, all: {first:?} {half:?} {last:?}"
    );
    // A connection that is just being closed may still have its own.
    assert!(last.1 <= first.1 + 2, "{first:?} grew to {last:?}");
    [first, half, last]
}

/// One test, because both parts measure the same process: the second would disturb the first.
#[test]
#[ignore = "takes a minute; .ci/run runs it"]
fn many_grants_hold_no_more_than_the_first() {
    let silent = provider();
    let send = |request: &Request| silent.handle(request);
    let [first, half, last] = soak([10_000, 100_000], &client_of(&silent), &send);
    assert!(last.0 <= first.0 + 1024, "{first:?} grew to {last:?}");
    // Whatever grew with each grant would still grow in the second half.
    assert!(last.0 <= half.0 + 256, "{half:?} grew to {last:?}");

    let (listening, _server) = practice::start(&practice::quirks::PLAIN, 0, |_| ()).unwrap();
    let send = |request: &Request| http::send(request).unwrap();
    let client = client_of(&listening);
    // The system keeps the stacks and the pools of threads that have ended, as many as there were at one
    // time. How many those are is chance, so first there are many on purpose.
    std::thread::scope(|scope| {
        for _ in 0..64 {
            scope.spawn(|| grant(&client, &send));
        }
    });
    let [first, _, last] = soak([2_500, 10_000], &client, &send);
    // `tests/README.md` says what was measured.
    assert!(last.0 <= first.0 + 2 * 1024, "{first:?} grew to {last:?}");
}
