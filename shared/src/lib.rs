#![no_std]
#![doc = include_str!("lib.md")]

extern crate alloc;

mod accept;
mod address_set;
mod answer;
mod cidr;
mod client;
mod cors;
mod document;
mod drain;
mod forwarded;
mod grpc;
mod headers;
mod host;
mod language;
mod node;
mod page;
mod path;
mod policy;
mod poll;
mod problem;
mod report;
mod request;
mod state;
mod timestamp;
mod verdict;
mod weight;

pub use address_set::AddressSet;
pub use answer::{Answer, Reply};
pub use cidr::{Cidr, ParseCidrError};
pub use client::{ClientSource, Peer, TrustedProxies, parse_address};
pub use cors::{Origin, ParseOriginError};
pub use headers::Headers;
pub use host::{HostName, ParseHostError};
pub use language::{LanguageTag, ParseLanguageError};
pub use node::{DocumentError, Node};
pub use path::{ExemptPath, ParsePathError, PathPrefix};
pub use policy::Policy;
pub use poll::{Poll, PollError, PollOptions, PollRequest, PollResponse};
pub use report::{Report, Running};
pub use request::RequestView;
pub use state::{
    Allowlist, Area, Exempt, Mode, Notice, ParseModeError, ParseServiceNameError, ServiceName,
    State, Translation,
};
pub use timestamp::{ParseTimestampError, Timestamp};
pub use verdict::{Kind, Reason, Verdict};
