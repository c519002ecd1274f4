use core::time::Duration;

use crate::poll::options::PollOptions;
use crate::poll::pauses::{LONGEST_PAUSE, Pauses};
use crate::poll::turns::Turns;

/// The time limit of a poll, beyond the time that control may hold it.
pub(super) const SLACK: Duration = Duration::from_secs(5);
/// The time in which each of several endpoints is asked at the start, and all others after a failure. It is the start wait
/// of nodes, so that they find the one endpoint that answers meanwhile.
pub(super) const ROUND: Duration = Duration::from_secs(2);

/// When the next poll is due, and which endpoint it asks.
#[derive(Debug)]
pub(super) struct Schedule {
    options: PollOptions,
    pauses: Pauses,
    turns: Turns,
    next_at: Duration,
    /// The longest pause after this round.
    longest: Duration,
    /// Whether an endpoint has failed since the last answer that has not asked for a pause.
    has_lost_one: bool,
}

impl Schedule {
    pub(super) fn new(options: PollOptions, seed: u64) -> Self {
        let mut pauses = Pauses::new(options, seed);
        Self {
            options,
            turns: Turns::new(1, pauses.random()),
            pauses,
            next_at: Duration::ZERO,
            longest: LONGEST_PAUSE,
            has_lost_one: false,
        }
    }

    pub(super) fn with_endpoints(mut self, count: usize) -> Self {
        self.turns = Turns::new(count, self.pauses.random());
        self
    }

    pub(super) fn next_at(&self) -> Duration {
        self.next_at
    }

    pub(super) fn endpoint(&self) -> usize {
        self.turns.endpoint()
    }

    /// Whether the last poll has failed.
    pub(super) fn is_after_failure(&self) -> bool {
        self.turns.is_after_failure() || self.pauses.is_after_failure()
    }

    /// The time limit of a poll that is not held. It is shorter in the first round of a search for an endpoint that answers;
    /// in later rounds each endpoint has the whole time.
    pub(super) fn time_limit(&self, has_answer: bool) -> Duration {
        let searches = self.turns.is_after_failure() || !has_answer;
        let count = self.turns.count();
        if count > 1 && searches && !self.pauses.is_after_failure() {
            self.options.at_most(ROUND) / count
        } else {
            self.options.at_most(SLACK)
        }
    }

    /// The endpoint has answered: the next poll goes to it, at once or after the interval. It is at once, too, after the loss of
    /// an endpoint, whose polls were held: the next one is to hold them.
    pub(super) fn answered(&mut self, now: Duration, at_once: bool) {
        self.pauses.reset();
        self.turns.stay();
        self.longest = LONGEST_PAUSE;
        let has_lost_one = core::mem::take(&mut self.has_lost_one);
        let pause = if at_once || (has_lost_one && !self.options.wait.is_zero()) {
            Duration::ZERO
        } else {
            self.pauses.interval()
        };
        self.next_at = now + pause;
    }

    /// The endpoint has failed, and has `asked` for a pause: the next poll goes to another one, at once or with the next
    /// round. The pause before it is `longest` at most.
    pub(super) fn failed(&mut self, now: Duration, asked: Duration, longest: Duration) {
        let longest = self.options.at_most(longest);
        self.longest = self.longest.min(longest);
        let not_before = now + asked.min(longest);
        self.has_lost_one |= asked.is_zero();
        self.next_at = if self.turns.pass(now, not_before, self.pauses.random()) {
            now
        } else {
            let longest = core::mem::replace(&mut self.longest, LONGEST_PAUSE);
            let earliest = now + self.pauses.after_failure(longest);
            self.turns.begin(earliest, self.pauses.random())
        };
    }
}
