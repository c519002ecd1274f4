//! What an operator asks for, applied to a state: pure, with the time as an argument.

mod advice;
mod allowlist;
mod change;
mod declared;
mod effects;
mod enter;
mod format;
mod labels;
mod lists;
mod own_address;
mod patch;
mod probes;
#[cfg(test)]
mod testing;
mod timer;
mod width;

pub(crate) use self::advice::advice;
pub(crate) use self::allowlist::entries::{AddedEntries, Entries, RemovedEntries};
pub(crate) use self::allowlist::passes::NewPass;
pub(crate) use self::change::{Change, Earlier};
pub(crate) use self::declared::{Declarations, exported};
pub(crate) use self::effects::Effects;
pub(crate) use self::enter::Enter;
pub(crate) use self::format::{check_format, format_advice, matters_to_nodes};
pub(crate) use self::lists::{ListEdit, ListVerb};
pub(crate) use self::own_address::own_address;
pub(crate) use self::patch::Patch;
pub(crate) use self::probes::probed_advice;
pub(crate) use self::width::Width;
