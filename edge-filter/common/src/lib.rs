//! What the filters for Envoy have in common, the one in WebAssembly and the native one: the settings that both have, and
//! the request with the address of its client as Envoy shows them.
//!
//! The errors of settings go into Envoy's log, so they quote no value that may be the token.

mod client;
mod counters;
mod fields;
mod request;
mod settings;
mod token;

pub use client::{Client, Found, is_from_header, read_peer};
pub use counters::{COUNTERS, counter_of};
pub use fields::{header_text, header_value, one_or_several, state_path};
pub use request::{reads_before_answer, view};
pub use settings::Settings;
pub use token::token;
