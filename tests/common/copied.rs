//! A copy of the project in which a line can be changed, compiled where the copies before it were.

#![allow(dead_code, reason = "each test file uses its own part of it")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The lines of a block that begin with a sign and a space, without both; each with its line end.
pub fn lines_with(sign: char, block: &str) -> String {
    let lines = block.lines().filter_map(|line| line.strip_prefix(sign));
    lines.map(|line| format!("{}\n", line.strip_prefix(' ').unwrap())).collect()
}

pub struct Copied {
    pub root: PathBuf,
}

impl Copied {
    /// A new copy under a name of its own. What was compiled of the last one stays.
    pub fn new(name: &str) -> Copied {
        let project = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&root);
        for part in ["src", "steps", "tests", "Cargo.toml", "Cargo.lock"] {
            copy(&project.join(part), &root.join(part));
        }
        Copied { root }
    }

    /// Does the work while some lines of a file are others.
    pub fn with<T>(&self, file: &str, lines: &str, instead: &str, work: impl FnOnce() -> T) -> T {
        let path = self.root.join(file);
        let whole = fs::read_to_string(&path).unwrap().replace("\r\n", "\n");
        assert_eq!(whole.matches(lines).count(), 1, "{file}: {lines}");
        fs::write(&path, whole.replacen(lines, instead, 1)).unwrap();
        let done = work();
        fs::write(&path, whole).unwrap();
        done
    }

    pub fn target(&self) -> PathBuf {
        self.root.with_extension("target")
    }

    pub fn cargo(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO"))
            .args(arguments)
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", self.target())
            .output()
            .unwrap()
    }
}

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
            if entry.file_name() != "browser" {
                copy(&entry.path(), &to.join(entry.file_name()));
            }
        }
    } else {
        fs::copy(from, to).unwrap();
    }
}
