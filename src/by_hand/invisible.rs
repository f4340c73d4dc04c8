//! Characters that are not seen.
//!
//! Copied text brings them along from web pages, editors and chats, and an attacker uses them to make one
//! text read as another: `gnp.exe` behind U+202E reads as `exe.png` (Unicode UAX #9).

/// Whether a character is not seen but changes what is seen: controls, line separators, and those that
/// turn the direction of text.
pub fn changes_what_is_seen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}')
        || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether a character leaves no mark of its own. Some names need the joiners among them, such as Persian ones.
pub fn is_invisible(c: char) -> bool {
    changes_what_is_seen(c)
        || matches!(
            c,
            '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}'
        )
        || matches!(c, '\u{180b}'..='\u{180e}' | '\u{200c}'..='\u{200d}' | '\u{2060}'..='\u{206f}')
        || matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e0fff}')
}
