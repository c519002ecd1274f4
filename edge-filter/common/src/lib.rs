//! What the filters for Envoy have in common, the one in WebAssembly and the native one: the settings that both have, the
//! address of the client as Envoy shows it, and the answers as Envoy sends them.
//!
//! The errors of settings go into Envoy's log, so they quote no value that may be the token.

mod answer;
mod client;
mod fields;
mod request;
mod settings;
mod token;

pub use answer::EnvoyAnswer;
pub use client::{Client, Found, is_from_header, read_peer};
pub use fields::{header_text, header_value};
pub use request::view;
pub use settings::Settings;
pub use token::token;
