//! A machine whose system has no random bytes to give: no login, no code, and no fallback (RFC 6749 §10.10).

#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test, a panic is the answer")]

mod common;

use std::env::consts::EXE_EXTENSION;
use std::path::Path;
use std::process::Command;

use common::*;
use oauth2_by_hand::authorize;

/// One of our programs with the generator that always fails: getrandom has one for platforms without any.
fn without_randomness(name: &str) -> Command {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("no_randomness");
    let built = Command::new(env!("CARGO"))
        .args(["build", "--bin", name])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("CARGO_TARGET_DIR", &target)
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env_remove("CARGO_BUILD_TARGET")
        .env("RUSTFLAGS", "--cfg getrandom_backend=\"unsupported\"")
        .status();
    assert!(built.unwrap().success());
    program_at(&target.join("debug").join(name).with_extension(EXE_EXTENSION))
}

#[test]
#[ignore = "compiles all packages once more; .ci/run runs it"]
fn without_random_bytes_nobody_is_asked_and_nothing_is_given_out() {
    let (printed, errors, exit_code) = run(without_randomness("step1").arg("--approve"));
    assert!(errors.starts_with("step1: the operating system gave no random bytes."), "{errors}");
    assert!(!printed.contains("response_type=code"), "{printed}");
    assert_eq!(exit_code, 1);

    let mut provider = Running::start(without_randomness("provider").args(["--port", "0"]));
    let line = provider.line(|line| line.starts_with("The practice provider is at "));
    let issuer = line.rsplit(' ').next().unwrap();
    let answer = browse(&authorize::authorization_url(
        &client(&[("OAUTH_AUTHORIZE_URL", &format!("{issuer}/authorize"))]),
        "a-state",
        CODE_CHALLENGE,
    ));
    assert!(answer.starts_with("HTTP/1.1 500 "), "{answer}");
    assert!(answer.contains("\"error\": \"server_error\""), "{answer}");
}
