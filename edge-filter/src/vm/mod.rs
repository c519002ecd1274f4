//! The contexts of one VM: a root for each plugin, and the requests.

mod contexts;
#[cfg(target_arch = "wasm32")]
mod exports;
#[cfg(all(target_arch = "wasm32", feature = "panic-switch"))]
mod panic_switch;
mod root;

#[cfg(test)]
pub(crate) use contexts::Vm;
#[cfg(test)]
pub(crate) use root::{Root, TICK};
