//! `enter --wait` with a real control, the real command, and nodes that serve real requests.
#![cfg(test)]

mod app;
mod check;
mod client;
mod control;
mod crowd;
mod drain;
mod edge;
mod fleet;
mod frozen;
mod losses;
mod node;
mod proxy;
mod runbook;
mod shop;
mod siege;
mod signals;
