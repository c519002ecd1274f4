//! The process of `intermission serve`, and what it keeps and publishes.

mod data_folder;
mod durability;
mod health;
mod log;
mod metrics;
mod start;
