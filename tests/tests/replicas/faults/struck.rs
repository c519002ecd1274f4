use std::net::Ipv4Addr;

use fastrand::Rng;
use intermission_testkit::Process;

use super::Fault;
use super::fault::{Harm, Others, Victim};
use crate::cluster::{COUNT, Cluster};
use crate::network::{HUB, Machine};

/// A machine that a fault has struck.
#[derive(Debug)]
pub(crate) struct Struck {
    fault: Fault,
    is_replica: bool,
    place: usize,
}

impl Struck {
    /// Strikes.
    pub(crate) fn new(fault: Fault, cluster: &Cluster, rng: &mut Rng) -> Self {
        let is_replica = fault.victim == Victim::Replica;
        let place = match fault.victim {
            Victim::Leader => cluster.leader().0,
            Victim::Follower => cluster.leader().1[rng.usize(..COUNT - 1)],
            Victim::Replica => rng.usize(..COUNT),
        };
        let struck = Self {
            fault,
            is_replica,
            place,
        };
        match fault.harm {
            Harm::Kill => struck.with(cluster, Process::kill),
            Harm::Stop => struck.with(cluster, |process| process.signal("STOP")),
            Harm::Unplug => struck.machine(cluster).plug(false),
            Harm::Cut(others, way) => {
                let others = struck.others(others, cluster, rng);
                struck.machine(cluster).cut(&others, way);
            }
        }
        struck
    }

    /// Mends what can be mended at once.
    pub(crate) fn mend(&self, cluster: &Cluster) {
        match self.fault.harm {
            Harm::Kill if self.is_replica => cluster.start_replica(self.place),
            Harm::Kill => cluster.start_member(self.place),
            Harm::Stop => self.with(cluster, |process| process.signal("CONT")),
            Harm::Unplug | Harm::Cut(..) => self.machine(cluster).heal(),
        }
    }

    fn others(&self, others: Others, cluster: &Cluster, rng: &mut Rng) -> Vec<Ipv4Addr> {
        let members = cluster.members.iter().map(|member| member.machine.address);
        let own = self.machine(cluster).address;
        let mut members: Vec<_> = members.filter(|member| *member != own).collect();
        match others {
            Others::Etcd => members,
            Others::One => vec![members.swap_remove(rng.usize(..members.len()))],
            Others::Clients if self.is_replica => vec![HUB],
            Others::Clients => {
                let replicas = cluster.replicas.iter();
                replicas.map(|replica| replica.machine.address).collect()
            }
        }
    }

    fn machine<'a>(&self, cluster: &'a Cluster) -> &'a Machine {
        if self.is_replica {
            &cluster.replicas[self.place].machine
        } else {
            &cluster.members[self.place].machine
        }
    }

    fn with(&self, cluster: &Cluster, act: impl FnOnce(&mut Process)) {
        if self.is_replica {
            cluster.replicas[self.place].with(act);
        } else {
            cluster.members[self.place].with(act);
        }
    }
}
