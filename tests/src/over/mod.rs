//! The corpus over real sockets: an application behind the layer, a client for each transport, and
//! the comparison of what comes back with the vector and with the core.

mod backend;
mod compare;
mod endpoint;
mod envoy;
pub mod http1;
pub mod http2;
mod rig;
mod site;
mod through_envoy;

pub use backend::Backend;
pub use compare::{Run, Transport};
pub use endpoint::{Endpoint, Polled, Scripted};
pub use envoy::{Control, Counts, Edge, Envoy, Module, Version};
pub use rig::{Place, Rig, application};
pub use site::{ClientSetting, Site};
pub use through_envoy::{ENVOY_ADDS, corpus_through_envoy};

use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};

/// A connection.
pub trait Socket: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send + ?Sized> Socket for T {}

/// Longest time that a client waits for anything.
const PATIENCE: Duration = Duration::from_secs(20);

/// Bounds the wait for `future`.
async fn patiently<T>(future: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    tokio::time::timeout(PATIENCE, future)
        .await
        .unwrap_or_else(|_| Err(io::Error::new(io::ErrorKind::TimedOut, "no answer")))
}
