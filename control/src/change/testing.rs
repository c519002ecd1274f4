//! Changes and states for the tests of this folder.

use intermission_core::{Field, FieldError, State};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::change::change::{Change, Earlier};
use crate::change::enter::Enter;
use crate::change::patch::Patch;
use crate::change::width::Width;
use crate::labels::Labels;

pub(crate) const NOW: &str = "2026-11-22T23:00:00Z";

pub(crate) fn now() -> Timestamp {
    NOW.parse().unwrap()
}

pub(crate) fn enter(body: &Value) -> Change {
    Change::Enter(Enter::read(&Field::root(body)).unwrap())
}

pub(crate) fn patch(body: &Value) -> Result<Change, FieldError> {
    Patch::parse(body.to_string().as_bytes()).map(Change::Patch)
}

/// A rollback to a state whose entries have no labels.
pub(crate) fn rollback(state: State, width: Width) -> Change {
    let labels = Labels::default();
    Change::Rollback(Box::new(Earlier { state, labels }), width)
}

pub(crate) fn state(maintenance: &str, allowlist: bool, until: Value) -> State {
    let document = json!({
        "version": 1, "service": "shop", "revision": 3, "maintenance": maintenance,
        "allowlist": {"enabled": allowlist, "cidrs": ["203.0.113.0/24"]},
        "notice": {"message": "standing words", "until": until},
    });
    State::parse(document.to_string().as_bytes()).unwrap()
}
