//! Asking a service from outside whether it is in maintenance.
//!
//! 1. Each try is a `GET` over a connection of its own, so that each backend of a balancer has its turn. No redirect is
//!    followed, no proxy of the environment is asked, and no token is sent.
//! 2. A node marks its refusals with `Intermission: refused;revision=17`. An answer without the marker is no node's refusal,
//!    whatever its status.
//! 3. An answer that a cache has kept (`Age`, or a cache's own word for a hit) is none that a node has given now.

mod answer;
mod finding;
mod prober;

pub(crate) use self::answer::Answer;
pub(crate) use self::finding::{Expect, Expected, Finding, judge};
pub(crate) use self::prober::Prober;
