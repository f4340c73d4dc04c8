//! What the practice provider and the demo web app share: pages, and memory that forgets.

pub mod expiring_map;
pub mod html;
pub mod message;
