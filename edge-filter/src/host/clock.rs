use std::time::{Duration, UNIX_EPOCH};

use crate::host::interface::Host;

/// The wall clock in milliseconds.
pub(crate) fn now(host: &impl Host) -> u64 {
    milliseconds(host.now().duration_since(UNIX_EPOCH).unwrap_or_default())
}

/// A time in milliseconds as `u64`: printing wider numbers would enlarge the module.
pub(crate) fn milliseconds(time: Duration) -> u64 {
    time.as_secs().saturating_mul(1000) + u64::from(time.subsec_millis())
}
