//! Who passes during maintenance: entries of the allowlist, and passes.

pub(crate) mod allowlist;
mod ends;
pub(crate) mod pass;
