//! README names the files to take for step 2: they compile on their own.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the answer")]

use std::fs;
use std::path::Path;
use std::process::Command;

/// The paths between backquotes in README's section on copying, up to its first full stop.
fn listed_files(readme: &str) -> Vec<String> {
    let (_, section) = readme.split_once("## To copy step 2 into your work").unwrap();
    let (sentence, _) = section.split_once(". A test").unwrap();
    sentence.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            copy(&entry.path(), &to.join(entry.file_name()));
        }
    } else {
        fs::copy(from, to).unwrap();
    }
}

/// It compiles a crate with all its packages, so plain `cargo test` leaves it out.
#[test]
#[ignore = "compiles a crate of its own; .ci/run runs it"]
fn the_files_for_step_2_compile_on_their_own() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let files = listed_files(&readme);
    assert!(files.contains(&"src/fetch_token.rs".to_owned()) && files.len() == 10, "{files:?}");

    let copy_of = Path::new(env!("CARGO_TARGET_TMPDIR")).join("copied_modules");
    let _ = fs::remove_dir_all(&copy_of);
    fs::create_dir_all(copy_of.join("src")).unwrap();
    for file in files {
        copy(&root.join(&file), &copy_of.join(&file));
    }
    let manifest = fs::read_to_string(root.join("Cargo.toml")).unwrap();
    let (_, dependencies) = manifest.split_once("[dependencies]").unwrap();
    let dependencies = dependencies.split("\n[").next().unwrap();
    let package =
        "[package]\nname = \"copied\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n";
    fs::write(copy_of.join("Cargo.toml"), format!("{package}[dependencies]{dependencies}"))
        .unwrap();
    fs::copy(root.join("Cargo.lock"), copy_of.join("Cargo.lock")).unwrap();
    let modules =
        "pub mod by_hand;\npub mod client;\npub mod error;\npub mod fetch_token;\npub mod http;\n";
    fs::write(copy_of.join("src/lib.rs"), modules).unwrap();

    let built = Command::new(env!("CARGO")).arg("check").current_dir(&copy_of).status();
    assert!(built.unwrap().success());
}
