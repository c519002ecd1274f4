use std::rc::Rc;
use std::time::Duration;

use super::call::{Put, Puts, What};
use super::replica::Act;
use crate::fleet::Relay;
use crate::registry::simulation::control::Work;
use crate::registry::simulation::events::Event;
use crate::registry::simulation::world::World;
use crate::store::{Batch, Step};

/// For how long a replica serves after its lease was kept, and when that is kept again.
const SERVING: Duration = Duration::from_secs(8);
const KEPT: Duration = Duration::from_secs(2);
/// The times between two heartbeats, in milliseconds: while a wait is open, and else.
const CROWD: u64 = 100;
const EVERY: u64 = 1000;
/// The pause before another lease, in milliseconds.
const PAUSE: u64 = 500;

impl World {
    /// A replica asks for a lease.
    pub(super) fn lease(&mut self, r: usize) {
        self.call(r, What::Grant);
    }

    pub(super) fn granted(&mut self, r: usize, lease: u64, began: Duration) {
        let replica = self.replica(r);
        replica.lease = lease;
        replica.kept = began;
        replica.relay = Relay::default();
        replica.is_registered = false;
        // It asks what it is.
        replica.revision = 0;
        let now = self.moment(r);
        let announcement = self.memory(r).announce(now);
        self.put(r, Puts::Announcement(Rc::new(announcement)));
    }

    /// Puts keys under the lease.
    pub(super) fn put(&mut self, r: usize, what: Puts) {
        let replica = self.replica(r);
        let put = Put {
            id: replica.id.clone(),
            lease: replica.lease,
            revision: replica.revision,
            what,
        };
        self.call(r, What::Put(put));
    }

    /// The keys are there, and the heartbeat has this revision.
    pub(super) fn has_put(&mut self, r: usize, what: &Puts, revision: u64) {
        self.replica(r).revision = revision;
        match what {
            Puts::Announcement(_) => self.say(r),
            Puts::Groups(_) => self.beat_after(r),
            Puts::Heartbeat(_) => self.beaten(r),
        }
    }

    /// Its lease has ended, or what it relays was not taken.
    pub(super) fn lose_lease(&mut self, r: usize) {
        self.tally.note("lease that was lost");
        let life = self.controls[r].life;
        self.later(PAUSE, PAUSE, Event::Act(r, life, Act::Lease));
    }

    /// Relays what is new, and a heartbeat then.
    fn say(&mut self, r: usize) {
        let now = self.moment(r);
        let control = &mut self.controls[r];
        let (Some(memory), Some(replica)) = (&control.memory, &mut control.replica) else {
            return;
        };
        let (relayed, heartbeat) = memory.relay(&mut replica.relay, now);
        replica.heartbeat = Some(heartbeat);
        if relayed.is_empty() {
            self.beat_after(r);
            return;
        }
        self.tally.note("reports that are relayed");
        let groups = relayed.into_iter();
        let groups = groups.map(|(_, group, relayed)| (group, Rc::new(relayed)));
        self.put(r, Puts::Groups(groups.collect()));
    }

    /// All reports are relayed that came before the heartbeat began.
    fn beat_after(&mut self, r: usize) {
        if let Some(heartbeat) = self.replica(r).heartbeat.take() {
            self.put(r, Puts::Heartbeat(Rc::new(heartbeat)));
        }
    }

    /// The heartbeat is there.
    fn beaten(&mut self, r: usize) {
        if self.replica(r).is_registered {
            self.serve_on(r);
        } else {
            self.ask(r, Work::Serve);
        }
    }

    /// The batch by which others know that a replica begins to serve.
    pub(in super::super) fn serve(&mut self, r: usize) -> Batch {
        let replica = self.replica(r).id.clone();
        Batch(vec![Step::Serves { replica }])
    }

    pub(in super::super) fn served(&mut self, r: usize, is_stored: bool) {
        if is_stored {
            self.replica(r).is_registered = true;
            self.serve_on(r);
        } else {
            self.lose_lease(r);
        }
    }

    fn serve_on(&mut self, r: usize) {
        let replica = self.replica(r);
        replica.serves_until = replica.kept + SERVING;
        let is_open = self.memory(r).fleet().is_any_open();
        let pause = if is_open { CROWD } else { EVERY };
        let life = self.controls[r].life;
        self.later(pause, pause, Event::Act(r, life, Act::Beat));
    }

    /// It is time for a heartbeat.
    pub(super) fn beat(&mut self, r: usize) {
        let now = self.now;
        let replica = self.replica(r);
        if now - replica.kept >= KEPT {
            let lease = replica.lease;
            self.call(r, What::Keep(lease));
        } else {
            self.store_again(r);
        }
    }

    pub(super) fn kept(&mut self, r: usize, began: Duration) {
        self.replica(r).kept = began;
        self.store_again(r);
    }

    /// Members that were forgotten elsewhere while they reported here are members again before the next heartbeat.
    fn store_again(&mut self, r: usize) {
        if self.memory(r).store_again(self.moment(r)).0.is_empty() {
            self.say(r);
        } else {
            self.tally.note("member that is stored again");
            self.ask(r, Work::StoreAgain);
        }
    }

    pub(in super::super) fn stored_again(&mut self, r: usize, is_stored: bool) {
        if is_stored {
            self.say(r);
        } else {
            self.lose_lease(r);
        }
    }
}
