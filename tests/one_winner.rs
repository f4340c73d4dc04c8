//! One code, many who want it at the same instant: one gets the token, whoever it is.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "in a test, a panic is the answer"
)]

mod common;

use std::sync::Barrier;
use std::thread;

use common::*;
use oauth2_by_hand::http::Request;
use oauth2_by_hand::{authorize, fetch_token};

const REDEEMERS: usize = 64;

/// Runs `redeem` on 64 threads that start together, and gives the statuses that they got.
fn race(redeem: impl Fn() -> u16 + Sync) -> Vec<u16> {
    let start = Barrier::new(REDEEMERS);
    thread::scope(|scope| {
        let redeemers: Vec<_> = (0..REDEEMERS)
            .map(|_| {
                scope.spawn(|| {
                    start.wait();
                    redeem()
                })
            })
            .collect();
        redeemers.into_iter().map(|redeemer| redeemer.join().unwrap()).collect()
    })
}

fn assert_one_winner(mut statuses: Vec<u16>, round: usize) {
    statuses.sort_unstable();
    let losers = vec![400; REDEEMERS - 1];
    assert_eq!(statuses, [vec![200], losers].concat(), "round {round}");
}

/// fosite #778, supabase/auth #2613: a code redeemed twice at the same instant.
fn rounds_with_one_winner(rounds: usize) {
    let (provider, client) = (provider(), workshop());
    for round in 0..rounds {
        let url = authorize::authorization_url(&client, "s", CODE_CHALLENGE);
        let code = parameter(&click(&provider, &url, "allow", "ada"), "code").unwrap();
        let request = fetch_token::token_request(&client, &code, CODE_VERIFIER);
        assert_one_winner(race(|| provider.handle(&request).status), round);
    }
}

#[test]
fn of_64_redeemers_of_one_code_one_wins_each_time() {
    rounds_with_one_winner(20);
}

#[test]
#[ignore = "1,000 rounds take seconds; .ci/run runs it"]
fn of_64_redeemers_of_one_code_one_wins_in_1_000_rounds() {
    rounds_with_one_winner(1_000);
}

/// The same for a refresh token (RFC 9700 §4.14.2).
#[test]
fn of_64_users_of_one_refresh_token_one_wins_each_time() {
    let (provider, client) = (provider(), workshop());
    for round in 0..20 {
        let url = authorize::authorization_url(&client, "s", CODE_CHALLENGE);
        let code = parameter(&click(&provider, &url, "allow", "ada"), "code").unwrap();
        let request = fetch_token::token_request(&client, &code, CODE_VERIFIER);
        let token = fetch_token::read_token(&provider.handle(&request)).unwrap();
        let request = fetch_token::refresh_request(&client, &token.refresh_token.unwrap());
        assert_one_winner(race(|| provider.handle(&request).status), round);
    }
}

/// One question, one code, also when Allow is clicked 64 times at once.
#[test]
fn of_64_clicks_on_allow_one_code_comes() {
    let (provider, client) = (provider(), workshop());
    let url = authorize::authorization_url(&client, "s", CODE_CHALLENGE);
    let click = decision(&provider.handle(&Request::get(&url)), "allow", "ada");
    let start = Barrier::new(REDEEMERS);
    let locations = thread::scope(|scope| {
        let click = || {
            start.wait();
            provider.handle(&click).header("location").unwrap().to_owned()
        };
        let clicks: Vec<_> = (0..REDEEMERS).map(|_| scope.spawn(click)).collect();
        clicks.into_iter().map(|click| click.join().unwrap()).collect::<Vec<_>>()
    });
    assert!(locations.iter().all(|location| *location == locations[0]), "{locations:?}");
}
