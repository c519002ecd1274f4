use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::host::{Host, Shared};

/// How long the right to poll lasts without being renewed.
const LASTS: Duration = Duration::from_secs(2);
/// It is renewed when less than this is left.
const RENEWED: Duration = Duration::from_millis(1500);

/// The right to poll for this Envoy process, which one root context has at a time, as a lease.
///
/// It lives in shared data as `HOLDER EXPIRY`, the expiry in milliseconds of the wall clock. Should two
/// hold it for a moment, both poll, which does no harm.
#[derive(Debug)]
pub(crate) struct Turn {
    key: String,
    holder: u64,
}

impl Turn {
    pub(crate) fn new(key: String, holder: u64) -> Self {
        Self { key, holder }
    }

    /// Whether it is this context's now; takes it if it has lapsed.
    pub(crate) fn hold(&self, host: &impl Host) -> bool {
        let now = host.now();
        let Some(shared) = host.shared(&self.key) else {
            // There is no way to create a value only if it is absent, but one to replace it.
            let _ = host.share(&self.key, b"", None);
            return host
                .shared(&self.key)
                .is_some_and(|shared| self.take(host, &shared, now));
        };
        // A clock that was set back must not make a lease last.
        let lease =
            read(&shared.value).filter(|(_, expiry)| *expiry > now && *expiry <= now + LASTS * 2);
        match lease {
            Some((holder, expiry)) if holder == self.holder && expiry > now + RENEWED => true,
            Some((holder, _)) if holder != self.holder => false,
            _ => self.take(host, &shared, now),
        }
    }

    fn take(&self, host: &impl Host, known: &Shared, now: SystemTime) -> bool {
        let expiry = (now + LASTS).duration_since(UNIX_EPOCH).unwrap_or_default();
        let expiry = expiry.as_secs() * 1000 + u64::from(expiry.subsec_millis());
        let value = format!("{} {expiry}", self.holder);
        host.share(&self.key, value.as_bytes(), Some(known.cas))
            .is_ok()
    }
}

fn read(value: &[u8]) -> Option<(u64, SystemTime)> {
    let (holder, expiry) = std::str::from_utf8(value).ok()?.split_once(' ')?;
    let expiry = Duration::from_millis(expiry.parse().ok()?);
    Some((holder.parse().ok()?, UNIX_EPOCH.checked_add(expiry)?))
}
