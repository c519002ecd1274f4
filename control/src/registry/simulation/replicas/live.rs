//! What replicas have put under leases.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::call::{Put, Puts, Said};
use super::news::News;
use crate::fleet::{Heartbeat, Relayed};
use crate::registry::simulation::events::Event;
use crate::registry::simulation::world::World;

/// What a replica has put, each under a lease.
#[derive(Debug, Default)]
pub(super) struct Live {
    pub(super) heartbeat: Option<Beat>,
    pub(super) groups: BTreeMap<u64, (Rc<Relayed>, u64)>,
}

/// The heartbeat of a replica, the lease that it is put under, and the revision of the store by which it was put.
#[derive(Debug)]
pub(super) struct Beat {
    pub(super) said: Rc<Heartbeat>,
    lease: u64,
    pub(super) revision: u64,
}

/// How long a lease lasts, at least and at most, in milliseconds.
const LEASE: (u64, u64) = (9500, 13_000);

impl World {
    /// Puts keys of a replica, unless another put of it was executed since it has asked.
    pub(super) fn take_put(&mut self, put: &Put) -> Said {
        let Put {
            id,
            lease,
            revision,
            what,
        } = put;
        if !self.cluster.is_held(*lease) {
            return Said::Failed;
        }
        let found = self.cluster.revision(id);
        if found != *revision {
            self.tally.note("put that was overtaken");
            return Said::Revision(found);
        }
        let next = self.cluster.number();
        let live = self.cluster.live.entry(id.clone()).or_default();
        let mut news = Vec::new();
        match what {
            Puts::Groups(groups) => {
                for (group, relayed) in groups {
                    live.groups.insert(*group, (Rc::clone(relayed), *lease));
                    news.push(News::Relayed(id.clone(), Rc::clone(relayed)));
                }
            }
            Puts::Announcement(said) | Puts::Heartbeat(said) => {
                live.heartbeat = Some(Beat {
                    said: Rc::clone(said),
                    lease: *lease,
                    revision: next,
                });
                news.push(News::Heartbeat(id.clone(), Rc::clone(said)));
            }
        }
        news.iter().for_each(|news| self.publish(news));
        Said::Done(self.cluster.revision(id))
    }

    /// Ends the lease of a replica that has stopped in order.
    pub(in super::super) fn revoke(&mut self, lease: u64) {
        if let Some(until) = self.cluster.leases.get_mut(&lease) {
            *until = self.now;
            self.expire(lease);
        }
    }

    pub(super) fn extend(&mut self, lease: u64) {
        let until = self.now + self.millis(LEASE.0, LEASE.1);
        self.cluster.leases.insert(lease, until);
        self.at(until, Event::Expire(lease));
    }

    /// Ends a lease that was not kept, and what was put under it.
    pub(in super::super) fn expire(&mut self, lease: u64) {
        if self.cluster.away > self.now {
            // Without a majority no lease ends.
            self.at(self.cluster.away, Event::Expire(lease));
            return;
        }
        let until = self.cluster.leases.get(&lease);
        if until.is_none_or(|until| *until > self.now) {
            return;
        }
        self.cluster.leases.remove(&lease);
        let mut ended = Vec::new();
        for (id, live) in &mut self.cluster.live {
            live.groups.retain(|_, (_, of)| *of != lease);
            if live.heartbeat.take_if(|beat| beat.lease == lease).is_some() {
                ended.push(id.clone());
            }
        }
        for id in ended {
            self.tally.note("lease of a replica that ends");
            self.cluster.ended.push((id.clone(), self.now));
            self.publish(&News::Ended(id));
        }
    }
}
