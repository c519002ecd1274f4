use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use crate::store::batch::{IdempotencyKey, KEPT, StoredAnswer};
use crate::store::error::StoreError;
use crate::store::sqlite::columns::unreadable;

/// Keeps an answer, in the place of one that is too old.
pub(super) fn save_answer(
    transaction: &Transaction<'_>,
    answer: &StoredAnswer,
) -> Result<(), rusqlite::Error> {
    let at = answer.at.as_millisecond();
    let IdempotencyKey { key, request } = &answer.once;
    transaction.execute(
        "INSERT OR REPLACE INTO answers (actor, key, request, at, outcomes) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![answer.actor, key, request, at, answer.outcomes],
    )?;
    Ok(())
}

/// What was asked under this key within a day before `now`, as a hash, and the answer.
pub(super) fn recall(
    connection: &Connection,
    actor: &str,
    key: &str,
    now: Timestamp,
) -> Result<Option<([u8; 32], String)>, StoreError> {
    let oldest = now.as_millisecond() - KEPT;
    let mut statement = connection.prepare_cached(
        "SELECT request, outcomes FROM answers WHERE actor = ?1 AND key = ?2 AND at >= ?3",
    )?;
    let answer = statement
        .query_row(params![actor, key, oldest], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    Ok(answer)
}

pub(super) const ANSWERS: &str = "SELECT actor, key, request, at, outcomes FROM answers";

/// All answers that are kept.
pub(super) fn answers(connection: &Connection) -> Result<Vec<StoredAnswer>, StoreError> {
    let mut statement = connection.prepare(ANSWERS)?;
    let answers = statement.query_map([], read_answer)?;
    Ok(answers.collect::<Result<_, _>>()?)
}

/// Reads a row of [`ANSWERS`].
pub(super) fn read_answer(row: &Row<'_>) -> rusqlite::Result<StoredAnswer> {
    let at = Timestamp::from_millisecond(row.get(3)?);
    Ok(StoredAnswer {
        actor: row.get(0)?,
        once: IdempotencyKey {
            key: row.get(1)?,
            request: row.get(2)?,
        },
        at: at.map_err(|error| unreadable(3, error))?,
        outcomes: row.get(4)?,
    })
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::store::{Batch, Committed, Disk, Folder, Sqlite, Step, Store};

    #[test]
    fn an_answer_is_given_again_for_a_day_and_no_longer() {
        let folder = tempfile::tempdir().unwrap();
        let now = Timestamp::UNIX_EPOCH;
        let mut store =
            Sqlite::open(&Folder::open(folder.path(), Disk::Any).unwrap(), now).unwrap();
        let once = IdempotencyKey {
            key: "key".into(),
            request: [7; 32],
        };
        let mut keep = |at, outcomes: &str| {
            let stored_answer = StoredAnswer {
                actor: "alice".into(),
                once: once.clone(),
                at,
                outcomes: outcomes.into(),
            };
            let batch = Batch(vec![Step::Answered(stored_answer)]);
            let (version, _) = store.load().unwrap();
            assert_eq!(store.commit(version, &batch).unwrap(), Committed::Stored);
            let after = |seconds| {
                let now = at + SignedDuration::from_secs(seconds);
                let answer = store.recall("alice", "key", now).unwrap();
                answer.map(|(_, outcomes)| outcomes)
            };
            assert_eq!(after(0).as_deref(), Some(outcomes));
            assert_eq!(after(24 * 60 * 60).as_deref(), Some(outcomes));
            assert_eq!(after(24 * 60 * 60 + 1), None);
        };
        keep(now, "first");
        // The key may be another request's then.
        keep(now + SignedDuration::from_hours(25), "second");
    }
}
