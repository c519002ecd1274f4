//! What requests are counted with; the model in `tests/loom.rs` puts loom's in its place.

pub(crate) use std::sync::atomic::{AtomicU64, Ordering, fence};

/// Adds one, and fences: of what follows, a load that is `SeqCst` itself sees what was stored before any fence that
/// came first.
///
/// A fence of its own, which is all that the model knows, would take longer than the addition.
#[inline]
pub(crate) fn add_then_fence(count: &AtomicU64) {
    count.fetch_add(1, Ordering::SeqCst);
}
