use std::rc::Rc;
use std::time::Duration;

use intermission_core::State;

use super::nodes::Client;
use super::observer::{ALIVE, Seal};
use super::world::{SERVICE, World};
use crate::wire::barrier::{Ending, Progress};

/// For how much longer than alone a replica takes a silent process for alive, which does not know what another one hears.
const UNKNOWN: Duration = Duration::from_secs(12);

impl World {
    /// In which life of control reports are known. What replicas know outlasts each of them.
    pub(super) fn life(&self) -> u32 {
        match self.controls.len() {
            1 => self.controls[0].life,
            _ => 0,
        }
    }

    /// Whether control takes a process for alive that was heard since a moment.
    fn counts(&self, process: usize, since: Duration) -> bool {
        let patience = match self.controls.len() {
            1 => ALIVE,
            _ => ALIVE + UNKNOWN,
        };
        let heard = self.observer.heard_at(self.life(), process);
        heard.is_some_and(|at| at >= since && self.now - at <= patience)
    }

    /// Checks that a wait which ends in another way than well does so for a reason.
    pub(super) fn check_judged(&mut self, progress: &Progress) {
        let Some(ending) = progress.ending else {
            return;
        };
        let Some(begun) = self.observer.waits.get_mut(&progress.id) else {
            return;
        };
        if begun.judged.replace(ending) == Some(ending) {
            return;
        }
        let begun = &self.observer.waits[&progress.id];
        let (all, life) = (0..self.processes.len(), self.life());
        let heard = |process| self.observer.heard_in(life, process);
        let is_true = match ending {
            Ending::TimedOut => self.moment(0).time >= progress.deadline,
            Ending::Superseded => begun.is_superseded,
            Ending::Lost => all
                .clone()
                .any(|process| !self.counts(process, Duration::ZERO)),
            Ending::TooFew => {
                let counted = all
                    .clone()
                    .filter(|process| self.counts(*process, Duration::ZERO));
                let staying = counted
                    .filter_map(heard)
                    .filter(|heard| !heard.message.report.leaves());
                let expected = begun.wait.expect.unwrap_or(1);
                progress.unstored > 0 || (staying.count() as u64) < expected
            }
            // Control may have made the same state since.
            Ending::Forked => all.clone().filter_map(heard).any(|heard| heard.is_fork),
            Ending::Done | Ending::Unsure | Ending::Refused => true,
        };
        if !is_true {
            let revision = progress.revision;
            self.fail(format!(
                "a wait for {revision} ends {ending:?} for no reason"
            ));
            return;
        }
        if self.controls[0].writing.is_some() {
            return;
        }
        let mut heard = all.filter_map(heard).map(|heard| &heard.message.report);
        let stale = heard.find(|report| {
            let mut missing = progress.missing.iter();
            let own = missing.find(|view| view.boot == report.id.boot && view.heard.is_some());
            own.is_some_and(|view| {
                view.applied != report.applied || view.running != report.running.requests
            })
        });
        if let Some(report) = stale {
            self.fail(format!(
                "a wait names a node by an old report, not by {report:?}"
            ));
        }
    }

    /// Checks the end of a wait, if it ends well.
    pub(super) fn check_end(&mut self, r: usize, progress: &Progress) {
        if progress.ending != Some(Ending::Done) {
            return;
        }
        self.tally.checks += 1;
        let begun = &self.observer.waits[&progress.id];
        let (state, wait, began) = (Rc::clone(&begun.state), begun.wait.clone(), begun.at);
        let latest = match self.controls.len() {
            1 => self.memory(r).service(SERVICE).unwrap().state.clone(),
            _ => self.disk.tables.latest().clone(),
        };
        if !latest.refuses_all_of(&state) || latest.store != state.store {
            self.fail(format!(
                "done for {} though {} admits more",
                state.revision, latest.revision
            ));
        }
        let all = 0..self.processes.len();
        let counted = all.clone().filter(|process| self.counts(*process, began));
        let counted = counted.count() as u64;
        if counted < wait.expect.unwrap_or(1) {
            self.fail(format!(
                "done with {counted} nodes, and {:?} are expected",
                wait.expect
            ));
        }
        let mut processes = 0;
        for index in all.clone() {
            let process = &mut self.processes[index];
            process.finish(self.now);
            let process = &self.processes[index];
            let heard = self.observer.heard_in(self.life(), index);
            let is_heard = heard.is_some() && self.controls.len() == 1;
            let is_known = is_heard || process.was_member.is_some();
            if !process.is_alive() || !is_known {
                continue;
            }
            processes |= 1 << index;
            for thread in process.threads.iter().filter(|thread| !thread.excused) {
                let mut old = thread.requests.iter().filter(|request| {
                    let is_ignored = request.upgraded && wait.ignore_upgraded;
                    refuses(&state, request.client) && !is_ignored
                });
                if let Some(old) = old.next() {
                    let failure = format!("done, and process {index} runs {old:?}");
                    self.fail(failure);
                    return;
                }
            }
        }
        self.observer.seals.push(Seal { state, processes });
        all.for_each(|index| self.check_process(index));
    }

    /// Checks that a process that has been answered has got no state that is older than the end of a wait.
    pub(super) fn check_answer(&mut self, index: usize) {
        let process = &self.processes[index];
        let (Some(state), Some(_)) = (process.poll.state(), process.was_member) else {
            return;
        };
        let stands_in =
            |seal: &Seal| state.refuses_all_of(&seal.state) || state.store != seal.state.store;
        let broken = self.observer.seals.iter().find(|seal| !stands_in(seal));
        if let Some(seal) = broken {
            let failure = format!(
                "done for {}, and process {index} gets {}",
                seal.state.revision, state.revision
            );
            self.fail(failure);
        }
    }

    /// Checks that a process admits no client that it must not admit.
    pub(super) fn check_process(&mut self, index: usize) {
        let process = &self.processes[index];
        for seal in &self.observer.seals {
            if seal.processes >> index & 1 == 0 {
                continue;
            }
            self.tally.checks += 1;
            for (place, thread) in process.threads.iter().enumerate() {
                let mut clients = Client::ALL.into_iter();
                let admitted = clients.find(|client| {
                    let admits = process.admits(place, *client, self.now).is_some();
                    admits && refuses(&seal.state, *client) && !thread.excused
                });
                if let Some(client) = admitted {
                    let failure = format!(
                        "done for {}, and thread {place} of process {index} admits a {client:?} by {}",
                        seal.state.revision, thread.in_force.revision
                    );
                    self.fail(failure);
                    return;
                }
            }
        }
    }
}

fn refuses(state: &State, client: Client) -> bool {
    client.admitted_by(state).is_none()
}
