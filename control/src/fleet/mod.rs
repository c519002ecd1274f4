//! The nodes of each service, and those who wait for them.
//!
//! 1. A member is a name and a boot: a process that starts anew is another member, and the old one stays
//!    until it has left or is forgotten.
//! 2. A member is known before it is told the state. So whoever is missing when the last member has
//!    drained learns of the new state with its first answer.
//! 3. Nothing is believed of a node but what it says: silence is never taken for an end.
//! 4. An operator answers for what is lost or silent; whoever lives is let go by its boot only.
//! 5. A barrier waits for one revision on one service. It ends well only when every member has that revision, or
//!    one that refuses no less, in force, and nothing runs that was admitted before.

mod barrier;
mod ending;
mod farewells;
mod forgetting;
mod member;
mod report;
mod roll;
mod rolls;
mod view;

pub(crate) use self::barrier::{Barrier, Wait};
pub(crate) use self::ending::Ending;
pub(crate) use self::forgetting::{Forgetting, Forgotten, Kept, Whom};
pub(crate) use self::member::{Heard, Member, MemberId, Position};
pub(crate) use self::report::Report;
pub(crate) use self::roll::News;
pub(crate) use self::rolls::Fleet;
pub(crate) use self::view::{FleetView, NodeView, Progress, Standing};
