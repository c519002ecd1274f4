use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use fastrand::Rng;
use intermission_core::StateTag;
use jiff::Timestamp;

use super::disk::Disk;
use super::node::name;
use super::polls::Message;
use super::store::Work;
use super::world::{Event, SERVICE, World};
use crate::fleet::Reported;
use crate::registry::memory::Memory;
use crate::store::{Batch, Step};
use crate::token::{Grant, Made, Role};
use crate::values::now::Now;

/// Control, which lives as long as it has a memory.
#[derive(Debug)]
pub(super) struct Control {
    pub(super) memory: Option<Memory>,
    /// The number of its life, since each restart begins one.
    pub(super) life: u32,
    pub(super) disk: Disk,
    pub(super) grant: Grant,
    /// What the store is asked for, and what it writes now.
    pub(super) asked: VecDeque<Work>,
    pub(super) writing: Option<(Work, Batch)>,
    /// Polls that wait for the store, and those that are held.
    waiting: BTreeMap<u64, Rc<Message>>,
    held: BTreeMap<u64, Held>,
    next: u64,
    pub(super) is_judging: bool,
}

#[derive(Debug)]
struct Held {
    message: Rc<Message>,
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
}

/// How long the answer to a poll waits for the store.
const STORING: Duration = Duration::from_secs(1);
/// How long the end of a wait may take to be stored.
pub(super) const ENDING: Duration = Duration::from_secs(2);
/// How long a poll is held while a barrier waits for its node.
const MOMENT: Duration = Duration::from_millis(200);

impl Control {
    /// With the service, open.
    pub(super) fn new(random: &mut Rng, now: Now) -> Self {
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
        let identity = "00000000000000000000000000".to_owned();
        let identity = Batch(vec![Step::Identity(identity)]);
        memory.apply(memory.version().next(), &identity, now);
        let (added, _) = memory.add(&SERVICE.parse().unwrap(), "operator", now);
        memory.apply(memory.version().next(), &added, now);
        disk.tables.take(&identity);
        disk.tables.take(&added);
        disk.backup = disk.tables.clone();
        Self {
            memory: Some(memory),
            life: 0,
            disk,
            grant,
            asked: VecDeque::new(),
            writing: None,
            waiting: BTreeMap::new(),
            held: BTreeMap::new(),
            next: 0,
            is_judging: false,
        }
    }

    fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }
}

impl World {
    /// A poll comes to control.
    pub(super) fn arrive(&mut self, message: Rc<Message>) {
        let now = self.moment();
        let Some(memory) = &self.control.memory else {
            self.later(1, 50, Event::Fail(message.process, message.report.seq));
            return;
        };
        let life = self.control.life;
        let tag = |text: Option<&str>| text.map(|text| text.parse().unwrap());
        let applied = tag(message.report.applied.as_deref());
        let got: Option<StateTag> = tag(message.if_none_match.as_deref());
        let mut tags = applied.iter().chain(&got);
        let is_fork = tags.any(|tag| !self.control.disk.tables.has(tag));
        self.observer.heard(&message, is_fork, life, self.now);
        self.processes[message.process].heard(&message);
        let report = message.report.clone();
        let reaction = memory.report(SERVICE, report, got.as_ref(), &self.control.grant.name, now);
        match reaction.unwrap() {
            Reported::Taken => self.look(message),
            Reported::Unsettled(heard) => {
                let key = self.control.number();
                self.control.waiting.insert(key, message);
                self.at(self.now + STORING, Event::Hurry(life, key));
                self.ask(Work::Settle(key, heard));
            }
        }
        self.look_at_barriers();
    }

    /// The store has taken what a report has changed. The last poll of a process fails unless it `is_removed`.
    pub(super) fn settled(&mut self, key: u64, is_removed: bool) {
        match self.control.waiting.remove(&key) {
            Some(message) if is_removed => self.look(message),
            Some(message) => self.later(1, 20, Event::Fail(message.process, message.report.seq)),
            None => {}
        }
    }

    /// The answer waits no longer for the store.
    pub(super) fn hurry(&mut self, life: u32, key: u64) {
        if life == self.control.life
            && let Some(message) = self.control.waiting.get(&key)
        {
            self.tally.note("answer before the store");
            let is_removed = !message.report.leaves();
            self.settled(key, is_removed);
        }
    }

    /// Answers a poll, or holds it.
    fn look(&mut self, message: Rc<Message>) {
        let service = self.memory().service(SERVICE).unwrap();
        let is_known = message.if_none_match.as_deref() == Some(service.tag.as_str());
        let Some(wait) = message.wait.filter(|_| is_known) else {
            self.respond(&message, false);
            return;
        };
        let (key, life) = (self.control.number(), self.control.life);
        let is_awaited = false;
        let held = Held {
            message,
            is_awaited,
        };
        self.control.held.insert(key, held);
        self.at(self.now + wait, Event::Release(life, key));
        self.sweep();
    }

    /// Answers the polls that need not be held any longer.
    pub(super) fn sweep(&mut self) {
        let now = self.moment();
        let life = self.control.life;
        let (mut ended, mut awaited) = (Vec::new(), Vec::new());
        let Control { memory, held, .. } = &mut self.control;
        let Some(memory) = memory else { return };
        let service = memory.service(SERVICE).unwrap();
        for (key, held) in held {
            let id = &held.message.report.id;
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
            leaves: message.report.leaves(),
            life: self.control.life,
        };
        let id = &message.report.id;
        let is_member = {
            let fleet = self.memory().fleet();
            let is_unstored = || {
                let unstored = fleet.view(SERVICE, 0, self.moment()).unstored_nodes;
                let mut boots = unstored.iter().map(|node| node.boot.as_deref());
                boots.any(|boot| boot == Some(&id.boot))
            };
            fleet.boots(SERVICE, &id.name).contains(&id.boot)
                && (fleet.unstored(SERVICE) == 0 || !is_unstored())
        };
        let process = &mut self.processes[message.process];
        // A poll that comes late says nothing of the process, and its answer does not reach it.
        if message.report.seq >= process.heard {
            process.was_member = Some(self.now).filter(|_| is_member);
        }
        let (index, number) = (message.process, message.report.seq);
        if self.processes[index].cut_off > self.now || self.is_lost() {
            self.later(50, 2000, Event::Fail(index, number));
            return;
        }
        let most = if self.is_delayed() { 2000 } else { 20 };
        self.later(1, most, Event::Answer(index, number, Box::new(response)));
    }

    /// Control dies, and starts again before long.
    pub(super) fn crash(&mut self) {
        let revives = self.once_in(2);
        let Control { disk, writing, .. } = &mut self.control;
        let survives = disk.crash(writing.take().map(|(_, batch)| batch), revives);
        if let Some(batch) = survives {
            self.answered_for(&batch);
        }
        self.control.memory = None;
        self.control.life += 1;
        self.control.asked.clear();
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

    /// Control starts from a backup next time. Polls on their way do not outlast that.
    pub(super) fn restore(&mut self) {
        self.crash();
        self.control.disk.tables = self.control.disk.backup.clone();
        self.epoch += 1;
        for process in &mut self.processes {
            process.was_member = None;
        }
    }

    pub(super) fn restart(&mut self) {
        if self.control.memory.is_some() {
            return;
        }
        let (memory, now) = (Memory::default(), self.moment());
        memory.apply(
            memory.version().next(),
            &self.control.disk.tables.load(),
            now,
        );
        // What an operator has answered for counts again as the store has it.
        for process in &mut self.processes {
            let forgiven = self.control.disk.tables.forgiven.get(&process.id);
            for (place, thread) in process.threads.iter_mut().enumerate() {
                thread.excused |= forgiven.is_some_and(|names| names.contains(&name(place)));
            }
        }
        let service = memory.service(SERVICE).unwrap();
        self.observer.restarted(&service.state);
        self.control.memory = Some(memory);
        self.look_at_barriers();
    }

    /// The memory of a control that lives.
    pub(super) fn memory(&self) -> &Memory {
        self.control.memory.as_ref().unwrap()
    }
}
