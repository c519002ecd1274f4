//! What counts as running after the state has changed, and until when.

mod ends;
mod shop;
mod swaps;
mod upgraded;
