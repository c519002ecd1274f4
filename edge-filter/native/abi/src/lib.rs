//! The ABI of Envoy's dynamic modules of Envoy 1.40, as far as the native filter uses it: the calls from Envoy and to Envoy.
//!
//! Envoy calls a [`Filter`], which [`export!`] exports. All `unsafe` code of the native filter is here.
//!
//! 1. The calls to Envoy are looked up by their names when the library is loaded. If this Envoy lacks one, the library says
//!    which, and Envoy refuses it.
//! 2. A panic never leaves a hook, which would end Envoy. It is logged; the request that caused it is answered with 503, and
//!    the configuration that caused it is refused.
//! 3. What Envoy calls while it is called by a filter finds the stream in use, and continues. A stream that has ended
//!    meanwhile is dropped, and nothing more is called for it.
//!
//! The names and signatures are those of `source/extensions/dynamic_modules/abi/abi.h` in Envoy's repository. Envoy does not
//! compare signatures, so the tests call each of them in a real Envoy.

mod bytes;
mod callbacks;
mod export;
mod filter;
mod guard;
#[doc(hidden)]
pub mod hooks;
mod lines;
mod metrics;
mod request;
mod waker;

pub use callbacks::{Level, log};
pub use filter::{Body, Filter, Headers, Next, Purpose, Trailers};
pub use lines::HeaderLines;
pub use metrics::{Counter, Definitions, Gauge, Metrics};
pub use request::{Request, Response};
pub use waker::{ConfigWaker, Waker};
