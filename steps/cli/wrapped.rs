//! Sentences in lines of at most 80 columns.

pub const WIDTH: usize = 80;

/// Our own words in lines that fit: each line is broken between words and indented like its start.
pub fn wrapped(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        let indent = " ".repeat(line.len() - line.trim_start().len());
        let mut fitted = indent.clone();
        for word in line.split_whitespace() {
            let is_first = fitted.len() == indent.len();
            if !is_first && fitted.chars().count() + 1 + word.chars().count() > WIDTH {
                lines.push(std::mem::replace(&mut fitted, format!("{indent}{word}")));
            } else {
                fitted.push_str(if is_first { "" } else { " " });
                fitted.push_str(word);
            }
        }
        lines.push(fitted);
    }
    lines.join("\n")
}
