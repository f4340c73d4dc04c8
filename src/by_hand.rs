//! What the three steps use, written by hand because the lesson needs it.
//!
//! OAuth's messages are made of very few things: text in percent-encoding, bytes in base64,
//! a hash, and values that cannot be guessed. Each is a page of code, so each can be read.
//!
//! Specification: named in each file.

pub mod base64;
pub mod basic;
pub mod compare;
pub mod invisible;
pub mod random;
pub mod sha256;
pub mod shell;
pub mod urlencoding;
