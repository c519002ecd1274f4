//! Moving a store from one engine to another.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::store::batch::{Batch, Step, StoredAnswer, StoredBarrier, StoredRecord, StoredState};
use crate::store::error::{OpenError, StoreError};
use crate::store::history::labelled_state;
use crate::store::store::{Committed, Store};
use crate::values::etag::tag_of;
use crate::wire::wait::Wait;

/// What was copied.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Copied {
    pub(crate) services: usize,
    pub(crate) revisions: usize,
    pub(crate) members: usize,
    pub(crate) tokens: usize,
    /// The SHA-256 of all of it, which is that of the source.
    pub(crate) digest: String,
}

/// Why a store was not copied.
#[derive(Debug)]
pub(crate) enum CopyError {
    /// The target has something already.
    NotEmpty,
    /// Another process has written to one of the stores in the meantime.
    Changed,
    /// A document of the source cannot be read.
    Unreadable {
        service: String,
        revision: u64,
        reason: String,
    },
    /// Both stores say something else after all.
    Differs,
    Open(OpenError),
    Store(StoreError),
}

/// How many revisions are read and written at a time.
const WINDOW: u64 = 50;

/// Copies all that `from` has to the empty store `to`, and compares the two.
pub(crate) fn copy(from: &dyn Store, to: &mut dyn Store) -> Result<Copied, CopyError> {
    let (mut at, batch) = to.load()?;
    if !matches!(&batch.0[..], [Step::Identity(_)]) {
        return Err(CopyError::NotEmpty);
    }
    let (version, _) = from.load()?;
    let copied = walk(from, |batch| {
        match to.commit(at, &batch)? {
            Committed::Stored => at = at.next(),
            Committed::Behind => return Err(CopyError::Changed),
        }
        Ok(())
    })?;
    let written = walk(to, |_| Ok(()))?;
    if from.load()?.0 != version {
        return Err(CopyError::Changed);
    }
    if written == copied {
        Ok(copied)
    } else {
        Err(CopyError::Differs)
    }
}

/// Takes all that a store has, in an order in which an empty store can take it.
fn walk(
    store: &dyn Store,
    mut take: impl FnMut(Batch) -> Result<(), CopyError>,
) -> Result<Copied, CopyError> {
    let (_, Batch(steps)) = store.load()?;
    let mut copied = Copied::default();
    let mut hash = Sha256::new();
    let mut take = |batch: Batch| {
        for step in &batch.0 {
            hash.update(text(step)?);
        }
        take(batch)
    };
    let mut rest = Vec::new();
    let (mut latest, mut removed) = (Vec::new(), Vec::new());
    let mut first = Vec::new();
    for step in steps {
        match step {
            Step::Changed(state) => {
                latest.retain(|other: &StoredState| other.state.service != state.state.service);
                latest.push(*state);
            }
            Step::TokenMade { hash, mut grant } => {
                copied.tokens += 1;
                let (name, revoked) = (grant.name.clone(), grant.revoked.take());
                first.push(Step::TokenMade { hash, grant });
                first.extend(revoked.map(|revoked| Step::TokenRevoked { name, revoked }));
            }
            Step::Identity(_) => first.push(step),
            Step::Removed { ref service, .. } => {
                removed.push(service.clone());
                rest.push(step);
            }
            // A node that is not stored is noted again with its next poll, and no poll that a farewell has overtaken outlasts
            // the move to another store.
            Step::Unstored { .. } | Step::Left { .. } => {}
            other => rest.push(other),
        }
    }
    // One by one, so that tokens keep the order in which they were made.
    for step in first {
        take(Batch(vec![step]))?;
    }
    for state in latest {
        copied.services += 1;
        let service = state.state.service.as_str().to_owned();
        copied.revisions += history(store, &service, Some(state), &mut take)?;
    }
    for service in removed {
        copied.revisions += history(store, &service, None, &mut take)?;
    }
    let mut ended = store.ended_barriers()?;
    ended.sort_by(|one, other| one.id.cmp(&other.id));
    for progress in ended {
        let began = StoredBarrier {
            id: progress.id.clone(),
            service: progress.service.clone(),
            revision: progress.revision,
            // It waits no more.
            wait: Wait::default(),
            actor: progress.actor.clone(),
            began: progress.began,
            superseded_by: None,
        };
        let ended = Step::BarrierEnded(progress.into());
        take(Batch(vec![Step::BarrierBegan(began), ended]))?;
    }
    rest.sort_by_key(order);
    for steps in rest.chunks(100) {
        let members = steps
            .iter()
            .filter(|step| matches!(step, Step::Joined { .. }));
        copied.members += members.count();
        take(Batch(steps.to_vec()))?;
    }
    let mut answers = store.answers()?;
    let place = |answer: &StoredAnswer| (answer.actor.clone(), answer.once.key.clone());
    answers.sort_by_key(place);
    for answer in answers {
        take(Batch(vec![Step::Answered(answer)]))?;
    }
    copied.digest = hash
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    Ok(copied)
}

/// Takes all revisions of a service and its events; returns how many revisions there are. A service that is removed has no
/// state in force.
fn history(
    store: &dyn Store,
    service: &str,
    in_force: Option<StoredState>,
    take: &mut impl FnMut(Batch) -> Result<(), CopyError>,
) -> Result<usize, CopyError> {
    let newest = store.history(service, None)?.records.into_iter().next();
    let last = newest.map_or(0, |record| record.stamp.revision);
    let mut revisions = 0;
    let mut from = 1;
    while from <= last {
        let end = (from + WINDOW).min(last + 1);
        let mut before = end;
        let mut records = Vec::new();
        while before > from {
            let page = store.history(service, Some(before))?;
            let found = page.records.into_iter();
            records.extend(found.filter(|record| record.stamp.revision >= from));
            before = page.next.unwrap_or(from);
        }
        let mut steps = Vec::new();
        for record in records.into_iter().rev() {
            let revision = record.stamp.revision;
            revisions += 1;
            if let Some(state) = in_force.as_ref().filter(|_| revision == last) {
                steps.push(Step::Changed(Box::new(state.clone())));
                continue;
            }
            let Some(after) = record.after else {
                steps.push(Step::Recorded(StoredRecord {
                    service: service.to_owned(),
                    tag: record.tag,
                    stamp: record.stamp,
                    timer: record.timer,
                }));
                continue;
            };
            let labels = record.labels.as_deref().map(str::as_bytes);
            let read = labelled_state(after.as_bytes(), labels);
            let (state, labels) = read.map_err(|reason| CopyError::Unreadable {
                service: service.to_owned(),
                revision,
                reason,
            })?;
            steps.push(Step::Changed(Box::new(StoredState {
                tag: tag_of(&state, after.as_bytes()),
                state,
                document: after.into(),
                last_change: record.stamp,
                since: None,
                timer: record.timer,
                labels,
            })));
        }
        let events = store.events(service, from, Some(end))?.into_iter().rev();
        steps.extend(events.map(|event| Step::Event {
            service: service.to_owned(),
            event,
        }));
        // A document may have a megabyte.
        for steps in steps.chunks(10) {
            take(Batch(steps.to_vec()))?;
        }
        from = end;
    }
    Ok(revisions)
}

/// Where a step stands that has no place in time, so that the order does not depend on the engine.
fn order(step: &Step) -> (u8, String, String) {
    match step {
        Step::Joined { service, member } => (0, service.clone(), format!("{:?}", member.id)),
        Step::Forgiven { service, threads } => (1, service.clone(), format!("{threads:?}")),
        Step::BarrierBegan(barrier) => (2, barrier.service.clone(), barrier.id.clone()),
        Step::Removed { service, .. } => (3, service.clone(), String::new()),
        _ => (4, String::new(), String::new()),
    }
}

/// All that a step says, for the comparison of two stores.
fn text(step: &Step) -> Result<Vec<u8>, StoreError> {
    let Step::Changed(stored) = step else {
        return serde_json::to_vec(step).map_err(StoreError::unchanged);
    };
    let StoredState {
        document,
        last_change,
        since,
        timer,
        labels,
        state: _,
        tag: _,
    } = &**stored;
    let text = serde_json::to_vec(&(last_change, since, timer, labels.to_json()))
        .map_err(StoreError::unchanged)?;
    Ok([&text[..], document].concat())
}

impl fmt::Display for CopyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotEmpty => f.write_str(
                "the target has services, tokens or members already, and nothing was changed; name an empty one",
            ),
            Self::Changed => f.write_str(
                "another process has written to one of the stores meanwhile; stop control, empty the target, and copy \
                 again",
            ),
            Self::Unreadable {
                service,
                revision,
                reason,
            } => write!(
                f,
                "revision {revision} of {service} cannot be read: {reason}; copy with the program that wrote it"
            ),
            Self::Differs => f.write_str(
                "the copy does not say the same as the source; do not use it, empty the target, and report this",
            ),
            Self::Open(error) => error.fmt(f),
            Self::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for CopyError {}

impl From<OpenError> for CopyError {
    fn from(error: OpenError) -> Self {
        Self::Open(error)
    }
}

impl From<StoreError> for CopyError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
