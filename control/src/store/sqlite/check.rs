//! The check of a database, which only reads: beside a control that runs, and what it has stored until then.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, Row};

use crate::store::check::{Checked, Head, Revisions, Size};
use crate::store::error::OpenError;
use crate::store::sqlite::columns::stamp;
use crate::store::sqlite::states::IS_REMOVED;
use crate::store::sqlite::{barriers, idempotency, members, schema, tokens};
use crate::token::OPERATOR;
use crate::wire::stamp::Stamp;
use crate::wire::timer::Timer;

/// What faults of the whole database are of.
const FILE: &str = "database";

/// Checks the database at `path` at one moment.
pub(super) fn check(path: &Path, now: Timestamp) -> Result<Checked, OpenError> {
    let bytes = size(path).map_err(|error| OpenError::Io(path.to_owned(), error))?;
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    let mut check = Check {
        connection,
        now,
        checked: Checked::default(),
        in_force: BTreeMap::new(),
    };
    let run = check.run(bytes);
    check.checked.note(FILE, run);
    Ok(check.checked)
}

/// The size of the database and its log.
pub(super) fn size(path: &Path) -> io::Result<u64> {
    let log = std::fs::metadata(path.with_extension("db-wal"));
    Ok(std::fs::metadata(path)?.len() + log.map_or(0, |log| log.len()))
}

struct Check {
    connection: Connection,
    now: Timestamp,
    checked: Checked,
    /// The revision in force of each service.
    in_force: BTreeMap<String, u64>,
}

impl Check {
    fn run(&mut self, bytes: u64) -> Result<(), OpenError> {
        // What is read until its end is of one moment.
        self.connection.execute_batch("BEGIN")?;
        schema::view_as_latest(&self.connection)?;
        self.pages(bytes)?;
        type Part = fn(&mut Check) -> Result<(), rusqlite::Error>;
        const PARTS: [(&str, Part); 8] = [
            ("states", Check::states),
            ("histories", Check::histories),
            ("tokens", Check::tokens),
            ("members", Check::members),
            ("barriers", Check::barriers),
            ("events", Check::events),
            ("answers", Check::answers),
            ("foreign keys", Check::references),
        ];
        for (name, part) in PARTS {
            let result = part(self);
            self.checked.note(name, result);
        }
        Ok(())
    }

    /// What SQLite says of its own pages.
    fn pages(&mut self, bytes: u64) -> Result<(), rusqlite::Error> {
        let pragma = |name| -> Result<u64, rusqlite::Error> {
            self.connection
                .pragma_query_value(None, name, |row| row.get(0))
        };
        self.checked.size = Size::File {
            bytes,
            free_bytes: pragma("freelist_count")? * pragma("page_size")?,
        };
        let mut statement = self.connection.prepare("PRAGMA main.integrity_check")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let found: String = row.get(0)?;
            if found != "ok" {
                self.checked.fault(FILE, found);
            }
        }
        Ok(())
    }

    fn states(&mut self) -> Result<(), rusqlite::Error> {
        let identity: String =
            self.connection
                .query_row("SELECT identity FROM store", [], |row| row.get(0))?;
        self.checked.identity(&identity);
        let mut services = self.connection.prepare(&format!(
            "SELECT name, revision, document, {IS_REMOVED} FROM services ORDER BY name"
        ))?;
        let mut history = self.connection.prepare(
            "SELECT revision, at, actor, action, reason, nullif(after, ''), timer, tag, labels FROM history
             WHERE service = ?1 ORDER BY revision",
        )?;
        let mut rows = services.query([])?;
        while let Some(row) = rows.next()? {
            let name: String = row.get(0)?;
            let revision = row.get(1)?;
            self.in_force.insert(name.clone(), revision);
            let head = Head {
                service: &name,
                revision,
                tag: None,
                document: row.get_ref(2)?.as_bytes().ok(),
                is_removed: row.get(3)?,
            };
            let mut revisions = Revisions::of(head, &identity, &mut self.checked);
            let mut rows = history.query([&name])?;
            while let Some(row) = rows.next()? {
                let revision = row.get(0)?;
                let tag: Option<String> = row.get(7)?;
                let document = row.get_ref(5)?.as_bytes().ok();
                let labels = row.get_ref(8)?.as_bytes().ok();
                revisions.take(revision, tag.as_deref(), document, labels);
                if let Err(error) = read_record(row) {
                    revisions.unreadable(format!("{name}, revision {revision}"), error);
                }
            }
            revisions.end();
        }
        Ok(())
    }

    fn histories(&mut self) -> Result<(), rusqlite::Error> {
        self.each(
            "SELECT DISTINCT service FROM history WHERE service NOT IN (SELECT name FROM services)",
            "service",
            1,
            |_| Ok(()),
            |(), checked, place| checked.fault(place, "it has a history, and no state in force"),
        )
    }

    fn tokens(&mut self) -> Result<(), rusqlite::Error> {
        let known = self.in_force.clone();
        self.each(
            tokens::TOKENS,
            "token",
            1,
            tokens::read,
            |(_, grant), checked, place| {
                checked.token(&grant, |service| known.contains_key(service), place);
            },
        )?;
        let missing = format!(
            "SELECT name FROM tokens WHERE name <> '{OPERATOR}' AND name NOT IN (SELECT name FROM grants)"
        );
        self.each(
            &missing,
            "token",
            1,
            |_| Ok(()),
            |(), checked, place| {
                checked.fault(place, "what it is for is not there");
            },
        )
    }

    fn members(&mut self) -> Result<(), rusqlite::Error> {
        let known = self.in_force.clone();
        let read = members::read_member;
        self.each(
            members::MEMBERS,
            "member",
            3,
            read,
            |(service, _), checked, place| {
                checked.members += 1;
                if !known.contains_key(&service) {
                    checked.fault(place, "there is no such service");
                }
            },
        )?;
        let read = members::read_forgiven;
        self.each(members::FORGIVEN, "forgiven thread", 4, read, |_, _, _| {})
    }

    fn barriers(&mut self) -> Result<(), rusqlite::Error> {
        let known = self.in_force.clone();
        self.each(
            barriers::OPEN,
            "open wait",
            1,
            barriers::read_open,
            |open, checked, place| {
                checked.open_wait(&open, known.get(&open.service).copied(), place);
            },
        )?;
        self.each(
            barriers::ENDED,
            "ended wait",
            1,
            barriers::read_ended,
            |_, _, _| {},
        )
    }

    fn events(&mut self) -> Result<(), rusqlite::Error> {
        const EVENTS: [&str; 2] = [
            "SELECT revision, at, actor, action, reason, service, 'event ' || sequence FROM events",
            "SELECT revision, at, actor, action, reason, service, 'removal' FROM removed",
        ];
        for events in EVENTS {
            let mut statement = self.connection.prepare(events)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                if let Err(error) = stamp(row) {
                    let place = format!("{} of {}", text(row, 6), text(row, 5));
                    self.checked.fault(place, error);
                }
            }
        }
        Ok(())
    }

    fn answers(&mut self) -> Result<(), rusqlite::Error> {
        let now = self.now;
        let read = idempotency::read_answer;
        self.each(
            idempotency::ANSWERS,
            "answer",
            2,
            read,
            |answer, checked, place| {
                checked.answer(&answer, now, place);
            },
        )
    }

    fn references(&mut self) -> Result<(), rusqlite::Error> {
        let sql = "PRAGMA main.foreign_key_check";
        self.each(
            sql,
            "table",
            1,
            |row| row.get(2),
            |parent: String, checked, place| {
                checked.fault(
                    place,
                    format!("a row refers to one of {parent} that is not there"),
                );
            },
        )
    }

    /// Reads each row, whose first columns name it, and takes what can be read.
    fn each<T>(
        &mut self,
        sql: &str,
        kind: &str,
        naming: usize,
        read: impl Fn(&Row<'_>) -> rusqlite::Result<T>,
        mut take: impl FnMut(T, &mut Checked, &str),
    ) -> Result<(), rusqlite::Error> {
        let mut statement = self.connection.prepare(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let names = (0..naming).map(|column| text(row, column));
            let place = format!("{kind} {}", names.collect::<Vec<_>>().join(" "));
            match read(row) {
                Ok(value) => take(value, &mut self.checked, &place),
                Err(error) => self.checked.fault(place, error),
            }
        }
        Ok(())
    }
}

/// Reads what a record says beside its document.
fn read_record(row: &Row<'_>) -> Result<(Stamp, Option<Timer>), rusqlite::Error> {
    Ok((stamp(row)?, row.get(6)?))
}

/// What a column says, however it is stored.
fn text(row: &Row<'_>, column: usize) -> String {
    match row.get_ref(column) {
        Ok(ValueRef::Text(text)) => String::from_utf8_lossy(text).into_owned(),
        Ok(ValueRef::Integer(number)) => number.to_string(),
        _ => "?".to_owned(),
    }
}
