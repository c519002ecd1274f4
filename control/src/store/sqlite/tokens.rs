//! What tokens are for, beside their hashes.

use rusqlite::{Connection, Row, Transaction, params};

use crate::store::sqlite::columns::{exactly_one, time, unreadable};
use crate::token::{Grant, Made, OPERATOR, TokenHash};

pub(super) const TOKENS: &str = "
    SELECT name, role, services, nodes, max_polls, max_members, created_by, created_at,
           revoked_by, revoked_at, hash
    FROM grants JOIN tokens USING (name) ORDER BY grants.rowid";

/// All tokens there ever were, in the order in which they were made.
pub(super) fn load(connection: &Connection) -> Result<Vec<(TokenHash, Grant)>, rusqlite::Error> {
    let mut statement = connection.prepare(TOKENS)?;
    let tokens = statement.query_map([], read)?;
    tokens.collect()
}

/// Stores a new token, or another one in the place of the operator's, which keeps its name.
pub(super) fn add(
    transaction: &Transaction<'_>,
    hash: &TokenHash,
    grant: &Grant,
) -> Result<(), rusqlite::Error> {
    // A store of the first versions has the hash of the operator's already.
    let sql = "INSERT INTO tokens (name, hash) VALUES (?1, ?2)
               ON CONFLICT (name) DO UPDATE SET hash = excluded.hash WHERE name = ?3";
    exactly_one(
        transaction,
        sql,
        params![grant.name, hash.as_bytes(), OPERATOR],
    )?;
    let sql = "INSERT INTO grants (name, role, services, nodes, max_polls, max_members, created_by, created_at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
               ON CONFLICT (name) DO UPDATE SET created_at = excluded.created_at WHERE name = ?9";
    let services = serde_json::to_string(&grant.services)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
    let Made { by, at } = &grant.created;
    exactly_one(
        transaction,
        sql,
        params![
            grant.name,
            grant.role.as_str(),
            services,
            grant.nodes.as_str(),
            grant.max_polls,
            grant.max_members,
            by,
            at.to_string(),
            OPERATOR
        ],
    )
}

pub(super) fn revoke(
    transaction: &Transaction<'_>,
    name: &str,
    Made { by, at }: &Made,
) -> Result<(), rusqlite::Error> {
    let sql = "UPDATE grants SET revoked_by = ?2, revoked_at = ?3 WHERE name = ?1";
    exactly_one(transaction, sql, params![name, by, at.to_string()])
}

/// Reads a row of [`TOKENS`].
pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<(TokenHash, Grant)> {
    let role: String = row.get(1)?;
    let services: String = row.get(2)?;
    let nodes: String = row.get(3)?;
    let made = |by| -> rusqlite::Result<Option<Made>> {
        let name: Option<String> = row.get(by)?;
        name.map(|name| {
            Ok(Made {
                by: name,
                at: time(row, by + 1)?,
            })
        })
        .transpose()
    };
    let grant = Grant {
        name: row.get(0)?,
        role: role.parse().map_err(|error: String| unreadable(1, error))?,
        services: serde_json::from_str(&services).map_err(|error| unreadable(2, error))?,
        nodes: nodes
            .parse()
            .map_err(|error: String| unreadable(3, error))?,
        max_polls: row.get(4)?,
        max_members: row.get(5)?,
        created: made(6)?.ok_or_else(|| unreadable(6, "is missing"))?,
        revoked: made(8)?,
    };
    Ok((TokenHash::from_bytes(row.get(10)?), grant))
}
