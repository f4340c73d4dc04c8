//! Percent-decoding: what is decoded says the same when it is encoded again, and to another reader.
#![no_main]

use libfuzzer_sys::fuzz_target;
use oauth2_by_hand::by_hand::urlencoding::{decode_pairs, encode_pairs};

fuzz_target!(|query: &str| {
    let Ok(pairs) = decode_pairs(query) else { return };
    let borrowed: Vec<(&str, &str)> = pairs.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    // A pair without a name and a value is written as "=", and read again as a pair.
    assert_eq!(decode_pairs(&encode_pairs(&borrowed)).as_ref(), Ok(&pairs));
    let theirs: Vec<(String, String)> =
        form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    assert_eq!(theirs, pairs);
});
