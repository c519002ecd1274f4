use std::time::Duration;

use crate::host::{Host, milliseconds, now};
use crate::shared_data::text::numbers;

/// How long ago this Envoy process has heard of the endpoint, for the lease on the state in force.
///
/// The one that polls writes into shared data, at each answer, when it had asked: as `AGE MOMENT`, the time since then
/// and the wall clock then, in milliseconds. A VM that sees a new value takes the age, by its own clock that never goes
/// back; one that is new itself knows no moment but the wall clock's.
///
/// The lease has ended when either clock says so: the first stands still while the machine sleeps, the other may be set.
#[derive(Debug)]
pub(crate) struct Freshness {
    key: String,
    lease: Option<Duration>,
    seen: u32,
    looked: Duration,
    /// When the lease ends, by the clock that never goes back and by the wall clock.
    ends: Duration,
    ends_by_wall: Duration,
    /// When the endpoint was asked what it answered last, by the wall clock.
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
            // By a clock that was set back it cannot be told: then it has ended.
            let age = freshness.age(host);
            let left = age.map_or(Duration::ZERO, |age| whole.saturating_sub(age));
            freshness.ends = now + left;
            freshness.ends_by_wall = freshness.moment.unwrap_or_default().saturating_add(whole);
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

    /// Whether there is a lease that has ended by what this VM has seen so far; without a lease no clock is read.
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
                // It was written at some time since the last look.
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
