//! What control keeps of the entries and passes of an allowlist, beside the document.
//!
//! 1. An entry has a [`Label`]: who added it and when, and optionally a name, a note and an end. A pass has a name, and
//!    who made it and when; its end is in the document.
//! 2. Labels belong to a revision, as its timer does. Nodes get addresses and digests only.
//! 3. An entry that an earlier program added has no label, and counts as any other.

mod end;
mod label;
mod labels;
mod name;
mod words;

pub(crate) use self::end::End;
pub(crate) use self::label::{Label, PassLabel};
pub(crate) use self::labels::Labels;
pub(crate) use self::name::Name;
pub(crate) use self::words::Words;
