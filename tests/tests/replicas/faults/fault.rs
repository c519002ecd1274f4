use std::fmt;

use fastrand::Rng;

use crate::network::Way;

/// A machine, and what happens to it until it is mended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fault {
    pub(crate) victim: Victim,
    pub(crate) harm: Harm,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Victim {
    /// The leader of etcd.
    Leader,
    /// Another member of etcd.
    Follower,
    Replica,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Harm {
    /// SIGKILL; it starts again with what is on its disk.
    Kill,
    /// SIGSTOP, then SIGCONT.
    Stop,
    /// The cable is pulled out.
    Unplug,
    Cut(Others, Way),
}

/// Whom a machine is cut off from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Others {
    /// The other members of etcd, or all members from a replica.
    Etcd,
    /// One of these.
    One,
    /// Those that ask it: the replicas; of a replica the nodes and the operators.
    Clients,
}

impl Fault {
    pub(crate) fn draw(rng: &mut Rng) -> Self {
        let victim = match rng.u8(0..20) {
            0..8 => Victim::Leader,
            8..10 => Victim::Follower,
            _ => Victim::Replica,
        };
        Self::of(victim, rng)
    }

    /// One more, so that a majority of each kind is left.
    pub(crate) fn draw_beside(self, rng: &mut Rng) -> Self {
        let victim = match self.victim {
            Victim::Replica => Victim::Leader,
            Victim::Leader | Victim::Follower => Victim::Replica,
        };
        Self::of(victim, rng)
    }

    fn of(victim: Victim, rng: &mut Rng) -> Self {
        let harm = match rng.u8(0..6) {
            0 => Harm::Kill,
            1 => Harm::Stop,
            2 => Harm::Unplug,
            _ => {
                let others = [Others::Etcd, Others::One, Others::Clients];
                let ways = [Way::Both, Way::In, Way::Out];
                Harm::Cut(others[rng.usize(..3)], ways[rng.usize(..3)])
            }
        };
        Self { victim, harm }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.victim {
            Victim::Leader => "leader of etcd",
            Victim::Follower => "follower of etcd",
            Victim::Replica => "replica",
        })?;
        let (others, way) = match self.harm {
            Harm::Kill => return f.write_str(" killed"),
            Harm::Stop => return f.write_str(" stopped"),
            Harm::Unplug => return f.write_str(" unplugged"),
            Harm::Cut(others, way) => (others, way),
        };
        let others = match (others, self.victim) {
            (Others::Etcd, Victim::Replica) => "etcd",
            (Others::Etcd, _) => "the other members",
            (Others::One, _) => "one member",
            (Others::Clients, Victim::Replica) => "nodes and operators",
            (Others::Clients, _) => "the replicas",
        };
        match way {
            Way::Both => write!(f, " cut off from {others}"),
            Way::In => write!(f, " deaf to {others}"),
            Way::Out => write!(f, " not heard by {others}"),
        }
    }
}
