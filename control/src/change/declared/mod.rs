//! What a file says of services, for `apply` and `export`.
//!
//! 1. A part that the file names becomes what the file says, whole; what is left out in it has its default. A part that the
//!    file does not name stays as it is.
//! 2. The file has no switch: not the mode, its timer and its announced end, nor whether the allowlist is enabled. Passes are
//!    not in it either.
//! 3. `export` writes what `apply` reads, and applying it changes nothing.

mod declarations;
mod declared;
mod entry;
mod export;

pub(crate) use self::declarations::Declarations;
pub(crate) use self::export::exported;
