//! The tables, and their version.

use std::ops::RangeInclusive;

use jiff::Timestamp;
use rusqlite::{Connection, TransactionBehavior};

use crate::store::error::OpenError;
use crate::store::identity::mint;

/// What each version of the tables added, from the first on. What has been released stays as it is.
const STEPS: [&str; 10] = [
    TABLES, ANSWERS, TIMERS, FLEET, GRANTS, GONE, RETENTION, LABELS, BOUND, REMOVED,
];

const TABLES: &str = "
    CREATE TABLE store (
        only     INTEGER PRIMARY KEY CHECK (only = 1),
        identity TEXT NOT NULL
    ) STRICT;

    CREATE TABLE services (
        name     TEXT PRIMARY KEY,
        revision INTEGER NOT NULL,
        document TEXT NOT NULL
    ) STRICT;

    CREATE TABLE history (
        sequence INTEGER PRIMARY KEY,
        service  TEXT NOT NULL,
        revision INTEGER NOT NULL,
        at       TEXT NOT NULL,
        actor    TEXT NOT NULL,
        action   TEXT NOT NULL,
        reason   TEXT,
        before   TEXT,
        after    TEXT NOT NULL,
        UNIQUE (service, revision)
    ) STRICT;

    CREATE TRIGGER history_is_never_changed BEFORE UPDATE ON history
        BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
    CREATE TRIGGER history_is_never_deleted BEFORE DELETE ON history
        BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;

    CREATE TABLE tokens (
        name TEXT PRIMARY KEY,
        hash BLOB NOT NULL
    ) STRICT;
";

const ANSWERS: &str = "
    CREATE TABLE answers (
        actor    TEXT NOT NULL,
        key      TEXT NOT NULL,
        request  BLOB NOT NULL,
        at       INTEGER NOT NULL,
        outcomes TEXT NOT NULL,
        PRIMARY KEY (actor, key)
    ) STRICT;
";

const TIMERS: &str = "ALTER TABLE history ADD COLUMN timer TEXT;";

const FLEET: &str = "
    CREATE TABLE members (
        service TEXT NOT NULL,
        name    TEXT NOT NULL,
        boot    TEXT NOT NULL,
        kind    TEXT NOT NULL,
        wait    INTEGER NOT NULL,
        lease   INTEGER,
        joined  TEXT NOT NULL,
        token   TEXT NOT NULL,
        PRIMARY KEY (service, name, boot)
    ) STRICT;

    CREATE TABLE forgiven (
        service TEXT NOT NULL,
        name    TEXT NOT NULL,
        boot    TEXT NOT NULL,
        thread  TEXT NOT NULL,
        PRIMARY KEY (service, name, boot, thread)
    ) STRICT;

    CREATE TABLE barriers (
        id              TEXT PRIMARY KEY,
        service         TEXT NOT NULL,
        revision        INTEGER NOT NULL,
        actor           TEXT NOT NULL,
        began           TEXT NOT NULL,
        timeout         INTEGER NOT NULL,
        expect          INTEGER,
        ignore_upgraded INTEGER NOT NULL,
        progress        TEXT
    ) STRICT;

    CREATE TABLE events (
        sequence INTEGER PRIMARY KEY,
        service  TEXT NOT NULL,
        revision INTEGER NOT NULL,
        at       TEXT NOT NULL,
        actor    TEXT NOT NULL,
        action   TEXT NOT NULL,
        reason   TEXT
    ) STRICT;

    CREATE INDEX events_of_service ON events (service, revision);
    CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
        BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
    CREATE TRIGGER events_are_never_deleted BEFORE DELETE ON events
        BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
";

/// What the tokens of the first step are for.
const GRANTS: &str = "
    CREATE TABLE grants (
        name        TEXT PRIMARY KEY REFERENCES tokens (name),
        role        TEXT NOT NULL,
        services    TEXT NOT NULL,
        nodes       TEXT NOT NULL,
        max_polls   INTEGER NOT NULL,
        max_members INTEGER NOT NULL,
        created_by  TEXT NOT NULL,
        created_at  TEXT NOT NULL,
        revoked_by  TEXT,
        revoked_at  TEXT
    ) STRICT;

    CREATE TRIGGER grants_are_never_deleted BEFORE DELETE ON grants
        BEGIN SELECT RAISE(ABORT, 'the name of a token is never used again'); END;
    CREATE TRIGGER grants_never_grow
        BEFORE UPDATE OF name, role, services, nodes, max_polls, max_members ON grants
        BEGIN SELECT RAISE(ABORT, 'the grant of a token never changes'); END;
    CREATE TRIGGER grants_are_revoked_for_ever BEFORE UPDATE ON grants WHEN OLD.revoked_at IS NOT NULL
        BEGIN SELECT RAISE(ABORT, 'a revoked token stays revoked'); END;
";

/// What the tables of earlier versions look like in the latest, for the versions of tables in the range.
const VIEWS: [(RangeInclusive<i64>, &str); 4] = [
    (
        OLDEST_VIEWED..=5,
        "CREATE TEMP VIEW barriers AS SELECT *, NULL AS gone_after FROM main.barriers",
    ),
    (
        OLDEST_VIEWED..=6,
        "CREATE TEMP VIEW history AS SELECT *, NULL AS tag, NULL AS labels FROM main.history;
         CREATE TEMP VIEW services AS SELECT *, NULL AS since, 1 AS documents_from FROM main.services;",
    ),
    (
        7..=7,
        "CREATE TEMP VIEW history AS SELECT *, NULL AS labels FROM main.history",
    ),
    (
        OLDEST_VIEWED..=9,
        "CREATE TEMP VIEW removed AS
         SELECT 0 AS revision, '' AS at, '' AS actor, '' AS action, NULL AS reason, '' AS service,
                '' AS maintenance
         WHERE FALSE",
    ),
];
/// The version of the first tables that these views fit.
const OLDEST_VIEWED: i64 = 5;

const GONE: &str = "ALTER TABLE barriers ADD COLUMN gone_after INTEGER;";

/// A document is removed by an empty text in its place; the column `before` of earlier versions is read no more.
const RETENTION: &str = "
    ALTER TABLE history ADD COLUMN tag TEXT;
    ALTER TABLE services ADD COLUMN since TEXT;
    ALTER TABLE services ADD COLUMN documents_from INTEGER NOT NULL DEFAULT 1;
    UPDATE services SET since = (
        SELECT json_object('revision', revision, 'at', at, 'actor', actor, 'action', action, 'reason', reason)
        FROM history
        WHERE service = name AND after ->> '$.maintenance' <> 'off'
              AND (before IS NULL OR before ->> '$.maintenance' = 'off')
        ORDER BY history.revision DESC LIMIT 1)
    WHERE document ->> '$.maintenance' <> 'off';

    DROP TRIGGER history_is_never_changed;
    CREATE TRIGGER history_loses_documents_only BEFORE UPDATE ON history
        WHEN NEW.after <> '' OR NEW.before IS NOT NULL OR NEW.sequence <> OLD.sequence
             OR NEW.service <> OLD.service OR NEW.revision <> OLD.revision OR NEW.at <> OLD.at
             OR NEW.actor <> OLD.actor OR NEW.action <> OLD.action OR NEW.reason IS NOT OLD.reason
             OR NEW.timer IS NOT OLD.timer OR NEW.tag IS NOT coalesce(OLD.tag, NEW.tag)
        BEGIN SELECT RAISE(ABORT, 'history is append-only: only its first documents and records are removed'); END;
    DROP TRIGGER history_is_never_deleted;
    CREATE TRIGGER history_is_removed_from_its_beginning BEFORE DELETE ON history
        WHEN OLD.revision >= (SELECT revision FROM services WHERE name = OLD.service)
             OR EXISTS (SELECT 1 FROM history WHERE service = OLD.service AND revision < OLD.revision)
        BEGIN SELECT RAISE(ABORT, 'history is append-only: only its first documents and records are removed'); END;
    DROP TRIGGER events_are_never_deleted;
";

/// What control keeps of entries and passes goes with the document.
const LABELS: &str = "
    ALTER TABLE history ADD COLUMN labels TEXT;
    CREATE TRIGGER labels_are_lost_with_their_document_only BEFORE UPDATE ON history
        WHEN NEW.labels IS NOT NULL AND NEW.labels IS NOT OLD.labels
        BEGIN SELECT RAISE(ABORT, 'history is append-only: only its first documents and records are removed'); END;
";

/// The tables stay. A program of the version before would take an operator's token for some services for one of all.
const BOUND: &str = "";

/// The last removal of a service, and the mode that it had. It holds while no later revision is in force.
const REMOVED: &str = "
    CREATE TABLE removed (
        service     TEXT PRIMARY KEY REFERENCES services (name),
        revision    INTEGER NOT NULL,
        at          TEXT NOT NULL,
        actor       TEXT NOT NULL,
        action      TEXT NOT NULL,
        reason      TEXT,
        maintenance TEXT NOT NULL
    ) STRICT;
";

/// Has the tables of an earlier version look like those of this program's, for this connection alone.
pub(super) fn view_as_latest(connection: &Connection) -> Result<(), OpenError> {
    let (found, known) = (version(connection)?, latest());
    let views = VIEWS
        .iter()
        .filter(|(versions, _)| versions.contains(&found));
    match found {
        _ if found > known || found < OLDEST_VIEWED => Err(OpenError::Version { found, known }),
        _ => Ok(views
            .map(|(_, view)| view)
            .try_for_each(|view| connection.execute_batch(view))?),
    }
}

fn version(connection: &Connection) -> Result<i64, rusqlite::Error> {
    connection.pragma_query_value(Some("main"), "user_version", |row| row.get(0))
}

/// The version of this program's tables.
fn latest() -> i64 {
    i64::try_from(STEPS.len()).unwrap_or(i64::MAX)
}

/// Brings the tables up to this program's version in one transaction, with an identity where the store is new.
pub(super) fn prepare(connection: &mut Connection, now: Timestamp) -> Result<(), OpenError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let (found, known) = (version(&transaction)?, latest());
    let done = usize::try_from(found).ok();
    let Some(missing) = done.and_then(|done| STEPS.get(done..)) else {
        return Err(OpenError::Version { found, known });
    };
    for step in missing {
        transaction.execute_batch(step)?;
    }
    if found == 0 {
        transaction.execute(
            "INSERT INTO store (only, identity) VALUES (1, ?1)",
            [mint(now)?],
        )?;
    }
    if found != known {
        transaction.pragma_update(None, "user_version", known)?;
    }
    Ok(transaction.commit()?)
}
