//! What makes a URL one that we send secrets to: the one place that decides it.
//!
//! A client secret, a code and a token each go to an address out of the configuration. So the
//! address has to be exact: `https`, or `http` on this very machine, and nothing in it
//! that two programs could read in two ways.
//!
//! ```text
//! "https://example.com:8443/token?a=b"  ->  scheme, host, port, target
//! ```
//!
//! Specification: [RFC 6749 §3.1.2, §3.2] (absolute, no fragment, TLS), [RFC 8252 §7.3] (loopback).
//! Next: `send.rs`.
//!
//! [RFC 6749 §3.1.2, §3.2]: https://www.rfc-editor.org/rfc/rfc6749#section-3.1.2
//! [RFC 8252 §7.3]: https://www.rfc-editor.org/rfc/rfc8252#section-7.3

use crate::by_hand::urlencoding;

/// The hosts that are always this machine. `localhost` is a name and could be resolved otherwise,
/// so RFC 8252 §8.3 prefers the two addresses; development servers often know nothing else.
const LOOPBACK: [&str; 3] = ["127.0.0.1", "[::1]", "localhost"];

/// A URL in its parts, each as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// `http` or `https`.
    pub scheme: String,
    /// A host name or address; IPv6 in brackets.
    pub host: String,
    /// The port, also where the URL leaves it out.
    pub port: u16,
    /// Path and query; `/` at least.
    pub target: String,
}

impl Endpoint {
    /// Whether the endpoint is on this machine.
    pub fn is_loopback(&self) -> bool {
        LOOPBACK.contains(&self.host.as_str())
    }
}

/// Takes a URL apart and checks each part.
///
/// # Errors
///
/// The reason, as the end of a sentence, when it is not a URL to send anything to.
pub fn parse(url: &str) -> Result<Endpoint, &'static str> {
    check_characters(url)?;
    let (scheme, default_port) = match url.split_once("://") {
        Some((scheme @ "https", _)) => (scheme, 443),
        Some((scheme @ "http", _)) => (scheme, 80),
        _ => return Err("it has to start with https:// or http://, in small letters"),
    };
    let (origin, target) = split(url);
    let authority = authority(&origin);
    if authority.contains('@') {
        // An HTTP library turns `user:password@` into a header that nobody asked for.
        return Err("it must not hold a user name or password before the host");
    }

    let (host, port) = split_port(authority, default_port)?;
    check_host(host)?;
    let (scheme, host) = (scheme.to_owned(), host.to_owned());
    let endpoint = Endpoint { scheme, host, port, target };
    // Without TLS everybody on the network reads along: fine only where there is no network.
    if endpoint.scheme == "http" && !endpoint.is_loopback() {
        return Err(
            "http:// is for 127.0.0.1, [::1] and localhost only; anything else needs https://",
        );
    }
    Ok(endpoint)
}

/// Whether a URL is one of this machine.
pub fn is_loopback(url: &str) -> bool {
    parse(url).is_ok_and(|endpoint| endpoint.is_loopback())
}

/// Origin and target of a URL: `https://host:port` and `/path?query`. It checks nothing.
pub fn split(url: &str) -> (String, String) {
    let after_scheme = url.find("://").map_or(0, |position| position + 3);
    let rest = url.get(after_scheme..).unwrap_or_default();
    let length = rest.find(['/', '?']).unwrap_or(rest.len());
    let (origin, target) = url.split_at_checked(after_scheme + length).unwrap_or((url, ""));
    // An empty path is sent as a slash (RFC 9112 §3.2.1).
    let slash = if target.starts_with('/') { "" } else { "/" };
    (origin.to_owned(), format!("{slash}{target}"))
}

/// Host and port of an origin, as a `Host` header has it.
pub fn authority(origin: &str) -> &str {
    origin.split_once("://").map_or(origin, |(_, authority)| authority)
}

/// Whether a `Host` header names the host and port of `url`, whatever its case and whether or not the scheme's
/// default port is written ([RFC 3986 §6.2.2.1, §6.2.3]).
///
/// [RFC 3986 §6.2.2.1, §6.2.3]: https://www.rfc-editor.org/rfc/rfc3986#section-6.2.2.1
pub fn has_host_of(host: &str, url: &str) -> bool {
    let (origin, _) = split(url);
    let default_port = if origin.starts_with("https:") { ":443" } else { ":80" };
    let without_default = |authority: &str| {
        let authority = authority.to_ascii_lowercase();
        authority.strip_suffix(default_port).unwrap_or(&authority).to_owned()
    };
    without_default(host) == without_default(authority(&origin))
}

/// Whether a request's target is that of `redirect_uri`: the same path, and the URI's own query in it.
///
/// Query parameters are compared decoded and in any order, since a provider may write `%20` as `+`
/// ([RFC 6749 §3.1.2](https://www.rfc-editor.org/rfc/rfc6749#section-3.1.2)).
pub fn has_target_of(target: &str, redirect_uri: &str) -> bool {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let (_, own_target) = split(redirect_uri);
    let (own_path, own_query) = own_target.split_once('?').unwrap_or((&own_target, ""));

    let decoded = |query: &str| {
        let pairs = query.split('&').filter_map(|pair| urlencoding::decode_pairs(pair).ok());
        let mut pairs: Vec<(String, String)> = pairs.flatten().collect();
        pairs.sort();
        pairs
    };
    let own = decoded(own_query);
    let mut received = decoded(query);
    // No second value beside one of its own: two readers must not come to different values.
    received.retain(|(name, _)| own.iter().any(|(own_name, _)| own_name == name));
    path == own_path && received == own
}

fn check_characters(url: &str) -> Result<(), &'static str> {
    if url.contains('#') {
        // RFC 6749 §3.1.2: "The endpoint URI MUST NOT include a fragment component."
        return Err("it must not hold a # (RFC 6749 §3.1.2)");
    }
    if url.contains(|c: char| !c.is_ascii_graphic() || "\"<>\\^`{|}".contains(c)) {
        return Err(
            "it holds a space, a letter outside ASCII or a character that a URL has to percent-encode",
        );
    }
    let mut escapes = url.split('%').skip(1);
    if escapes.any(|rest| !rest.bytes().take(2).filter(u8::is_ascii_hexdigit).count().eq(&2)) {
        return Err("it holds a % without two hexadecimal digits");
    }
    Ok(())
}

fn split_port(authority: &str, default_port: u16) -> Result<(&str, u16), &'static str> {
    // Inside brackets a colon belongs to the address: [::1].
    let Some((host, port)) = authority.rsplit_once(':').filter(|(_, port)| !port.contains(']'))
    else {
        return Ok((authority, default_port));
    };
    // `parse` would take a sign and leading zeros, too.
    match port.parse() {
        Ok(number) if port.starts_with(|c| matches!(c, '1'..='9')) => Ok((host, number)),
        _ => Err("its port is not a number from 1 to 65535"),
    }
}

fn check_host(host: &str) -> Result<(), &'static str> {
    let inside = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let fits = match inside {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => {
            host.contains(|c: char| c.is_ascii_alphanumeric())
                && !host.contains(|c: char| {
                    !c.is_ascii_alphanumeric() && c != '-' && c != '.' && c != '_'
                })
        }
    };
    if fits { Ok(()) } else { Err("it has no host name, or one that no machine can have") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_taken_apart_as_it_was_written() {
        let endpoint = parse("https://Example.com:8443/a/../b/?c=d%20e").unwrap();
        let expected = Endpoint {
            scheme: "https".into(),
            host: "Example.com".into(),
            port: 8443,
            target: "/a/../b/?c=d%20e".into(),
        };
        assert_eq!(endpoint, expected);
    }

    #[test]
    fn default_ports_and_an_empty_path_are_filled_in() {
        assert_eq!(parse("https://example.com").map(|e| (e.port, e.target)), Ok((443, "/".into())));
        assert_eq!(parse("http://[::1]?a").map(|e| (e.port, e.target)), Ok((80, "/?a".into())));
    }

    #[test]
    fn a_url_is_split_after_its_host_and_port() {
        for (url, origin, target) in [
            ("http://a/b/c", "http://a", "/b/c"),
            ("https://a:1/b?c://d/", "https://a:1", "/b?c://d/"),
            ("http://a?b/c", "http://a", "/?b/c"),
            ("http://a", "http://a", "/"),
            ("a/b", "a", "/b"),
            ("", "", "/"),
        ] {
            assert_eq!(split(url), (origin.to_owned(), target.to_owned()), "{url}");
        }
        assert_eq!((authority("http://a:1"), authority("a:1")), ("a:1", "a:1"));
    }

    #[test]
    fn a_url_of_this_machine_is_told_apart_from_any_other_text() {
        for ours in ["http://127.0.0.1:9000/user", "https://localhost/", "http://[::1]"] {
            assert!(is_loopback(ours), "{ours}");
        }
        for other in ["https://example.com/", "127.0.0.1", "", "http://127.0.0.1#", "file:///a"] {
            assert!(!is_loopback(other), "{other}");
        }
    }

    #[test]
    fn a_query_of_the_redirect_uris_own_is_compared_decoded_and_in_any_order() {
        let redirect_uri = "http://127.0.0.1:8080/callback?tenant=a%20b&env=t%2Fe";
        for same in [
            "/callback?tenant=a%20b&env=t%2Fe&code=c&state=s",
            "/callback?tenant=a+b&env=t%2Fe&code=c",
            "/callback?env=t/e&tenant=a%20b",
            "/callback?code=c&state=s&env=t%2fe&t%65nant=a+b",
            "/callback?tenant=a+b&env=t/e&nom=Andr%E9&x=%",
        ] {
            assert!(has_target_of(same, redirect_uri), "{same}");
        }
        for other in [
            "/callback?code=c",
            "/callback?tenant=a%20b&code=c",
            "/callback?tenant=a%2Bb&env=t/e",
            "/callback?tenant=A+b&env=t/e",
            "/callback?tenant=a+b&tenant=evil&env=t/e",
            "/callback?tenant=a+b&tenant=a+b&env=t/e",
            "/callback?tenant=a+b&env=t/e%",
            "/Callback?tenant=a+b&env=t/e",
            "/callback/?tenant=a+b&env=t/e",
            "/%63allback?tenant=a+b&env=t/e",
        ] {
            assert!(!has_target_of(other, redirect_uri), "{other}");
        }
        assert!(has_target_of("/callback?code=c&tenant=x", "http://127.0.0.1:8080/callback"));
        assert!(has_target_of("/callback?a=2&a=1", "http://127.0.0.1:8080/callback?a=1&a=2"));
        assert!(!has_target_of("/callback?a=1", "http://127.0.0.1:8080/callback?a=1&a=1"));
    }

    /// RFC 6749 §3.1 and §3.2 require TLS; RFC 8252 §7.3 lets loopback do without.
    #[test]
    fn http_is_for_loopback_only() {
        for loopback in ["http://127.0.0.1:9000/", "http://[::1]:9000/", "http://localhost/"] {
            assert!(parse(loopback).is_ok_and(|endpoint| endpoint.is_loopback()), "{loopback}");
        }
        for elsewhere in [
            "http://example.com/",
            "http://localhost./",
            "http://localhost.evil/",
            "http://127.1/",
            "http://127.0.0.1.evil/",
            "http://0.0.0.0/",
            "http://LOCALHOST/",
            "http://[::]/",
        ] {
            assert!(parse(elsewhere).is_err(), "{elsewhere}");
        }
    }

    #[test]
    fn a_url_that_two_programs_read_in_two_ways_is_refused() {
        for bad in [
            "",
            "example.com/token",
            "//example.com/token",
            "HTTPS://example.com",
            "ftp://example.com",
            "https:/example.com",
            "https://",
            "https:///path",
            "https://user@example.com/",
            "https://user:pw@example.com/",
            "https://127.0.0.1:80@evil.example/",
            "https://example.com/#",
            "https://example.com/#fragment",
            "https://exa mple.com/",
            "https://example.com\\@evil.example/",
            "https://example.com/\n",
            "https://example.com/%",
            "https://example.com/%4",
            "https://example.com/%zz",
            "https://example.com:/",
            "https://example.com:+80/",
            "https://example.com:0/",
            "https://example.com::80/",
            "https://example.com:65536/",
            "https://example.com:000080/",
            "https://[::1/",
            "https://[::g]/",
            "https://::1/",
            "https://exämple.com/",
            "https://example.com,evil.example/",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
