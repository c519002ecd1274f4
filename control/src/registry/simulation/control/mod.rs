//! Control, with the disk that its store is on. [`Memory`](crate::registry::memory::Memory), which decides, is the real one.

mod answers;
mod control;
mod disk;
mod lives;
mod store;

pub(super) use self::answers::{Held, Response, STALE};
pub(super) use self::control::{Arrived, Control};
pub(super) use self::disk::{Disk, Health};
pub(super) use self::lives::{found, grant};
pub(super) use self::store::{Asked, Outcome, Work};
