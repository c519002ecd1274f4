//! Reading what memory knows when control starts.

use rusqlite::Connection;

use crate::store::batch::{Batch, Step, StoredBarrier, StoredState};
use crate::store::error::OpenError;
use crate::store::sqlite::barriers::open_barriers;
use crate::store::sqlite::members::{forgiven, members};
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
    for state in states {
        steps.extend(with_barriers(connection, state, &barriers)?);
    }
    Ok(Batch(steps))
}

/// The state of a service, after those that open barriers wait for and those in between, which may supersede them.
fn with_barriers(
    connection: &Connection,
    latest: StoredState,
    barriers: &[StoredBarrier],
) -> Result<Vec<Step>, OpenError> {
    let (service, last) = (latest.state.service.clone(), latest.state.revision);
    let own = || {
        let barriers = barriers.iter();
        barriers.filter(|barrier| barrier.service == service.as_str())
    };
    let first = own().map(|barrier| barrier.revision).min().unwrap_or(last);
    let mut states = Vec::new();
    for revision in first..last {
        states.push((
            revision,
            states::earlier(connection, service.as_str(), revision)?,
        ));
    }
    states.push((last, Some(latest)));
    let mut steps = Vec::new();
    for (revision, state) in &states {
        let Some(state) = state else { continue };
        steps.push(Step::Changed(Box::new(state.clone())));
        for barrier in own().filter(|barrier| barrier.revision == *revision) {
            // A state that cannot be read may have admitted any request.
            let mut unreadable = states
                .iter()
                .filter(|(later, state)| later > revision && state.is_none());
            steps.push(Step::BarrierBegan(StoredBarrier {
                superseded_by: unreadable.next().map(|(later, _)| *later),
                ..barrier.clone()
            }));
        }
    }
    Ok(steps)
}
