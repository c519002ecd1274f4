//! Members, which a restart of control must not lose.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, Row, Transaction, params};

use crate::store::database::Store;
use crate::store::error::{OpenError, StoreError};
use crate::store::history::save_event;
use crate::store::idempotency::StoredAnswer;
use crate::store::record::time;
use crate::wire::forgotten::{Forgetting, Forgotten};
use crate::wire::node::MemberId;
use crate::wire::stamp::Stamp;

/// A member as the store keeps it.
#[derive(Clone, Debug)]
pub(crate) struct StoredMember {
    pub(crate) id: MemberId,
    pub(crate) kind: String,
    /// The longest time between two of its polls.
    pub(crate) wait: Duration,
    pub(crate) lease: Option<Duration>,
    pub(crate) joined: Timestamp,
    /// The name of the token that its last report came with.
    pub(crate) token: String,
}

impl Store {
    /// All members, with their services.
    pub(crate) fn members(&self) -> Result<Vec<(String, StoredMember)>, OpenError> {
        Ok(members(&self.connection)?)
    }

    /// What operators have answered for.
    pub(crate) fn forgiven(&self) -> Result<Vec<(String, Forgotten)>, OpenError> {
        Ok(forgiven(&self.connection)?)
    }

    /// Stores a member, or the token that it reports with.
    pub(crate) fn save_member(
        &mut self,
        service: &str,
        member: &StoredMember,
    ) -> Result<(), StoreError> {
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

    /// Answers no more for threads that have spoken again.
    pub(crate) fn unforgive(
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

    /// Forgets members, or what of them was answered for, with the event for history and the answer to the request.
    pub(crate) fn forget_members(
        &mut self,
        service: &str,
        forgetting: &Forgetting,
        event: &Stamp,
        stored_answer: Option<&StoredAnswer<'_>>,
    ) -> Result<(), StoreError> {
        self.commit(|transaction| {
            forget_members(transaction, service, forgetting)?;
            save_event(transaction, service, event)?;
            Ok(stored_answer.map_or(Ok(()), |stored_answer| stored_answer.save(transaction))?)
        })
    }
}

fn save_member(
    connection: &Connection,
    service: &str,
    member: &StoredMember,
) -> Result<(), StoreError> {
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

/// All members, with their services.
fn members(connection: &Connection) -> Result<Vec<(String, StoredMember)>, rusqlite::Error> {
    let mut statement = connection
        .prepare("SELECT service, name, boot, kind, wait, lease, joined, token FROM members")?;
    let rows = statement.query_map([], |row| {
        let member = StoredMember {
            id: id(row)?,
            kind: row.get(3)?,
            wait: Duration::from_secs(row.get(4)?),
            lease: row.get::<_, Option<u64>>(5)?.map(Duration::from_secs),
            joined: time(row, 6)?,
            token: row.get(7)?,
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

fn id(row: &Row<'_>) -> rusqlite::Result<MemberId> {
    Ok(MemberId {
        name: row.get(1)?,
        boot: row.get(2)?,
    })
}
