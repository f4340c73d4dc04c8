//! Where the members of a JSON text stand, to the byte.
//!
//! `mask.rs` has to show a JSON body as it was sent, white space and order and all, with only the
//! secret values replaced. A parsed value has forgotten how it was written, so this walks over
//! the text itself and leaves understanding to serde_json.
//!
//! ```text
//! {"a": {"b": 1}}  ->  a (depth 1) at 6..14, b (depth 2) at 12..13
//! ```
//!
//! Specification: [RFC 8259]. Next: `endpoint.rs`.
//!
//! [RFC 8259]: https://www.rfc-editor.org/rfc/rfc8259

use std::ops::Range;

/// One `"name": value` of a JSON text.
#[derive(Debug, PartialEq, Eq)]
pub struct Member {
    /// The name, with its escapes undone.
    pub name: String,
    /// How many objects and arrays it is inside of; 1 for a member of the outermost object.
    pub depth: usize,
    /// Where its value stands, in bytes.
    pub value: Range<usize>,
}

/// Whether a body of that media type can be read well enough to mask it.
pub fn is_readable(text: &str, media_type: &str) -> bool {
    let looks_like_json = media_type.ends_with("json") || text.trim_start().starts_with(['{', '[']);
    !looks_like_json || serde_json::from_str::<serde_json::Value>(text).is_ok()
}

/// All members of a JSON text, nested ones after those that hold them.
pub fn members(text: &str) -> Vec<Member> {
    let bytes = text.as_bytes();
    let mut members = Vec::new();
    let mut depth = 0;
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = usize::saturating_sub(depth, 1),
            b'"' => {
                let end = end_of_string(bytes, at);
                let colon = skip_spaces(bytes, end);
                if bytes.get(colon) == Some(&b':') {
                    let start = skip_spaces(bytes, colon + 1);
                    let name = text.get(at..end).and_then(|name| serde_json::from_str(name).ok());
                    members.push(Member {
                        name: name.unwrap_or_default(),
                        depth,
                        value: start..end_of_value(bytes, start),
                    });
                }
                at = end;
                continue;
            }
            _ => (),
        }
        at += 1;
    }
    members
}

fn skip_spaces(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    from + rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}

/// The position after the closing quote of the string that starts at `from`.
fn end_of_string(bytes: &[u8], from: usize) -> usize {
    let mut at = from + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn end_of_value(bytes: &[u8], from: usize) -> usize {
    let mut depth = 0usize;
    let mut at = from;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                at = end_of_string(bytes, at);
                if depth == 0 {
                    return at;
                }
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' | b',' | b' ' | b'\t' | b'\r' | b'\n' if depth == 0 => return at,
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => (),
        }
        at += 1;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_found_where_they_stand() {
        let text = r#"{"a": {"b" : 1, "c\"\u0064": [2, {"e":"}"}]} , "f":null}"#;
        let found: Vec<(String, usize, &str)> = members(text)
            .into_iter()
            .map(|member| (member.name, member.depth, text.get(member.value).unwrap()))
            .collect();
        let expected = [
            ("a", 1, r#"{"b" : 1, "c\"\u0064": [2, {"e":"}"}]}"#),
            ("b", 2, "1"),
            ("c\"d", 2, r#"[2, {"e":"}"}]"#),
            ("e", 4, "\"}\""),
            ("f", 1, "null"),
        ];
        assert_eq!(found, expected.map(|(name, depth, value)| (name.to_owned(), depth, value)));
    }

    /// The value that a secret stands in may be the one that is cut off.
    #[test]
    fn a_member_that_has_no_end_goes_to_the_end_of_the_text() {
        for (text, value) in [
            (r#"{"a": "b"#, r#""b"#),
            (r#"{"a": "b\""#, r#""b\""#),
            (r#"{"a": ["b", {"c": 1}"#, r#"["b", {"c": 1}"#),
            (r#"{"a": 12"#, "12"),
            (r#"{"a": "#, ""),
            (r#"{"a":"#, ""),
        ] {
            let found = members(text).into_iter().next().unwrap();
            assert_eq!(
                (found.name.as_str(), text.get(found.value).unwrap()),
                ("a", value),
                "{text}"
            );
        }
    }
}
