//! What the suites share.

pub mod over;
