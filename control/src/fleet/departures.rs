use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use intermission_core::Report;

use crate::wire::node::MemberId;

/// The processes that have left of late, so that a poll that their departure overtook makes none a member again.
#[derive(Debug, Default)]
pub(super) struct Departures {
    departures: BTreeMap<MemberId, Departure>,
    /// When each was noted.
    noted: VecDeque<(Instant, MemberId)>,
}

#[derive(Debug)]
struct Departure {
    at: Instant,
    seq: u64,
    /// Whether the store has it, so that all replicas know of it.
    is_stored: bool,
}

/// How long a poll may be on its way.
const KEPT: Duration = Duration::from_secs(60);
/// How many are remembered, however many there are.
const MOST: usize = 10_000;

impl Departures {
    /// Remembers that the report of this number was the last of a process, and whether the store has that.
    pub(super) fn note(&mut self, id: &MemberId, seq: u64, is_stored: bool, now: Instant) {
        self.forget_old(now);
        self.noted.push_back((now, id.clone()));
        let departure = self.departures.entry(id.clone()).or_insert(Departure {
            at: now,
            seq,
            is_stored,
        });
        departure.at = now;
        departure.seq = departure.seq.max(seq);
        departure.is_stored |= is_stored;
    }

    /// Makes room for one more.
    fn forget_old(&mut self, now: Instant) {
        let is_old = |(at, _): &(Instant, _)| now.saturating_duration_since(*at) > KEPT;
        while self.noted.len() >= MOST || self.noted.front().is_some_and(is_old) {
            if let Some((at, id)) = self.noted.pop_front()
                && self.departures.get(&id).is_some_and(|last| last.at <= at)
            {
                self.departures.remove(&id);
            }
        }
    }

    /// The number of the last report of the process that has sent this one and left.
    pub(super) fn last(&self, report: &Report) -> u64 {
        let departure = self.departures.get(&report.id);
        departure.map_or(report.seq, |departure| departure.seq.max(report.seq))
    }

    /// Whether the store has the departure of a process.
    pub(super) fn is_stored(&self, id: &MemberId) -> bool {
        let departure = self.departures.get(id);
        departure.is_some_and(|departure| departure.is_stored)
    }

    /// Whether the departure of its process was sent after this report.
    pub(super) fn overtook(&self, report: &Report, now: Instant) -> bool {
        let departure = self.departures.get(&report.id);
        departure.is_some_and(|departure| {
            let is_late = now.saturating_duration_since(departure.at) <= KEPT;
            is_late && departure.seq > report.seq
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(boot: &str, seq: u64) -> Report {
        let line = format!("\"a\";boot=\"{boot}\";seq={seq};kind=tower;wait=10");
        crate::fleet::read_report(line.as_bytes()).unwrap()
    }

    #[test]
    fn a_farewell_counts_for_its_process_and_for_a_minute() {
        let (began, mut departures) = (Instant::now(), Departures::default());
        departures.note(&report("b1", 7).id, 7, true, began);
        let after = |boot, seq, seconds| {
            let now = began + Duration::from_secs(seconds);
            departures.overtook(&report(boot, seq), now)
        };
        assert!(after("b1", 6, 0));
        assert!(after("b1", 6, 60));
        assert!(!after("b1", 6, 61));
        assert!(!after("b1", 8, 0));
        assert!(!after("b2", 6, 0));
    }

    #[test]
    fn no_more_are_kept_than_may_be() {
        let (began, mut departures) = (Instant::now(), Departures::default());
        for number in 0..2 * MOST {
            departures.note(&report(&format!("b{number}"), 1).id, 1, true, began);
        }
        assert_eq!(departures.departures.len(), MOST);
        departures.note(
            &report("b1", 1).id,
            1,
            true,
            began + Duration::from_secs(61),
        );
        assert_eq!(departures.departures.len(), 1);
        assert_eq!(departures.noted.len(), 1);
    }
}
