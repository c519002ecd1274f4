//! Changes of states.

mod allowlist;
mod changes;
mod documents;
mod lists;
mod upgrade;
