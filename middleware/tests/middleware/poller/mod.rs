//! The poller against servers on loopback and files.

mod endpoints;
mod lease;
mod polls;
mod provisional;
mod reports;
mod saved;
mod server;
mod tls;
