//! SHA-256 against the vectors that NIST publishes for testing implementations (CAVP, "SHA Test
//! Vectors for Hashing Byte-Oriented Messages": SHA256ShortMsg.rsp and SHA256Monte.rsp).
//!
//! Of the short messages the first ones are here; all other lengths up to 1,000 bytes, and some long
//! ones, are held against the sha2 crate instead.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "in a test, a panic is the answer"
)]

use oauth2_by_hand::by_hand::sha256::sha256;
use sha2::Digest;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

#[test]
fn the_short_messages_of_nist() {
    for (message, digest) in [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("d3", "28969cdfa74a12c82f3bad960b0b000aca2ac329deea5c2328ebc6f2ba9802c1"),
        ("11af", "5ca7133fa735326081558ac312c620eeca9970d1e70a4b95533d956f072d1f98"),
        ("b4190e", "dff2e73091f6c05e528896c4c831b9448653dc2ff043528f6769437bc7b975c2"),
        ("74ba2521", "b16aa56be3880d18cd41e68384cf1ec8c17680c45a02b1575dc1518923ae8b0e"),
        ("c299209682", "f0887fe961c9cd3beab957e8222494abb969b1ce4c6557976df8b0f6d20e9166"),
    ] {
        assert_eq!(hex(&sha256(&bytes(message))), digest, "{message}");
    }
}

/// Each checkpoint hashes a thousand times the last three digests, one after the other.
#[test]
fn the_monte_carlo_test_of_nist() {
    let mut seed = bytes("6d1e72ad03ddeb5de891e572e2396f8da015d899ef0e79503152d6010a3fe691");
    let mut checkpoints = Vec::new();
    for _ in 0..100 {
        let (mut a, mut b, mut c) = (seed.clone(), seed.clone(), seed);
        for _ in 0..1000 {
            let digest = sha256(&[a.as_slice(), &b, &c].concat()).to_vec();
            (a, b, c) = (b, c, digest);
        }
        seed = c;
        checkpoints.push(hex(&seed));
    }
    assert_eq!(
        [&checkpoints[0], &checkpoints[1], &checkpoints[99]],
        [
            "e93c330ae5447738c8aa85d71a6c80f2a58381d05872d26bdd39f1fcd4f2b788",
            "2e78f8c8772ea7c9331d41ed3f9cdf27d8f514a99342ee766ee3b8b0d0b121c0",
            "6a912ba4188391a78e6f13d88ed2d14e13afce9db6f7dcbf4a48c24f3db02778",
        ]
    );
}

#[test]
fn every_length_to_1_000_and_some_long_ones_agree_with_the_sha2_crate() {
    for length in (0..=1_000).chain([4_095, 4_096, 65_535, 65_536, 1_000_003]) {
        let message: Vec<u8> = (0..length).map(|at: usize| (at * 31 % 251) as u8).collect();
        let theirs: [u8; 32] = sha2::Sha256::digest(&message).into();
        assert_eq!(sha256(&message), theirs, "{length} bytes");
    }
}
