use std::hash::{BuildHasher as _, RandomState};
use std::time::Duration;

use intermission_core::{MemberId, Poll, Report, StateTag};

use crate::current::PolicyCell;

/// The identity of this process in its reports.
#[derive(Debug)]
pub(super) struct Identity {
    id: MemberId,
    kind: &'static str,
    seq: u64,
    lease: Option<Duration>,
}

/// Whether a poll is the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Intent {
    Stay,
    Leave,
}

impl Identity {
    /// A node with this name, or the name of the machine.
    pub(super) fn new(name: Option<String>, kind: &'static str, lease: Option<Duration>) -> Self {
        let of_machine = || gethostname::gethostname().to_string_lossy().into_owned();
        // From the system: the application may seed other generators with the same value in each process.
        let boot = RandomState::new().hash_one(0);
        Self {
            id: MemberId::new(&name.unwrap_or_else(of_machine), boot),
            kind,
            seq: 0,
            lease,
        }
    }

    /// The report of the next poll, as the value of its header.
    pub(super) fn report(&mut self, poll: &Poll, cell: &PolicyCell, intent: Intent) -> String {
        self.seq += 1;
        let report = Report {
            seq: self.seq,
            applied: poll.tag().and_then(StateTag::bare).map(Into::into),
            running: cell.running(),
            counts: cell.counts(),
            wait: poll.longest_pause(),
            lease: self.lease,
            error: poll.objection().map(Into::into),
            probed: cell.probed(),
            leaving: intent == Intent::Leave,
            ..Report::new(self.id.clone(), self.kind)
        };
        report.to_string()
    }
}
