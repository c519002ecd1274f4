//! The corpus over real sockets: an application behind the layer or Envoy, and the comparison of what comes back with the
//! vector and with the core.

mod compare;
#[allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "clients of tests panic like a test"
)]
pub mod foreign;
#[allow(clippy::unwrap_used, reason = "clients of tests panic like a test")]
pub mod grpc;
mod rig;
mod sites;
pub mod strangers;
mod through_envoy;

pub use compare::Run;
pub use rig::{Place, Rig, application};
pub use sites::{ClientSetting, Site, Sites};
pub use through_envoy::{ENVOY_ADDS, corpus_through_envoy};
