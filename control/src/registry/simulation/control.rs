use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use fastrand::Rng;
use intermission_core::StateTag;
use jiff::Timestamp;

use super::disk::Disk;
use super::polls::Message;
use super::world::{Event, SERVICE, World};
use crate::fleet::{LastReport, Position, Reported, read_report};
use crate::registry::memory::Memory;
use crate::store::{Batch, Step, StoreError};
use crate::token::{Grant, Made, Role};
use crate::values::etag::tag_of;

/// Control, which lives as long as it has a memory.
#[derive(Debug)]
pub(super) struct Control {
    pub(super) memory: Option<Memory>,
    /// The number of its life, since each restart begins one.
    pub(super) life: u32,
    pub(super) disk: Disk,
    pub(super) grant: Grant,
    /// Polls that wait for the store, and those that are held.
    waiting: BTreeMap<u64, Message>,
    held: BTreeMap<u64, Held>,
    next: u64,
    pub(super) is_judging: bool,
}

#[derive(Debug)]
struct Held {
    message: Message,
    is_awaited: bool,
}

/// An answer on its way to a process.
#[derive(Clone, Debug)]
pub(super) struct Response {
    pub(super) status: u16,
    pub(super) etag: String,
    pub(super) was_held: bool,
    pub(super) body: Bytes,
    pub(super) leaves: bool,
    pub(super) life: u32,
}

/// What became of a batch.
#[derive(Debug)]
pub(super) enum Committed {
    Applied,
    Failed(StoreError),
    /// Control has died after it was stored.
    Died,
}

/// How long the answer to a poll waits for the store.
const STORING: Duration = Duration::from_secs(1);
/// How long a poll is held while a barrier waits for its node.
const MOMENT: Duration = Duration::from_millis(200);

impl Control {
    /// With the service, open.
    pub(super) fn new(random: &mut Rng) -> Self {
        let made = Made {
            by: "operator".to_owned(),
            at: Timestamp::UNIX_EPOCH,
        };
        let full = random.u32(0..6) == 0;
        let grant = Grant {
            max_members: if full { 1 } else { Grant::MEMBERS },
            ..Grant::new("nodes", Role::Node, made)
        };
        let memory = Memory::default();
        let mut disk = Disk::default();
        let now = crate::values::now::Now::read();
        let identity = Batch(vec![Step::Identity(
            "00000000000000000000000000".to_owned(),
        )]);
        memory.apply(&identity, now);
        let (added, _) = memory.add(&SERVICE.parse().unwrap(), "operator", now);
        memory.apply(&added, now);
        disk.log = vec![identity, added];
        disk.backup = disk.log.len();
        Self {
            memory: Some(memory),
            life: 0,
            disk,
            grant,
            waiting: BTreeMap::new(),
            held: BTreeMap::new(),
            next: 0,
            is_judging: false,
        }
    }
}

impl World {
    /// Stores a batch and has memory follow, unless control dies in between.
    pub(super) fn commit(&mut self, batch: &Batch) -> Committed {
        if let Err(error) = self.control.disk.commit(batch) {
            return Committed::Failed(error);
        }
        self.trace(|| format!("stored {batch:?}"));
        self.observer.note(batch);
        if !self.is_calm && self.once_in(60) {
            self.crash();
            return Committed::Died;
        }
        let now = self.moment();
        if let Some(memory) = &self.control.memory {
            memory.apply(batch, now);
        }
        self.sweep();
        self.look_at_barriers();
        Committed::Applied
    }

    /// A poll comes to control.
    pub(super) fn arrive(&mut self, message: Message) {
        let now = self.moment();
        let Some(memory) = &self.control.memory else {
            self.later(1, 50, Event::Fail(message.process, message.number));
            return;
        };
        self.observer.heard(&message, self.control.life, self.now);
        let process = &mut self.processes[message.process];
        process.heard(&message);
        let report = read_report(message.line.as_bytes()).unwrap();
        let reaction = memory.report(SERVICE, report, &self.control.grant.name, now);
        match reaction.unwrap() {
            Reported::Taken => self.look(message),
            Reported::Unsettled(heard) => {
                self.control.next += 1;
                let (key, life) = (self.control.next, self.control.life);
                self.control.waiting.insert(key, message);
                self.later(0, 20, Event::Settle(life, key, heard));
                self.at(self.now + STORING, Event::Hurry(life, key));
            }
        }
        self.look_at_barriers();
    }

    /// It is the turn of the store to take what a report has changed.
    pub(super) fn settle(&mut self, life: u32, key: u64, mut heard: LastReport) {
        if life != self.control.life {
            return;
        }
        if let Some(until) = self.control.disk.hangs_until(self.now) {
            self.at(until, Event::Settle(life, key, Box::new(heard)));
            return;
        }
        if heard.position == Position::Unproven {
            heard.position = self.look_up(&heard);
            self.memory().place(SERVICE, &heard);
        }
        let grant = self.control.grant.clone();
        let mut is_removed = true;
        loop {
            let now = self.moment();
            let batch = self.memory().settle(SERVICE, &heard, &grant, now);
            if batch.0.is_empty() {
                break;
            }
            match self.commit(&batch) {
                Committed::Applied => self.memory().settled(SERVICE, &heard, &grant),
                Committed::Failed(error) => {
                    let failed = self
                        .memory()
                        .not_settled(SERVICE, &heard, &grant, error, now);
                    is_removed = failed.is_ok();
                    break;
                }
                Committed::Died => return,
            }
        }
        self.look_at_barriers();
        if let Some(message) = self.control.waiting.remove(&key) {
            if is_removed {
                self.look(message);
            } else {
                self.later(1, 20, Event::Fail(message.process, message.number));
            }
        }
    }

    /// What history says of the state that a node has reported.
    fn look_up(&self, heard: &LastReport) -> Position {
        let applied = heard.report.applied.as_deref().unwrap_or_default();
        let applied: StateTag = applied.parse().unwrap();
        let steps = self.control.disk.log.iter().flat_map(|batch| &batch.0);
        let mut tags = steps.filter_map(|step| match step {
            Step::Changed(stored) => Some(tag_of(&stored.state, &stored.document)),
            _ => None,
        });
        match tags.any(|tag| tag == applied) {
            true => Position::At(applied.revision()),
            false => Position::Forked,
        }
    }

    /// The answer waits no longer for the store.
    pub(super) fn hurry(&mut self, life: u32, key: u64) {
        if life != self.control.life {
            return;
        }
        match self.control.waiting.remove(&key) {
            Some(message) if message.leaves => {
                self.later(1, 20, Event::Fail(message.process, message.number));
            }
            Some(message) => self.look(message),
            None => {}
        }
    }

    /// Answers a poll, or holds it.
    fn look(&mut self, message: Message) {
        let service = self.memory().service(SERVICE).unwrap();
        let is_known = message.if_none_match.as_deref() == Some(service.tag.as_str());
        let Some(wait) = message.wait.filter(|_| is_known) else {
            self.respond(&message, false);
            return;
        };
        self.control.next += 1;
        let (key, life) = (self.control.next, self.control.life);
        let is_awaited = false;
        self.control.held.insert(
            key,
            Held {
                message,
                is_awaited,
            },
        );
        self.at(self.now + wait, Event::Release(life, key));
        self.sweep();
    }

    /// Answers the polls that need not be held any longer.
    fn sweep(&mut self) {
        let now = self.moment();
        let life = self.control.life;
        let (mut ended, mut awaited) = (Vec::new(), Vec::new());
        let Control { memory, held, .. } = &mut self.control;
        let Some(memory) = memory else { return };
        let service = memory.service(SERVICE).unwrap();
        for (key, held) in held {
            let id = &self.processes[held.message.process].id;
            if held.message.if_none_match.as_deref() != Some(service.tag.as_str()) {
                ended.push(*key);
            } else if !held.is_awaited && memory.fleet().is_awaited(SERVICE, id, now) {
                held.is_awaited = true;
                awaited.push(*key);
            }
        }
        for key in awaited {
            self.at(self.now + MOMENT, Event::Release(life, key));
        }
        for key in ended {
            self.release(life, key);
        }
    }

    pub(super) fn release(&mut self, life: u32, key: u64) {
        if life == self.control.life
            && let Some(held) = self.control.held.remove(&key)
        {
            self.respond(&held.message, true);
        }
    }

    fn respond(&mut self, message: &Message, was_held: bool) {
        let service = self.memory().service(SERVICE).unwrap();
        let is_known = message.if_none_match.as_deref() == Some(service.tag.as_str());
        let response = Response {
            status: if is_known { 304 } else { 200 },
            etag: service.tag.as_str().to_owned(),
            was_held,
            body: service.document.clone(),
            leaves: message.leaves,
            life: self.control.life,
        };
        let id = self.processes[message.process].id.clone();
        let boots = self.memory().fleet().boots(SERVICE, &id.name);
        let process = &mut self.processes[message.process];
        process.was_member = boots.contains(&id.boot);
        let is_cut_off = process.cut_off > self.now;
        if is_cut_off || !self.is_calm && self.once_in(20) {
            self.later(50, 2000, Event::Fail(message.process, message.number));
            return;
        }
        let most = if !self.is_calm && self.once_in(10) {
            2000
        } else {
            20
        };
        self.later(
            1,
            most,
            Event::Answer(message.process, message.number, response),
        );
    }

    /// Control dies, and starts again before long.
    pub(super) fn crash(&mut self) {
        let revives = self.once_in(2);
        self.control.disk.crash(revives);
        self.control.memory = None;
        self.control.life += 1;
        self.control.held.clear();
        self.control.waiting.clear();
        self.control.is_judging = false;
        for process in 0..self.processes.len() {
            if let Some(number) = self.processes[process].in_flight {
                self.later(0, 500, Event::Fail(process, number));
            }
        }
        self.later(0, 3000, Event::Restart);
    }

    pub(super) fn restart(&mut self) {
        if self.control.memory.is_some() {
            return;
        }
        let (memory, now) = (Memory::default(), self.moment());
        for batch in &self.control.disk.log {
            memory.apply(batch, now);
        }
        self.observer
            .restarted(&memory.service(SERVICE).unwrap().state);
        self.control.memory = Some(memory);
        self.look_at_barriers();
    }

    /// The memory of a control that lives.
    pub(super) fn memory(&self) -> &Memory {
        self.control.memory.as_ref().unwrap()
    }
}
