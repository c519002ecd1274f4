//! What the command prints, and how it fails.

mod check;
mod explain;
mod failures;
mod servers;
mod switch;
