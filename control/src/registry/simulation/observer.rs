use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use intermission_core::State;

use super::node::{Client, Phase};
use super::polls::Message;
use super::world::World;
use crate::store::{Batch, Step};
use crate::wire::barrier::{Ending, Progress};
use crate::wire::wait::Wait;

/// Sees everything, and what control promises.
#[derive(Debug, Default)]
pub(super) struct Observer {
    /// The waits of operators, by their barriers.
    waits: BTreeMap<String, (State, Wait, Duration)>,
    /// The last state that control has stored.
    latest: Option<State>,
    /// What waits that have ended well promise of these processes, until a later change admits more.
    seals: Vec<(State, BTreeSet<usize>)>,
    /// When and in which life control has heard each process last.
    heard: BTreeMap<usize, Heard>,
    /// How many waits have ended well.
    pub(super) done: usize,
}

#[derive(Debug)]
struct Heard {
    life: u32,
    number: u64,
    at: Duration,
}

/// How long control takes a silent process for alive.
const ALIVE: Duration = Duration::from_secs(3);

impl Observer {
    /// Takes note of what is stored.
    pub(super) fn note(&mut self, batch: &Batch) {
        for step in &batch.0 {
            if let Step::Changed(stored) = step {
                self.restarted(&stored.state);
            }
        }
    }

    /// Takes note of the state that is stored last.
    pub(super) fn restarted(&mut self, state: &State) {
        self.seals.retain(|(sealed, _)| {
            state.store == sealed.store
                && state.revision >= sealed.revision
                && state.refuses_all_of(sealed)
        });
        self.latest = Some(state.clone());
    }

    /// Takes note of a wait before it is stored.
    pub(super) fn begins(&mut self, id: &str, state: &State, wait: &Wait, now: Duration) {
        let begun = (state.clone(), wait.clone(), now);
        self.waits.insert(id.to_owned(), begun);
    }

    /// Takes note of a poll that control has got, unless it has come late.
    pub(super) fn heard(&mut self, message: &Message, life: u32, at: Duration) {
        let number = message.number;
        let last = self.heard.get(&message.process);
        if last.is_none_or(|last| last.life < life || last.number < number) {
            let heard = Heard { life, number, at };
            self.heard.insert(message.process, heard);
        }
    }

    /// When control has heard a process in this life.
    pub(super) fn heard_at(&self, process: usize, life: u32) -> Option<Duration> {
        let heard = self.heard.get(&process);
        heard
            .filter(|heard| heard.life == life)
            .map(|heard| heard.at)
    }
}

fn refuses(state: &State, client: Client) -> bool {
    client.admitted_by(state).is_none()
}

impl World {
    /// Checks the end of a wait in this life of control, if it has ended well.
    pub(super) fn check_end(&mut self, life: u32, progress: &Arc<Progress>) {
        self.trace(|| format!("ended {:?}", progress.ending));
        if progress.ending != Some(Ending::Done) {
            return;
        }
        self.observer.done += 1;
        let (state, wait, began) = self.observer.waits[&progress.id].clone();
        let latest = self.observer.latest.as_ref().unwrap_or(&state);
        if !latest.refuses_all_of(&state) || latest.store != state.store {
            self.fail(format!(
                "done for {} though {} admits more",
                state.revision, latest.revision
            ));
        }
        let counted = (0..self.processes.len()).filter(|process| {
            let heard = self.observer.heard_at(*process, life);
            heard.is_some_and(|at| at >= began && self.now - at <= ALIVE)
        });
        let counted = counted.count() as u64;
        if counted < wait.expect.unwrap_or(1) {
            self.fail(format!(
                "done with {counted} nodes, and {:?} are expected",
                wait.expect
            ));
        }
        let mut sealed = BTreeSet::new();
        for index in 0..self.processes.len() {
            let process = &mut self.processes[index];
            process.finish(self.now);
            let process = &self.processes[index];
            let is_known = self.observer.heard_at(index, life).is_some() || process.was_member;
            if !process.is_alive() || process.excused || !is_known {
                continue;
            }
            sealed.insert(index);
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
        self.observer.seals.push((state, sealed));
        for index in 0..self.processes.len() {
            self.check_process(index);
        }
    }

    /// Checks that a process admits no client that it must not admit.
    pub(super) fn check_process(&mut self, index: usize) {
        let process = &self.processes[index];
        if process.excused || matches!(process.phase, Phase::Gone(_)) {
            return;
        }
        for (state, sealed) in &self.observer.seals {
            if !sealed.contains(&index) {
                continue;
            }
            for (place, thread) in process.threads.iter().enumerate() {
                let mut clients = Client::ALL.into_iter();
                let admitted = clients.find(|client| {
                    let admits = process.admits(place, *client, self.now).is_some();
                    admits && refuses(state, *client) && !thread.excused
                });
                if let Some(client) = admitted {
                    let failure = format!(
                        "done for {}, and thread {place} of process {index} admits a {client:?} by {}",
                        state.revision, thread.in_force.revision
                    );
                    self.fail(failure);
                    return;
                }
            }
        }
    }

    pub(super) fn fail(&mut self, failure: String) {
        self.failure.get_or_insert(failure);
    }
}
