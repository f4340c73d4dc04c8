//! The shape of the project: what depends on what, and how much there is to read.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "in a test, a panic is the answer"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap().replace("\r\n", "\n")
}

/// All Rust files below a folder, as paths from the root.
fn rust_files(folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let relative = path.strip_prefix(root()).unwrap();
                found.push(relative.to_str().unwrap().replace('\\', "/"));
            }
        }
    }
    found.sort();
    found
}

/// A file without its unit tests.
fn without_tests(path: &str) -> String {
    let text = read(path);
    text.split("#[cfg(test)]").next().unwrap().to_owned()
}

/// The top-level modules of the library that a file's code (not its comments) names.
fn imports(path: &str) -> BTreeSet<String> {
    let text = without_tests(path);
    let code: String = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join(" ");
    let mut found = BTreeSet::new();
    for prefix in ["crate::", "oauth2_by_hand::"] {
        for rest in code.split(prefix).skip(1) {
            match rest.strip_prefix('{') {
                // `use crate::{a, b::c}`: the names at the first level.
                Some(group) => {
                    let group = group.split(';').next().unwrap();
                    found.extend(group.split(',').map(|name| first_word(name.trim())));
                }
                None => drop(found.insert(first_word(rest))),
            }
        }
    }
    found
        .into_iter()
        .map(|name| match name.as_str() {
            "Client" => "client".to_owned(),
            "Error" => "error".to_owned(),
            _ => name,
        })
        .collect()
}

fn first_word(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// The module that a file belongs to: `src/http/send.rs` is of `http`.
fn module(path: &str) -> String {
    let inside = path.strip_prefix("src/").unwrap();
    inside.split('/').next().unwrap().trim_end_matches(".rs").to_owned()
}

/// The user fixed the packages.
#[test]
fn the_dependencies_are_the_three_and_no_others() {
    let manifest = read("Cargo.toml");
    let (_, after) = manifest.split_once("\n[dependencies]\n").unwrap();
    let section = after.split("\n[").next().unwrap();
    let names: Vec<&str> =
        section.lines().filter_map(|line| line.split_once(" = ")).map(|(name, _)| name).collect();
    assert_eq!(names, ["ureq", "serde_json", "getrandom"]);
    assert!(section.contains("default-features = false, features = [\"rustls\"]"));
    assert_eq!(manifest.matches("dependencies]").count(), 2, "no section for some platforms only");
}

/// What each module may use: only what stands below it. `practice` and the steps do not know each other.
#[test]
fn imports_point_down_only() {
    let allowed: [(&str, &[&str]); 14] = [
        ("error", &[]),
        ("by_hand", &["error"]),
        ("http", &["error", "by_hand"]),
        ("client", &["error", "by_hand", "http"]),
        ("show", &["by_hand", "http"]),
        ("web", &["by_hand", "show"]),
        ("practice", &["error", "by_hand", "http", "web"]),
        ("discover", &["error", "http", "client"]),
        ("pkce", &["error", "by_hand"]),
        ("authorize", &["error", "by_hand", "http", "client"]),
        ("fetch_token", &["error", "by_hand", "http", "client"]),
        ("get_user_info", &["error", "http", "client"]),
        ("callback", &["error", "by_hand", "http", "client", "authorize"]),
        ("lib", &["client", "error"]),
    ];
    for path in rust_files("src") {
        let module = module(&path);
        let (_, allowed) = allowed.iter().find(|(name, _)| *name == module).unwrap();
        let imported = imports(&path);
        let wrong: Vec<_> = imported
            .iter()
            .filter(|name| **name != module && !allowed.contains(&name.as_str()))
            .filter(|_| module != "lib")
            .collect();
        assert!(wrong.is_empty(), "{path} imports {wrong:?}");
    }
}

#[test]
fn the_check_of_imports_sees_every_way_to_write_one() {
    assert_eq!(
        imports("src/callback.rs").into_iter().collect::<Vec<_>>(),
        ["client", "error", "http"]
    );
    assert!(imports("src/practice/token.rs").contains("by_hand"));
    assert!(imports("steps/step3.rs").contains("get_user_info"));
}

/// The paths that a file of `src` imports, and whether it hands them on with `pub use`.
fn paths_used(text: &str) -> Vec<(bool, String)> {
    let code: Vec<&str> =
        text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let mut found = Vec::new();
    for statement in code.join("\n").split(';') {
        let is_use = |line: &&str| line.starts_with("use ") || line.starts_with("pub use ");
        let start = statement.lines().find(is_use).and_then(|line| statement.find(line));
        if let Some((public, tree)) = start.and_then(|start| statement[start..].split_once("use "))
        {
            found.extend(leaves(tree).into_iter().map(|path| (!public.is_empty(), path)));
        } else {
            let words = statement.split(|c: char| !c.is_alphanumeric() && c != '_' && c != ':');
            let inline =
                words.filter(|word| word.starts_with("crate::") || word.starts_with("super::"));
            found.extend(inline.map(|path| (false, path.to_owned())));
        }
    }
    found
}

/// `a::{b, c::{d, e}}` is `a::b`, `a::c::d` and `a::c::e`.
fn leaves(tree: &str) -> Vec<String> {
    let Some((before, group)) = tree.split_once('{') else {
        return vec![tree.split(" as ").next().unwrap().trim().to_owned()];
    };
    let group = &group[..group.rfind('}').unwrap()];
    let (mut depth, mut parts) = (0, vec![String::new()]);
    for c in group.chars() {
        depth += i32::from(c == '{') - i32::from(c == '}');
        match c {
            ',' if depth == 0 => parts.push(String::new()),
            _ => parts.last_mut().unwrap().push(c),
        }
    }
    let parts = parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty());
    parts.flat_map(|part| leaves(&format!("{}{part}", before.trim_start()))).collect()
}

/// The file that a path in the module `from` leads to: where the thing is written down, not where it is handed on.
fn leads_to(from: &str, path: &str, modules: &BTreeMap<String, String>) -> Option<String> {
    let mut names = path.split("::").peekable();
    let mut module = match *names.peek().unwrap() {
        "crate" => String::new(),
        "super" | "self" => from.to_owned(),
        first if modules.contains_key(&below(from, first)) => from.to_owned(),
        _ => return None,
    };
    for name in names {
        if name == "super" {
            module = module.rsplit_once("::").map_or("", |(parent, _)| parent).to_owned();
        } else if modules.contains_key(&below(&module, name)) {
            module = below(&module, name);
        } else if !["crate", "self"].contains(&name) {
            let uses = paths_used(&modules[&module]);
            let handed_on =
                uses.iter().find(|(public, path)| *public && path.ends_with(&format!("::{name}")));
            return match handed_on {
                Some((_, path)) => leads_to(&module, path, modules),
                None => Some(module),
            };
        }
    }
    Some(module)
}

fn below(module: &str, name: &str) -> String {
    if module.is_empty() { name.to_owned() } else { format!("{module}::{name}") }
}

/// Two files that import each other have to be read together. A re-export with `pub use` does not count as an import.
#[test]
fn no_file_imports_one_that_needs_it() {
    let files = rust_files("src").into_iter().filter(|path| !path.ends_with("tests.rs"));
    let modules: BTreeMap<String, String> = files
        .map(|path| {
            let name = path.trim_start_matches("src/").trim_end_matches(".rs").replace('/', "::");
            (if name == "lib" { String::new() } else { name }, without_tests(&path))
        })
        .collect();
    let imports = |module: &str| -> BTreeSet<String> {
        let paths = paths_used(&modules[module]).into_iter().filter(|(public, _)| !public);
        let found = paths.filter_map(|(_, path)| leads_to(module, &path, &modules));
        found.filter(|found| found != module).collect()
    };
    let graph: BTreeMap<&String, BTreeSet<String>> =
        modules.keys().map(|module| (module, imports(module))).collect();
    assert!(graph[&"http::serve".to_owned()].contains("http::message"), "{graph:?}");

    for start in modules.keys() {
        let mut needed = graph[start].clone();
        loop {
            let more: BTreeSet<String> = needed
                .iter()
                .flat_map(|module| graph[module].clone())
                .chain(needed.clone())
                .collect();
            if more == needed {
                break;
            }
            needed = more;
        }
        assert!(!needed.contains(start), "{start} imports {:?}", graph[start]);
    }
}

/// The core fits in one sitting.
#[test]
fn the_core_has_at_most_600_lines() {
    let files = ["lib", "client", "authorize", "callback", "fetch_token", "get_user_info", "pkce"];
    let lines: usize =
        files.iter().map(|name| without_tests(&format!("src/{name}.rs")).lines().count()).sum();
    assert!(lines <= 600, "{lines} lines");
    assert!(read("README.md").contains(&format!("seven files and {lines} lines;")), "{lines}");
}

/// The front page says how large each circle is, rounded to the hundred.
#[test]
fn the_sizes_of_the_circles_on_the_front_page_are_right() {
    let core = ["lib", "client", "authorize", "callback", "fetch_token", "get_user_info", "pkce"];
    let core = core.map(|name| format!("src/{name}.rs"));
    let practising = ["src/show", "src/web", "src/practice", "steps/"];
    let (mut lesson, mut below, mut around) = (0, 0, 0);
    let files = rust_files("src").into_iter().chain(rust_files("steps"));
    for path in files.filter(|path| !path.ends_with("tests.rs")) {
        let lines = without_tests(&path).lines().count();
        match path {
            path if core.contains(&path) => lesson += lines,
            path if practising.iter().any(|start| path.starts_with(start)) => around += lines,
            _ => below += lines,
        }
    }
    let page = read("src/lib.rs");
    for (words, lines) in [
        ("The lesson, about ", lesson),
        ("It stands on about ", below),
        ("practise, about ", around),
    ] {
        let said = page.split(words).nth(1).unwrap().split([' ', ':']).next().unwrap();
        assert_eq!(said, ((lines + 50) / 100 * 100).to_string(), "{words}{lines}");
    }
}

/// Each step program is flat and calls each function of the flow by name.
#[test]
fn the_step_programs_call_the_flow_by_name() {
    let step_1 = [
        "authorize::new_state(",
        "callback::listen(",
        "pkce::new_code_verifier(",
        "pkce::code_challenge(",
        "authorize::authorization_url(",
        "callback::wait_for_code(",
    ];
    let step_2 = ["fetch_token::token_request(", "http::send(", "fetch_token::read_token("];
    let step_3 = ["get_user_info::user_info_request(", "get_user_info::read_user("];
    for (path, calls) in [
        ("steps/step1.rs", step_1.to_vec()),
        ("steps/step2.rs", [&step_1[..], &step_2].concat()),
        ("steps/step3.rs", [&step_1[..], &step_2, &step_3].concat()),
    ] {
        let text = read(path);
        let mut after = 0;
        for call in calls {
            after += text[after..]
                .find(call)
                .unwrap_or_else(|| panic!("{path}: {call} is missing or out of order"));
        }
        let lines = text.split_once("fn log_in").unwrap().1.lines().count();
        assert!((20..=45).contains(&lines) && text.lines().count() <= 60, "{path}: {lines} lines");
    }
    let shared = rust_files("steps/cli").into_iter().chain(["steps/cli.rs".to_owned()]);
    for path in shared {
        let text = read(&path);
        for call in [
            "listen(&",
            "wait_for_code(",
            "_request(&client",
            "read_token(",
            "read_user(",
            "authorization_url(",
            "metadata_request(",
            "read_metadata(",
            "read_revocation(",
        ] {
            assert!(!text.contains(call), "{path} calls {call}");
        }
    }
}

/// So do the two programs before and after the steps.
#[test]
fn discover_and_refresh_call_the_flow_by_name() {
    let before = [
        "discover::metadata_request(",
        "http::send(",
        "discover::has_no_metadata(",
        "discover::openid_metadata_request(",
        "http::send(",
        "discover::read_metadata(",
    ];
    let after = [
        "fetch_token::refresh_request(",
        "http::send(",
        "fetch_token::read_refreshed_token(",
        "ask_for_user(",
        "fetch_token::revoke_request(",
        "http::send(",
        "fetch_token::read_revocation(",
        "ask_for_user(",
    ];
    for (path, calls) in [("steps/discover.rs", &before[..]), ("steps/refresh.rs", &after)] {
        let text = read(path);
        let mut from = 0;
        for call in calls {
            let found = text[from..].find(call);
            from += found.unwrap_or_else(|| panic!("{path}: {call}")) + call.len();
        }
        assert!(text.lines().count() <= 80, "{path}");
    }
}

/// What the learner pastes is what is used: the steps ask for no metadata in silence.
#[test]
fn only_the_program_discover_asks_for_metadata() {
    let askers: Vec<String> = rust_files("steps")
        .into_iter()
        .filter(|path| read(path).contains("metadata_request("))
        .collect();
    assert_eq!(askers, ["steps/discover.rs"]);
}

/// Each is one message and its answer.
#[test]
fn discovery_and_revocation_stay_small() {
    for (path, most) in [
        ("src/discover.rs", 120),
        ("src/fetch_token/revoke.rs", 60),
        ("src/practice/token/revocation.rs", 50),
    ] {
        let lines = without_tests(path).lines().count();
        assert!(lines <= most, "{path}: {lines} lines");
    }
}

/// The web app without its pages, which are HTML: lines of code, without blank ones and comments.
#[test]
fn the_web_app_has_fewer_than_785_lines_of_code() {
    let files = rust_files("steps/webapp").into_iter().chain(["steps/webapp.rs".to_owned()]);
    let text: String = files.map(|path| read(&path)).collect();
    let is_code = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with("//");
    let lines = text.lines().filter(is_code).count();
    assert!(lines < 785, "{lines} lines");
}

/// The attack lab without the program's own file and its list, which is data: lines with comments.
#[test]
fn the_attack_lab_has_at_most_750_lines() {
    let lines: usize =
        rust_files("steps/attack").iter().map(|path| read(path).lines().count()).sum();
    assert!(lines <= 750, "{lines} lines");
}

/// README's reading order gives line counts, and they are right.
#[test]
fn the_line_counts_in_the_readme_are_right() {
    let readme = read("README.md");
    let mut counted = 0;
    for row in
        readme.lines().filter(|line| line.starts_with("| [`src/") || line.starts_with("| [`steps/"))
    {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let path = cells[1].split('`').nth(1).unwrap();
        let lines = without_tests(path).lines().count();
        assert_eq!(cells[2], lines.to_string(), "{path}");
        counted += 1;
    }
    assert!(counted >= 10, "{counted} rows");
}

/// The compiler and clippy forbid panics outside tests; this test checks that no file turns that off.
#[test]
fn the_lints_that_forbid_panics_stay_on() {
    let manifest = read("Cargo.toml");
    for lint in
        ["unsafe_code = \"forbid\"", "unwrap_used", "expect_used", "panic = ", "indexing_slicing"]
    {
        assert!(manifest.contains(lint), "{lint}");
    }
    let allowed: Vec<String> = rust_files("src")
        .into_iter()
        .chain(rust_files("steps"))
        .filter(|path| {
            without_tests(path).contains("allow(clippy")
                || without_tests(path).contains("expect(clippy")
        })
        .collect();
    assert_eq!(allowed, ["src/by_hand/sha256.rs"]);
    assert!(Path::new(&root().join("clippy.toml")).exists());
}

/// Mutation testing leaves out no file, and names no test that is not there.
#[test]
fn every_file_with_code_to_change_is_in_the_list_of_mutation_testing() {
    let list = read("tests/mutants/targets.txt");
    let rows: Vec<Vec<&str>> = list
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| line.split('|').collect())
        .collect();
    let listed: Vec<&str> = rows.iter().map(|row| row[0]).collect();
    let files = rust_files("src").into_iter().chain(rust_files("steps"));
    let files: Vec<String> = files
        .filter(|path| !path.ends_with("tests.rs") && without_tests(path).contains("fn "))
        .collect();
    assert_eq!(BTreeSet::from_iter(listed), files.iter().map(String::as_str).collect());
    for name in rows.iter().flat_map(|row| row[1].split(' ')).filter(|name| *name != "lib") {
        assert!(root().join(format!("tests/{name}.rs")).exists(), "{name}");
    }
}
