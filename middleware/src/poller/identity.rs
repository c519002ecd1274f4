use std::hash::{BuildHasher as _, RandomState};
use std::time::Duration;

use intermission_core::{Poll, Report, StateTag};

use crate::current::PolicyCell;

/// Who polls, as control is told with each poll.
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
    /// A node called `name`, or else as the machine is.
    pub(super) fn new(name: Option<String>, lease: Option<Duration>) -> Self {
        let of_machine = || gethostname::gethostname().to_string_lossy().into_owned();
        Self {
            name: name.unwrap_or_else(of_machine),
            // From the system: the application may have seeded other generators alike in every process.
            boot: RandomState::new().hash_one(0),
            seq: 0,
            lease,
        }
    }

    /// The value of the header of the next poll.
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
