use std::collections::BTreeMap;
use std::iter;
use std::sync::Arc;

use bytes::Bytes;
use intermission_core::{State, StateTag};
use tokio::sync::Notify;

use crate::store::{Kept, Record};

use crate::values::etag::tag_of;
use crate::wire::stamp::Stamp;
use crate::wire::summary::Summary;
use crate::wire::timer::Timer;

/// All services, by name.
pub(crate) type Services = BTreeMap<String, Arc<Published>>;

/// A service as nodes and operators see it.
#[derive(Debug)]
pub(crate) struct Published {
    pub(crate) state: State,
    /// The state's document as the store has it and nodes get it, byte for byte: the tag that a node reports
    /// depends on each of them, whichever version of control wrote the document.
    pub(crate) document: Bytes,
    pub(crate) tag: StateTag,
    pub(crate) summary: Summary,
    /// The tags of what was in force before it, the latest first, as far as they are remembered.
    earlier: Vec<StateTag>,
    /// Wakes those who wait for what comes after.
    pub(super) superseded: Notify,
}

/// How many states before the one in force are remembered: nodes that lag have one of these in force.
const REMEMBERED: usize = 16;

impl Published {
    /// A state that a change has made, with a document written for it.
    pub(super) fn new(
        state: State,
        last_change: Stamp,
        since: Option<Stamp>,
        timer: Option<Timer>,
    ) -> Self {
        let document = Bytes::from(state.to_json());
        Self::with_document(document, state, last_change, since, timer)
    }

    fn with_document(
        document: Bytes,
        state: State,
        last_change: Stamp,
        since: Option<Stamp>,
        timer: Option<Timer>,
    ) -> Self {
        Self {
            tag: tag_of(&state, &document),
            summary: Summary::of(&state, last_change, since, timer),
            document,
            state,
            earlier: Vec::new(),
            superseded: Notify::new(),
        }
    }

    /// Remembers what it comes after.
    pub(super) fn after(mut self, before: &Self) -> Self {
        let earlier = iter::once(&before.tag).chain(&before.earlier);
        self.earlier = earlier.take(REMEMBERED).cloned().collect();
        self
    }

    /// Whether the tag is that of a state before it that is remembered.
    pub(super) fn comes_after(&self, tag: &StateTag) -> bool {
        self.earlier.contains(tag)
    }

    /// The record of the change from `before`.
    pub(super) fn record(&self, before: Option<&Self>) -> Record {
        Record {
            service: self.summary.service.clone(),
            stamp: self.summary.last_change.clone(),
            before: before.map(Self::text),
            after: self.text(),
            timer: self.summary.timer.clone(),
        }
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.document).into_owned()
    }
}

impl From<Kept> for Published {
    fn from(kept: Kept) -> Self {
        let document = Bytes::from(kept.document);
        Self::with_document(
            document,
            kept.state,
            kept.last_change,
            kept.since,
            kept.timer,
        )
    }
}
