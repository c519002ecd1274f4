use std::rc::Rc;

use intermission_core::State;

/// A state, and its entity tag where it came with one.
pub(crate) type TaggedState = (Rc<State>, Option<Box<str>>);

/// What tells states in force apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) store: Box<str>,
    pub(crate) revision: u64,
    pub(crate) etag: Option<Box<str>>,
}

impl Mark {
    pub(crate) fn of((state, etag): &TaggedState) -> Self {
        Self {
            store: state.store.clone(),
            revision: state.revision,
            etag: etag.clone(),
        }
    }
}
