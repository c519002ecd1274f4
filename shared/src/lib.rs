#![no_std]
#![doc = include_str!("lib.md")]

extern crate alloc;

mod accept;
mod address_set;
mod answer;
mod area;
mod caching;
mod cidr;
mod clear;
mod client;
mod color;
mod contact;
mod cors;
mod cut;
mod document;
mod drain;
mod exempt;
mod fields;
mod forwarded;
mod grpc;
mod headers;
mod hop_count;
mod host;
mod kind;
mod language;
mod letter_case;
mod localized;
mod logo;
mod masked;
#[cfg(any(test, feature = "naive"))]
#[doc(hidden)]
pub mod naive;
mod names;
mod node;
mod notice;
mod page;
mod path;
mod phrases;
mod plain;
mod policy;
mod poll;
mod probers;
mod problem;
mod quoted;
mod report;
mod request;
mod retry;
mod state;
mod succession;
mod target;
mod timestamp;
mod trie;
mod verdict;
mod weighed;
mod weight;

pub use address_set::AddressSet;
pub use answer::{Answer, Reply};
pub use caching::{FOR_TESTERS_ONLY, NOT_FOR_TESTERS};
pub use cidr::{Cidr, ParseCidrError};
pub use client::{ClientSource, Peer, TrustedProxies, parse_address};
pub use color::{Color, Colors, Palette, ParseColorError};
pub use contact::{Contact, ParseContactError};
pub use cors::{Origin, ParseOriginError};
pub use exempt::ExemptBeginnings;
pub use fields::{
    ANSWER_HEADERS, CLIENT_HEADERS, HOST_HEADERS, METHOD_HEADERS, PATH_HEADERS, PROTOCOL_HEADERS,
};
pub use headers::Headers;
pub use hop_count::HopCount;
pub use host::{HostName, ParseHostError};
pub use language::{LanguageTag, ParseLanguageError};
pub use logo::{Logo, ParseLogoError};
pub use masked::{TOKEN_PREFIX, without_credentials, without_tokens};
pub use names::Names;
pub use node::{DocumentError, Node};
pub use notice::{Look, Notice, Translation};
pub use path::{ExemptPath, ParsePathError, PathPrefix, ProbePath};
pub use policy::Policy;
pub use poll::{Poll, PollError, PollOptions, PollRequest, PollResponse};
pub use quoted::{Listed, Quoted, Visible, is_unseen};
pub use report::{Counts, Report, Running};
pub use request::RequestView;
pub use state::{
    Allowlist, Area, Exempt, Mode, ParseModeError, ParseServiceNameError, Prober, ServiceName,
    State,
};
pub use timestamp::{ParseTimestampError, Timestamp};
pub use verdict::{Kind, Reason, Verdict};
pub use weighed::is_h2c;
