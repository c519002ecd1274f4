use std::hash::{BuildHasher as _, RandomState};
use std::time::Duration;

use intermission_core::{Poll, Report, StateTag};

use crate::current::PolicyCell;

/// The identity of this process in its reports.
#[derive(Debug)]
pub(super) struct Identity {
    name: String,
    boot: u64,
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
    pub(super) fn new(name: Option<String>, lease: Option<Duration>) -> Self {
        let of_machine = || gethostname::gethostname().to_string_lossy().into_owned();
        Self {
            name: name.unwrap_or_else(of_machine),
            // From the system: the application may seed other generators with the same value in each process.
            boot: RandomState::new().hash_one(0),
            seq: 0,
            lease,
        }
    }

    /// The report of the next poll, as the value of its header.
    pub(super) fn report(&mut self, poll: &Poll, cell: &PolicyCell, intent: Intent) -> String {
        self.seq += 1;
        let probed = cell.probed();
        let report = Report {
            name: &self.name,
            boot: self.boot,
            seq: self.seq,
            kind: "tower",
            applied: poll.tag().and_then(StateTag::bare),
            running: cell.running(),
            counts: cell.counts(),
            silent: "",
            wait: poll.longest_pause(),
            lease: self.lease,
            error: poll.objection(),
            probed: &probed,
            leaving: intent == Intent::Leave,
        };
        report.to_string()
    }
}
