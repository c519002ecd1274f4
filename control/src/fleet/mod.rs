//! The nodes of each service, and those who wait for them.
//!
//! 1. A member is a name and a boot: a process that starts anew is another member, and the old one stays
//!    until it has left or is forgotten.
//! 2. A member is stored before it gets the state. A node that cannot be stored gets the state too, since it would
//!    start open otherwise; it is noted before, and no wait ends well until it is stored, has left, or an operator has
//!    answered for it.
//! 3. Only the reports of a node count: silence is never taken for an end, and a lost member never counts as a node.
//! 4. An operator answers for what is lost or silent; a member that lives is removed by its boot only.
//! 5. A barrier waits for one revision on one service. It ends well only when every member has that revision, or
//!    one that refuses no less, in force, and nothing runs that was admitted before.

mod barrier;
mod departures;
mod expired;
mod fleet;
mod forgetting;
mod member;
mod members;
mod peers;
mod queries;
mod relay;
mod relayed;
mod report;
#[cfg(test)]
pub(crate) mod testing;
mod unstored;

pub(crate) use self::barrier::Barrier;
pub(crate) use self::expired::Expired;
pub(crate) use self::fleet::Fleet;
pub(crate) use self::forgetting::Selection;
pub(crate) use self::member::{LastReport, Member, Position};
pub(crate) use self::members::{Reported, Unsettled};
pub(crate) use self::peers::Heartbeat;
pub(crate) use self::relay::Relay;
pub(crate) use self::relayed::Relayed;
pub(crate) use self::report::read as read_report;
