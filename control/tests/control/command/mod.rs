//! What the command prints, and how it fails.

mod explain;
mod failures;
mod switch;
