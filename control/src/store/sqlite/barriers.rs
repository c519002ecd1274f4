use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use crate::store::batch::StoredBarrier;
use crate::store::error::StoreError;
use crate::store::sqlite::columns::{time, unreadable};
use crate::values::duration::Timeout;
use crate::wire::barrier::Progress;
use crate::wire::wait::Wait;

/// How the barrier `id` ended, if it has.
pub(super) fn ended_barrier(
    connection: &Connection,
    id: &str,
) -> Result<Option<Progress>, StoreError> {
    let text: Option<Option<String>> = connection
        .prepare_cached("SELECT progress FROM barriers WHERE id = ?1")?
        .query_row([id], |row| row.get(0))
        .optional()?;
    let progress = text
        .flatten()
        .map(|text| serde_json::from_str(&text).map_err(StoreError::unchanged));
    progress.transpose()
}

pub(super) const ENDED: &str = "SELECT id, progress FROM barriers WHERE progress IS NOT NULL";

/// All barriers that have ended.
pub(super) fn ended_barriers(connection: &Connection) -> Result<Vec<Progress>, StoreError> {
    let mut statement = connection.prepare(ENDED)?;
    let ended = statement.query_map([], read_ended)?;
    Ok(ended.collect::<Result<_, _>>()?)
}

/// Reads a row of [`ENDED`].
pub(super) fn read_ended(row: &Row<'_>) -> rusqlite::Result<Progress> {
    let text: String = row.get(1)?;
    serde_json::from_str(&text).map_err(|error| unreadable(1, error))
}

pub(super) fn save_barrier(
    transaction: &Transaction<'_>,
    barrier: &StoredBarrier,
) -> Result<(), rusqlite::Error> {
    transaction.execute(
        "INSERT INTO barriers
             (id, service, revision, actor, began, timeout, expect, ignore_upgraded, gone_after)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![
            barrier.id,
            barrier.service,
            barrier.revision,
            barrier.actor,
            barrier.began.to_string(),
            barrier.wait.timeout().as_secs(),
            barrier.wait.expect,
            barrier.wait.ignore_upgraded,
            barrier
                .wait
                .gone_after
                .map(|after| after.duration().as_secs()),
        ],
    )?;
    Ok(())
}

/// Keeps how a barrier ended.
pub(super) fn end_barrier(
    transaction: &Transaction<'_>,
    progress: &Progress,
) -> Result<(), StoreError> {
    let text = serde_json::to_string(progress).map_err(StoreError::unchanged)?;
    transaction.execute(
        "UPDATE barriers SET progress = ?2 WHERE id = ?1",
        params![progress.id, text],
    )?;
    Ok(())
}

pub(super) const OPEN: &str =
    "SELECT id, service, revision, actor, began, timeout, expect, ignore_upgraded, gone_after
     FROM barriers WHERE progress IS NULL";

/// The barriers that have not ended.
pub(super) fn open_barriers(
    connection: &Connection,
) -> Result<Vec<StoredBarrier>, rusqlite::Error> {
    let mut statement = connection.prepare(OPEN)?;
    let rows = statement.query_map([], read_open)?;
    rows.collect()
}

/// Reads a row of [`OPEN`].
pub(super) fn read_open(row: &Row<'_>) -> rusqlite::Result<StoredBarrier> {
    Ok(StoredBarrier {
        id: row.get(0)?,
        service: row.get(1)?,
        revision: row.get(2)?,
        actor: row.get(3)?,
        began: time(row, 4)?,
        wait: Wait {
            timeout: Timeout::from_seconds(row.get(5)?),
            expect: row.get(6)?,
            ignore_upgraded: row.get(7)?,
            gone_after: row
                .get::<_, Option<u64>>(8)?
                .and_then(Timeout::from_seconds),
        },
        superseded_by: None,
    })
}
