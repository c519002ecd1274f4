use std::time::Duration;

use super::call::What;
use super::replica::{Act, Reason};
use crate::registry::simulation::control::Arrived;
use crate::registry::simulation::control::Work;
use crate::registry::simulation::events::Event;
use crate::registry::simulation::world::World;

/// What waits for a proof that memory has all that was stored when it came.
#[derive(Debug)]
pub(in super::super) enum Request {
    Poll(Arrived),
    /// The answer to a poll, and whether that was held.
    Answer(Arrived, bool),
    Order(Work),
}

/// How long a request waits.
const PROVING: Duration = Duration::from_millis(1500);
/// The least time between two proofs, in milliseconds.
const CROWD: u64 = 10;

impl World {
    pub(in super::super) fn when_proven(&mut self, r: usize, request: Request) {
        let key = self.controls[r].number();
        let since = self.now;
        self.replica(r).requests.insert(key, (since, request));
        let life = self.controls[r].life;
        self.at(since + PROVING, Event::Act(r, life, Act::GiveUp(key)));
        self.prove(r);
    }

    /// Asks for the newest version, if that is not asked already.
    pub(super) fn prove(&mut self, r: usize) {
        let replica = self.replica(r);
        if !replica.is_proving && !replica.requests.is_empty() {
            replica.is_proving = true;
            self.call(r, What::Newest);
        }
    }

    pub(super) fn newest(&mut self, r: usize, version: u64, began: Duration) {
        if version > self.memory(r).version().0 {
            self.ask(r, Work::CatchUp(Reason::Proof(began)));
        } else {
            self.proven(r, began);
        }
    }

    /// Memory has all that was stored before this moment.
    pub(super) fn proven(&mut self, r: usize, at: Duration) {
        let since = self.now - at;
        self.memory(r).prove(self.moment(r).instant - since);
        self.not_proven(r);
        let requests = self.replica(r).requests.iter();
        let are_proven = requests.filter(|(_, (since, _))| *since <= at);
        let keys: Vec<_> = are_proven.map(|(key, _)| *key).collect();
        for key in keys {
            let now = self.now;
            if self.replica(r).serves_until <= now {
                self.give_up(r, key);
            } else if let Some((_, request)) = self.replica(r).requests.remove(&key) {
                match request {
                    Request::Poll(poll) => self.hear(r, poll),
                    Request::Answer(poll, was_held) => self.respond(r, &poll, was_held),
                    Request::Order(work) => self.ask(r, work),
                }
            }
        }
    }

    /// The next proof is asked for, if one is needed.
    pub(super) fn not_proven(&mut self, r: usize) {
        self.replica(r).is_proving = false;
        let life = self.controls[r].life;
        self.later(CROWD, CROWD, Event::Act(r, life, Act::Prove));
    }

    /// A request has waited in vain.
    pub(super) fn give_up(&mut self, r: usize, key: u64) {
        let Some((_, request)) = self.replica(r).requests.remove(&key) else {
            return;
        };
        self.tally.note("request without a proof");
        match request {
            Request::Poll(poll) | Request::Answer(poll, _) => self.refuse(&poll),
            Request::Order(work) => self.order_again(work),
        }
    }
}
