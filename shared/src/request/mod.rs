//! A request as a node shows it, and who sent it.

mod client;
mod fields;
mod forwarded;
mod headers;
mod hop_count;
pub(crate) mod host;
mod names;
mod peer;
mod view;
mod weighed;

pub use client::{ClientSource, TrustedProxies};
pub use fields::{
    ANSWER_HEADERS, CLIENT_HEADERS, HOST_HEADERS, METHOD_HEADERS, PATH_HEADERS, PROTOCOL_HEADERS,
};
pub(crate) use fields::{Weights, is_among, spells};
pub(crate) use forwarded::Elements;
pub use headers::Headers;
pub(crate) use headers::Single;
pub use hop_count::HopCount;
pub use host::HostName;
pub use names::Names;
pub use peer::Peer;
pub(crate) use view::ConnectCall;
pub use view::RequestView;
pub use weighed::is_h2c;
pub(crate) use weighed::{Weighed, asks_for_h2c, named};
