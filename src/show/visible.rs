//! Text from outside that cannot steer a terminal.
//!
//! A server may put an escape sequence into its answer, and a terminal would obey it: clear the
//! screen, change the title, hide a line. Characters that turn the direction of text can make one thing
//! read as another. Both are printed as escapes, always, whatever else is masked.

/// The text with every invisible character shown as an escape, and CRLF as a line end.
pub fn visible(text: &str) -> String {
    let mut visible = String::with_capacity(text.len());
    for c in text.replace("\r\n", "\n").chars() {
        match c {
            '\n' | '\t' => visible.push(c),
            _ if is_invisible(c) => visible.extend(c.escape_unicode()),
            _ => visible.push(c),
        }
    }
    visible
}

/// Whether a character is not seen but changes what is seen: controls, line separators, and those that
/// turn the direction of text (Unicode UAX #9), so that `gnp.exe` could read as `exe.png`.
pub fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}')
        || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
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
