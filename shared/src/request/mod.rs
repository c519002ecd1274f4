//! The request that a node shows to the core, and the address of its client.

mod client;
mod connect;
mod fields;
mod forwarded;
mod h2c;
mod header_filter;
mod headers;
pub(crate) mod host;
mod host_name;
mod pass;
mod path_header;
mod peer;
mod view;
mod weighed;

pub use client::{ClientSource, HopCount, TrustedProxies};
pub(crate) use connect::ConnectCall;
pub use fields::{
    ANSWER_HEADERS, CLIENT_HEADERS, HOST_HEADERS, METHOD_HEADERS, PATH_HEADERS, PROTOCOL_HEADERS,
};
pub(crate) use fields::{Weights, is_among, spells};
pub(crate) use forwarded::Elements;
pub(crate) use h2c::asks_for_h2c;
pub use h2c::is_h2c;
pub use header_filter::HeaderFilter;
pub use headers::Headers;
pub(crate) use headers::Single;
pub use host_name::{HostName, HostPattern};
pub use pass::{ME_PATH, PASS_COOKIE, PASS_HEADER, PASS_PATH, cookies_without_pass};
pub(crate) use pass::{PASS_HEADERS, Presented, is_pass};
pub(crate) use path_header::named;
pub use peer::Peer;
pub use view::RequestView;
pub(crate) use weighed::Weighed;
