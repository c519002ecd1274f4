use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use intermission_core::{State, StateTag};
use jiff::Timestamp;

use crate::registry::simulation::world::SERVICE;
use crate::store::{Batch, Step, StoreError, StoredBarrier, StoredMember, StoredState};
use crate::values::duration::Timeout;
use crate::wire::forgotten::Forgotten;
use crate::wire::node::{MemberId, UnstoredNode};

/// A disk that keeps tables and may fail.
#[derive(Debug, Default)]
pub(in super::super) struct Disk {
    pub(in super::super) tables: Tables,
    pub(in super::super) backup: Tables,
    pub(in super::super) health: Health,
    /// A batch that was answered with an error and may be there all the same after a crash.
    doubtful: Option<Batch>,
}

/// What the tables of the store hold.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Tables {
    identity: String,
    /// Each revision from the first.
    history: Vec<StoredState>,
    members: BTreeMap<MemberId, StoredMember>,
    pub(in super::super) forgiven: BTreeMap<MemberId, BTreeSet<String>>,
    barriers: BTreeMap<String, StoredBarrier>,
    /// Those that could not become members, by the steps that say so.
    unstored: BTreeMap<UnstoredNode, Step>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in super::super) enum Health {
    #[default]
    Works,
    /// Nothing is written.
    Full,
    /// What is written may survive a crash or not.
    Fails,
    /// Nothing happens until this moment.
    Hangs(Duration),
}

impl Disk {
    pub(in super::super) fn commit(&mut self, batch: &Batch) -> Result<(), StoreError> {
        match self.health {
            Health::Works | Health::Hangs(_) => {
                self.doubtful = None;
                self.tables.take(batch);
                Ok(())
            }
            Health::Full => Err(StoreError::unchanged("the disk is full")),
            Health::Fails => {
                self.doubtful = Some(batch.clone());
                Err(StoreError::Unsure("the disk fails".into()))
            }
        }
    }

    /// Control dies. A doubtful batch, or the one that was `writing`, is there when it starts again if it `revives`:
    /// gives it then.
    pub(in super::super) fn crash(
        &mut self,
        writing: Option<Batch>,
        revives: bool,
    ) -> Option<Batch> {
        let doubtful = self.doubtful.take().or(writing);
        let batch = doubtful.filter(|_| revives)?;
        self.tables.take(&batch);
        Some(batch)
    }

    /// When it can take something, if it is not now.
    pub(in super::super) fn hangs_until(&self, now: Duration) -> Option<Duration> {
        match self.health {
            Health::Hangs(until) if until > now => Some(until),
            _ => None,
        }
    }
}

impl Tables {
    pub(in super::super) fn take(&mut self, batch: &Batch) {
        for step in &batch.0 {
            match step {
                Step::Identity(identity) => self.identity.clone_from(identity),
                Step::Changed(stored) => {
                    self.history.push(StoredState::clone(stored));
                }
                Step::BarrierBegan(barrier) => {
                    self.barriers.insert(barrier.id.clone(), barrier.clone());
                }
                Step::BarrierEnded(progress) => _ = self.barriers.remove(&progress.id),
                Step::Joined { member, .. } => {
                    let node = UnstoredNode::Process(member.id.clone());
                    self.unstored.remove(&node);
                    match self.members.get_mut(&member.id) {
                        Some(known) => known.token.clone_from(&member.token),
                        None => _ = self.members.insert(member.id.clone(), member.clone()),
                    }
                }
                Step::Unstored { node, .. } => {
                    self.unstored.insert(node.clone(), step.clone());
                }
                Step::Left { id, .. } => {
                    self.members.remove(id);
                    self.forgiven.remove(id);
                    self.unstored.remove(&UnstoredNode::Process(id.clone()));
                }
                Step::UnstoredForgotten { nodes, .. } => {
                    self.unstored.retain(|node, _| !nodes.contains(node));
                }
                Step::Forgotten { id, .. } => _ = self.members.remove(id),
                Step::Forgiven { threads, .. } => {
                    let forgiven = self.forgiven.entry(threads.id.clone()).or_default();
                    forgiven.extend(threads.silent.iter().cloned());
                }
                Step::Unforgiven { threads, .. } => {
                    if let Some(forgiven) = self.forgiven.get_mut(&threads.id) {
                        forgiven.retain(|thread| !threads.silent.contains(thread));
                    }
                }
                // The simulation needs none of these.
                Step::Serves { .. }
                | Step::Removed { .. }
                | Step::Recorded(_)
                | Step::Event { .. }
                | Step::TokenMade { .. }
                | Step::TokenRevoked { .. }
                | Step::Answered(_) => {}
            }
        }
    }

    /// What memory has to know when control starts, in the order of `Store::load`.
    pub(in super::super) fn load(&self) -> Batch {
        let service = || SERVICE.to_owned();
        let mut steps = vec![Step::Identity(self.identity.clone())];
        steps.extend(self.forgiven.iter().map(|(id, silent)| Step::Forgiven {
            service: service(),
            threads: Forgotten {
                id: id.clone(),
                silent: silent.clone(),
            },
        }));
        steps.extend(self.members.values().map(|member| Step::Joined {
            service: service(),
            member: member.clone(),
        }));
        steps.extend(self.unstored.values().cloned());
        let last = self.history.len();
        let awaited = self.barriers.values().map(|barrier| barrier.revision);
        let first = awaited.min().unwrap_or(last as u64) as usize;
        for stored in &self.history[first.max(1) - 1..] {
            steps.push(Step::Changed(Box::new(stored.clone())));
            let barriers = self.barriers.values();
            let own = barriers.filter(|barrier| barrier.revision == stored.state.revision);
            steps.extend(own.cloned().map(Step::BarrierBegan));
        }
        Batch(steps)
    }

    /// The state in force.
    pub(in super::super) fn latest(&self) -> &State {
        &self.history.last().unwrap().state
    }

    /// The tag of the state in force.
    pub(in super::super) fn latest_tag(&self) -> &StateTag {
        &self.history.last().unwrap().tag
    }

    /// Whether the state in force ends by a timer.
    pub(in super::super) fn has_timer(&self) -> bool {
        self.history.last().unwrap().timer.is_some()
    }

    /// A wait that is open, and had to end before this moment.
    pub(in super::super) fn overdue(&self, before: Timestamp) -> Option<&StoredBarrier> {
        let mut barriers = self.barriers.values();
        barriers.find(|barrier| {
            let timeout = barrier
                .wait
                .timeout
                .map_or(Duration::ZERO, Timeout::duration);
            barrier.began + timeout < before
        })
    }

    pub(in super::super) fn is_member(&self, id: &MemberId) -> bool {
        self.members.contains_key(id)
    }

    /// Whether it is stored as one that could not become a member.
    pub(in super::super) fn is_unstored(&self, id: &MemberId) -> bool {
        self.unstored
            .contains_key(&UnstoredNode::Process(id.clone()))
    }

    /// Whether history has this state.
    pub(in super::super) fn has(&self, tag: &StateTag) -> bool {
        let place = (tag.revision() as usize).checked_sub(1);
        let stored = place.and_then(|place| self.history.get(place));
        stored.is_some_and(|stored| stored.tag == *tag)
    }
}
