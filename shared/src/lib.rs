#![no_std]
#![doc = include_str!("lib.md")]

extern crate alloc;

mod address;
mod json;
mod own;
mod path;
mod poll;
mod refusal;
mod request;
mod rules;
mod state;
mod text;

pub use address::{AddressSet, Cidr, ParseCidrError, parse_address};
pub use json::{Field, FieldError};
pub use own::{LONGEST_PASS_FORM, OwnAnswer};
pub use path::{ExemptPath, PathPrefix, ProbePath, ReadPath};
pub use poll::{
    Counts, MemberId, Poll, PollError, PollOptions, PollRequest, PollResponse, Report, Running,
};
pub use refusal::{Answer, FOR_TESTERS_ONLY, Kind, NOT_FOR_TESTERS, Reply};
pub use request::{
    ANSWER_HEADERS, CLIENT_HEADERS, ClientSource, HOST_HEADERS, HeaderFilter, Headers, HopCount,
    HostName, HostPattern, ME_PATH, METHOD_HEADERS, PASS_COOKIE, PASS_HEADER, PASS_PATH,
    PATH_HEADERS, PROTOCOL_HEADERS, Peer, RequestView, TrustedProxies, cookies_without_pass,
    is_h2c,
};
#[cfg(any(test, feature = "naive"))]
#[doc(hidden)]
pub use rules::naive;
pub use rules::{Decision, Lasting, Policy, Reason, Verdict};
pub use state::{
    Allowlist, Area, Color, Colors, Contact, DocumentError, Exempt, LanguageTag, Logo, Look, Mode,
    Notice, Origin, Palette, Pass, PassDigest, Prober, Reads, ServiceName, State, StateTag,
    Timestamp, Translation,
};
pub use text::{
    PASS_PREFIX, ParseError, TOKEN_PREFIX, Visible, is_unseen, without_credentials, without_tokens,
};
