//! Reading a request: what was read is one request, and reads the same when it is written again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use oauth2_by_hand::http::read::read_request;

fuzz_target!(|bytes: &[u8]| {
    let mut stream = bytes;
    let Ok(request) = read_request(&mut stream, "http://127.0.0.1:9000") else { return };
    assert!(request.target.starts_with('/'));
    assert!(request.headers_named("Content-Length").len() <= 1);
    assert!(request.header("Transfer-Encoding").is_none());
    for (name, value) in &request.headers {
        assert!(!name.contains([' ', ':', '\r', '\n', '\0']));
        assert!(!value.contains(['\r', '\n', '\0']));
    }
    let wire = request.to_wire();
    assert!(read_request(&mut wire.as_bytes(), "http://127.0.0.1:9000") == Ok(request));
});
