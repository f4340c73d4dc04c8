//! The proxy of a company's network, as the environment names it.
//!
//! ureq reads these variables too, but ignores a value that it cannot use, and the request would then be sent
//! without the proxy that the user wants. The order is curl's: the scheme's own variable, then the one for all.
//!
//! ```text
//! https_proxy, HTTPS_PROXY, all_proxy, ALL_PROXY  ->  no proxy, a proxy, or an error with the variable's name
//! ```

use ureq::http::Uri;
use ureq::{Proxy, ProxyProtocol};

use crate::error::Error;

/// Requests without TLS stay on this machine and use no proxy, so `http_proxy` has no part in it.
const VARIABLES: [&str; 4] = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];

/// The proxy for an https URL, from environment variables that `variable` looks up.
pub(super) fn proxy(
    url: &str,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Option<Proxy>, Error> {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    let Some((setting, value)) =
        VARIABLES.into_iter().find_map(|name| set(name).map(|value| (name, value)))
    else {
        return Ok(None);
    };
    let exceptions = variable("NO_PROXY").or_else(|| variable("no_proxy")).unwrap_or_default();
    if is_excepted(url, &exceptions) {
        return Ok(None);
    }
    match Proxy::new(&value) {
        Ok(proxy)
            if matches!(proxy.protocol(), ProxyProtocol::Http | ProxyProtocol::Https)
                && has_usable_port(&proxy)
                && has_no_path(&value) =>
        {
            Ok(Some(proxy))
        }
        // The value may hold a password, so the text has only the variable's name.
        _ => Err(Error::Configuration {
            setting,
            problem: "it is not the address of an http or https proxy, such as \
                      http://proxy.example:3128, and nothing is sent around a proxy. Correct it, \
                      unset it, or name the provider's host in NO_PROXY"
                .into(),
        }),
    }
}

/// ureq reads a slash in a password as the end of the host, and would ask a host of the user's name.
fn has_no_path(value: &str) -> bool {
    let address = value.split_once("://").map_or(value, |(_, address)| address);
    !address.strip_suffix('/').unwrap_or(address).contains(['/', '?', '#'])
}

fn is_excepted(url: &str, exceptions: &str) -> bool {
    let entries = exceptions.split([',', ' ']).filter(|entry| !entry.is_empty());
    let rules = entries.fold(Proxy::builder(ProxyProtocol::Http).host("proxy"), |rules, entry| {
        rules.no_proxy(entry)
    });
    match (rules.build(), url.parse::<Uri>()) {
        (Ok(rules), Ok(url)) => rules.is_no_proxy(&url),
        _ => false,
    }
}

/// ureq takes the default port in the place of one that is not a number.
fn has_usable_port(proxy: &Proxy) -> bool {
    let host_and_port = proxy.uri().authority().map_or("", |authority| authority.as_str());
    let has_port = host_and_port.rsplit(['@', ']']).next().is_some_and(|rest| rest.contains(':'));
    !has_port || proxy.uri().port_u16().is_some_and(|port| port > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://provider.example/token";

    /// The proxy's address, or the name of the variable that was refused.
    fn chosen(variables: &[(&str, &str)]) -> Result<Option<String>, &'static str> {
        let variable = |name: &str| {
            let found = variables.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        match proxy(URL, &variable) {
            Ok(proxy) => Ok(proxy.map(|proxy| format!("{}:{}", proxy.host(), proxy.port()))),
            Err(Error::Configuration { setting, .. }) => Err(setting),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn the_schemes_own_variable_comes_before_the_one_for_all() {
        let at = |address: &str| Ok(Some(address.to_owned()));
        let all = ("ALL_PROXY", "http://all.example:1");
        assert_eq!(chosen(&[all]), at("all.example:1"));
        assert_eq!(chosen(&[all, ("all_proxy", "small.example:2")]), at("small.example:2"));
        assert_eq!(chosen(&[all, ("HTTPS_PROXY", "http://own.example:3")]), at("own.example:3"));
        assert_eq!(chosen(&[all, ("https_proxy", "https://own.example")]), at("own.example:443"));
        assert_eq!(chosen(&[("https_proxy", ""), all]), at("all.example:1"));
        assert_eq!(chosen(&[("http_proxy", "http://h.example:4")]), Ok(None));
        assert_eq!(chosen(&[("https_proxy", "http://me:pw@own.example:3")]), at("own.example:3"));
        assert_eq!(chosen(&[]), Ok(None));
    }

    /// A request must not leave around a proxy that the user has set. C61.
    #[test]
    fn a_setting_that_cannot_be_used_is_refused_with_its_name() {
        let good = ("ALL_PROXY", "http://all.example:1");
        for bad in [
            "socks5://proxy.example:1080",
            "socks4://proxy.example:1080",
            "socks://proxy.example",
            "htp://proxy.example:3128",
            "ftp://proxy.example",
            "http://",
            "http://proxy.example:99999",
            "http://proxy.example:port",
            "http://me:pw@proxy.example:0",
            "a proxy",
            "http://me:p/w@proxy.example:3128",
            "http://me:p#w@proxy.example:3128",
            "http://me:p?w@proxy.example:3128",
            "http://proxy.example:3128/path",
        ] {
            assert_eq!(chosen(&[("https_proxy", bad), good]), Err("https_proxy"), "{bad}");
            assert_eq!(chosen(&[("ALL_PROXY", bad)]), Err("ALL_PROXY"), "{bad}");
            assert!(chosen(&[("https_proxy", "own.example"), ("ALL_PROXY", bad)]).is_ok());
        }
    }

    #[test]
    fn a_host_of_no_proxy_is_asked_directly() {
        let proxy = ("https_proxy", "http://own.example:3");
        for direct in ["provider.example", ".example", "*", "a.example, provider.example"] {
            assert_eq!(chosen(&[proxy, ("NO_PROXY", direct)]), Ok(None), "{direct}");
            assert_eq!(chosen(&[("https_proxy", "socks5://x"), ("no_proxy", direct)]), Ok(None));
        }
        for other in ["example.org", "rovider.example", ""] {
            assert!(matches!(chosen(&[proxy, ("NO_PROXY", other)]), Ok(Some(_))), "{other}");
        }
    }

    #[test]
    fn the_text_names_the_variable_and_not_its_value() {
        let variable =
            |name: &str| (name == "ALL_PROXY").then(|| "htp://me:CanaryPassword@proxy".to_owned());
        let error = proxy(URL, &variable).unwrap_err().to_string();
        assert!(error.starts_with("ALL_PROXY: "), "{error}");
        assert!(!error.contains("Canary"), "{error}");
    }
}
