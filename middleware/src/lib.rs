#![doc = include_str!("lib.md")]

mod admission;
#[cfg(feature = "axum")]
mod around;
mod body;
mod decision;
mod future;
mod guard;
mod http;
mod layer;
mod own_page;
mod refusal;
mod service;
mod settings;

pub use admission::Candidate;
#[cfg(feature = "axum")]
pub use around::{AroundFuture, AroundRouter};
pub use body::ResponseBody;
pub use decision::Decision;
pub use future::ResponseFuture;
pub use guard::RequestGuard;
pub use http::AddressSource;
pub use intermission_core::{
    AddressSet, Cidr, ClientSource, DocumentError, HopCount, Kind, Lasting, Mode, ParseCidrError,
    ParseError, Peer, Reason, Running, ServiceName, State, TrustedProxies, Verdict,
};
#[doc(inline)]
pub use intermission_node::PolicyHandle;
#[cfg(feature = "poller")]
#[doc(inline)]
pub use intermission_node::{EndpointError, IntoEndpoints, Poller, TokenError};
pub use layer::MaintenanceLayer;
pub use refusal::Refusal;
pub use service::Maintenance;

#[cfg(all(doctest, feature = "axum", feature = "poller", feature = "tonic"))]
#[doc = include_str!("../../README.md")]
mod readme {}
