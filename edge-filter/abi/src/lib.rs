//! The proxy-wasm ABI 0.2.1, as far as the edge filter uses it: the calls from Envoy and to Envoy.
//!
//! The names are those of the [specification]. Envoy calls a [`Filter`], which [`export!`] exports. All
//! `unsafe` code of the filter is here.
//!
//! Unlike the SDK it offers each result of the ABI ([`Headers`], [`Body`]), has no state of its own, and never panics because
//! of the result of a call.
//!
//! [specification]: https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1

mod exports;
#[cfg(target_arch = "wasm32")]
pub mod host;
mod pairs;

#[cfg(target_arch = "wasm32")]
#[doc(hidden)]
pub use exports::construct;
pub use exports::{Body, Filter, Headers, Trailers, allocate};
pub use pairs::Pairs;
