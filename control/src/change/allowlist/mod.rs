//! Changes of the allowlist: its entries and its passes.

pub(super) mod entries;
pub(super) mod passes;
pub(super) mod prune;
