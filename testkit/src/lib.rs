//! What tests and benches run: control and other processes, raw HTTP clients and polling endpoints.
//!
//! A test says by a panic that something is wrong, and so does its kit.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a kit for tests panics like a test"
)]

mod backend;
pub mod control;
mod endpoint;
pub mod envoy;
mod etcd;
mod examples;
pub mod http;
mod process;
mod promtool;
mod proxy;
mod wait;

pub use backend::Backend;
pub use endpoint::{Endpoint, Polled, Scripted, document};
pub use etcd::Etcd;
pub use examples::{ShellExample, shell_examples};
pub use process::{Process, beside, free_address, free_address_of, limited};
pub use promtool::{promtool_accepts, promtool_accepts_rules};
pub use proxy::Proxy;
pub use wait::{LONG, eventually, pause, wait_for, within};
