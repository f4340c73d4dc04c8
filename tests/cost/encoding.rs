//! The "encoding" rows: our URL encoding and the crate form_urlencoded, in turn, in one process.
//!
//! Prints a line for each text: its name, our nanoseconds a call, theirs.

use std::hint::black_box;
use std::time::Instant;

use oauth2_by_hand::by_hand::urlencoding;

const ROUNDS: usize = 21;
const CALLS: usize = 20_000;

fn main() {
    let token = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    for (name, text) in [
        ("nothing escaped", token.repeat(6)),
        ("a URL", "http://127.0.0.1:8080/callback?tenant=a b&env=test".repeat(5)),
        ("all escaped", "&=/%?:é€".repeat(20)),
    ] {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            ours.push(nanoseconds(|| urlencoding::encode(black_box(&text))));
            theirs.push(nanoseconds(|| {
                form_urlencoded::byte_serialize(black_box(text.as_bytes())).collect()
            }));
        }
        println!("{name}\t{:.1}\t{:.1}", median(ours), median(theirs));
    }
}

fn nanoseconds(encode: impl Fn() -> String) -> f64 {
    let start = Instant::now();
    for _ in 0..CALLS {
        black_box(encode());
    }
    start.elapsed().as_nanos() as f64 / CALLS as f64
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
