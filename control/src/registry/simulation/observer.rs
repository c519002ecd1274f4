use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use intermission_core::State;

use super::node::Client;
use super::polls::Message;
use super::world::{SERVICE, World};
use crate::store::{Batch, Step};
use crate::wire::barrier::{Ending, Progress};
use crate::wire::wait::Wait;

/// Sees everything, and what control promises.
#[derive(Debug, Default)]
pub(super) struct Observer {
    /// The waits of operators, by their barriers.
    waits: BTreeMap<String, Begun>,
    /// What waits that have ended well promise, until a later change admits more.
    seals: Vec<Seal>,
    /// What control has heard of each process last.
    heard: BTreeMap<usize, Heard>,
    /// When which replica has heard it, in which life.
    pub(super) hearings: Vec<Hearing>,
}

/// A replica hears a process.
#[derive(Debug)]
pub(super) struct Hearing {
    pub(super) process: usize,
    pub(super) at: Duration,
    pub(super) replica: usize,
    pub(super) life: u32,
}

#[derive(Debug)]
struct Begun {
    state: Rc<State>,
    wait: Wait,
    at: Duration,
    /// Whether a later change may have admitted more.
    is_superseded: bool,
    judged: Option<Ending>,
}

/// No process of these may admit a client that this state refuses.
#[derive(Debug)]
struct Seal {
    state: Rc<State>,
    /// A bit for each process.
    processes: u64,
}

#[derive(Debug)]
struct Heard {
    life: u32,
    at: Duration,
    /// When the same report came last.
    again: Duration,
    message: Rc<Message>,
    /// Whether control had never made the state that it reports.
    is_fork: bool,
}

/// How long control takes a silent process for alive.
pub(super) const ALIVE: Duration = Duration::from_secs(3);
/// For how much longer a replica does that does not know what another one hears.
const UNKNOWN: Duration = Duration::from_secs(12);

impl Observer {
    /// Takes note of what is stored.
    pub(super) fn note(&mut self, batch: &Batch) {
        for step in &batch.0 {
            if let Step::Changed(stored) = step {
                self.restarted(&stored.state);
            }
        }
    }

    /// Takes note of the state that is in force now.
    pub(super) fn restarted(&mut self, state: &State) {
        let stands_in = |earlier: &State| {
            state.store == earlier.store
                && state.revision >= earlier.revision
                && state.refuses_all_of(earlier)
        };
        self.seals.retain(|seal| stands_in(&seal.state));
        for begun in self.waits.values_mut() {
            begun.is_superseded |= !stands_in(&begun.state);
        }
    }

    /// Takes note of a wait before it is stored.
    pub(super) fn begins(&mut self, id: &str, state: &State, wait: &Wait, at: Duration) {
        let begun = Begun {
            state: Rc::new(state.clone()),
            wait: wait.clone(),
            at,
            is_superseded: false,
            judged: None,
        };
        self.waits.insert(id.to_owned(), begun);
    }

    /// Takes note of a poll that control has got, unless it has come late.
    pub(super) fn heard(&mut self, message: &Rc<Message>, is_fork: bool, life: u32, at: Duration) {
        let last = self.heard.get_mut(&message.process);
        let last = last.filter(|last| last.life == life);
        match last {
            Some(last) if last.message.report.seq > message.report.seq => {}
            Some(last) if last.message.report.seq == message.report.seq => last.again = at,
            _ => {
                let message = Rc::clone(message);
                let heard = Heard {
                    life,
                    at,
                    again: at,
                    message,
                    is_fork,
                };
                self.heard.insert(heard.message.process, heard);
            }
        }
    }

    /// An operator answers for a process until control hears it again.
    pub(super) fn forget(&mut self, process: usize) {
        self.heard.remove(&process);
    }

    /// Whether a later state may admit more than the one that is waited for.
    pub(super) fn is_superseded(&self, id: &str) -> bool {
        self.waits[id].is_superseded
    }

    fn heard_in(&self, life: u32, process: usize) -> Option<&Heard> {
        let heard = self.heard.get(&process);
        heard.filter(|heard| heard.life == life)
    }

    /// When control has heard a process in this life.
    pub(super) fn heard_at(&self, life: u32, process: usize) -> Option<Duration> {
        Some(self.heard_in(life, process)?.at)
    }

    /// Whether a process polls, or its last report came again, after a moment.
    pub(super) fn comes_after(&self, life: u32, process: usize, moment: Duration) -> bool {
        let heard = self.heard_in(life, process);
        heard.is_some_and(|heard| heard.again > moment)
    }
}

fn refuses(state: &State, client: Client) -> bool {
    client.admitted_by(state).is_none()
}

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
