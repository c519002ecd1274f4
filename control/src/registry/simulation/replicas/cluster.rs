use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;

use intermission_core::{MemberId, StateTag};
use jiff::Timestamp;

use super::call::{Call, Said, What};
use super::live::Live;
use super::news::News;
use super::replica::Act;
use crate::registry::simulation::events::Event;
use crate::registry::simulation::world::World;
use crate::store::{Batch, IdempotencyKey, Step, StoredAnswer};
use crate::values::version::Version;
use crate::wire::node::UnstoredNode;

/// The store that replicas share, beside its tables.
#[derive(Debug, Default)]
pub(in super::super) struct Cluster {
    /// The batch of each version from the first.
    pub(super) log: Vec<Logged>,
    answers: BTreeSet<String>,
    /// When each lease ends.
    pub(super) leases: BTreeMap<u64, Duration>,
    /// What replicas have put, by their names.
    pub(super) live: BTreeMap<String, Live>,
    next: u64,
    /// Until when no majority of it can be reached.
    pub(super) away: Duration,
    /// When the leases of replicas have ended.
    pub(super) ended: Vec<(String, Duration)>,
    /// By which version each node has become known to waits last, and at which replica.
    pub(super) joined: BTreeMap<MemberId, (u64, usize)>,
}

#[derive(Debug)]
pub(super) struct Logged {
    pub(super) batch: Rc<Batch>,
    nonce: u64,
    /// What is in force since.
    pub(super) tag: StateTag,
}

impl Cluster {
    pub(in super::super) fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    pub(in super::super) fn version(&self) -> u64 {
        self.log.len() as u64
    }

    /// Whether a request with this key was obeyed.
    pub(in super::super) fn recalls(&self, key: u64) -> bool {
        self.answers.contains(&key.to_string())
    }

    /// The answer to such a request, which is stored with what it has changed.
    pub(in super::super) fn answer(&self, key: u64) -> Step {
        Step::Answered(StoredAnswer {
            actor: "operator".to_owned(),
            once: IdempotencyKey {
                key: key.to_string(),
                request: [0; 32],
            },
            at: Timestamp::UNIX_EPOCH,
            outcomes: String::new(),
        })
    }

    pub(super) fn is_held(&self, lease: u64) -> bool {
        self.leases.contains_key(&lease)
    }

    /// The revision by which the heartbeat of a replica was put; 0 where there is none.
    pub(super) fn revision(&self, id: &str) -> u64 {
        let beat = self.live.get(id).and_then(|live| live.heartbeat.as_ref());
        beat.map_or(0, |beat| beat.revision)
    }
}

impl World {
    /// All that the store has, and the processes that have left, as the log says.
    pub(super) fn load(&self) -> Batch {
        let logged = self.cluster.log.iter().flat_map(|logged| &logged.batch.0);
        let left = logged.filter(|step| matches!(step, Step::Left { .. }));
        let stored = self.disk.tables.load().0;
        Batch(left.cloned().chain(stored).collect())
    }

    /// The store executes a call, though its replica may have given it up.
    pub(in super::super) fn execute(&mut self, call: &Rc<Call>) {
        if self.cluster.away > self.now {
            // The next leader executes it, or it is lost.
            if self.once_in(2) {
                let pause = self.millis(0, 2000);
                self.at(self.cluster.away + pause, Event::Call(Rc::clone(call)));
            }
            return;
        }
        let said = match &call.what {
            What::Commit {
                at,
                batch,
                nonce,
                decided,
            } => {
                if self.cluster.version() == *at {
                    self.note_joined(call.r, batch);
                }
                self.take_commit(*at, batch, *nonce, *decided)
            }
            What::After(at) => {
                let after = self.cluster.log.iter().skip(*at as usize);
                if after.len() > self.habits.kept {
                    let version = Version(self.cluster.version());
                    Said::All(version, Box::new(self.load()))
                } else {
                    Said::Log(after.map(|logged| Rc::clone(&logged.batch)).collect())
                }
            }
            What::Newest => Said::Newest(self.cluster.version()),
            What::Grant => {
                let lease = self.cluster.number();
                self.extend(lease);
                Said::Lease(Some(lease))
            }
            What::Keep(lease) => {
                let is_held = self.cluster.is_held(*lease);
                if is_held {
                    self.extend(*lease);
                }
                Said::Lease(is_held.then_some(*lease))
            }
            What::Put(put) => self.take_put(put),
        };
        if !self.is_lost() && !self.is_cut_off(call.r) {
            let most = if self.is_delayed() { 1500 } else { 10 };
            self.later(
                0,
                most,
                Event::Act(call.r, call.life, Act::Reply(Rc::clone(call), said)),
            );
        }
    }

    fn take_commit(&mut self, at: u64, batch: &Rc<Batch>, nonce: u64, decided: Duration) -> Said {
        if self.cluster.version() != at {
            let next = self.cluster.log.get(at as usize);
            return match next.is_some_and(|next| next.nonce == nonce) {
                true => Said::Stored,
                false => Said::Behind,
            };
        }
        let mut serving = batch.0.iter().filter_map(|step| match step {
            Step::Serves { replica } => Some(replica),
            _ => None,
        });
        if serving.any(|id| self.cluster.revision(id) == 0) {
            self.tally.note("replica that began to serve too late");
            return Said::Failed;
        }
        self.append(batch, nonce, decided);
        Said::Stored
    }

    /// Takes note of the nodes that every wait counts from this batch of a replica on, and did not count before.
    fn note_joined(&mut self, r: usize, batch: &Batch) {
        for step in &batch.0 {
            let id = match step {
                Step::Joined { member, .. } => &member.id,
                Step::Unstored {
                    node: UnstoredNode::Process(id),
                    ..
                } => id,
                _ => continue,
            };
            if !self.disk.tables.is_member(id) && !self.disk.tables.is_unstored(id) {
                let joined = (self.cluster.version() + 1, r);
                self.cluster.joined.insert(id.clone(), joined);
            }
        }
    }

    pub(super) fn append(&mut self, batch: &Rc<Batch>, nonce: u64, decided: Duration) {
        self.trace(|| format!("version {}: {batch:?}", self.cluster.version() + 1));
        for step in &batch.0 {
            match step {
                Step::BarrierEnded(progress) => self.check_shared_end(progress),
                Step::Answered(answer) => {
                    let key = answer.once.key.clone();
                    if !self.cluster.answers.insert(key) {
                        self.fail("a request was obeyed twice".to_owned());
                    }
                }
                _ => {}
            }
        }
        self.disk.tables.take(batch);
        self.answered_for(batch, decided);
        self.observer.note(batch);
        self.cluster.log.push(Logged {
            batch: Rc::clone(batch),
            nonce,
            tag: self.disk.tables.latest_tag().clone(),
        });
        self.publish(&News::Stored(self.cluster.version()));
    }
}
