//! The other replicas that serve the same store.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use jiff::Timestamp;

use crate::fleet::{Heartbeat, Position, Relay, Relayed};
use crate::registry::memory::Memory;
use crate::registry::position::position;
use crate::registry::registry::Registry;
use crate::registry::reports::joined;
use crate::store::{Batch, LEVEL, Step, StoreError};
use crate::values::now::Now;
use crate::values::version::Version;

impl Registry {
    /// Begins to serve as the replica `id`. No other one judges after this by what it knows alone.
    pub(crate) fn serve(&self, id: &str) -> Result<(), StoreError> {
        self.commit(|_, _, _| {
            let replica = id.to_owned();
            Ok((Batch(vec![Step::Serves { replica }]), ()))
        })
    }

    /// Stores again the members that were forgotten elsewhere while they reported here.
    pub(crate) fn store_again(&self) -> Result<(), StoreError> {
        self.commit(|_, memory, now| Ok((memory.store_again(now), ())))
    }
}

#[cfg(test)]
impl Registry {
    /// Hears of another replica, whose program is of this level.
    pub(super) fn hear_of_level(&self, level: u32) {
        let now = Now::read();
        let heartbeat = Heartbeat {
            level,
            ..self.memory().announce(now)
        };
        self.memory().take_heartbeat("other", heartbeat, now);
    }
}

impl Memory {
    /// The batch that stores again the members that were forgotten elsewhere while they reported here.
    pub(crate) fn store_again(&self, now: Now) -> Batch {
        let fleet = self.fleet();
        let kept = fleet.kept(now);
        let steps = kept.map(|(service, heard, token)| joined(service, heard, token.to_owned()));
        Batch(steps.collect())
    }

    /// Has this replica be the one of this name, which serves at this address.
    pub(crate) fn name(&self, id: &str, address: &str, now: Now) {
        self.lock().peers_mut().name(id, address, now);
    }

    /// A heartbeat that answers none of another replica: it says nothing of reports.
    pub(crate) fn announce(&self, now: Now) -> Heartbeat {
        let mut fleet = self.lock();
        let version = fleet.version().0;
        Heartbeat {
            seen: BTreeMap::new(),
            ..fleet.peers_mut().heartbeat(version, LEVEL, now)
        }
    }

    /// The reports to relay, by service and number, and the heartbeat that is to follow them.
    pub(crate) fn relay(
        &self,
        relay: &mut Relay,
        now: Now,
    ) -> (Vec<(String, u64, Relayed)>, Heartbeat) {
        let mut fleet = self.lock();
        let version = fleet.version().0;
        let heartbeat = fleet.peers_mut().heartbeat(version, LEVEL, now);
        (relay.next(&fleet, now), heartbeat)
    }

    /// Takes the reports of members of a service that the replica `peer` relays. Memory has to have their version.
    pub(crate) fn relayed(&self, service: &str, peer: &str, relayed: &Relayed, now: Now) {
        let Ok(published) = self.service(service) else {
            return;
        };
        self.hear(service, |fleet| {
            for member in &relayed.members {
                let kind = fleet.kind(service, &member.id()).map(str::to_owned);
                // The report was relayed before its process left or was forgotten.
                let Some(kind) = kind else { continue };
                let mut heard = member.heard(&kind, peer, now);
                let known = position(&published, &heard.report);
                if known != Position::Unproven {
                    heard.position = known;
                }
                fleet.relayed(service, heard);
            }
        });
    }

    /// Memory had all that was stored at this moment.
    pub(crate) fn prove(&self, at: Instant) {
        self.lock().peers_mut().prove(at);
    }

    /// Takes a heartbeat of another replica.
    pub(crate) fn take_heartbeat(&self, id: &str, heartbeat: Heartbeat, now: Now) {
        self.lock().take_heartbeat(id, heartbeat, now);
        self.wake_judge();
    }

    /// A replica serves no more.
    pub(crate) fn end_replica(&self, id: &str, now: Now) {
        self.lock().peers_mut().end(id, now);
        self.wake_judge();
    }

    /// Only these replicas serve of those that began by this version of the store or before.
    pub(crate) fn keep_replicas(&self, serving: &BTreeSet<String>, version: Version, now: Now) {
        self.lock().peers_mut().keep(serving, version, now);
    }

    /// The time by the slowest clock of all replicas, by which timers end.
    pub(crate) fn slowest_clock(&self) -> Timestamp {
        self.fleet().peers().slowest(Now::read())
    }
}

#[cfg(test)]
mod tests;
