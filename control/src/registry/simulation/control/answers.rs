use std::time::Duration;

use bytes::Bytes;

use super::{Arrived, Control};
use crate::registry::simulation::events::Event;
use crate::registry::simulation::replicas::Request;
use crate::registry::simulation::world::{SERVICE, World};
use crate::wire::node::UnstoredNode;

#[derive(Debug)]
pub(in super::super) struct Held {
    poll: Arrived,
    is_awaited: bool,
}

/// An answer on its way to a process.
#[derive(Debug)]
pub(in super::super) struct Response {
    pub(in super::super) status: u16,
    pub(in super::super) etag: String,
    pub(in super::super) was_held: bool,
    pub(in super::super) body: Bytes,
    pub(in super::super) leaves: bool,
    /// When control has heard the poll.
    pub(in super::super) heard: Duration,
    pub(in super::super) life: u32,
    /// Whether it comes from a store that several replicas serve.
    pub(in super::super) is_shared: bool,
}

/// How long a poll is held while a barrier waits for its node.
const MOMENT: Duration = Duration::from_millis(200);

/// After what time a poll is answered only after another proof.
pub(in super::super) const STALE: Duration = Duration::from_secs(1);

impl World {
    /// Answers a poll, or holds it.
    pub(super) fn look(&mut self, r: usize, poll: Arrived) {
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
    pub(in super::super) fn sweep(&mut self, r: usize) {
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

    pub(in super::super) fn release(&mut self, r: usize, life: u32, key: u64) {
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
    pub(in super::super) fn refuse(&mut self, poll: &Arrived) {
        let message = &poll.message;
        let (status, is_shared) = (503, true);
        let response = Response {
            status,
            etag: String::new(),
            was_held: false,
            body: Bytes::new(),
            leaves: false,
            heard: poll.heard,
            life: 0,
            is_shared,
        };
        self.send(message.process, message.report.seq, response);
    }

    pub(in super::super) fn respond(&mut self, r: usize, poll: &Arrived, was_held: bool) {
        let message = &poll.message;
        if self.controls.len() > 1 {
            self.check_version(r, poll, was_held);
        }
        let service = self.memory(r).service(SERVICE).unwrap();
        let is_known = message.if_none_match.as_deref() == Some(service.tag.as_str());
        let response = Response {
            status: if is_known { 304 } else { 200 },
            etag: service.tag.as_str().to_owned(),
            was_held,
            body: service.document.clone(),
            leaves: message.report.leaves(),
            heard: poll.heard,
            life: self.life(),
            is_shared: self.controls[r].replica.is_some(),
        };
        let id = &message.report.id;
        let is_member = || {
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
        let answered_for = self.processes[message.process].answered_for;
        let is_stored = || self.memory(r).fleet().is_stored(SERVICE, &node);
        let is_member = match response.is_shared {
            // An answer by an earlier version says nothing after an operator's word.
            true => is_stored() && self.memory(r).version().0 >= answered_for,
            false => is_member(),
        };
        let process = &mut self.processes[message.process];
        if response.is_shared {
            process.heard(message);
        }
        // A poll that comes late says nothing of the process, and its answer does not reach it. One that comes twice says to one
        // control nothing more when it is answered.
        if message.report.seq >= process.heard {
            let at = if response.is_shared {
                self.now
            } else {
                poll.heard
            };
            process.was_member = Some(at).filter(|_| is_member);
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
