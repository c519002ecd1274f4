//! The house: rooms whose imports point one way, no circles, and files and folders of a size that can be read.
//!
//! 1. The rooms of a package are the folders and files directly in its `src`, in the order of `rooms`. A room imports
//!    only from itself and from rooms before it.
//! 2. No circle of imports leads from a file back to itself.
//! 3. Some crates are used in one room only.
//! 4. A folder has at most so many source files directly in it, and a source file so many lines; half of the files have
//!    at most so many.
//!
//! What a path means is found out file by file: a name that a module re-exports belongs to the file that has it. Tests
//! count for the sizes alone.

mod check;
mod imports;
mod modules;
mod rooms;
mod sizes;
mod table;
#[cfg(test)]
mod tests;

pub(crate) use self::check::check;
