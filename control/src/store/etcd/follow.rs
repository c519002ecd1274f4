use crate::store::batch::{Batch, Step};
use crate::store::error::StoreError;
use crate::store::etcd::client::Client;
use crate::store::etcd::keys::Keys;
use crate::store::etcd::load::{log_after, with_documents};
use crate::store::etcd::log::{Entry, LEVEL, Level, LoggedStep};
use crate::store::etcd::reader::{Reader, read};
use crate::store::store::After;
use crate::values::version::Version;

/// What the log has after a version.
pub(super) async fn after(client: &Client, keys: &Keys, at: Version) -> Result<After, StoreError> {
    let reader = Reader {
        client,
        revision: 0,
    };
    let found = reader.value(keys.version()).await?;
    let newest = check_not_before(found.as_ref().map(|found| &found.value[..]), at)?;
    let mut batches = Vec::new();
    let mut next = at.next();
    for found in reader.all(log_after(keys, at)).await? {
        if found.key != keys.log(next) {
            return Ok(After::Gap);
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
        let Some(batch) = batch(&reader, keys, entry).await? else {
            return Ok(After::Gap);
        };
        batches.push(batch);
        next = next.next();
    }
    if next <= newest {
        return Ok(After::Gap);
    }
    Ok(After::Batches(batches))
}

/// A batch with its documents; none where one of them is kept no longer.
async fn batch(
    reader: &Reader<'_>,
    keys: &Keys,
    entry: Entry,
) -> Result<Option<Batch>, StoreError> {
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
    let filled = steps.into_iter().map(|step| match step {
        Some(step) => Some(step),
        None => Some(Step::Changed(Box::new(stored.next()??))),
    });
    Ok(filled.collect::<Option<_>>().map(Batch))
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
