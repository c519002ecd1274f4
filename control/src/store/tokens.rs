//! What tokens are for, beside their hashes.

use jiff::Timestamp;
use rusqlite::types::Type;
use rusqlite::{Connection, Row, Transaction, params};

use crate::store::database::{Store, exactly_one};
use crate::store::error::{OpenError, StoreError};
use crate::token::{Grant, Made, OPERATOR, Role, TokenHash};

type Failure = Box<dyn std::error::Error + Send + Sync>;

impl Store {
    /// All tokens there ever were, by their hashes.
    pub(crate) fn tokens(&self) -> Result<Vec<(TokenHash, Grant)>, OpenError> {
        Ok(load(&self.connection)?)
    }

    /// Sees to it that the operator's token is the one with this hash.
    pub(crate) fn settle_operator(
        &mut self,
        hash: &TokenHash,
        now: &Made,
    ) -> Result<(), OpenError> {
        let transaction = self.connection.transaction()?;
        settle_operator(&transaction, hash, now)?;
        Ok(transaction.commit()?)
    }

    /// Keeps the hash of a new token, and what it is for.
    pub(crate) fn add_token(&mut self, hash: &TokenHash, grant: &Grant) -> Result<(), StoreError> {
        self.commit(|transaction| Ok(add(transaction, hash, grant)?))
    }

    /// Notes who revoked the token called `name`, and when.
    pub(crate) fn revoke_token(&mut self, name: &str, revoked: &Made) -> Result<(), StoreError> {
        self.commit(|transaction| Ok(revoke(transaction, name, revoked)?))
    }
}

/// All tokens there ever were, in the order in which they were made.
fn load(connection: &Connection) -> Result<Vec<(TokenHash, Grant)>, rusqlite::Error> {
    let mut statement = connection.prepare(
        "SELECT name, role, services, nodes, max_polls, max_members, created_by, created_at,
                revoked_by, revoked_at, hash
         FROM grants JOIN tokens USING (name) ORDER BY grants.rowid",
    )?;
    let tokens = statement.query_map([], |row| {
        let hash = TokenHash::from_bytes(row.get(10)?);
        Ok((hash, read(row)?))
    })?;
    tokens.collect()
}

fn add(
    transaction: &Transaction<'_>,
    hash: &TokenHash,
    grant: &Grant,
) -> Result<(), rusqlite::Error> {
    let sql = "INSERT INTO tokens (name, hash) VALUES (?1, ?2)";
    exactly_one(transaction, sql, params![grant.name, hash.as_bytes()])?;
    let sql = "INSERT INTO grants (name, role, services, nodes, max_polls, max_members, created_by, created_at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
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
            at.to_string()
        ],
    )
}

fn revoke(
    transaction: &Transaction<'_>,
    name: &str,
    Made { by, at }: &Made,
) -> Result<(), rusqlite::Error> {
    let sql = "UPDATE grants SET revoked_by = ?2, revoked_at = ?3 WHERE name = ?1";
    exactly_one(transaction, sql, params![name, by, at.to_string()])
}

/// Another token in the operator's file takes the place of the last one, under the same name.
fn settle_operator(
    transaction: &Transaction<'_>,
    hash: &TokenHash,
    now: &Made,
) -> Result<(), rusqlite::Error> {
    let known = load(transaction)?;
    let is_operator =
        |(known, grant): &(TokenHash, Grant)| grant.name == OPERATOR && known.is(hash);
    if known.iter().any(is_operator) {
        return Ok(());
    }
    // A store of the first versions has its hash already.
    transaction.execute(
        "INSERT INTO tokens (name, hash) VALUES (?1, ?2)
         ON CONFLICT (name) DO UPDATE SET hash = excluded.hash",
        params![OPERATOR, hash.as_bytes()],
    )?;
    let Grant {
        role,
        nodes,
        max_polls,
        max_members,
        ..
    } = Grant::new(OPERATOR, Role::Operator, now.clone());
    transaction.execute(
        "INSERT INTO grants (name, role, services, nodes, max_polls, max_members, created_by, created_at)
         VALUES (?1, ?2, '[]', ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (name) DO UPDATE SET created_at = excluded.created_at",
        params![OPERATOR, role.as_str(), nodes.as_str(), max_polls, max_members, now.by, now.at.to_string()],
    )?;
    Ok(())
}

/// Reads a row of `grants`.
fn read(row: &Row<'_>) -> rusqlite::Result<Grant> {
    let role: String = row.get(1)?;
    let services: String = row.get(2)?;
    let nodes: String = row.get(3)?;
    let revoked = match (row.get(8)?, row.get::<_, Option<String>>(9)?) {
        (Some(by), Some(at)) => Some(Made {
            by,
            at: time(9, &at)?,
        }),
        _ => None,
    };
    Ok(Grant {
        name: row.get(0)?,
        role: role.parse().map_err(|error: String| odd(1, error))?,
        services: serde_json::from_str(&services).map_err(|error| odd(2, error))?,
        nodes: nodes.parse().map_err(|error: String| odd(3, error))?,
        max_polls: row.get(4)?,
        max_members: row.get(5)?,
        created: Made {
            by: row.get(6)?,
            at: time(7, &row.get::<_, String>(7)?)?,
        },
        revoked,
    })
}

fn time(column: usize, text: &str) -> rusqlite::Result<Timestamp> {
    text.parse()
        .map_err(|error: jiff::Error| odd(column, error))
}

fn odd(column: usize, error: impl Into<Failure>) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, error.into())
}
