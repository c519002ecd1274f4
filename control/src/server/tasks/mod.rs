//! Work that no request asks for.

mod barriers;
mod supervise;
mod sweep;
mod timers;
mod usage;
mod wakes;

pub(super) use self::supervise::{Periods, start};
