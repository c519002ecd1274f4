//! Judges what clients saw of a state that many of them changed, in the manner of Jepsen. It knows nothing of control.
//!
//! A state is a register: each change gives it the next revision. Whatever the clients saw has to be what they had seen if each
//! operation had taken place at one moment between its beginning and its end:
//!
//! 1. The history has the revisions 1, 2, 3 and so on, and each change at most once.
//! 2. An acknowledged change is in the history, at the revision that the client was named. A change that was refused is not.
//! 3. A change that was to be made at one revision only is the next after that one.
//! 4. A read saw what the history has at that revision.
//! 5. An operation saw no older state than one that was seen, or acknowledged, before it began; a change came after it.
//! 6. A change that was refused because of another one was refused after that one had begun.
//!
//! Since the revisions order all changes, these are also enough.

mod check;
mod log;
mod operation;
#[cfg(test)]
mod tests;

pub(crate) use check::{Entry, check};
pub(crate) use log::Log;
pub(crate) use operation::{Deed, End, Operation};
