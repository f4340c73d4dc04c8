//! What the practice provider and the demo web app share: pages, and a map whose entries expire.

pub mod expiring_map;
pub mod html;
pub mod message;
