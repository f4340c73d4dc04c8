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
use std::sync::{Mutex, PoisonError};

use common::*;
use oauth2_by_hand::http::{self, Request, Response};
use oauth2_by_hand::practice::{self, Provider};
use oauth2_by_hand::{Client, authorize, fetch_token, get_user_info, pkce, settings};

/// Both tests measure the memory of this process, so one waits for the other.
static TURN: Mutex<()> = Mutex::new(());

fn client_of(provider: &Provider) -> Client {
    let own = provider.settings();
    let setting = |name: &str| own.iter().find(|(key, _)| *key == name).map(|(_, v)| v.clone());
    settings::client(&setting).unwrap()
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
    let token = fetch_token::read_token(client, &answer).unwrap();
    let answer = send(&get_user_info::user_info_request(client, &token.access_token));
    assert_eq!(get_user_info::read_user(&answer).unwrap().id, "1815");
}

/// Kibibytes in use and open descriptors; nothing where the system does not tell.
fn held() -> (u64, usize) {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
    let kibibytes = line.split_whitespace().nth(1).map_or(0, |number| number.parse().unwrap());
    let descriptors = fs::read_dir("/proc/self/fd").map_or(0, Iterator::count);
    (kibibytes, descriptors)
}

/// Runs `many` grants, the first of them to warm up, and compares what is held.
fn soak(warm_up: usize, many: usize, client: &Client, send: &dyn Fn(&Request) -> Response) {
    for _ in 0..warm_up {
        grant(client, send);
    }
    let (memory, descriptors) = held();
    for _ in warm_up..many {
        grant(client, send);
    }
    let (memory_after, descriptors_after) = held();
    // On standard error, where `--nocapture` shows it: what was measured, not only whether it was enough.
    eprintln!(
        "{many} grants: {memory} KiB after the first {warm_up}, {memory_after} KiB at the end; \
         {descriptors} descriptors, {descriptors_after} at the end"
    );
    assert!(memory_after <= memory + 1024, "{memory} KiB grew to {memory_after}");
    // A connection that is just being closed may still have its own.
    assert!(descriptors_after <= descriptors + 2, "{descriptors} grew to {descriptors_after}");
}

#[test]
#[ignore = "takes a while; .ci/run runs it"]
fn of_100_000_grants_through_handle_the_last_90_000_need_a_mebibyte_at_most() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let provider = provider();
    soak(10_000, 100_000, &client_of(&provider), &|request| provider.handle(request));
}

#[test]
#[ignore = "takes a while; .ci/run runs it"]
fn of_10_000_grants_over_sockets_the_last_5_000_need_a_mebibyte_at_most() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let (provider, _server) = practice::start(0, |_, _| ()).unwrap();
    soak(5_000, 10_000, &client_of(&provider), &|request| http::send(request).unwrap());
}
