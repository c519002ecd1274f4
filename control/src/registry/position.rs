//! What a node has in force, measured by the history of its service.

use std::cmp::Ordering;

use intermission_core::{Report, StateTag};

use crate::fleet::Position;
use crate::registry::facts::Published;
use crate::store::{Store, StoreError};

/// What a node has in force, as far as memory knows it.
pub(super) fn position(service: &Published, report: &Report) -> Position {
    let Some(applied) = &report.applied else {
        return Position::Before;
    };
    let applied = applied.parse::<StateTag>();
    applied.map_or(Position::Forked, |applied| place(service, &applied))
}

/// What a node has that has the state of this tag.
pub(super) fn place(service: &Published, tag: &StateTag) -> Position {
    match tag.partial_cmp(&service.tag) {
        Some(Ordering::Equal) => Position::At(tag.revision()),
        // It goes on from there.
        Some(Ordering::Less) if tag.store() != service.tag.store() => Position::Before,
        Some(Ordering::Less) if service.comes_after(tag) => Position::At(tag.revision()),
        Some(Ordering::Less) => Position::Unproven,
        Some(Ordering::Greater) | None => Position::Forked,
    }
}

/// What a node has in force, by the store's own history.
pub(super) fn look_up(
    store: &dyn Store,
    service: &str,
    report: &Report,
) -> Result<Position, StoreError> {
    let applied = report.applied.as_deref().unwrap_or_default();
    let Ok(applied) = applied.parse::<StateTag>() else {
        return Ok(Position::Forked);
    };
    let Some(tag) = store.tag(service, applied.revision())? else {
        // Its record is removed. Whatever it is, the node goes on to the state in force, and counts only after that.
        return Ok(Position::Before);
    };
    Ok(match tag.parse() == Ok(applied.clone()) {
        true => Position::At(applied.revision()),
        false => Position::Forked,
    })
}
