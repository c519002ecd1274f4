use bytes::Bytes;
use intermission_core::{State, StateTag};

use crate::labels::Labels;
use crate::values::etag::tag_of;
use crate::wire::stamp::Stamp;
use crate::wire::summary::Summary;
use crate::wire::timer::Timer;

/// A state of a service as the store keeps it.
#[derive(Clone, Debug)]
pub(crate) struct StoredState {
    pub(crate) state: State,
    /// The document that the state was read from, byte for byte.
    pub(crate) document: Bytes,
    /// The entity tag of that document.
    pub(crate) tag: StateTag,
    /// The change that made this revision.
    pub(crate) last_change: Stamp,
    /// The change that began the maintenance that is in force; not known of a state that is not the last.
    pub(crate) since: Option<Stamp>,
    /// The timer that runs from this revision on.
    pub(crate) timer: Option<Timer>,
    /// The labels of its allowlist.
    pub(crate) labels: Labels,
}

impl StoredState {
    /// A state that a change has made, with a document written for it.
    pub(crate) fn new(
        state: State,
        last_change: Stamp,
        since: Option<Stamp>,
        timer: Option<Timer>,
        labels: Labels,
    ) -> Self {
        let document = Bytes::from(state.to_json());
        Self {
            tag: tag_of(&state, &document),
            document,
            state,
            last_change,
            since,
            timer,
            labels,
        }
    }

    /// It in as few words as an operator needs.
    pub(crate) fn summary(&self) -> Summary {
        let (since, timer) = (self.since.clone(), self.timer.clone());
        Summary::of(&self.state, self.last_change.clone(), since, timer)
    }
}
