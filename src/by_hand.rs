//! What the three steps stand on, written by hand because the lesson needs it.
//!
//! OAuth's messages are made of very few things: text in percent-encoding, bytes in base64,
//! a hash, and values that nobody can guess. Each is a page of code, so each can be read.
//!
//! ```text
//! text  ->  urlencoding  ->  query or form body
//! random bytes  ->  base64  ->  state, code verifier  ->  sha256  ->  code challenge
//! ```
//!
//! Specification: named in each file. Next: `urlencoding.rs`.

pub mod base64;
pub mod basic;
pub mod compare;
pub mod random;
pub mod sha256;
pub mod urlencoding;
