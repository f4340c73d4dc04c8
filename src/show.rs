//! What may be seen of a message: secrets hidden, and characters that would act on a terminal escaped.

pub mod mask;
mod seen_secrets;
pub mod visible;
