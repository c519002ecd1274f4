use crate::store::batch::{Batch, Step};
use crate::store::error::StoreError;
use crate::store::etcd::client::Client;
use crate::store::etcd::keys::Keys;
use crate::store::etcd::load::{log_after, with_documents};
use crate::store::etcd::log::{Entry, LEVEL, Level, LoggedStep};
use crate::store::etcd::reader::{Reader, read};
use crate::values::version::Version;

/// What the log has after a version, a batch for each version.
pub(super) async fn after(
    client: &Client,
    keys: &Keys,
    at: Version,
) -> Result<Vec<Batch>, StoreError> {
    let reader = Reader {
        client,
        revision: 0,
    };
    let mut batches = Vec::new();
    let mut next = at.next();
    for found in reader.all(log_after(keys, at)).await? {
        if found.key != keys.log(next) {
            return Err(StoreError::unchanged(format!(
                "the log of the store goes on after version {}, and version {} is not in it any more: this replica was \
                 away for too long; start it again",
                next.0, next.0
            )));
        }
        let Level { level } = read(&found).map_err(StoreError::unchanged)?;
        if level > LEVEL {
            return Err(StoreError::unchanged(format!(
                "version {} of the store has facts of level {level}, and this program knows level {LEVEL}; upgrade \
                 intermission",
                next.0
            )));
        }
        let entry: Entry = read(&found).map_err(StoreError::unchanged)?;
        batches.push(batch(&reader, keys, entry).await?);
        next = next.next();
    }
    Ok(batches)
}

/// A batch with its documents.
async fn batch(reader: &Reader<'_>, keys: &Keys, entry: Entry) -> Result<Batch, StoreError> {
    let mut states = Vec::new();
    let steps = entry.steps.into_iter();
    // A place for each state, which its documents fill.
    let steps: Vec<Option<Step>> = steps
        .map(|step| match step {
            LoggedStep::Other(step) => Some(step),
            LoggedStep::State(state) => {
                states.push(state);
                None
            }
        })
        .collect();
    let stored = with_documents(reader, keys, states).await;
    let mut stored = stored.map_err(StoreError::unchanged)?.into_iter();
    let filled = steps.into_iter().filter_map(|step| {
        step.or_else(|| stored.next().map(|state| Step::Changed(Box::new(state))))
    });
    Ok(Batch(filled.collect()))
}

/// An error where the store has an older version than this replica has seen.
pub(super) fn check_not_before(version: Option<&[u8]>, at: Version) -> Result<Version, StoreError> {
    let number = version.and_then(|version| str::from_utf8(version).ok()?.parse().ok());
    match number.map(Version) {
        Some(version) if version >= at => Ok(version),
        Some(version) => Err(StoreError::unchanged(format!(
            "etcd has gone back: it has version {} of the store, and had {}; it was restored from a snapshot. Stop all \
             replicas, start one, and make its history the one that counts: intermission store adopt",
            version.0, at.0
        ))),
        None => Err(StoreError::unchanged(
            "the version of the store is gone from etcd; restore it from a snapshot",
        )),
    }
}
