//! What differs between two revisions of a service, as history and dry runs show it.

mod conflict;
mod difference;
mod documents;
mod labels;
mod preview;
mod snapshot;

pub(crate) use self::conflict::Conflict;
pub(crate) use self::preview::Preview;
pub(crate) use self::snapshot::Snapshot;
