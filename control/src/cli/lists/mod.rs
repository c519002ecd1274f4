//! Lists of addresses in files, as operators keep them and as clouds publish theirs.
//!
//! 1. A byte order mark at the beginning is passed over, and so is CR before the end of a line.
//! 2. Every entry must be an address or a canonical block. An error names the file, the line or the JSON pointer, and what
//!    would be right.
//! 3. An entry that occurs twice is taken once. One that lies within another is kept, so that the allowlist is what the
//!    file says, and removing the outer entry leaves the inner one.
//! 4. Of lists that have everything a cloud owns, the parts that are meant have to be named.

mod lines;
mod list;
mod place;
mod published;

pub(crate) use self::list::{List, ListFormat};
