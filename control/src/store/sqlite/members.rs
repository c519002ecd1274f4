//! Members, which a restart of control must not lose.

use std::collections::BTreeSet;
use std::time::Duration;

use rusqlite::{Connection, Row, params};

use crate::store::batch::StoredMember;
use crate::store::error::StoreError;
use crate::store::sqlite::columns::time;
use crate::wire::forgotten::Forgotten;
use crate::wire::node::MemberId;

/// Stores a member, or the token that it reports with.
pub(super) fn save_member(
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

pub(super) fn remove_member(
    connection: &Connection,
    service: &str,
    id: &MemberId,
) -> Result<(), StoreError> {
    connection
        .prepare_cached("DELETE FROM members WHERE service = ?1 AND name = ?2 AND boot = ?3")?
        .execute(params![service, id.name, id.boot])?;
    Ok(())
}

/// Stores that the silence of these threads is forgiven.
pub(super) fn forgive(
    connection: &Connection,
    service: &str,
    Forgotten { id, silent }: &Forgotten,
) -> Result<(), StoreError> {
    for thread in silent {
        connection.execute(
            "INSERT INTO forgiven (service, name, boot, thread) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
            params![service, id.name, id.boot, thread],
        )?;
    }
    Ok(())
}

/// Stores that the silence of this thread is not forgiven any more, or of none.
pub(super) fn remove_forgiven(
    connection: &Connection,
    service: &str,
    id: &MemberId,
    thread: Option<&str>,
) -> Result<(), StoreError> {
    connection.execute(
        "DELETE FROM forgiven
         WHERE service = ?1 AND name = ?2 AND boot = ?3 AND thread = coalesce(?4, thread)",
        params![service, id.name, id.boot, thread],
    )?;
    Ok(())
}

pub(super) const MEMBERS: &str =
    "SELECT service, name, boot, kind, wait, lease, joined, token FROM members";

/// All members, with their services.
pub(super) fn members(
    connection: &Connection,
) -> Result<Vec<(String, StoredMember)>, rusqlite::Error> {
    let mut statement = connection.prepare(MEMBERS)?;
    let rows = statement.query_map([], read_member)?;
    rows.collect()
}

/// Reads a row of [`MEMBERS`].
pub(super) fn read_member(row: &Row<'_>) -> rusqlite::Result<(String, StoredMember)> {
    let member = StoredMember {
        id: id(row)?,
        kind: row.get(3)?,
        wait: Duration::from_secs(row.get(4)?),
        lease: row.get::<_, Option<u64>>(5)?.map(Duration::from_secs),
        joined: time(row, 6)?,
        token: row.get(7)?,
    };
    Ok((row.get(0)?, member))
}

pub(super) const FORGIVEN: &str = "SELECT service, name, boot, thread FROM forgiven";

/// The threads whose silence is forgiven.
pub(super) fn forgiven(
    connection: &Connection,
) -> Result<Vec<(String, Forgotten)>, rusqlite::Error> {
    let mut statement = connection.prepare(FORGIVEN)?;
    let rows = statement.query_map([], read_forgiven)?;
    rows.collect()
}

/// Reads a row of [`FORGIVEN`].
pub(super) fn read_forgiven(row: &Row<'_>) -> rusqlite::Result<(String, Forgotten)> {
    let forgotten = Forgotten {
        id: id(row)?,
        silent: BTreeSet::from([row.get(3)?]),
    };
    Ok((row.get(0)?, forgotten))
}

fn id(row: &Row<'_>) -> rusqlite::Result<MemberId> {
    Ok(MemberId {
        name: row.get(1)?,
        boot: row.get(2)?,
    })
}
