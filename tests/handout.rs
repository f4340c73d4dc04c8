//! The handout of the web app says what the code sends and what the tutorial says.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "in a test, a panic is the answer"
)]

use std::fs;
use std::path::Path;

use oauth2_by_hand::by_hand::urlencoding::decode_pairs;
use oauth2_by_hand::client::settings;
use oauth2_by_hand::{Client, authorize, fetch_token, get_user_info, practice};

fn read(path: &str) -> String {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
    text.replace("\r\n", "\n")
}

fn handout() -> String {
    read("steps/webapp/pages/handout.html")
}

fn client() -> Client {
    let settings = practice::Provider::new("http://127.0.0.1:9000").settings();
    let settings = settings.into_iter().map(|(name, value)| (name.to_owned(), value));
    settings::client(&settings.collect()).unwrap()
}

/// What stands between these two, each time.
fn all_between<'a>(html: &'a str, start: &str, end: &str) -> Vec<&'a str> {
    html.split(start).skip(1).map(|after| after.split(end).next().unwrap()).collect()
}

fn without_tags(html: &str) -> String {
    let parts = html.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text));
    parts.collect()
}

/// The names in the part of the handout with this id.
fn names(id: &str) -> Vec<String> {
    let html = handout();
    let [part] = all_between(&html, &format!("<span id=\"{id}\">"), "</span>")[..] else {
        panic!("{id}")
    };
    without_tags(part).split_whitespace().map(str::to_owned).collect()
}

fn parameter_names(pairs: &str) -> Vec<String> {
    decode_pairs(pairs).unwrap().into_iter().map(|(name, _)| name).collect()
}

#[test]
fn the_authorization_request_of_the_handout_has_the_parameters_that_are_sent() {
    let url = authorize::authorization_url(&client(), "state", "challenge");
    let (_, query) = url.split_once('?').unwrap();
    assert_eq!(names("authorization-request"), parameter_names(query));
}

#[test]
fn the_token_request_of_the_handout_has_the_parameters_that_are_sent() {
    let request = fetch_token::token_request(&client(), "code", "verifier");
    assert_eq!(names("token-request"), parameter_names(&request.body));
}

#[test]
fn the_answers_of_the_handout_have_the_members_that_are_read() {
    let code = read("src/fetch_token.rs");
    for name in names("token-response") {
        assert!(code.contains(&format!("\"{name}\"")), "{name}");
    }
    assert_eq!(names("token-response").len(), 4);
    let client = client();
    let read = get_user_info::members(&client);
    for name in names("user-response") {
        assert!(read.contains(&&*name), "{name}");
    }
    assert_eq!(names("user-response"), ["id", "name", "bio", "avatar_url"]);
}

/// Every name in the letters of code is a function of the three steps, a field of a message or a header.
#[test]
fn each_name_of_the_handout_is_in_the_code() {
    let files = ["authorize", "fetch_token", "get_user_info"];
    let code: String = files.map(|name| read(&format!("src/{name}.rs"))).concat();
    let client = client();
    let members = get_user_info::members(&client);
    let html = handout();
    let mut functions = 0;
    let marked = all_between(&html, "<mark class=\"", "</mark>").into_iter();
    let marked = marked.map(|mark| mark.split_once("\">").unwrap().1);
    for name in all_between(&html, "<code>", "</code>").into_iter().chain(marked) {
        let is_function = code.contains(&format!("pub fn {name}("));
        functions += usize::from(is_function);
        let is_field = code.contains(&format!("\"{name}\"")) || members.contains(&name);
        assert!(is_function || is_field, "{name}");
    }
    assert_eq!(functions, 6, "a request and a reader for each step");
}

/// The table of chapter 2, with its columns where its first line has them.
fn table_of_the_tutorial() -> Vec<Vec<String>> {
    let tutorial = read("TUTORIAL.md");
    let start = tutorial.find("\nwhen  ").unwrap() + 1;
    let table = tutorial[start..].split("\n```").next().unwrap();
    let head = table.lines().next().unwrap();
    let columns = ["when", "browser", "client", "authorization", "resource"];
    let starts = columns.map(|name| head.find(name).unwrap());
    let mut rows: Vec<Vec<String>> = Vec::new();
    for line in table.lines() {
        let letters: Vec<char> = line.chars().collect();
        let cell = |at: usize| {
            let end = starts.get(at + 1).copied().unwrap_or(usize::MAX).min(letters.len());
            let start = starts[at].min(end);
            letters[start..end].iter().collect::<String>().trim().to_owned()
        };
        let cells: Vec<String> = (0..columns.len()).map(cell).collect();
        match rows.last_mut() {
            // A line without a name goes on with the row above it.
            Some(row) if cells[0].is_empty() => {
                for (above, cell) in row.iter_mut().zip(&cells) {
                    *above = format!("{above} {cell}").trim().to_owned();
                }
            }
            _ => rows.push(cells),
        }
    }
    rows
}

#[test]
fn the_table_of_the_handout_is_the_one_of_the_tutorial() {
    let html = handout();
    let row = |row: &str| -> Vec<String> {
        let cells = row.split("</t").filter(|cell| cell.contains('<'));
        cells
            .map(|cell| cell.rsplit('>').next().unwrap().replace("&shy;", "").to_lowercase())
            .collect()
    };
    let rows: Vec<Vec<String>> = all_between(&html, "<tr>", "</tr>").into_iter().map(row).collect();
    let expected: Vec<Vec<String>> = table_of_the_tutorial()
        .into_iter()
        .map(|row| row.into_iter().map(|cell| cell.to_lowercase()).collect())
        .collect();
    assert_eq!(rows, expected);
    assert_eq!(rows.len(), 8);
}
