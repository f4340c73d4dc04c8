//! Comparing secrets without telling how much of a guess was right.
//!
//! `==` stops at the first difference, so its time tells a patient attacker how many characters
//! are right. This comparison looks at every byte, whatever it finds. It is a good habit rather than a
//! proof: a compiler promises nothing about time, and lengths are not hidden.

use std::hint::black_box;

/// Whether two texts are equal, in a time that depends on their lengths only.
pub fn equal(one: &str, other: &str) -> bool {
    let differences = one
        .bytes()
        .zip(other.bytes())
        .fold(0, |differences, (a, b)| black_box(differences | (a ^ b)));
    one.len() == other.len() && differences == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_text_is_equal() {
        assert!(equal("", ""));
        assert!(equal("state", "state"));
        for other in ["", "s", "statf", "State", "states", "tates", "stat\u{0}"] {
            assert!(!equal("state", other), "{other:?}");
            assert!(!equal(other, "state"), "{other:?}");
        }
    }

    #[test]
    fn every_flipped_bit_is_a_difference() {
        let secret = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        for position in 0..secret.len() {
            for bit in 0..7 {
                let mut flipped = secret.as_bytes().to_vec();
                flipped[position] ^= 1 << bit;
                assert!(!equal(secret, &String::from_utf8(flipped).unwrap()));
            }
        }
    }
}
