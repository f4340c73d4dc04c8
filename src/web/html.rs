//! The one place where HTML is escaped.
//!
//! A page mixes our words with words that strangers chose: an application's name, a person's
//! bio. One of them left unescaped is a script on our page. So the two have different types:
//! an [`Html`] is made only from a template of ours or from text that was escaped on the way in,
//! and there is no third way.
//!
//! Escaped text is safe between tags and inside a double-quoted attribute, and nowhere else:
//! templates have no script, no style attribute and no unquoted value.
//! Specification: [HTML, "Writing HTML documents"](https://html.spec.whatwg.org/#writing).

use std::fmt;

use crate::by_hand::invisible::changes_what_is_seen;

/// A piece of HTML, safe to send. The field is private: that is the whole defence.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Html(String);

impl Html {
    /// HTML that shows `text`, character for character.
    pub fn text(text: &str) -> Html {
        Html(escape(text))
    }

    /// The HTML as text, ready to be a body in UTF-8.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The HTML as text, ready to be a body in UTF-8.
    pub fn into_string(self) -> String {
        self.0
    }
}

/// A page can hold a token or a client secret: `Debug` gives only its length away.
impl fmt::Debug for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Html({} bytes)", self.0.len())
    }
}

/// Pieces in a row, with nothing between them: `people.iter().map(row).collect()`.
impl FromIterator<Html> for Html {
    fn from_iter<I: IntoIterator<Item = Html>>(pieces: I) -> Html {
        Html(pieces.into_iter().map(Html::into_string).collect())
    }
}

/// The template with every `{{place}}` replaced: by a text, which is escaped, or by a piece of HTML
/// that was built here before.
///
/// A place that has neither shows nothing, and a name without a place is not used; where one name is there
/// twice, the first counts. `static` keeps text from the network out of `template`.
pub fn fill(template: &'static str, texts: &[(&str, &str)], pieces: &[(&str, &Html)]) -> Html {
    // One pass, and only over the template: a value that contains "{{secret}}" is never read again.
    let mut parts = template.split("{{");
    let mut page = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (place, after) = part.split_once("}}").unwrap_or((part, ""));
        if let Some((_, text)) = texts.iter().find(|(name, _)| *name == place) {
            page.push_str(&escape(text));
        } else if let Some((_, piece)) = pieces.iter().find(|(name, _)| *name == place) {
            page.push_str(piece.as_str());
        }
        page.push_str(after);
    }
    Html(page)
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\n' | '\t' => escaped.push(c),
            c if changes_what_is_seen(c) => escaped.extend(c.escape_unicode()),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        Html::text(text).into_string()
    }

    #[test]
    fn the_five_characters_of_markup_are_escaped() {
        assert_eq!(
            shown(r#"<b title="x" id='y'>&amp;"#),
            "&lt;b title=&quot;x&quot; id=&#39;y&#39;&gt;&amp;amp;"
        );
    }

    #[test]
    fn words_of_every_language_stay_as_they_are() {
        assert_eq!(shown("Zoë 李 ندى 👩\u{200d}🔬\n\t{}"), "Zoë 李 ندى 👩\u{200d}🔬\n\t{}");
    }

    #[test]
    fn controls_and_turns_of_direction_are_spelled_out() {
        assert_eq!(shown("a\0b\rc\u{1b}[2Jd\u{7f}\u{85}"), r"a\u{0}b\u{d}c\u{1b}[2Jd\u{7f}\u{85}");
        assert_eq!(
            shown("\u{61c}\u{200b}\u{200e}\u{200f}\u{feff}"),
            r"\u{61c}\u{200b}\u{200e}\u{200f}\u{feff}"
        );
        assert_eq!(shown("\u{2028}\u{202a}\u{202e}"), r"\u{2028}\u{202a}\u{202e}");
        assert_eq!(shown("\u{2066}\u{2069}"), r"\u{2066}\u{2069}");
        assert_eq!(shown("\u{2027}\u{202f}\u{2065}\u{206a}"), "\u{2027}\u{202f}\u{2065}\u{206a}");
    }

    #[test]
    fn text_is_escaped_and_html_is_not() {
        let inner = Html::text("1 < 2");

        let page = fill(r#"<p id="{{id}}">{{inner}}</p>"#, &[("id", "\"'")], &[("inner", &inner)]);

        assert_eq!(page.as_str(), r#"<p id="&quot;&#39;">1 &lt; 2</p>"#);
    }

    #[test]
    fn a_value_is_never_filled_again() {
        let texts = [("name", "{{secret}}"), ("secret", "hunter2")];

        assert_eq!(fill("{{name}}, {{secret}}", &texts, &[]).as_str(), "{{secret}}, hunter2");
    }

    #[test]
    fn a_value_cannot_complete_a_place() {
        let texts = [("a", "{{"), ("b", "}}"), ("x", "no")];

        assert_eq!(fill("{{a}}x{{b}}", &texts, &[]).as_str(), "{{x}}");
    }

    #[test]
    fn places_and_values_that_do_not_meet_show_nothing() {
        assert_eq!(fill("a{{missing}}b", &[("other", "x")], &[]).as_str(), "ab");
        assert_eq!(fill("{{a}}{{a}}", &[("a", "1"), ("a", "2")], &[]).as_str(), "11");
        assert_eq!(fill("a{{never closed", &[], &[]).as_str(), "a");
        assert_eq!(fill("", &[], &[]).as_str(), "");
    }

    #[test]
    fn pieces_are_joined_in_their_order() {
        let pieces = ["a", "<", "b"].map(Html::text);

        assert_eq!(pieces.into_iter().collect::<Html>().as_str(), "a&lt;b");
    }

    #[test]
    fn debug_keeps_the_secrets_of_a_page() {
        assert_eq!(format!("{:?}", Html::text("hunter2")), "Html(7 bytes)");
    }
}
