//! A URL of the configuration: what is taken means the same to the library that sends.
#![no_main]

use libfuzzer_sys::fuzz_target;
use oauth2_by_hand::http::endpoint::parse;

fuzz_target!(|url: &str| {
    let Ok(endpoint) = parse(url) else { return };
    assert!(endpoint.scheme == "https" || endpoint.is_loopback());
    assert!(endpoint.target.starts_with('/') && !url.contains(['#', '\\', ' ']));
    let theirs: ureq::http::Uri = url.parse().expect("the library reads it too");
    assert_eq!(theirs.scheme_str(), Some(endpoint.scheme.as_str()));
    assert_eq!(theirs.host(), Some(endpoint.host.as_str()));
    let default = if endpoint.scheme == "https" { 443 } else { 80 };
    assert_eq!(theirs.port_u16().unwrap_or(default), endpoint.port);
    assert!(!theirs.authority().is_some_and(|authority| authority.as_str().contains('@')));
});
