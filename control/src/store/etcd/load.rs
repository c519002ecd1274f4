use std::collections::{BTreeMap, BTreeSet};

use crate::store::batch::{Batch, Step, StoredBarrier, StoredMember, StoredState};
use crate::store::error::OpenError;
use crate::store::etcd::fault::EtcdFault;
use crate::store::etcd::keys::{Keys, number};
use crate::store::etcd::log::{
    Entry, LEVEL, LoggedRecord, LoggedState, LoggedStep, revision_and_digest,
};
use crate::store::etcd::proto::KeyValue;
use crate::store::etcd::reader::{Reader, read};
use crate::store::open_waits::{Earlier, first_awaited, with_barriers};
use crate::token::{Grant, Made, TokenHash};
use crate::values::version::Version;
use crate::wire::forgotten::Forgotten;
use crate::wire::node::MemberId;
use crate::wire::removed::Removed;

/// How many of the last batches are read for the processes that have left: a poll that one of these farewells has overtaken
/// may be on its way still.
const FAREWELLS: i64 = 1_000;

/// Everything that memory has to know, all of it at the revision of etcd that the version was read at; and the level of its
/// facts.
pub(super) async fn load(
    reader: &Reader<'_>,
    keys: &Keys,
) -> Result<(Version, u32, Batch), OpenError> {
    let version = version(reader, keys).await?;
    let level = level(reader, keys).await?;
    let identity = reader.value(keys.key(&["identity"])).await?;
    let identity = identity.ok_or_else(|| corrupt("there is no identity"))?;
    let identity = String::from_utf8(identity.value).map_err(|error| corrupt(error.to_string()))?;
    let mut steps = vec![Step::Identity(identity)];
    steps.extend(tokens(reader, keys).await?);
    for found in reader.all(keys.all(&["forgiven"])).await? {
        let [_, service, name, boot, thread] = parts(keys, &found)?;
        let threads = Forgotten {
            id: MemberId { name, boot },
            silent: BTreeSet::from([thread]),
        };
        steps.push(Step::Forgiven { service, threads });
    }
    // One that has joined since is a member.
    steps.extend(farewells(reader, keys).await?);
    for found in reader.all(keys.all(&["member"])).await? {
        let [_, service, _, _] = parts(keys, &found)?;
        let member: StoredMember = read(&found).map_err(corrupt)?;
        steps.push(Step::Joined { service, member });
    }
    for found in reader.all(keys.all(&["unstored"])).await? {
        steps.push(read(&found).map_err(corrupt)?);
    }
    let mut barriers: Vec<StoredBarrier> = Vec::new();
    for found in reader.all(keys.all(&["open"])).await? {
        barriers.push(read(&found).map_err(corrupt)?);
    }
    let removed = removed(reader, keys).await?;
    let mut removals = Vec::new();
    let mut states: Vec<LoggedState> = Vec::new();
    for found in reader.all(keys.all(&["service"])).await? {
        let state: LoggedState = read(&found).map_err(corrupt)?;
        let (service, last) = (&state.service, &state.last_change);
        match removed.get(service) {
            Some(removed) if removed.stamp.revision == last.revision => {
                removals.push(Step::Removed {
                    service: service.clone(),
                    removed: removed.clone(),
                })
            }
            _ => states.push(state),
        }
    }
    let names: Vec<String> = states.iter().map(|state| state.service.clone()).collect();
    let latest = with_documents(reader, keys, states).await?;
    for (service, latest) in names.into_iter().zip(latest) {
        let latest = latest.ok_or_else(|| OpenError::Corrupt {
            service,
            reason: "its document or its labels are not there".to_owned(),
        })?;
        let earlier = earlier(reader, keys, &latest, &barriers).await?;
        steps.extend(with_barriers(latest, &barriers, earlier));
    }
    steps.extend(removals);
    Ok((version, level, Batch(steps)))
}

/// The level of the facts that the store has; an error where this program does not know it.
async fn level(reader: &Reader<'_>, keys: &Keys) -> Result<u32, OpenError> {
    let Some(found) = reader.value(keys.level()).await? else {
        return Ok(1);
    };
    let level = str::from_utf8(&found.value).ok();
    match level.and_then(|level| level.parse::<u32>().ok()) {
        Some(level) if level <= LEVEL => Ok(level),
        Some(level) => Err(OpenError::Etcd(
            EtcdFault::UnknownLevel { level }.to_string(),
        )),
        None => Err(corrupt("the level is no number")),
    }
}

/// The version of the store.
pub(super) async fn version(reader: &Reader<'_>, keys: &Keys) -> Result<Version, OpenError> {
    let found = reader.value(keys.version()).await?;
    let found = found.ok_or_else(|| corrupt("there is no version"))?;
    let number = str::from_utf8(&found.value).ok();
    let number = number.and_then(|number| number.parse().ok());
    number
        .map(Version)
        .ok_or_else(|| corrupt("the version is no number"))
}

/// All tokens there ever were, in the order in which they were made.
async fn tokens(reader: &Reader<'_>, keys: &Keys) -> Result<Vec<Step>, OpenError> {
    let mut revoked: BTreeMap<String, Made> = BTreeMap::new();
    for found in reader.all(keys.all(&["revoked"])).await? {
        let [_, name] = parts(keys, &found)?;
        revoked.insert(name, read(&found).map_err(corrupt)?);
    }
    let mut tokens = reader.all(keys.all(&["token"])).await?;
    tokens.sort_by_key(|found| found.create_revision);
    let mut steps = Vec::new();
    for found in tokens {
        let (hash, grant): (TokenHash, Grant) = read(&found).map_err(corrupt)?;
        let revoked = revoked.remove(&grant.name);
        let grant = Grant { revoked, ..grant };
        steps.push(Step::TokenMade { hash, grant });
    }
    Ok(steps)
}

/// The last removal of each service that was ever removed.
async fn removed(reader: &Reader<'_>, keys: &Keys) -> Result<BTreeMap<String, Removed>, OpenError> {
    let mut removed = BTreeMap::new();
    for found in reader.all(keys.all(&["removed"])).await? {
        let [_, service] = parts(keys, &found)?;
        removed.insert(service, read(&found).map_err(corrupt)?);
    }
    Ok(removed)
}

/// The processes that have left of late.
async fn farewells(reader: &Reader<'_>, keys: &Keys) -> Result<Vec<Step>, OpenError> {
    let mut steps = Vec::new();
    let entries = reader.last(keys.all(&["log"]), FAREWELLS).await?;
    for found in entries.iter().rev() {
        let entry: Entry = read(found).map_err(corrupt)?;
        let left = entry.steps.into_iter().filter_map(|step| match step {
            LoggedStep::Other(step @ Step::Left { .. }) => Some(step),
            _ => None,
        });
        steps.extend(left);
    }
    Ok(steps)
}

/// States with their documents and labels; none where one of these is not there.
pub(super) async fn with_documents(
    reader: &Reader<'_>,
    keys: &Keys,
    states: Vec<LoggedState>,
) -> Result<Vec<Option<StoredState>>, OpenError> {
    let (mut wanted, mut labels) = (Vec::new(), Vec::new());
    for state in &states {
        let (revision, digest) = revision_and_digest(&state.tag).map_err(corrupt)?;
        wanted.push(keys.document(&state.service, revision, &digest));
        let digest = state.labels.as_deref();
        labels.extend(digest.map(|digest| keys.labels(&state.service, revision, digest)));
    }
    let documents = reader.documents(&wanted).await?;
    let mut labels = reader.documents(&labels).await?.into_iter();
    let mut stored = Vec::new();
    for (state, document) in states.into_iter().zip(documents) {
        let service = state.service.clone();
        let corrupt = |reason| OpenError::Corrupt { service, reason };
        let is_labelled = state.labels.is_some();
        let labels = if is_labelled {
            labels.next().flatten()
        } else {
            None
        };
        let is_there = labels.is_some() == is_labelled;
        let document = document.filter(|_| is_there);
        let with = document.map(|document| state.with(document, labels));
        stored.push(with.transpose().map_err(corrupt)?);
    }
    Ok(stored)
}

/// The states of a service that open barriers wait for and those in between, which may supersede them.
async fn earlier(
    reader: &Reader<'_>,
    keys: &Keys,
    latest: &StoredState,
    barriers: &[StoredBarrier],
) -> Result<Earlier, OpenError> {
    let service = latest.state.service.as_str();
    let (first, last) = (first_awaited(latest, barriers), latest.state.revision);
    let mut earlier = Earlier::new();
    if first >= last {
        return Ok(earlier);
    }
    let (start, end) = (keys.history(service, first), keys.history(service, last));
    let (mut states, mut wanted) = (Vec::new(), Vec::new());
    for found in reader.all((start, end)).await? {
        let record: LoggedRecord = read(&found).map_err(corrupt)?;
        let Ok((revision, digest)) = revision_and_digest(&record.tag) else {
            continue;
        };
        wanted.push(keys.document(service, revision, &digest));
        states.push(LoggedState {
            service: service.to_owned(),
            tag: record.tag,
            last_change: record.stamp,
            since: None,
            timer: None,
            labels: None,
        });
    }
    let documents = reader.documents(&wanted).await?;
    for (state, document) in states.into_iter().zip(documents) {
        let revision = state.last_change.revision;
        let stored = document.and_then(|document| state.with(document, None).ok());
        earlier.extend(stored.map(|stored| (revision, stored)));
    }
    Ok(earlier)
}

/// The parts of a key of a kind that has so many.
pub(super) fn parts<const N: usize>(
    keys: &Keys,
    found: &KeyValue,
) -> Result<[String; N], OpenError> {
    let parts = keys.parts(&found.key).unwrap_or_default();
    parts.try_into().map_err(|_| {
        let key = String::from_utf8_lossy(&found.key);
        corrupt(format!("there is a key {key} that control never made"))
    })
}

pub(super) fn corrupt(reason: impl Into<String>) -> OpenError {
    OpenError::Etcd(format!("the store contradicts itself: {}", reason.into()))
}

/// The range of the log after a version.
pub(super) fn log_after(keys: &Keys, at: Version) -> (Vec<u8>, Vec<u8>) {
    let (_, end) = keys.all(&["log"]);
    (keys.key(&["log", &number(at.next().0)]), end)
}
