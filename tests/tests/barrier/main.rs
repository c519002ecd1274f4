//! `enter --wait` with a real control, the real command, and nodes that serve real requests.
#![cfg(test)]

mod check;
mod crowd;
mod drain;
mod fleet;
mod frozen;
mod losses;
mod runbook;
mod setup;
mod siege;
mod signals;
