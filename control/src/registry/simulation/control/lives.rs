//! How a control starts, dies and starts again.

use fastrand::Rng;
use jiff::Timestamp;

use super::Disk;
use crate::registry::idempotency::Requester;
use crate::registry::memory::Memory;
use crate::registry::simulation::events::Event;
use crate::registry::simulation::nodes::name;
use crate::registry::simulation::world::{SERVICE, World};
use crate::store::{Batch, Step};
use crate::token::{Grant, Made, Role};
use crate::values::now::Now;

/// The token of the nodes.
pub(in super::super) fn grant(random: &mut Rng) -> Grant {
    let made = Made {
        by: "operator".to_owned(),
        at: Timestamp::UNIX_EPOCH,
    };
    let full = random.u32(0..6) == 0;
    Grant {
        max_members: if full { 1 } else { Grant::MEMBERS },
        ..Grant::new("nodes", Role::Node, made)
    }
}

/// A store with the service, open, a memory that has it, and all that was stored.
pub(in super::super) fn found(now: Now) -> (Memory, Disk, Batch) {
    let memory = Memory::default();
    let mut disk = Disk::default();
    let identity = "00000000000000000000000000".to_owned();
    let identity = Batch(vec![Step::Identity(identity)]);
    memory.apply(memory.version().next(), &identity, now);
    let (added, _) = memory.add(&SERVICE.parse().unwrap(), Requester::new("operator"), now);
    memory.apply(memory.version().next(), &added, now);
    let stored = Batch([identity.0, added.0].concat());
    disk.tables.take(&stored);
    disk.backup = disk.tables.clone();
    (memory, disk, stored)
}

impl World {
    /// Control dies, and starts again before long.
    pub(in super::super) fn crash(&mut self, r: usize) {
        let revives = self.once_in(2);
        if self.controls[r].replica.is_none() {
            let writing = self.controls[r].writing.take().map(|(_, batch)| batch);
            if let Some(batch) = self.disk.crash(writing, revives) {
                self.answered_for(&batch, self.now);
            }
        }
        let control = &mut self.controls[r];
        control.memory = None;
        control.life += 1;
        control.asked.clear();
        control.writing = None;
        control.settling = Default::default();
        control.held.clear();
        control.waiting.clear();
        control.is_judging = false;
        if let Some(replica) = &mut control.replica {
            replica.is_watching = false;
            replica.opening = None;
        }
        self.fail_polls(r);
        self.later(0, 3000, Event::Restart(r));
    }

    /// The polls that are on their way to a control get no answer.
    fn fail_polls(&mut self, r: usize) {
        for process in 0..self.processes.len() {
            if self.processes[process].asks == r
                && let Some(number) = self.processes[process].in_flight
            {
                self.later(0, 500, Event::Fail(process, number));
            }
        }
    }

    /// Control starts from a backup next time. Polls on their way do not outlast that.
    pub(in super::super) fn restore(&mut self) {
        self.crash(0);
        self.disk.tables = self.disk.backup.clone();
        self.epoch += 1;
        for process in &mut self.processes {
            process.was_member = None;
        }
    }

    pub(in super::super) fn restart(&mut self, r: usize) {
        if self.controls[r].lives() {
            return;
        }
        if self.controls[r].replica.is_some() {
            self.begin_replica(r);
            return;
        }
        let (memory, now) = (Memory::default(), self.moment(r));
        memory.apply(memory.version().next(), &self.disk.tables.load(), now);
        self.excuse_as_stored();
        let service = memory.service(SERVICE).unwrap();
        self.observer.restarted(&service.state);
        self.controls[r].memory = Some(memory);
        self.look_at_barriers(r);
    }

    /// What an operator has answered for counts again as the store has it.
    pub(in super::super) fn excuse_as_stored(&mut self) {
        for process in &mut self.processes {
            let forgiven = self.disk.tables.forgiven.get(&process.id);
            for (place, thread) in process.threads.iter_mut().enumerate() {
                thread.excused |= forgiven.is_some_and(|names| names.contains(&name(place)));
            }
        }
    }

    /// The memory of a control that lives.
    pub(in super::super) fn memory(&self, r: usize) -> &Memory {
        self.controls[r].memory.as_ref().unwrap()
    }
}
