use std::sync::atomic::{AtomicU32, Ordering};

use crate::store::batch::{Batch, Step};
use crate::store::error::StoreError;
use crate::store::etcd::client::Client;
use crate::store::etcd::fault::EtcdFault;
use crate::store::etcd::keys::Keys;
use crate::store::etcd::load::{log_after, with_documents};
use crate::store::etcd::log::{Entry, LEVEL, Level, LoggedStep};
use crate::store::etcd::proto::KeyValue;
use crate::store::etcd::reader::{Reader, read};
use crate::store::store::After;
use crate::values::version::Version;

/// What the log has after a version.
///
/// The level of the facts that the store has rises to that of the log.
pub(super) async fn after(
    client: &Client,
    keys: &Keys,
    at: Version,
    known: &AtomicU32,
) -> Result<After, StoreError> {
    let reader = Reader {
        client,
        revision: 0,
    };
    let found = reader.value(keys.version()).await?;
    let newest = newest(client, found.as_ref(), at)?;
    let mut entries = Vec::new();
    let mut next = at.next();
    for found in reader.all(log_after(keys, at)).await? {
        if found.key != keys.log(next) {
            return Ok(After::Gap);
        }
        let Level { level } = read(&found).map_err(StoreError::unchanged)?;
        if level > LEVEL {
            return Err(StoreError::unchanged(EtcdFault::UnknownLevel { level }));
        }
        known.fetch_max(level, Ordering::Relaxed);
        let entry: Entry = read(&found).map_err(StoreError::unchanged)?;
        entries.push(entry.steps);
        next = next.next();
    }
    if next <= newest {
        return Ok(After::Gap);
    }
    let batches = batches(&reader, keys, entries).await?;
    Ok(batches.map_or(After::Gap, After::Batches))
}

/// The batches of entries, with the documents of all of them; none where one is kept no longer.
async fn batches(
    reader: &Reader<'_>,
    keys: &Keys,
    entries: Vec<Vec<LoggedStep>>,
) -> Result<Option<Vec<Batch>>, StoreError> {
    let states = entries.iter().flatten().filter_map(|step| match step {
        LoggedStep::State(state) => Some(state.clone()),
        LoggedStep::Other(_) => None,
    });
    let stored = with_documents(reader, keys, states.collect()).await;
    let mut stored = stored.map_err(StoreError::unchanged)?.into_iter();
    let mut fill = |step| match step {
        LoggedStep::Other(step) => Some(step),
        LoggedStep::State(_) => Some(Step::Changed(Box::new(stored.next()??))),
    };
    let batches = entries.into_iter().map(|steps| {
        let steps: Option<Vec<Step>> = steps.into_iter().map(&mut fill).collect();
        steps.map(Batch)
    });
    Ok(batches.collect())
}

/// The newest version of the store.
///
/// # Errors
///
/// Where it is, or has once been, older than this replica has seen: what was stored since is not what memory has.
pub(super) fn newest(
    client: &Client,
    found: Option<&KeyValue>,
    at: Version,
) -> Result<Version, StoreError> {
    client.check_has_not_gone_back()?;
    let number = found.and_then(|found| str::from_utf8(&found.value).ok()?.parse().ok());
    match number.map(Version) {
        Some(version) if version >= at => Ok(version),
        Some(found) => {
            let fault = EtcdFault::GoneBack { found, known: at };
            Err(StoreError::unchanged(client.note_gone_back(fault)))
        }
        None => Err(StoreError::unchanged(EtcdFault::Gone)),
    }
}
