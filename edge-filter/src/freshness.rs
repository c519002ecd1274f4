use std::time::Duration;

use crate::host::{Host, milliseconds, now};
use crate::swap::numbers;

/// How long ago this Envoy process has heard of the endpoint, for the lease on the state in force.
///
/// The one that polls writes into shared data, at each answer, when it had asked: as `AGE MOMENT`, the time since then
/// and the wall clock then, in milliseconds. A VM that sees a new value takes the age, by its own clock that never goes
/// back; one that is new itself knows no moment but the wall clock's.
#[derive(Debug)]
pub(crate) struct Freshness {
    key: String,
    lease: Option<Duration>,
    seen: u32,
    looked: Duration,
    ends: Duration,
    /// When the endpoint was asked what it answered last, by the wall clock.
    moment: Option<Duration>,
}

impl Freshness {
    pub(crate) fn new(key: String, lease: Option<Duration>, host: &impl Host) -> Self {
        let now = host.uptime();
        let mut freshness = Self {
            key,
            lease,
            seen: 0,
            looked: now,
            moment: None,
            ends: now.saturating_add(lease.unwrap_or_default()),
        };
        if let Some(shared) = host.shared(&freshness.key) {
            freshness.seen = shared.cas;
            freshness.moment = read(&shared.value).map(|(_, moment)| moment);
            // By a clock that was set back it cannot be told: then it has ended.
            let age = freshness.age(host);
            let left = age.map_or(Duration::ZERO, |age| {
                lease.unwrap_or_default().saturating_sub(age)
            });
            freshness.ends = now + left;
        }
        freshness
    }

    /// Writes down that the endpoint has answered what it was asked `age` ago.
    pub(crate) fn write(&self, host: &impl Host, age: Duration) {
        let moment = wall_clock(host).saturating_sub(age);
        let value = format!("{} {}", milliseconds(age), milliseconds(moment));
        let _ = host.share(&self.key, value.as_bytes(), None);
    }

    /// How long ago the endpoint was asked what it answered last, if that is known.
    pub(crate) fn age(&self, host: &impl Host) -> Option<Duration> {
        wall_clock(host).checked_sub(self.moment?)
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
                // It was written at some time since the last look.
                self.ends = self.ends.max(self.looked + lease.saturating_sub(age));
            }
        }
        self.looked = now;
        self.lease.is_some() && now >= self.ends
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
