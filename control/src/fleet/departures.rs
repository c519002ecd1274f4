use std::collections::VecDeque;
use std::time::{Duration, Instant};

use intermission_core::Report;

use crate::wire::node::MemberId;

/// The processes that have left of late, so that a poll that their departure overtook makes none a member again.
#[derive(Debug, Default)]
pub(super) struct Departures(VecDeque<Departure>);

#[derive(Debug)]
struct Departure {
    at: Instant,
    id: MemberId,
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
        let is_old = |departure: &Departure| now.saturating_duration_since(departure.at) > KEPT;
        while self.0.len() >= MOST || self.0.front().is_some_and(is_old) {
            self.0.pop_front();
        }
        self.0.push_back(Departure {
            at: now,
            id: id.clone(),
            seq,
            is_stored,
        });
    }

    /// Whether the store has the departure of a process.
    pub(super) fn is_stored(&self, id: &MemberId) -> bool {
        let mut of_process = self.0.iter().rev().filter(|departure| departure.id == *id);
        of_process.any(|departure| departure.is_stored)
    }

    /// Whether the departure of its process was sent after this report.
    pub(super) fn overtook(&self, report: &Report, now: Instant) -> bool {
        let mut of_late = self
            .0
            .iter()
            .rev()
            .take_while(|departure| now.saturating_duration_since(departure.at) <= KEPT);
        of_late.any(|departure| departure.id == report.id && departure.seq > report.seq)
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
        for seq in 0..2 * MOST as u64 {
            departures.note(&report("b1", seq).id, seq, true, began);
        }
        assert_eq!(departures.0.len(), MOST);
        departures.note(
            &report("b1", 1).id,
            1,
            true,
            began + Duration::from_secs(61),
        );
        assert_eq!(departures.0.len(), 1);
    }
}
