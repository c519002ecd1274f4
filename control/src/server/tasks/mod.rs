//! Work that no request asks for.

mod barriers;
mod supervise;
mod timers;

pub(super) use self::supervise::start;
