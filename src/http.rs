//! HTTP as plain data: build a message, look at it, send it.
//!
//! A step module builds a [`Request`] with every header in it; a program prints it; [`send()`] puts
//! exactly that on the wire and adds nothing. So what is printed is what is sent. The other way
//! round, [`serve`] reads requests from a socket, for the callback and the practice provider alike.
//!
//! ```text
//! step module -> Request -> send  ~~ wire ~~  serve -> Request -> handler -> Response -> back
//! ```
//!
//! Specification: [RFC 9110] and [RFC 9112].
//!
//! [RFC 9110]: https://www.rfc-editor.org/rfc/rfc9110
//! [RFC 9112]: https://www.rfc-editor.org/rfc/rfc9112

pub mod endpoint;
pub mod fields;
pub mod loopback;
pub mod message;
pub mod read;
pub mod send;
pub mod serve;

pub use message::{Request, Response};
pub use send::send;
