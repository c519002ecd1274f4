//! What requests are counted with; the model in `tests/loom.rs` puts loom's in its place.

pub(crate) use std::sync::Arc;
pub(crate) use std::sync::atomic::{AtomicU64, Ordering, fence};
