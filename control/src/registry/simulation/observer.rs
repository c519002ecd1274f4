use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use intermission_core::State;

use super::nodes::Message;
use crate::store::{Batch, Step};
use crate::wire::barrier::Ending;
use crate::wire::wait::Wait;

/// Sees everything, and what control promises.
#[derive(Debug, Default)]
pub(super) struct Observer {
    /// The waits of operators, by their barriers.
    pub(super) waits: BTreeMap<String, Begun>,
    /// What waits that have ended well promise, until a later change admits more.
    pub(super) seals: Vec<Seal>,
    /// What control has heard of each process last.
    heard: BTreeMap<usize, Heard>,
    /// When which replica has heard it, in which life.
    pub(super) hearings: Vec<Hearing>,
}

/// A replica hears a process.
#[derive(Debug)]
pub(super) struct Hearing {
    pub(super) process: usize,
    pub(super) seq: u64,
    pub(super) at: Duration,
    pub(super) replica: usize,
    pub(super) life: u32,
}

#[derive(Debug)]
pub(super) struct Begun {
    pub(super) state: Rc<State>,
    pub(super) wait: Wait,
    pub(super) at: Duration,
    /// Whether a later change may have admitted more.
    pub(super) is_superseded: bool,
    pub(super) judged: Option<Ending>,
}

/// No process of these may admit a client that this state refuses.
#[derive(Debug)]
pub(super) struct Seal {
    pub(super) state: Rc<State>,
    /// A bit for each process.
    pub(super) processes: u64,
}

#[derive(Debug)]
pub(super) struct Heard {
    life: u32,
    at: Duration,
    /// When the same report came last.
    again: Duration,
    pub(super) message: Rc<Message>,
    /// Whether control had never made the state that it reports.
    pub(super) is_fork: bool,
}

/// How long control takes a silent process for alive.
pub(super) const ALIVE: Duration = Duration::from_secs(3);

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

    /// Takes note of a poll that control has got, unless it has come late: control knows a later one of its process, whose
    /// last number is `known` to it, or the process has left. A control that has forgotten a process takes any poll of it,
    /// and a replica counts a process until it knows that another one has heard its farewell.
    pub(super) fn heard(
        &mut self,
        message: &Rc<Message>,
        known: Option<u64>,
        is_fork: bool,
        life: u32,
        at: Duration,
    ) {
        let seq = message.report.seq;
        let is_late = known.is_some_and(|known| known > seq);
        let overtakes = |last: &Message| last.report.leaves() && last.report.seq > seq;
        let last = self.heard.get_mut(&message.process);
        let last = last.filter(|last| last.life == life);
        match last {
            Some(_) if is_late => {}
            Some(last) if overtakes(&last.message) => {
                if known.is_some() {
                    last.at = at;
                }
            }
            Some(last) if known == Some(seq) => last.again = at,
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

    /// Takes note of what a replica hears, unless it has come late.
    pub(super) fn hears(&mut self, hearing: Hearing) {
        let mut before = self.hearings.iter().rev();
        let before = before.find(|before| before.process == hearing.process);
        if before.is_none_or(|before| before.seq < hearing.seq) {
            self.hearings.push(hearing);
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

    pub(super) fn heard_in(&self, life: u32, process: usize) -> Option<&Heard> {
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
