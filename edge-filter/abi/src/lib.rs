//! The proxy-wasm ABI 0.2.1, as much of it as the edge filter uses: what Envoy calls, and what it may be asked.
//!
//! The names are those of the [specification]. A [`Filter`] is what is called; [`export!`] shows it to Envoy. All
//! `unsafe` code of the project is here.
//!
//! Unlike the SDK it lets a filter say how a request goes on with each of the ABI's [`Headers`] and [`Body`], has no
//! state of its own, and never ends the VM over what a call returns.
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
