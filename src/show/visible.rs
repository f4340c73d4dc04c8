//! Text from outside that cannot control a terminal.
//!
//! A server may put an escape sequence into its answer, and a terminal would obey it: clear the
//! screen, change the title, hide a line. Characters that turn the direction of text can make one thing
//! read as another. Both are printed as escapes, always, whatever else is masked.

use crate::by_hand::invisible::changes_what_is_seen;

/// The text with every invisible character shown as an escape, and CRLF as a line end.
pub fn visible(text: &str) -> String {
    let mut visible = String::with_capacity(text.len());
    for c in text.replace("\r\n", "\n").chars() {
        match c {
            '\n' | '\t' => visible.push(c),
            _ if changes_what_is_seen(c) => visible.extend(c.escape_unicode()),
            _ => visible.push(c),
        }
    }
    visible
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_stay_and_everything_that_steers_is_escaped() {
        assert_eq!(visible("a\r\nb\n\tc ä…"), "a\nb\n\tc ä…");
        assert_eq!(visible("\u{1b}[2J\r\u{7}\u{9b}"), r"\u{1b}[2J\u{d}\u{7}\u{9b}");
        assert_eq!(visible("a\u{202e}b\u{2066}\u{feff}"), r"a\u{202e}b\u{2066}\u{feff}");
    }
}
