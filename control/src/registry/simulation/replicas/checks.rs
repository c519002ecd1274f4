use std::time::Duration;

use jiff::Timestamp;

use crate::registry::simulation::control::{Arrived, STALE};
use crate::registry::simulation::observer::{ALIVE, Hearing};
use crate::registry::simulation::operator::time;
use crate::registry::simulation::world::{SERVICE, World};
use crate::wire::barrier::{Ending, Progress};

/// How far back a silence may lie that a wait ends for.
const BACK: Duration = Duration::from_secs(40);

impl World {
    /// Checks that memory has what the log has, at its version.
    pub(super) fn check_history(&mut self, r: usize) {
        let version = self.memory(r).version().0 as usize;
        let service = self.memory(r).service(SERVICE).unwrap();
        let logged = &self.cluster.log[version - 1];
        if logged.tag != service.tag {
            let failure = format!(
                "replica {r} has {} as version {version}, which is {}",
                service.tag, logged.tag
            );
            self.fail(failure);
        }
    }

    /// Checks that a poll is answered from a version that is not older than its coming, nor than the one by which its node has
    /// become known to waits here. One that was held, or waited for another proof, may be of a node that was forgotten meanwhile.
    pub(in super::super) fn check_version(&mut self, r: usize, poll: &Arrived, was_held: bool) {
        let id = &poll.message.report.id;
        let may_be_forgotten = was_held || self.now - poll.at >= STALE;
        let joined = self.cluster.joined.get(id);
        let joined = joined.filter(|(_, at)| *at == r && !may_be_forgotten);
        let joined = joined.map_or(0, |(version, _)| *version);
        let (has, needs) = (self.memory(r).version().0, poll.version.max(joined));
        if has < needs {
            let failure =
                format!("replica {r} answers a poll of {id:?} by version {has}, not by {needs}");
            self.fail(failure);
        }
    }

    /// Checks the end of a wait when it is stored.
    pub(super) fn check_shared_end(&mut self, progress: &Progress) {
        self.check_end(0, progress);
        let is_true = match progress.ending {
            // No history is lost here, and no node gets a state that it refuses.
            Some(Ending::Forked | Ending::Refused) => false,
            Some(Ending::Superseded) => self.observer.is_superseded(&progress.id),
            Some(Ending::Lost) => {
                let mut lost = progress.missing.iter().filter(|view| view.lost);
                lost.all(|view| {
                    let mut all = self.processes.iter();
                    let own = all.position(|process| process.id.boot == view.boot);
                    own.is_some_and(|process| self.was_silent(process))
                })
            }
            _ => true,
        };
        if !is_true {
            let (revision, ending) = (progress.revision, progress.ending);
            self.fail(format!(
                "a wait for {revision} ends {ending:?} for no reason: {:?}",
                progress.missing
            ));
        }
        self.ended(progress);
    }

    /// Whether a process was silent of late for so long that it may be taken for lost. What a replica has heard that does not
    /// serve any more may be unknown.
    fn was_silent(&self, process: usize) -> bool {
        let from = self.now.saturating_sub(BACK);
        let ended = &self.cluster.ended;
        let counts = |hearing: &&Hearing| {
            let id = format!("r{}-{}", hearing.replica, hearing.life);
            let has_ended = ended.iter().any(|(of, at)| *of == id && *at >= hearing.at);
            let is_own = self.controls[hearing.replica].life == hearing.life;
            hearing.process == process && is_own && !has_ended && hearing.at >= from
        };
        let hearings = self.observer.hearings.iter().filter(counts);
        let mut last = from.max(self.processes[process].born);
        for hearing in hearings {
            if hearing.at - last > ALIVE {
                return true;
            }
            last = hearing.at;
        }
        self.now - last > ALIVE
    }

    /// Checks that no clock of a replica that is known to serve is before the end of a timer.
    pub(super) fn check_timer(&mut self, r: usize, end: Timestamp) {
        let known: Vec<String> = {
            let fleet = self.memory(r).fleet();
            let peers = fleet.peers().all();
            let known = peers.filter_map(|(heartbeat, _)| heartbeat);
            // Its name is where it serves.
            known.map(|heartbeat| heartbeat.address.clone()).collect()
        };
        for control in &self.controls {
            let replica = control.replica.as_ref().unwrap();
            if known.contains(&replica.id) && time(self.now) + replica.ahead < end {
                let failure = format!("a timer ends before it is {end} at {}", replica.id);
                self.fail(failure);
                return;
            }
        }
    }
}
