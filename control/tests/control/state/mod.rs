//! Changes of states.

mod allowlist;
mod changes;
mod documents;
mod dry_run;
mod lists;
mod removed;
mod upgrade;
