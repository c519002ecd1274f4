//! The protocol of the VMs of one Envoy process in its shared data: the state in force, the leader, and the status of each
//! VM.

mod aggregate;
mod cas;
mod freshness;
mod identity;
mod leader;
mod slot;
mod state;
mod tagged_state;
mod text;
mod vm_status;

pub(crate) use aggregate::Aggregate;
pub(crate) use freshness::Freshness;
pub(crate) use identity::ProcessIdentity;
pub(crate) use leader::Leadership;
pub(crate) use slot::{Slot, list};
pub(crate) use state::SharedState;
#[cfg(feature = "fuzzing")]
pub(crate) use state::read;
pub(crate) use tagged_state::TaggedState;
#[cfg(feature = "fuzzing")]
pub(crate) use vm_status::VmStatus;
