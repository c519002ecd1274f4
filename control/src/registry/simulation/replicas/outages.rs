use std::time::Duration;

use super::replica::Act;
use crate::registry::simulation::control::Control;
use crate::registry::simulation::events::Event;
use crate::registry::simulation::world::World;

impl World {
    /// Something happens to a replica, or to the store that they share.
    pub(in super::super) fn disturb_replica(&mut self, until: Duration) {
        let r = self.random.usize(0..self.controls.len());
        let outage = self.random.u32(0..9);
        if self.habits.outages >> outage & 1 == 0 {
            return;
        }
        match outage {
            0 | 1 if self.controls[r].lives() => {
                self.tally.note("death of a replica");
                self.crash(r);
            }
            2 | 3 => {
                self.tally.note("pause of a replica");
                // What waits for its end stays in order.
                let replica = self.replica(r);
                replica.paused = replica.paused.max(until);
            }
            4 | 5 => {
                self.tally.note("replica that is cut off");
                self.replica(r).cut_off = until;
                self.break_watch(r);
            }
            6 => self.break_watch(r),
            7 => {
                self.tally.note("store without a majority");
                self.cluster.away = until.min(self.now + Duration::from_millis(2500));
            }
            8 if self.controls[r].lives() => {
                self.tally.note("replica that stops in order");
                let lease = self.replica(r).lease;
                self.crash(r);
                self.later(0, 3000, Event::Revoke(lease));
            }
            _ => {}
        }
    }

    /// All replicas are well from now on.
    pub(in super::super) fn calm_replicas(&mut self) {
        if self.controls.len() == 1 {
            return;
        }
        self.cluster.away = self.now;
        for r in 0..self.controls.len() {
            let (now, life) = (self.now, self.controls[r].life);
            let replica = self.replica(r);
            replica.cut_off = now;
            self.at(now, Event::Act(r, life, Act::Watch));
        }
    }

    /// Whether all replicas serve, and no timer runs that may end the last maintenance.
    pub(in super::super) fn all_serve(&self) -> bool {
        let serves = |control: &Control| match &control.replica {
            Some(replica) => {
                let is_up = replica.paused <= self.now;
                is_up && replica.serves_until > self.now && replica.is_watching
            }
            None => true,
        };
        self.controls.iter().all(serves) && !self.disk.tables.has_timer()
    }
}
