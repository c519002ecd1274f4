use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use intermission_core::StateTag;

use super::events::Event;
use super::observer::Hearing;
use super::polls::Message;
use super::replicas::{Replica, Request};
use super::store::Work;
use super::world::{SERVICE, World};
use crate::fleet::Reported;
use crate::registry::memory::Memory;
use crate::store::Batch;
use crate::wire::node::UnstoredNode;

/// Control, which lives as long as it has a memory.
#[derive(Debug, Default)]
pub(super) struct Control {
    pub(super) memory: Option<Memory>,
    /// The number of its life, since each restart begins one.
    pub(super) life: u32,
    /// What the store is asked for, and what it writes now.
    pub(super) asked: VecDeque<Work>,
    pub(super) writing: Option<(Work, Batch)>,
    /// Polls that wait for the store, and those that are held.
    pub(super) waiting: BTreeMap<u64, Arrived>,
    pub(super) held: BTreeMap<u64, Held>,
    next: u64,
    pub(super) is_judging: bool,
    /// Where others serve the same store.
    pub(super) replica: Option<Replica>,
}

/// A poll that has come.
#[derive(Clone, Debug)]
pub(super) struct Arrived {
    pub(super) message: Rc<Message>,
    pub(super) at: Duration,
    /// The version that the store had then, where several replicas serve it.
    version: u64,
}

#[derive(Debug)]
pub(super) struct Held {
    poll: Arrived,
    is_awaited: bool,
}

/// An answer on its way to a process.
#[derive(Debug)]
pub(super) struct Response {
    pub(super) status: u16,
    pub(super) etag: String,
    pub(super) was_held: bool,
    pub(super) body: Bytes,
    pub(super) leaves: bool,
    pub(super) life: u32,
    /// Whether it comes from a store that several replicas serve.
    pub(super) is_shared: bool,
}

/// How long the answer to a poll waits for the store.
const STORING: Duration = Duration::from_secs(1);
/// How long the end of a wait may take to be stored.
pub(super) const ENDING: Duration = Duration::from_secs(2);
/// How long a poll is held while a barrier waits for its node.
const MOMENT: Duration = Duration::from_millis(200);

/// After what time a poll is answered only after another proof.
const STALE: Duration = Duration::from_secs(1);

impl Control {
    pub(super) fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// Its memory, if it lives.
    pub(super) fn lives(&self) -> bool {
        self.memory.is_some()
    }
}

impl World {
    /// A poll comes to control.
    pub(super) fn arrive(&mut self, message: Rc<Message>) {
        let (r, at, version) = (message.to, self.now, self.cluster.version());
        if !self.controls[r].lives() {
            self.later(1, 50, Event::Fail(message.process, message.report.seq));
            return;
        }
        let poll = Arrived {
            message,
            at,
            version,
        };
        if self.controls[r].replica.is_some() {
            self.when_proven(r, Request::Poll(poll));
        } else {
            self.hear(r, poll);
        }
    }

    /// Control takes the report of a poll.
    pub(super) fn hear(&mut self, r: usize, poll: Arrived) {
        let message = Rc::clone(&poll.message);
        let life = self.controls[r].life;
        let tag = |text: Option<&str>| text.map(|text| text.parse().unwrap());
        let applied = tag(message.report.applied.as_deref());
        let got: Option<StateTag> = tag(message.if_none_match.as_deref());
        let mut tags = applied.iter().chain(&got);
        let is_fork = tags.any(|tag| !self.disk.tables.has(tag));
        let known = self.life();
        self.observer.heard(&message, is_fork, known, self.now);
        if self.controls.len() > 1 {
            self.observer.hearings.push(Hearing {
                process: message.process,
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
                self.ask(r, Work::Settle(key, heard));
            }
        }
        self.look_at_barriers(r);
    }

    /// The store has taken what a report has changed. The last poll of a process fails unless it `is_removed`.
    pub(super) fn settled(&mut self, r: usize, key: u64, is_removed: bool) {
        match self.controls[r].waiting.remove(&key) {
            Some(poll) if is_removed => self.reported(r, poll),
            Some(Arrived { message, .. }) => {
                self.later(1, 20, Event::Fail(message.process, message.report.seq))
            }
            None => {}
        }
    }

    /// The answer waits no longer for the store.
    pub(super) fn hurry(&mut self, r: usize, life: u32, key: u64) {
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

    /// Answers a poll, or holds it.
    fn look(&mut self, r: usize, poll: Arrived) {
        let service = self.memory(r).service(SERVICE).unwrap();
        let message = &poll.message;
        let is_known = message.if_none_match.as_deref() == Some(service.tag.as_str());
        let Some(wait) = message.wait.filter(|_| is_known) else {
            self.answer(r, poll, false);
            return;
        };
        let (key, life) = (self.controls[r].number(), self.controls[r].life);
        let is_awaited = false;
        let held = Held { poll, is_awaited };
        self.controls[r].held.insert(key, held);
        self.at(self.now + wait, Event::Release(r, life, key));
        self.sweep(r);
    }

    /// Answers the polls that need not be held any longer.
    pub(super) fn sweep(&mut self, r: usize) {
        let now = self.moment(r);
        let life = self.controls[r].life;
        let (mut ended, mut awaited) = (Vec::new(), Vec::new());
        let Control { memory, held, .. } = &mut self.controls[r];
        let Some(memory) = memory else { return };
        let service = memory.service(SERVICE).unwrap();
        for (key, held) in held {
            let message = &held.poll.message;
            if message.if_none_match.as_deref() != Some(service.tag.as_str()) {
                ended.push(*key);
            } else if !held.is_awaited
                && memory.fleet().is_awaited(SERVICE, &message.report.id, now)
            {
                held.is_awaited = true;
                awaited.push(*key);
            }
        }
        for key in awaited {
            self.at(self.now + MOMENT, Event::Release(r, life, key));
        }
        for key in ended {
            self.release(r, life, key);
        }
    }

    pub(super) fn release(&mut self, r: usize, life: u32, key: u64) {
        if life == self.controls[r].life
            && let Some(held) = self.controls[r].held.remove(&key)
        {
            self.answer(r, held.poll, true);
        }
    }

    /// Answers a poll, after another proof where that takes long.
    fn answer(&mut self, r: usize, poll: Arrived, was_held: bool) {
        if self.controls[r].replica.is_some() && self.now - poll.at >= STALE {
            self.when_proven(r, Request::Answer(poll, was_held));
        } else {
            self.respond(r, &poll, was_held);
        }
    }

    /// Answers a poll with 503.
    pub(super) fn refuse(&mut self, poll: &Arrived) {
        let message = &poll.message;
        let (status, is_shared) = (503, true);
        let response = Response {
            status,
            etag: String::new(),
            was_held: false,
            body: Bytes::new(),
            leaves: false,
            life: 0,
            is_shared,
        };
        self.send(message.process, message.report.seq, response);
    }

    pub(super) fn respond(&mut self, r: usize, poll: &Arrived, was_held: bool) {
        let message = &poll.message;
        if self.controls.len() > 1 {
            self.check_version(r, poll.version, &message.report.id);
        }
        let service = self.memory(r).service(SERVICE).unwrap();
        let is_known = message.if_none_match.as_deref() == Some(service.tag.as_str());
        let response = Response {
            status: if is_known { 304 } else { 200 },
            etag: service.tag.as_str().to_owned(),
            was_held,
            body: service.document.clone(),
            leaves: message.report.leaves(),
            life: self.life(),
            is_shared: self.controls[r].replica.is_some(),
        };
        let id = &message.report.id;
        let is_member = {
            let fleet = self.memory(r).fleet();
            let is_unstored = || {
                let unstored = fleet.view(SERVICE, 0, self.moment(r)).unstored_nodes;
                let mut boots = unstored.iter().map(|node| node.boot.as_deref());
                boots.any(|boot| boot == Some(&id.boot))
            };
            fleet.boots(SERVICE, &id.name).contains(&id.boot)
                && (fleet.unstored(SERVICE) == 0 || !is_unstored())
        };
        // Where there are replicas, a node may be stored as one that could not become a member.
        let node = UnstoredNode::Process(id.clone());
        let is_stored = || self.memory(r).fleet().is_stored(SERVICE, &node);
        let is_member = is_member || (response.is_shared && is_stored());
        let process = &mut self.processes[message.process];
        if response.is_shared {
            process.heard(message);
        }
        // A poll that comes late says nothing of the process, and its answer does not reach it.
        if message.report.seq >= process.heard {
            process.was_member = Some(self.now).filter(|_| is_member);
        }
        self.send(message.process, message.report.seq, response);
    }

    fn send(&mut self, index: usize, number: u64, response: Response) {
        if self.processes[index].cut_off > self.now || self.is_lost() {
            self.later(50, 2000, Event::Fail(index, number));
            return;
        }
        let most = if self.is_delayed() { 2000 } else { 20 };
        self.later(1, most, Event::Answer(index, number, Box::new(response)));
    }
}
