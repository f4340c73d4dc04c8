//! What makes a URL one that we send secrets to: the one place that decides it.
//!
//! A client secret, a code and a token each go to an address out of the configuration. So the
//! address has to be exact: `https`, or `http` on this very machine, and nothing in it
//! that two programs could read in two ways.
//!
//! It also decides whether a request that arrives is for our redirect URI.
//!
//! ```text
//! "https://example.com:8443/token?a=b"  ->  scheme, host, port, target
//! ```
//!
//! Specification: [RFC 6749 §3.1.2, §3.2] (absolute, no fragment, TLS). That http is allowed on this machine is ours
//! for endpoints; for redirect URIs it is [RFC 8252 §7.3].
//!
//! [RFC 6749 §3.1.2, §3.2]: https://www.rfc-editor.org/rfc/rfc6749#section-3.1.2
//! [RFC 8252 §7.3]: https://www.rfc-editor.org/rfc/rfc8252#section-7.3

use crate::by_hand::urlencoding::{decode, pairs_as_written};

/// The hosts that are always this machine. `localhost` is a name and could be resolved otherwise,
/// so RFC 8252 §8.3 prefers the two addresses; development servers often know nothing else.
pub const LOOPBACK: [&str; 3] = ["127.0.0.1", "[::1]", "localhost"];

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
        // An HTTP library turns `user:password@` into a header that the caller did not ask for.
        return Err("it must not hold a user name or password before the host");
    }

    let (host, port) = split_port(authority, default_port)?;
    check_host(host)?;
    let (scheme, host) = (scheme.to_owned(), host.to_owned());
    let endpoint = Endpoint { scheme, host, port, target };
    // Without TLS every host on the network can read it: fine only where there is no network.
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
    let scheme = url.split_once("://").map(|(scheme, _)| scheme);
    // In a path or query it ends no scheme.
    let scheme = scheme.filter(|scheme| !scheme.contains(['/', '?']));
    let after_scheme = scheme.map_or(0, |scheme| scheme.len() + 3);
    let rest = url.get(after_scheme..).unwrap_or_default();
    let length = rest.find(['/', '?']).unwrap_or(rest.len());
    let (origin, target) = url.split_at_checked(after_scheme + length).unwrap_or((url, ""));
    // An empty path is sent as a slash (RFC 9112 §3.2.1).
    let slash = if target.starts_with('/') { "" } else { "/" };
    (origin.to_owned(), format!("{slash}{target}"))
}

/// Whether a request's target is that of a redirect URI: the same path, and the redirect URI's own parameters
/// (RFC 6749 §3.1.2), decoded, in any order, each as often as there and with no other value.
///
/// The parameters that a provider adds are not looked at.
pub fn has_target_of(request_target: &str, redirect_uri: &str) -> bool {
    let (_, own_target) = split(redirect_uri);
    let (own_path, own_query) = own_target.split_once('?').unwrap_or((&own_target, ""));
    let (path, query) = request_target.split_once('?').unwrap_or((request_target, ""));
    let (mut own, mut received) = (lenient_pairs(own_query), lenient_pairs(query));
    // All values of each of our own parameters are compared: another reader could take the second one.
    received.retain(|(name, _)| own.iter().any(|(own_name, _)| own_name == name));
    own.sort();
    received.sort();
    path == own_path && received == own
}

/// The pairs of a query. A value with a broken escape is `None`; a pair whose name has one is left out.
fn lenient_pairs(query: &str) -> Vec<(String, Option<String>)> {
    pairs_as_written(query)
        .filter_map(|(name, value)| Some((decode(name).ok()?, decode(value).ok())))
        .collect()
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
    let origin = browsers_origin(url);
    let scheme = origin.split("://").next().unwrap_or_default();
    without_default_port(&format!("{scheme}://{host}")) == origin
}

/// The origin of a URL as browsers write it in `Origin`: in small letters, without the default port.
pub fn browsers_origin(url: &str) -> String {
    without_default_port(&split(url).0)
}

fn without_default_port(origin: &str) -> String {
    let origin = origin.to_ascii_lowercase();
    let default_port = if origin.starts_with("https:") { ":443" } else { ":80" };
    origin.strip_suffix(default_port).unwrap_or(&origin).to_owned()
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
            ("a:1/b?iss=https://c", "a:1", "/b?iss=https://c"),
            ("a/b://c", "a", "/b://c"),
            ("a/b", "a", "/b"),
            ("", "", "/"),
        ] {
            assert_eq!(split(url), (origin.to_owned(), target.to_owned()), "{url}");
        }
        assert_eq!((authority("http://a:1"), authority("a:1")), ("a:1", "a:1"));
    }

    #[test]
    fn a_redirect_arrives_at_its_redirect_uri_with_the_query_of_its_own_in_any_order_and_spelling()
    {
        for (redirect_uri, target) in [
            ("http://127.0.0.1:8080/cb", "/cb"),
            ("http://127.0.0.1:8080/cb", "/cb?code=c&state=s&scope=%zz"),
            ("http://127.0.0.1:8080/cb?", "/cb?code=c"),
            ("http://127.0.0.1:8080", "/?code=c"),
            ("https://app.example?a=1", "/?a=1&code=c"),
            ("http://h/cb?tenant=a%20b", "/cb?tenant=a+b&code=c&state=s"),
            ("http://h/cb?tenant=a+b", "/cb?code=c&tenant=a%20b"),
            ("http://h/cb?tenant=a+b", "/cb?code=%&&ten%61nt=%61%20b&%zz=1"),
            ("http://h/cb?a=1&b=2", "/cb?b=2&state=s&a=1"),
            ("http://h/cb?a=1&a=2&a=1", "/cb?a=2&a=1&a=1"),
            ("http://h/cb?flag", "/cb?flag=&code=c"),
            ("http://h/c%62", "/c%62?code=c"),
            ("http://h/cb?to=/a?b", "/cb?to=%2Fa%3Fb"),
        ] {
            assert!(has_target_of(target, redirect_uri), "{redirect_uri}: {target}");
        }
    }

    /// A second value could be the one that another reader takes.
    #[test]
    fn a_request_with_another_path_or_another_query_is_not_for_the_redirect_uri() {
        for (redirect_uri, target) in [
            ("http://h/cb", "/cb/?code=c"),
            ("http://h/cb", "/CB"),
            ("http://h/cb", "/x/../cb"),
            ("http://h/cb", "/c%62"),
            ("http://h/cb", "//cb"),
            ("http://h/cb", ""),
            ("http://h/cb/", "/cb"),
            ("http://h/cb?tenant=a+b", "/cb?code=c"),
            ("http://h/cb?tenant=a+b", "/cb?tenant=evil"),
            ("http://h/cb?tenant=a+b", "/cb?tenant=evil&tenant=a+b"),
            ("http://h/cb?tenant=a+b", "/cb?tenant=a+b&code=c&tenant=a+b"),
            ("http://h/cb?tenant=a+b", "/cb?tenant=a+b&ten%61nt=evil"),
            ("http://h/cb?tenant=a+b", "/cb?tenant=a+b&tenant=%zz"),
            ("http://h/cb?tenant=a+b", "/cb?tenant=a+b&tenant"),
            ("http://h/cb?tenant=a+b", "/cb?tenant=a%2Bb"),
            ("http://h/cb?tenant=a+b", "/cb?Tenant=a+b"),
            ("http://h/cb?a=1&a=2", "/cb?a=1"),
            ("http://h/cb?a=1&a=2", "/cb?a=1&a=2&a=2"),
            ("http://h/cb?flag", "/cb?code=c"),
        ] {
            assert!(!has_target_of(target, redirect_uri), "{redirect_uri}: {target}");
        }
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

    /// RFC 6749 §3.1 and §3.2 require TLS. On loopback nothing leaves the machine, so http is accepted there.
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
