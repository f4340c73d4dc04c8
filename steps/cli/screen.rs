//! What the programs print: at most 80 columns of ours, and the messages as they are.
//!
//! A message is printed between two rules, from column 0 and never wrapped, so that it can be read, compared
//! and copied. Everything else is ours.

use std::io::{self, Write};

use super::Failure;
use super::notice::Notice;
use super::wrapped::{WIDTH, wrapped};
use oauth2_by_hand::by_hand::shell;
use oauth2_by_hand::http::fields::Fields;
use oauth2_by_hand::http::{Request, Response};
use oauth2_by_hand::practice::Answer;
use oauth2_by_hand::show::mask::Mask;
use oauth2_by_hand::show::visible::visible;

/// Standard output, seen through a mask.
pub struct Screen {
    pub mask: Mask,
    exchanges: usize,
}

impl Screen {
    pub fn new(mask: Mask) -> Screen {
        Screen { mask, exchanges: 0 }
    }

    /// One line of ours. What it quotes from outside is masked and cannot control the terminal.
    pub fn say(&self, line: &str) -> Result<(), Failure> {
        print(&self.mask.text(line))
    }

    /// A line as it is, except for what could control the terminal: for the authorization URL.
    pub fn print_raw(&self, line: &str) -> Result<(), Failure> {
        print(&visible(line))
    }

    pub fn heading(&self, title: &str) -> Result<(), Failure> {
        print(&format!("== {title} {}\n", "=".repeat(WIDTH.saturating_sub(title.len() + 4))))
    }

    /// The line above a message: who speaks to whom, and what it is.
    pub fn rule(&self, title: &str) -> Result<(), Failure> {
        print(&format!(
            "-- {title} {}",
            "-".repeat(WIDTH.saturating_sub(title.chars().count() + 4))
        ))
    }

    /// The line below a message, its parameters decoded, one a line, and what to notice in them and in the other
    /// parts that it `has`.
    pub fn notice(
        &mut self,
        notice: &Notice,
        parameters: &str,
        has: impl Fn(&str) -> bool,
    ) -> Result<(), Failure> {
        print(&"-".repeat(WIDTH))?;
        let parameters = self.mask.parameters(parameters);
        for (name, value) in &parameters {
            // No name has other characters. One that is not seen would make two names look like one.
            let shown = if name.is_ascii() { one_line(name) } else { format!("{name:?}") };
            print(&format!("   {shown} = {}", one_line(value)))?;
            let words = notice.of(name);
            if !words.is_empty() {
                print(&wrapped(&format!("      {words}")))?;
            }
        }
        for (name, words) in notice.rows() {
            if name.is_empty() {
                print(&wrapped(&format!("   {words}")))?;
            } else if !parameters.iter().any(|(listed, _)| listed == name) && has(name) {
                print(&wrapped(&format!("   {name}: {words}")))?;
            }
        }
        print("")
    }

    pub fn request(
        &mut self,
        title: &str,
        request: &Request,
        notice: &Notice,
    ) -> Result<(), Failure> {
        self.rule(title)?;
        message(&self.mask.request(request))?;
        self.notice(notice, &request.body, |name| request.header(name).is_some())
    }

    /// `shown` are members that may be shown also where secrets are masked.
    pub fn response(
        &mut self,
        title: &str,
        response: &Response,
        shown: &[&str],
        notice: &Notice,
    ) -> Result<(), Failure> {
        self.rule(title)?;
        message(&self.mask.response(response, shown))?;
        let members = Fields::read(response);
        let has_member = |name: &str| members.as_ref().is_ok_and(|all| all.get(name).is_some());
        self.notice(notice, "", |name| response.header(name).is_some() || has_member(name))
    }

    /// A remark in one paragraph, between the messages, with an empty line after it.
    pub fn note(&self, text: &str) -> Result<(), Failure> {
        print(&wrapped(&self.mask.text(&format!("   {}", one_line(text)))))?;
        print("")
    }

    /// A table of our own: names in a column, values beside them.
    pub fn table(&self, rows: &[(&str, &str)]) -> Result<(), Failure> {
        let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
        for (name, value) in rows {
            self.say(&format!("   {name:<width$}  {}", one_line(value)))?;
        }
        print("")
    }

    /// One request to the practice provider, with its answer. Pages are only named.
    pub fn exchange(&mut self, request: &Request, answer: &Answer) -> Result<(), Failure> {
        self.exchanges += 1;
        let number = self.exchanges;
        // A mask for each exchange: one for all would know more secrets with each, and get slower.
        let mut mask = self.mask.clone();
        let response = &answer.response;
        if is_decoration(request, response) {
            let path = mask.text(request.path());
            return print(&format!("-- {number}. GET {path}: HTTP {}", response.status));
        }
        self.rule(&format!("{number}. -> provider"))?;
        message(&mask.request(request))?;
        self.rule(&format!("{number}. <- provider"))?;
        match response.media_type().as_str() {
            "application/json" | "text/plain" => message(&mask.response(response, &[]))?,
            media_type => {
                let length = response.body.len();
                let head = Response { body: Vec::new(), ..response.clone() };
                print(&format!("{}({media_type}, {length} bytes)", mask.response(&head, &[])))?;
            }
        }
        print(&"-".repeat(WIDTH))?;
        for remark in &answer.remarks {
            self.note(remark)?;
        }
        print("")
    }

    /// The lines that make a shell's programs a client.
    pub fn settings(&self, settings: &[(&str, String)]) -> Result<(), Failure> {
        for (name, value) in settings {
            self.print_raw(&shell::line(name, value))?;
        }
        Ok(())
    }

    /// What the `provider` program says first.
    pub fn welcome(&self, issuer: &str, settings: &[(&str, String)]) -> Result<(), Failure> {
        self.say(&format!("The practice provider is at {issuer}\n"))?;
        self.say(&format!("Register an application: {issuer}/register"))?;
        self.say("Or be its client \"workshop\": in a second terminal, paste\n")?;
        self.settings(settings)?;
        self.say("\nand then: cargo run --bin step3")?;
        self.say("\nEvery request is shown below. Ctrl-C ends it.\n")
    }
}

/// Whether a browser fetches this for the looks of a page: a style sheet, a picture, an icon.
fn is_decoration(request: &Request, response: &Response) -> bool {
    let media_type = response.media_type();
    request.method == "GET"
        && (media_type == "text/css"
            || media_type.starts_with("image/")
            || request.path() == "/favicon.ico")
}

/// A value with line ends would look like rows of ours.
fn one_line(value: &str) -> String {
    value.replace('\n', "\\n").replace('\r', "\\r").replace('\t', "\\t")
}

/// A message as it is. If it does not end its last line, we do.
fn message(text: &str) -> Result<(), Failure> {
    print(text.strip_suffix('\n').unwrap_or(text))
}

pub fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()?;
    Ok(())
}
