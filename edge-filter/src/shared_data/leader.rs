use crate::host::{Host, now};
use crate::shared_data::cas::swap;
use crate::shared_data::text::numbers;

/// The length of the lease, in milliseconds.
const LASTS: u64 = 2000;
/// The lease is renewed when less than this is left.
const RENEWED: u64 = 1500;

/// The lease of the leader: the root context that polls for this Envoy process.
///
/// It is in shared data as `HOLDER EXPIRY`, the expiry in milliseconds of the wall clock. If two contexts hold it for a
/// moment, both poll, which is harmless.
#[derive(Debug)]
pub(crate) struct Leadership {
    key: String,
    holder: u64,
}

impl Leadership {
    pub(crate) fn new(key: String, holder: u64) -> Self {
        Self { key, holder }
    }

    /// Whether this context is the leader now; takes the lease if it has expired.
    pub(crate) fn hold(&self, host: &impl Host) -> bool {
        let now = now(host);
        let mut held = false;
        let taken = swap(host, &self.key, &mut |value| {
            // A clock that was set back must not extend a lease.
            let lease = match *numbers(value) {
                [holder, expiry] if expiry > now && expiry <= now + LASTS * 2 => {
                    Some((holder, expiry))
                }
                _ => None,
            };
            held = lease
                .is_some_and(|(holder, expiry)| holder == self.holder && expiry > now + RENEWED);
            let others = lease.is_some_and(|(holder, _)| holder != self.holder);
            (!held && !others).then(|| format!("{} {}", self.holder, now + LASTS).into())
        });
        held || taken
    }
}
