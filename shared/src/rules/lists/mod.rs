//! What a state lists, compiled: each list says whether it covers a request.

mod area;
mod beginnings;
mod exempt;
mod hosts;
mod passes;
mod probers;
mod reads;

pub(crate) use area::Listed;
pub(crate) use exempt::ExemptPaths;
pub(crate) use hosts::Hosts;
pub(crate) use passes::Passes;
pub(crate) use probers::{Probers, by_path};
pub(crate) use reads::Reads;
