//! # OAuth 2.0 by hand
//!
//! The whole "Log in with …" in Rust without a framework: the authorization code grant of
//! [RFC 6749](https://www.rfc-editor.org/rfc/rfc6749#section-4.1), each step a module that can be read in one go,
//! each request built as plain data, shown, and only then sent.
//!
//! ```text
//! you (browser)          this program (client)            provider
//!     |                        |                             |
//!     |                        |  authorize.rs        STEP 1 |
//!     |<--- authorization URL -|                             |
//!     |---- GET /authorize?response_type=code&state&… ------>|
//!     |<--- consent page: allow or deny? --------------------|
//!     |---- allow ------------------------------------------>|
//!     |<--- 303 to redirect_uri?code&state&iss --------------|
//!     |-- GET /callback?code ->|  callback.rs                |
//!     |                        |                             |
//!     |                        |  fetch_token.rs      STEP 2 |
//!     |                        |---- POST /token (code) ---->|
//!     |                        |<--- access token -----------|
//!     |                        |  get_user_info.rs    STEP 3 |
//!     |                        |---- GET /user (Bearer) ---->|
//!     |                        |<--- name, bio, avatar ------|
//! ```
//!
//! Three circles, with their lines of Rust and comments:
//!
//! 1. The lesson, about 600 lines: [`client`], [`pkce`], [`authorize`], [`callback`], [`fetch_token`],
//!    [`get_user_info`], in the order of the picture. It stands on about 3300 more: their folders, [`error`],
//!    [`discover`], [`by_hand`] and [`http`].
//! 2. What shows it and lets you practise, about 7500: [`show`], [`web`], [`practice`] (a provider), and the
//!    programs in `steps/`.
//! 3. What proves it: `tests/`.
//!
//! This is for learning: one grant of one protocol. `TUTORIAL.md` says what a larger application uses.

pub mod authorize;
pub mod by_hand;
pub mod callback;
pub mod client;
pub mod discover;
pub mod error;
pub mod fetch_token;
pub mod get_user_info;
pub mod http;
pub mod pkce;
pub mod practice;
pub mod show;
pub mod web;

pub use client::Client;
pub use error::Error;
