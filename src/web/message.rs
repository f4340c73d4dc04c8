//! A message of a login on a page, with the values marked that return in other messages.
//!
//! The text is masked already: this module does not decide what may be seen. A parameter is
//! marked by its name, so a value that was cut off is marked too.
//!
//! Specification: [RFC 3986 §2.1], percent-encoding; a line is never broken inside of it.
//!
//! [RFC 3986 §2.1]: https://www.rfc-editor.org/rfc/rfc3986#section-2.1

use super::html::{Html, fill};

/// What is sent in one message and returns in another.
const FOLLOWED: [&str; 4] = ["state", "code", "code_challenge", "code_verifier"];

/// The headers of a browser that matter for a login.
const TELLING_HEADERS: [&str; 4] = ["host", "cookie", "origin", "referer"];

/// A template filled with texts and with messages, each under the name of its place. Those of `of_browser` a
/// browser has sent.
pub fn fill_with_messages(
    template: &'static str,
    texts: &[(&str, &str)],
    messages: &[(&str, String)],
    of_browser: &[&str],
) -> Html {
    let shown = messages.iter().map(|(place, text)| match of_browser.contains(place) {
        true => (*place, browser_message(text)),
        false => (*place, message(text)),
    });
    let shown: Vec<(&str, Html)> = shown.collect();
    let pieces: Vec<_> = shown.iter().map(|(place, shown)| (*place, shown)).collect();
    fill(template, texts, &pieces)
}

/// A message as it is, save that a long line may be broken after `&` and before an escape.
fn message(text: &str) -> Html {
    let lines: Html = text.split_inclusive('\n').map(line).collect();
    fill("<pre>{{lines}}</pre>", &[], &[("lines", &lines)])
}

/// A request of a browser. The headers that it sends with every request are folded away below the others.
fn browser_message(text: &str) -> Html {
    let (head, after) = text.split_once("\n\n").unwrap_or((text, ""));
    let is_telling = |line: &&str| match line.split_once(": ") {
        Some((name, _)) => TELLING_HEADERS.iter().any(|told| name.eq_ignore_ascii_case(told)),
        None => true,
    };
    let (telling, others): (Vec<&str>, Vec<&str>) = head.lines().partition(is_telling);
    let shown = message([&telling.join("\n"), after].join("\n\n").trim_end());
    if others.is_empty() {
        return shown;
    }
    let texts = [("count", &*others.len().to_string())];
    let pieces = [("shown", &shown), ("others", &message(&others.join("\n")))];
    let template = "{{shown}}\n<details class=\"others\">\n\
                    <summary>Headers that a browser sends with every request: {{count}}</summary>\n\
                    {{others}}\n</details>";
    fill(template, &texts, &pieces)
}

fn line(line: &str) -> Html {
    if !line.contains(['?', '&']) {
        return Html::text(line);
    }
    line.split_inclusive(['?', '&', ' ', '\n']).map(part).collect()
}

/// A parameter, or a piece of a line between parameters.
fn part(part: &str) -> Html {
    let pair = part.trim_end_matches(['&', ' ', '\n']);
    let Some((name, _)) = pair.split_once('=') else { return Html::text(part) };
    let end = part.strip_prefix(pair).unwrap_or_default();
    let separator = end.trim_end();
    let space = end.strip_prefix(separator).unwrap_or_default();
    let texts = [("name", name), ("separator", separator), ("space", space)];
    let template = match FOLLOWED.contains(&name) {
        true => {
            "<span class=\"pair\"><mark class=\"{{name}}\">{{pair}}</mark>{{separator}}</span>{{space}}"
        }
        false => "<span class=\"pair\">{{pair}}{{separator}}</span>{{space}}",
    };
    fill(template, &texts, &[("pair", &breakable(pair))])
}

/// `http%3A%2F%2F` may be broken before each `%`, and so not behind one.
fn breakable(pair: &str) -> Html {
    let mut parts = pair.split('%').map(Html::text);
    let first = parts.next().unwrap_or_default();
    let escape = |part| fill("<wbr>%{{part}}", &[], &[("part", &part)]);
    std::iter::once(first).chain(parts.map(escape)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_returns_is_marked_by_its_name_and_nothing_else_is() {
        assert_eq!(
            message("GET /callback?code=c-1&state=s-1&iss=i HTTP/1.1").as_str(),
            "<pre>GET /callback?\
             <span class=\"pair\"><mark class=\"code\">code=c-1</mark>&amp;</span>\
             <span class=\"pair\"><mark class=\"state\">state=s-1</mark>&amp;</span>\
             <span class=\"pair\">iss=i</span> HTTP/1.1</pre>"
        );
        let form = message("\n\ngrant_type=authorization_code&code_verifier=v&code_challenge=h");
        assert!(form.as_str().contains("<mark class=\"code_verifier\">code_verifier=v</mark>"));
        assert!(form.as_str().contains("<mark class=\"code_challenge\">code_challenge=h</mark>"));
        assert_eq!(form.as_str().matches("<mark").count(), 2);
    }

    #[test]
    fn a_value_that_the_mask_has_cut_off_is_marked_too() {
        let shown = message("GET /callback?code=Abcd…&state=…");
        assert!(shown.as_str().contains("<mark class=\"code\">code=Abcd…</mark>"));
        assert!(shown.as_str().contains("<mark class=\"state\">state=…</mark>"));
    }

    #[test]
    fn no_name_that_only_begins_or_ends_like_one_is_marked() {
        for other in ["code_challenge_method=S256", "xcode=1", "state", "\"code\": \"c\"", "Code=c"]
        {
            assert!(!message(&format!("/?{other}&b")).as_str().contains("<mark"), "{other}");
        }
    }

    #[test]
    fn a_line_may_be_broken_before_an_escape_and_never_inside_of_one() {
        let shown = message("redirect_uri=http%3A%2F%2F127.0.0.1%3A8080%2Fcallback&a=%");
        let broken =
            "redirect_uri=http<wbr>%3A<wbr>%2F<wbr>%2F127.0.0.1<wbr>%3A8080<wbr>%2Fcallback";
        assert!(shown.as_str().contains(broken), "{shown:?}");
        assert!(shown.as_str().contains("a=<wbr>%</span>"));
    }

    /// A copied message is what was sent.
    #[test]
    fn without_its_tags_a_message_is_the_text_that_it_was() {
        for text in [
            "HTTP/1.1 303 See Other\nlocation: http://a/b?c=%2F&state=s&&x\n\n{\"a\": \"b & c = d\"}",
            "a=b\n=\n&&?? ==\n\n",
            "",
        ] {
            let shown = message(text).into_string();
            let plain: String = shown
                .split('<')
                .map(|part| part.split_once('>').map_or(part, |(_, text)| text))
                .collect();
            assert_eq!(plain.replace("&quot;", "\"").replace("&amp;", "&"), text);
        }
    }

    #[test]
    fn markup_in_a_message_is_text() {
        let shown = message("code=<script>&\"><b>=1");
        assert!(shown.as_str().contains("code=&lt;script&gt;"));
        assert!(!shown.as_str().contains("<script") && !shown.as_str().contains("<b>"));
    }

    #[test]
    fn the_headers_that_a_browser_always_sends_are_folded_away_and_counted() {
        let shown = browser_message(
            "GET /login HTTP/1.1\nHost: a\nSec-Fetch-Mode: navigate\nCOOKIE: b=c\nAccept: */*",
        );
        let (before, folded) = shown.as_str().split_once("<details").unwrap();
        assert!(before.starts_with("<pre>GET /login HTTP/1.1\nHost: a\nCOOKIE: "), "{before}");
        assert!(folded.contains("every request: 2</summary>"));
        assert!(folded.contains("<pre>Sec-Fetch-Mode: navigate\nAccept: */*</pre>"), "{folded}");
    }

    #[test]
    fn where_nothing_is_to_be_folded_nothing_is() {
        let shown =
            browser_message("GET /login HTTP/1.1\nHost: a\n\n… (7 more bytes are not kept)");
        assert_eq!(
            shown.as_str(),
            "<pre>GET /login HTTP/1.1\nHost: a\n\n… (7 more bytes are not kept)</pre>"
        );
    }
}
