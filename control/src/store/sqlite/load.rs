//! Reading what memory knows when control starts.

use rusqlite::Connection;

use crate::store::batch::{Batch, Step};
use crate::store::error::OpenError;
use crate::store::open_waits::{Earlier, first_awaited, with_barriers};
use crate::store::sqlite::barriers::open_barriers;
use crate::store::sqlite::members::{forgiven, members};
use crate::store::sqlite::states::{earlier, removed};
use crate::store::sqlite::{states, tokens};

/// Everything that memory has to know, in an order in which it can follow.
pub(super) fn load(connection: &Connection) -> Result<Batch, OpenError> {
    let identity: String =
        connection.query_row("SELECT identity FROM store", [], |row| row.get(0))?;
    let states = states::load(connection, &identity)?;
    let mut steps = vec![Step::Identity(identity)];
    let tokens = tokens::load(connection)?.into_iter();
    steps.extend(tokens.map(|(hash, grant)| Step::TokenMade { hash, grant }));
    let forgiven = forgiven(connection)?.into_iter();
    steps.extend(forgiven.map(|(service, threads)| Step::Forgiven { service, threads }));
    let members = members(connection)?.into_iter();
    steps.extend(members.map(|(service, member)| Step::Joined { service, member }));
    let barriers = open_barriers(connection)?;
    for latest in states {
        let service = latest.state.service.as_str();
        let mut before = Earlier::new();
        for revision in first_awaited(&latest, &barriers)..latest.state.revision {
            let state = earlier(connection, service, revision)?;
            before.extend(state.map(|state| (revision, state)));
        }
        steps.extend(with_barriers(latest, &barriers, before));
    }
    let removed = removed(connection)?.into_iter();
    steps.extend(removed.map(|(service, removed)| Step::Removed { service, removed }));
    Ok(Batch(steps))
}
