//! Members and barriers, which a restart of control must not lose.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use crate::fleet::{Barrier, Member};
use crate::store::record::stamp;

use crate::wire::forgotten::{Forgetting, Forgotten};

use crate::wire::fleet::MemberId;

use crate::wire::barrier::Progress;

use crate::store::database::Store;
use crate::store::error::{OpenError, StoreError};
use crate::store::idempotency::Memo;
use crate::values::timeout::Timeout;
use crate::wire::stamp::Stamp;
use crate::wire::wait::Wait;

/// A barrier as the store keeps it, without the state that it waits for.
#[derive(Debug)]
pub(crate) struct KeptBarrier {
    pub(crate) id: String,
    pub(crate) service: String,
    pub(crate) revision: u64,
    pub(crate) wait: Wait,
    pub(crate) actor: String,
    pub(crate) began: Timestamp,
}

impl Store {
    /// Everybody who is waited for, and nobody heard.
    pub(crate) fn members(&self) -> Result<Vec<(String, Member)>, OpenError> {
        Ok(members(&self.connection)?)
    }

    /// What operators have answered for.
    pub(crate) fn forgiven(&self) -> Result<Vec<(String, Forgotten)>, OpenError> {
        Ok(forgiven(&self.connection)?)
    }

    /// The barriers that have not ended.
    pub(crate) fn open_barriers(&self) -> Result<Vec<KeptBarrier>, OpenError> {
        Ok(open_barriers(&self.connection)?)
    }

    /// How the barrier `id` ended, if it has.
    pub(crate) fn ended_barrier(&self, id: &str) -> Result<Option<Progress>, StoreError> {
        ended_barrier(&self.connection, id)
    }

    /// Stores a member, or the token that it reports with.
    pub(crate) fn save_member(&mut self, service: &str, member: &Member) -> Result<(), StoreError> {
        self.commit(|transaction| save_member(transaction, service, member))
    }

    /// Lets a member go, and what was answered for.
    pub(crate) fn remove_member(&mut self, service: &str, id: &MemberId) -> Result<(), StoreError> {
        self.commit(|transaction| {
            remove_member(transaction, service, id)?;
            transaction.execute(
                "DELETE FROM forgiven WHERE service = ?1 AND name = ?2 AND boot = ?3",
                params![service, id.name, id.boot],
            )?;
            Ok(())
        })
    }

    /// Answers no more for threads that have spoken.
    pub(crate) fn take_back(
        &mut self,
        service: &str,
        Forgotten { id, silent }: &Forgotten,
    ) -> Result<(), StoreError> {
        self.commit(|transaction| {
            for thread in silent {
                transaction.execute(
                    "DELETE FROM forgiven WHERE service = ?1 AND name = ?2 AND boot = ?3 AND thread = ?4",
                    params![service, id.name, id.boot, thread],
                )?;
            }
            Ok(())
        })
    }

    /// Forgets members, or what of them was answered for, which `event` tells of and `memo` answers.
    pub(crate) fn forget_members(
        &mut self,
        service: &str,
        forgetting: &Forgetting,
        event: &Stamp,
        memo: Option<&Memo<'_>>,
    ) -> Result<(), StoreError> {
        self.commit(|transaction| {
            forget_members(transaction, service, forgetting)?;
            save_event(transaction, service, event)?;
            Ok(memo.map_or(Ok(()), |memo| memo.save(transaction))?)
        })
    }

    /// Keeps how a barrier ended, which `event` tells of.
    pub(crate) fn end_barrier(
        &mut self,
        progress: &Progress,
        event: &Stamp,
    ) -> Result<(), StoreError> {
        self.commit(|transaction| {
            end_barrier(transaction, progress)?;
            Ok(save_event(transaction, &progress.service, event)?)
        })
    }

    /// What happened to `service` from revision `from` on, and before revision `to`, the newest first.
    pub(crate) fn events(
        &self,
        service: &str,
        from: u64,
        to: Option<u64>,
    ) -> Result<Vec<Stamp>, StoreError> {
        let integer = |revision: u64| i64::try_from(revision).unwrap_or(i64::MAX);
        let mut statement = self.connection.prepare_cached(
            "SELECT revision, at, actor, action, reason FROM events
             WHERE service = ?1 AND revision >= ?2 AND revision < ?3 ORDER BY sequence DESC",
        )?;
        let to = to.map_or(i64::MAX, integer);
        let rows = statement.query_map(params![service, integer(from), to], stamp)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

fn save_member(connection: &Connection, service: &str, member: &Member) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO members (service, name, boot, kind, wait, lease, joined, token)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
             ON CONFLICT (service, name, boot) DO UPDATE SET token = excluded.token",
        )?
        .execute(params![
            service,
            member.id.name,
            member.id.boot,
            member.kind,
            member.wait.as_secs(),
            member.lease.map(|lease| lease.as_secs()),
            member.joined.to_string(),
            member.token,
        ])?;
    Ok(())
}

fn remove_member(connection: &Connection, service: &str, id: &MemberId) -> Result<(), StoreError> {
    connection
        .prepare_cached("DELETE FROM members WHERE service = ?1 AND name = ?2 AND boot = ?3")?
        .execute(params![service, id.name, id.boot])?;
    Ok(())
}

/// Removes members, and keeps what was answered for.
fn forget_members(
    transaction: &Transaction<'_>,
    service: &str,
    forgetting: &Forgetting,
) -> Result<(), StoreError> {
    let Forgetting {
        removed, forgiven, ..
    } = forgetting;
    for Forgotten { id, .. } in removed {
        remove_member(transaction, service, id)?;
    }
    for Forgotten { id, silent } in removed.iter().chain(forgiven) {
        for thread in silent {
            transaction.execute(
                "INSERT INTO forgiven (service, name, boot, thread) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
                params![service, id.name, id.boot, thread],
            )?;
        }
    }
    Ok(())
}

/// All members, of whom none has been heard.
fn members(connection: &Connection) -> Result<Vec<(String, Member)>, rusqlite::Error> {
    let now = Instant::now();
    let mut statement = connection
        .prepare("SELECT service, name, boot, kind, wait, lease, joined, token FROM members")?;
    let rows = statement.query_map([], |row| {
        let member = Member {
            id: id(row)?,
            kind: row.get(3)?,
            wait: Duration::from_secs(row.get(4)?),
            lease: row.get::<_, Option<u64>>(5)?.map(Duration::from_secs),
            joined: time(row, 6)?,
            token: row.get(7)?,
            stored_token: row.get(7)?,
            revoked: false,
            forgiven: BTreeSet::new(),
            heard: None,
            expected: now,
        };
        Ok((row.get(0)?, member))
    })?;
    rows.collect()
}

/// What was answered for.
fn forgiven(connection: &Connection) -> Result<Vec<(String, Forgotten)>, rusqlite::Error> {
    let mut statement = connection.prepare("SELECT service, name, boot, thread FROM forgiven")?;
    let rows = statement.query_map([], |row| {
        let forgotten = Forgotten {
            id: id(row)?,
            silent: BTreeSet::from([row.get(3)?]),
        };
        Ok((row.get(0)?, forgotten))
    })?;
    rows.collect()
}

pub(super) fn save_barrier(
    transaction: &Transaction<'_>,
    barrier: &Barrier,
) -> Result<(), rusqlite::Error> {
    transaction.execute(
        "INSERT INTO barriers
             (id, service, revision, actor, began, timeout, expect, ignore_upgraded, gone_after)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![
            barrier.id,
            barrier.service(),
            barrier.state.revision,
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
fn end_barrier(transaction: &Transaction<'_>, progress: &Progress) -> Result<(), StoreError> {
    let text = serde_json::to_string(progress).map_err(StoreError::unreadable)?;
    transaction.execute(
        "UPDATE barriers SET progress = ?2 WHERE id = ?1",
        params![progress.id, text],
    )?;
    Ok(())
}

/// The barriers that have not ended.
fn open_barriers(connection: &Connection) -> Result<Vec<KeptBarrier>, rusqlite::Error> {
    let mut statement = connection.prepare(
        "SELECT id, service, revision, actor, began, timeout, expect, ignore_upgraded, gone_after
         FROM barriers WHERE progress IS NULL",
    )?;
    let rows = statement.query_map([], |row| {
        Ok(KeptBarrier {
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
        })
    })?;
    rows.collect()
}

/// How the barrier `id` ended, if it has.
fn ended_barrier(connection: &Connection, id: &str) -> Result<Option<Progress>, StoreError> {
    let text: Option<Option<String>> = connection
        .prepare_cached("SELECT progress FROM barriers WHERE id = ?1")?
        .query_row([id], |row| row.get(0))
        .optional()?;
    let progress = text
        .flatten()
        .map(|text| serde_json::from_str(&text).map_err(StoreError::unreadable));
    progress.transpose()
}

fn save_event(
    connection: &Connection,
    service: &str,
    event: &Stamp,
) -> Result<(), rusqlite::Error> {
    connection.execute(
        "INSERT INTO events (service, revision, at, actor, action, reason) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            service,
            event.revision,
            event.at.to_string(),
            event.actor,
            event.action,
            event.reason,
        ],
    )?;
    Ok(())
}

fn id(row: &Row<'_>) -> rusqlite::Result<MemberId> {
    Ok(MemberId {
        name: row.get(1)?,
        boot: row.get(2)?,
    })
}

fn time(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    let text: String = row.get(column)?;
    text.parse().map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error))
    })
}
