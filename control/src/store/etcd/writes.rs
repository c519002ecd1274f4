use std::collections::BTreeMap;

use bytes::Bytes;
use serde::Serialize;

use crate::store::batch::{Batch, Step, StoredState};
use crate::store::error::StoreError;
use crate::store::etcd::keys::{Keys, number};
use crate::store::etcd::log::{Entry, LoggedRecord, LoggedState, LoggedStep, revision_and_digest};
use crate::store::etcd::proto::RequestOp;
use crate::store::etcd::request::{delete, nested, put};
use crate::values::version::Version;
use crate::wire::node::{MemberId, UnstoredNode};

/// What a batch writes to etcd.
#[derive(Debug, Default)]
pub(super) struct Writes {
    /// Values that are put, and keys that are deleted.
    values: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    /// The first key, and the key after the last, of those that are deleted together.
    ranges: Vec<(Vec<u8>, Vec<u8>)>,
    /// Documents and labels, which nothing refers to before the batch is stored.
    pub(super) documents: Vec<(Vec<u8>, Bytes)>,
}

/// How many operations a transaction may have on the way to its innermost level, by etcd's own default
/// (`--max-txn-ops`).
const OPERATIONS: usize = 128;
/// How many of these the innermost level has.
const INNERMOST: usize = 64;

impl Writes {
    /// What the batch that makes `version` writes, besides its place in the log.
    pub(super) fn of(batch: &Batch, keys: &Keys, version: Version) -> Result<Self, StoreError> {
        let mut writes = Self::default();
        for (place, step) in batch.0.iter().enumerate() {
            let place = format!("{}-{place}", number(version.0));
            writes.add(step, keys, &place)?;
        }
        Ok(writes)
    }

    fn add(&mut self, step: &Step, keys: &Keys, place: &str) -> Result<(), StoreError> {
        let thread = |service: &str, MemberId { name, boot }: &MemberId, thread: &str| {
            keys.key(&["forgiven", service, name, boot, thread])
        };
        match step {
            Step::Identity(identity) => self.put_text(keys.key(&["identity"]), identity),
            Step::Changed(stored) => self.add_state(stored, keys)?,
            Step::Removed { service, removed } => {
                self.put(keys.key(&["removed", service]), removed)?;
                for kind in ["member", "forgiven", "unstored"] {
                    self.delete_all(keys.all(&[kind, service]));
                }
            }
            Step::Recorded(record) => {
                let key = keys.history(&record.service, record.stamp.revision);
                let record = LoggedRecord {
                    tag: record.tag.clone(),
                    stamp: record.stamp.clone(),
                    timer: record.timer.clone(),
                    labels: None,
                };
                self.put(key, &record)?;
            }
            Step::BarrierBegan(barrier) => self.put(keys.key(&["open", &barrier.id]), barrier)?,
            Step::BarrierEnded(progress) => {
                self.delete(keys.key(&["open", &progress.id]));
                self.put(keys.key(&["ended", &progress.id]), progress)?;
            }
            Step::Joined { service, member } => {
                let MemberId { name, boot } = &member.id;
                self.put(keys.key(&["member", service, name, boot]), member)?;
                self.delete(keys.unstored(service, &UnstoredNode::Process(member.id.clone())));
            }
            Step::Left { service, id, .. } => {
                self.delete(keys.unstored(service, &UnstoredNode::Process(id.clone())));
                self.delete(keys.key(&["member", service, &id.name, &id.boot]));
                self.delete_all(keys.all(&["forgiven", service, &id.name, &id.boot]));
            }
            Step::Forgotten { service, id, .. } => {
                self.delete(keys.key(&["member", service, &id.name, &id.boot]));
            }
            Step::Forgiven { service, threads } => {
                for silent in &threads.silent {
                    self.put_text(thread(service, &threads.id, silent), "");
                }
            }
            Step::Unforgiven { service, threads } => {
                for silent in &threads.silent {
                    self.delete(thread(service, &threads.id, silent));
                }
            }
            Step::Unstored { service, node, .. } => {
                self.put(keys.unstored(service, node), step)?;
            }
            Step::UnstoredForgotten { service, nodes, .. } => {
                for node in nodes {
                    self.delete(keys.unstored(service, node));
                }
            }
            // It is in the log alone.
            Step::Serves { .. } => {}
            Step::TokenMade { hash, grant } => {
                self.put(keys.key(&["token", &grant.name]), &(hash, grant))?;
            }
            Step::TokenRevoked { name, revoked } => {
                self.put(keys.key(&["revoked", name]), revoked)?;
            }
            Step::Event { service, event } => {
                let revision = number(event.revision);
                self.put(keys.key(&["event", service, &revision, place]), event)?;
            }
            Step::Answered(answer) => {
                self.put(
                    keys.key(&["answer", &answer.actor, &answer.once.key]),
                    answer,
                )?;
            }
        }
        Ok(())
    }

    fn add_state(&mut self, stored: &StoredState, keys: &Keys) -> Result<(), StoreError> {
        let state = LoggedState::of(stored);
        let (revision, digest) = revision_and_digest(&state.tag).map_err(StoreError::unchanged)?;
        let record = LoggedRecord {
            tag: state.tag.clone(),
            stamp: state.last_change.clone(),
            timer: state.timer.clone(),
            labels: state.labels.clone(),
        };
        self.put(keys.history(&state.service, revision), &record)?;
        self.put(keys.key(&["service", &state.service]), &state)?;
        let key = keys.document(&state.service, revision, &digest);
        self.documents.push((key, stored.document.clone()));
        if let (Some(labels), Some(digest)) = (stored.labels.to_json(), &state.labels) {
            let key = keys.labels(&state.service, revision, digest);
            self.documents.push((key, labels.into()));
        }
        Ok(())
    }

    /// Has programs that know facts of a lower level only refuse the store.
    pub(super) fn put_level(&mut self, keys: &Keys, level: u32) {
        self.put_text(keys.level(), &level.to_string());
    }

    fn put(&mut self, key: Vec<u8>, value: &impl Serialize) -> Result<(), StoreError> {
        let value = serde_json::to_vec(value).map_err(StoreError::unchanged)?;
        self.values.insert(key, Some(value));
        Ok(())
    }

    fn put_text(&mut self, key: Vec<u8>, value: &str) {
        self.values.insert(key, Some(value.into()));
    }

    fn delete(&mut self, key: Vec<u8>) {
        self.values.insert(key, None);
    }

    /// Deletes the keys of a range, of which etcd lets no other operation write one.
    fn delete_all(&mut self, (first, end): (Vec<u8>, Vec<u8>)) {
        self.values.retain(|key, _| *key < first || *key >= end);
        self.ranges.push((first, end));
    }

    /// The operations, with nested transactions where there are many.
    pub(super) fn operations(self) -> Result<Vec<RequestOp>, StoreError> {
        let mut operations = Vec::new();
        for (key, value) in self.values {
            operations.push(match value {
                Some(value) => put(key, value),
                None => delete(key, Vec::new()),
            });
        }
        let ranges = self.ranges.into_iter();
        operations.extend(ranges.map(|(first, end)| delete(first, end)));
        // The log and the version are beside them.
        let outermost = OPERATIONS - INNERMOST - 2;
        if operations.len() <= outermost {
            return Ok(operations);
        }
        let groups = operations.chunks(INNERMOST);
        if groups.len() > outermost {
            return Err(StoreError::unchanged(format!(
                "the change writes {} values, and etcd takes {} at once; change fewer services at a time",
                operations.len(),
                outermost * INNERMOST
            )));
        }
        Ok(groups.map(|group| nested(group.to_vec())).collect())
    }
}

/// The level of programs that know all steps of a batch.
pub(super) fn level(batch: &Batch) -> u32 {
    batch.0.iter().map(Step::level).max().unwrap_or(1)
}

/// The entry in the log of a batch.
pub(super) fn entry(batch: &Batch, nonce: &str) -> Result<Vec<u8>, StoreError> {
    let entry = Entry {
        level: level(batch),
        nonce: nonce.to_owned(),
        steps: batch.0.iter().filter_map(LoggedStep::of).collect(),
    };
    serde_json::to_vec(&entry).map_err(StoreError::unchanged)
}
