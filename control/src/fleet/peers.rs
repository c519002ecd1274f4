use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Instant;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::values::now::Now;
use crate::values::version::Version;
use crate::wire::replica::ReplicaView;

/// A sign of life of a replica. When it comes, all reports that came to the replica before it began have been relayed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Heartbeat {
    /// How many there were, with this one.
    pub(crate) number: u64,
    /// The last heartbeat of each other replica that it had seen.
    pub(crate) seen: BTreeMap<String, u64>,
    /// The version that its memory had.
    pub(crate) version: u64,
    /// The newest kind of facts that it knows.
    pub(crate) level: u32,
    /// Its wall clock.
    pub(crate) time: Timestamp,
    /// Where it serves.
    pub(crate) address: String,
}

/// The other replicas that serve the same store; none where there is one control alone.
///
/// A report that has come to one replica may not have come to another yet. So the silence of members is measured up to the
/// moment up to which the reports to all replicas are known: each other replica has answered, by a heartbeat, one of this
/// replica that began then.
#[derive(Debug, Default)]
pub(crate) struct Peers {
    /// The name of this one among them; empty where one control serves the store alone.
    own: String,
    /// Where this one serves.
    own_address: String,
    /// When the last own heartbeats began, as far as a replica may still answer them.
    heartbeats: VecDeque<(u64, Instant)>,
    peers: BTreeMap<String, Peer>,
    /// When memory had all that is stored without each step of it; none where one control serves the store alone.
    loaded: Option<Instant>,
    /// Whether all others that serve are known.
    are_known: bool,
    /// Up to when one that serves no more may have heard members without relaying that.
    ended: Option<Instant>,
    /// The last moment at which memory is known to have had all that was stored.
    proven: Option<Instant>,
}

#[derive(Debug)]
struct Peer {
    last: Option<Heartbeat>,
    /// When that came.
    came: Now,
    /// Up to when all reports that came to it are known.
    until: Instant,
    /// The version of the store by which it began to serve, as far as that is known.
    since: Version,
}

/// How many own heartbeats are remembered: more than a replica can leave unanswered while its lease holds.
const REMEMBERED: usize = 256;

impl Peers {
    /// Has this replica be the one of this name, which serves at this address and has just loaded the store.
    pub(crate) fn name(&mut self, own: &str, address: &str, now: Now) {
        own.clone_into(&mut self.own);
        address.clone_into(&mut self.own_address);
        self.peers.remove(own);
        self.load(now);
    }

    /// Memory has been loaded: it does not know what has happened before.
    pub(super) fn load(&mut self, now: Now) {
        if !self.own.is_empty() {
            self.loaded = Some(now.instant);
        }
    }

    /// Memory had all that was stored at this moment.
    pub(crate) fn prove(&mut self, at: Instant) {
        self.proven = self.proven.max(Some(at));
    }

    /// Whether it is known up to a moment after memory was loaded what all replicas have heard. Before that a replica may
    /// hear a member that the store has forgotten, of which this one knows nothing.
    pub(super) fn have_answered(&self, known: Instant) -> bool {
        self.loaded.is_none_or(|loaded| known > loaded)
    }

    /// From when on a member may be taken for silent that another replica says has not been heard since `at`: not from before
    /// memory was loaded, because a third replica may have heard it since and not have relayed it yet.
    pub(super) fn silent_from(&self, at: Instant) -> Instant {
        self.loaded.map_or(at, |loaded| at.max(loaded))
    }

    /// Begins a heartbeat of a replica that has this version and knows facts of this level.
    pub(crate) fn heartbeat(&mut self, version: u64, level: u32, now: Now) -> Heartbeat {
        let number = self.heartbeats.back().map_or(1, |(last, _)| last + 1);
        self.heartbeats.push_back((number, now.instant));
        if self.heartbeats.len() > REMEMBERED {
            self.heartbeats.pop_front();
        }
        let seen = self.peers.iter().filter_map(|(id, peer)| {
            let last = peer.last.as_ref()?;
            Some((id.clone(), last.number))
        });
        Heartbeat {
            number,
            seen: seen.collect(),
            version,
            level,
            time: now.time,
            address: self.own_address.clone(),
        }
    }

    /// A replica begins to serve by this version of the store.
    pub(crate) fn begin(&mut self, id: &str, since: Version, now: Now) {
        if id == self.own {
            return;
        }
        // It may have heard members since it began, which is after the last proof that did not show it.
        let proven = self.proven.max(self.loaded);
        let peer = self.peers.entry(id.to_owned()).or_insert(Peer {
            last: None,
            came: now,
            until: proven.map_or(now.instant, |at| at.min(now.instant)),
            since,
        });
        peer.since = peer.since.max(since);
    }

    /// Notes a replica that has served before: what it has heard since memory was loaded is not known.
    fn meet(&mut self, id: &str, now: Now) {
        let instant = self.loaded.unwrap_or(now.instant);
        self.begin(id, Version::default(), Now { instant, ..now });
    }

    /// Takes a heartbeat of the replica `id`, unless a later one has come; tells whether it is news.
    pub(crate) fn hear(&mut self, id: &str, heartbeat: Heartbeat, now: Now) -> bool {
        self.meet(id, now);
        let Some(peer) = self.peers.get_mut(id) else {
            return false;
        };
        let is_late = |last: &Heartbeat| last.number >= heartbeat.number;
        if peer.last.as_ref().is_some_and(is_late) {
            return false;
        }
        let answered = heartbeat.seen.get(&self.own);
        let answered =
            answered.and_then(|seen| self.heartbeats.iter().find(|(own, _)| own == seen));
        if let Some((_, began)) = answered {
            peer.until = peer.until.max(*began);
        }
        peer.last = Some(heartbeat);
        peer.came = now;
        true
    }

    /// A replica serves no more.
    pub(crate) fn end(&mut self, id: &str, now: Now) {
        if self.peers.remove(id).is_some() {
            self.ended = Some(now.instant);
        }
    }

    /// Up to when a replica that serves no more may have heard members without relaying that.
    pub(super) fn ended(&self) -> Option<Instant> {
        self.ended
    }

    /// Only these serve of those that began by this version of the store or before.
    pub(crate) fn keep(&mut self, serving: &BTreeSet<String>, version: Version, now: Now) {
        let before = self.peers.len();
        self.peers
            .retain(|id, peer| serving.contains(id) || peer.since > version);
        // One may have ended unseen since memory was loaded.
        if self.peers.len() < before || self.ended < self.loaded {
            self.ended = Some(now.instant);
        }
        serving.iter().for_each(|id| self.meet(id, now));
        self.are_known = true;
    }

    /// Whether this is one of several replicas.
    pub(super) fn is_replica(&self) -> bool {
        !self.own.is_empty()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.peers.is_empty()
    }

    /// The same moment, but by the monotonic clock not after the one up to which the reports to all replicas are known.
    pub(super) fn known(&self, now: Now) -> Now {
        let loaded = self.loaded.filter(|_| !self.are_known);
        let relayed = self
            .peers
            .values()
            .map(|peer| peer.until)
            .chain(loaded)
            .min();
        Now {
            instant: relayed.map_or(now.instant, |relayed| relayed.min(now.instant)),
            ..now
        }
    }

    /// The time by the slowest of all wall clocks.
    pub(crate) fn slowest(&self, now: Now) -> Timestamp {
        let clocks = self.peers.values().filter_map(|peer| {
            let since = now.instant.saturating_duration_since(peer.came.instant);
            peer.last.as_ref()?.time.checked_add(since).ok()
        });
        clocks.chain([now.time]).min().unwrap_or(now.time)
    }

    /// The newest kind of facts that all replicas know, where `own` is the newest of this one; 0 where this is no replica.
    pub(super) fn level(&self, own: u32) -> u32 {
        if self.own.is_empty() {
            return 0;
        }
        let levels = self.peers.values().map(|peer| {
            // One that has not sent a heartbeat yet may be of any program.
            peer.last.as_ref().map_or(1, |heartbeat| heartbeat.level)
        });
        levels.chain([own]).min().unwrap_or(own)
    }

    /// The last heartbeat of each, and when it came.
    pub(crate) fn all(&self) -> impl Iterator<Item = (Option<&Heartbeat>, Now)> {
        let peers = self.peers.values();
        peers.map(|peer| (peer.last.as_ref(), peer.came))
    }

    /// Where the replica `id` serves.
    pub(super) fn address(&self, id: &str) -> Option<String> {
        let last = self.peers.get(id)?.last.as_ref()?;
        Some(last.address.clone())
    }

    /// All replicas, this one with `version` first; none where this is none.
    pub(super) fn views(&self, version: u64, now: Now) -> Vec<ReplicaView> {
        if self.own.is_empty() {
            return Vec::new();
        }
        let this = ReplicaView {
            address: self.own_address.clone(),
            answers: true,
            version,
            heard: now.time,
        };
        let others = self.all().map(|(last, came)| ReplicaView {
            address: last.map_or_else(String::new, |last| last.address.clone()),
            answers: false,
            version: last.map_or(0, |last| last.version),
            heard: came.time,
        });
        let mut others: Vec<_> = others.collect();
        others.sort_by(|one, other| one.address.cmp(&other.address));
        [vec![this], others].concat()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn heartbeat(number: u64, seen: u64) -> Heartbeat {
        Heartbeat {
            number,
            seen: BTreeMap::from([("own".to_owned(), seen)]),
            version: 1,
            level: 1,
            time: Timestamp::UNIX_EPOCH,
            address: String::new(),
        }
    }

    fn later(began: Now, seconds: u64) -> Now {
        let seconds = Duration::from_secs(seconds);
        Now {
            instant: began.instant + seconds,
            time: began.time + jiff::SignedDuration::try_from(seconds).unwrap(),
        }
    }

    #[test]
    fn silence_is_known_up_to_the_beat_that_the_slowest_replica_has_answered() {
        let (began, mut peers) = (Now::read(), Peers::default());
        peers.name("own", "", began);
        peers.keep(&BTreeSet::new(), Version(1), began);
        let known = |peers: &Peers, seconds: u64| {
            let known = peers.known(later(began, seconds)).instant;
            (known - began.instant).as_secs()
        };
        assert_eq!(known(&peers, 7), 7, "no other replica serves");
        peers.prove(later(began, 1).instant);
        peers.begin("a", Version(2), later(began, 3));
        assert_eq!(known(&peers, 7), 1, "it may have begun after the proof");
        assert_eq!(peers.heartbeat(1, 1, later(began, 2)).number, 1);
        assert_eq!(peers.heartbeat(1, 1, later(began, 4)).number, 2);
        peers.hear("a", heartbeat(1, 1), later(began, 5));
        assert_eq!(known(&peers, 7), 2);
        peers.hear("b", heartbeat(9, 2), later(began, 6));
        assert_eq!(known(&peers, 7), 2, "the slowest counts");
        peers.hear("a", heartbeat(2, 2), later(began, 6));
        assert_eq!(known(&peers, 7), 4);
        assert!(!peers.hear("a", heartbeat(1, 1), later(began, 7)), "late");
        peers.end("a", later(began, 7));
        peers.keep(&BTreeSet::new(), Version(1), later(began, 8));
        assert_eq!(known(&peers, 9), 9);
    }

    #[test]
    fn nothing_is_known_after_a_start_before_all_that_serve_have_answered() {
        let (began, mut peers) = (Now::read(), Peers::default());
        peers.name("own", "", began);
        let has = |peers: &Peers, seconds: u64| {
            peers.have_answered(peers.known(later(began, seconds)).instant)
        };
        assert!(!has(&peers, 1), "those that serve are not known");
        peers.keep(
            &BTreeSet::from(["own".to_owned(), "a".to_owned()]),
            Version(1),
            later(began, 2),
        );
        assert!(!has(&peers, 3));
        peers.heartbeat(1, 1, later(began, 4));
        peers.hear("a", heartbeat(7, 0), later(began, 5));
        assert!(!has(&peers, 6), "it has answered nothing");
        peers.hear("a", heartbeat(8, 1), later(began, 7));
        assert!(has(&peers, 8));
        peers.load(later(began, 9));
        assert!(!has(&peers, 10), "all was loaded anew");
    }

    #[test]
    fn a_replica_that_began_after_those_that_serve_were_read_is_kept() {
        let mut peers = Peers::default();
        peers.name("own", "", Now::read());
        peers.begin("ended", Version(5), Now::read());
        peers.begin("new", Version(6), Now::read());
        peers.keep(&BTreeSet::new(), Version(5), Now::read());
        let known: Vec<_> = peers.peers.keys().map(String::as_str).collect();
        assert_eq!(known, ["new"]);
    }

    #[test]
    fn the_slowest_clock_counts() {
        let (began, mut peers) = (Now::read(), Peers::default());
        assert_eq!(peers.slowest(began), began.time);
        let clock = |time: Timestamp| Heartbeat {
            time,
            ..heartbeat(1, 0)
        };
        let slow = began.time - Duration::from_secs(60);
        peers.hear("slow", clock(slow), began);
        let fast = began.time + Duration::from_secs(60);
        peers.hear("fast", clock(fast), began);
        let now = later(began, 5);
        assert_eq!(peers.slowest(now), slow + Duration::from_secs(5));
    }

    #[test]
    fn a_replica_of_which_nothing_is_known_knows_the_oldest_kind_of_facts() {
        let mut peers = Peers::default();
        assert_eq!(peers.level(3), 0);
        peers.name("own", "", Now::read());
        assert_eq!(peers.level(3), 3);
        let knows = |level| Heartbeat {
            level,
            ..heartbeat(1, 0)
        };
        peers.hear("a", knows(2), Now::read());
        assert_eq!(peers.level(3), 2);
        peers.begin("b", Version(1), Now::read());
        assert_eq!(peers.level(3), 1);
    }
}
