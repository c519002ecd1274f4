use std::time::Duration;

use crate::host::{Host, milliseconds, now};
use crate::shared_data::text::numbers;

/// The time since the last answer of the endpoint to this Envoy process, for the lease on the state in force.
///
/// At each answer the leader writes into shared data when it sent the poll, as `AGE MOMENT`: the time since then and the wall
/// clock then, in milliseconds. A VM that sees a new value applies the age to its own monotonic clock; a new VM has only the
/// wall clock.
///
/// The lease has ended when either clock says so: the monotonic clock stops while the machine sleeps, and the wall clock may
/// be set.
#[derive(Debug)]
pub(crate) struct Freshness {
    key: String,
    lease: Option<Duration>,
    seen: u32,
    looked: Duration,
    /// The end of the lease, by the monotonic clock and by the wall clock.
    ends: Duration,
    ends_by_wall: Duration,
    /// When the last answered poll was sent, by the wall clock.
    moment: Option<Duration>,
}

impl Freshness {
    pub(crate) fn new(key: String, lease: Option<Duration>, host: &impl Host) -> Self {
        let now = host.uptime();
        let whole = lease.unwrap_or_default();
        let mut freshness = Self {
            key,
            lease,
            seen: 0,
            looked: now,
            moment: None,
            ends: now.saturating_add(whole),
            ends_by_wall: wall_clock(host).saturating_add(whole),
        };
        if let Some(shared) = host.shared(&freshness.key) {
            freshness.seen = shared.cas;
            freshness.moment = read(&shared.value).map(|(_, moment)| moment);
            // After the clock was set back, the end is unknown: the lease has ended.
            let age = freshness.age(host);
            let left = age.map_or(Duration::ZERO, |age| whole.saturating_sub(age));
            freshness.ends = now + left;
            freshness.ends_by_wall = freshness.moment.unwrap_or_default().saturating_add(whole);
        }
        freshness
    }

    /// Records that the endpoint has answered a poll that was sent `age` ago.
    pub(crate) fn write(&self, host: &impl Host, age: Duration) {
        let moment = wall_clock(host).saturating_sub(age);
        let value = format!("{} {}", milliseconds(age), milliseconds(moment));
        let _ = host.share(&self.key, value.as_bytes(), None);
    }

    /// The time since the last answered poll was sent, if known.
    pub(crate) fn age(&self, host: &impl Host) -> Option<Duration> {
        wall_clock(host).checked_sub(self.moment?)
    }

    /// Whether there is a lease that has ended, as far as this VM knows; without a lease no clock is read.
    pub(crate) fn seems_lapsed(&self, host: &impl Host) -> bool {
        self.lease.is_some()
            && (host.uptime() >= self.ends || wall_clock(host) >= self.ends_by_wall)
    }

    /// Whether there is a lease that has ended.
    pub(crate) fn has_lapsed(&mut self, host: &impl Host) -> bool {
        let lease = self.lease.unwrap_or_default();
        let now = host.uptime();
        let news = host
            .shared(&self.key)
            .filter(|shared| shared.cas != self.seen);
        if let Some(shared) = news {
            self.seen = shared.cas;
            if let Some((age, moment)) = read(&shared.value) {
                self.moment = Some(moment);
                // It was written after the last look at it.
                self.ends = self.ends.max(self.looked + lease.saturating_sub(age));
                self.ends_by_wall = moment.saturating_add(lease);
            }
        }
        self.looked = now;
        self.seems_lapsed(host)
    }
}

fn wall_clock(host: &impl Host) -> Duration {
    Duration::from_millis(now(host))
}

fn read(value: &[u8]) -> Option<(Duration, Duration)> {
    match *numbers(value) {
        [age, moment] => Some((Duration::from_millis(age), Duration::from_millis(moment))),
        _ => None,
    }
}
