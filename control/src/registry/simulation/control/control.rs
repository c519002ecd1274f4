use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use intermission_core::StateTag;

use super::{Held, Work};
use crate::fleet::Reported;
use crate::registry::memory::Memory;
use crate::registry::reports::settling::{Pending, Settling};
use crate::registry::simulation::events::Event;
use crate::registry::simulation::nodes::Message;
use crate::registry::simulation::observer::Hearing;
use crate::registry::simulation::replicas::{Replica, Request};
use crate::registry::simulation::world::{SERVICE, World};
use crate::store::Batch;
use crate::wire::node::UnstoredNode;

/// Control, which lives as long as it has a memory.
#[derive(Debug, Default)]
pub(in super::super) struct Control {
    pub(in super::super) memory: Option<Memory>,
    /// The number of its life, since each restart begins one.
    pub(in super::super) life: u32,
    /// What the store is asked for, and what it writes now.
    pub(in super::super) asked: VecDeque<Work>,
    pub(in super::super) writing: Option<(Work, Batch)>,
    /// The reports that the store settles by the same batch, and whether it takes something of each.
    pub(in super::super) together: Vec<(Arc<Pending>, bool)>,
    pub(in super::super) settling: Settling,
    /// Polls that wait for the store, and those that are held.
    pub(in super::super) waiting: BTreeMap<u64, Arrived>,
    pub(in super::super) held: BTreeMap<u64, Held>,
    next: u64,
    pub(in super::super) is_judging: bool,
    /// Where others serve the same store.
    pub(in super::super) replica: Option<Replica>,
}

/// A poll that has come.
#[derive(Clone, Debug)]
pub(in super::super) struct Arrived {
    pub(in super::super) message: Rc<Message>,
    pub(in super::super) at: Duration,
    /// When control has taken its report.
    pub(super) heard: Duration,
    /// The version that the store had then, where several replicas serve it.
    pub(in super::super) version: u64,
}

/// How long the answer to a poll waits for the store.
const STORING: Duration = Duration::from_secs(1);
/// How long the end of a wait may take to be stored.
pub(in super::super) const ENDING: Duration = Duration::from_secs(2);

impl Control {
    pub(in super::super) fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// Its memory, if it lives.
    pub(in super::super) fn lives(&self) -> bool {
        self.memory.is_some()
    }
}

impl World {
    /// A poll comes to control.
    pub(in super::super) fn arrive(&mut self, message: Rc<Message>) {
        let (r, at, version) = (message.to, self.now, self.cluster.version());
        if !self.controls[r].lives() {
            self.later(1, 50, Event::Fail(message.process, message.report.seq));
            return;
        }
        let poll = Arrived {
            message,
            at,
            heard: at,
            version,
        };
        if self.controls[r].replica.is_some() {
            self.when_proven(r, Request::Poll(poll));
        } else {
            self.hear(r, poll);
        }
    }

    /// Control takes the report of a poll.
    pub(in super::super) fn hear(&mut self, r: usize, mut poll: Arrived) {
        poll.heard = self.now;
        let message = Rc::clone(&poll.message);
        let life = self.controls[r].life;
        let tag = |text: Option<&str>| text.map(|text| text.parse().unwrap());
        let applied = tag(message.report.applied.as_deref());
        let got: Option<StateTag> = tag(message.if_none_match.as_deref());
        let mut tags = applied.iter().chain(&got);
        let is_fork = tags.any(|tag| !self.disk.tables.has(tag));
        let id = &message.report.id;
        let known = self.memory(r).fleet().last_seq(SERVICE, id);
        let in_life = self.life();
        self.observer
            .heard(&message, known, is_fork, in_life, self.now);
        if self.controls.len() > 1 {
            self.observer.hears(Hearing {
                process: message.process,
                seq: message.report.seq,
                at: self.now,
                replica: r,
                life,
            });
        }
        if self.controls[r].replica.is_none() {
            self.processes[message.process].heard(&message);
        }
        let (now, memory) = (self.moment(r), self.memory(r));
        let report = message.report.clone();
        let reaction = memory.report(SERVICE, report, got.as_ref(), &self.grant.name, now);
        match reaction.unwrap() {
            Reported::Taken => self.reported(r, poll),
            Reported::Unsettled(heard) => {
                let key = self.controls[r].number();
                self.controls[r].waiting.insert(key, poll);
                self.at(self.now + STORING, Event::Hurry(r, life, key));
                let pending = self.controls[r].settling.wait(SERVICE, *heard, &self.grant);
                self.ask(r, Work::Settle(key, pending));
            }
        }
        self.look_at_barriers(r);
    }

    /// The store has taken what a report has changed. The last poll of a process fails unless it `is_removed`.
    pub(in super::super) fn settled(&mut self, r: usize, key: u64, is_removed: bool) {
        match self.controls[r].waiting.remove(&key) {
            Some(poll) if is_removed => self.reported(r, poll),
            Some(Arrived { message, .. }) => {
                self.later(1, 20, Event::Fail(message.process, message.report.seq))
            }
            None => {}
        }
    }

    /// The answer waits no longer for the store.
    pub(in super::super) fn hurry(&mut self, r: usize, life: u32, key: u64) {
        if life == self.controls[r].life
            && let Some(poll) = self.controls[r].waiting.get(&key)
        {
            self.tally.note("answer before the store");
            let is_removed = !poll.message.report.leaves();
            self.settled(r, key, is_removed);
        }
    }

    /// A report was taken. Other replicas have to know of its node before that gets the state.
    fn reported(&mut self, r: usize, poll: Arrived) {
        let report = &poll.message.report;
        let node = UnstoredNode::Process(report.id.clone());
        let is_stored = report.leaves() || self.memory(r).fleet().is_stored(SERVICE, &node);
        if self.controls[r].replica.is_some() && !is_stored {
            self.tally.note("poll of a node that is not stored");
            self.refuse(&poll);
        } else {
            self.look(r, poll);
        }
    }
}
