#![doc = include_str!("lib.md")]

mod body;
mod client;
mod decision;
#[cfg_attr(
    not(feature = "poller"),
    expect(dead_code, reason = "a poller reports what is counted")
)]
mod epoch;
mod future;
mod glance;
mod guard;
mod h2c;
mod handle;
mod in_force;
mod layer;
#[cfg_attr(
    not(feature = "poller"),
    expect(dead_code, reason = "only a poller has a lease")
)]
mod lease;
mod names;
mod past;
#[cfg(feature = "poller")]
mod poller;
mod pool;
mod prepared;
#[cfg_attr(
    not(feature = "poller"),
    expect(dead_code, reason = "only a poller reports them")
)]
mod probes;
mod seen;
mod service;
mod sync;
mod unread;
mod view;

pub use body::ResponseBody;
pub use decision::Decision;
pub use future::ResponseFuture;
pub use guard::RequestGuard;
pub use handle::PolicyHandle;
pub use intermission_core::{
    AddressSet, Cidr, ClientSource, DocumentError, HopCount, Kind, Mode, ParseCidrError, Peer,
    Reason, Running, ServiceName, State, TrustedProxies, Verdict,
};
pub use layer::MaintenanceLayer;
#[cfg(feature = "poller")]
pub use poller::{EndpointError, Poller, TokenError};
pub use service::Maintenance;

#[cfg(all(doctest, feature = "axum", feature = "poller", feature = "tonic"))]
#[doc = include_str!("../../README.md")]
mod readme {}
