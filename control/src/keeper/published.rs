use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Bytes;
use intermission_core::State;
use tokio::sync::Notify;

use crate::etag::ETag;
use crate::store::{Kept, Record, Stamp};
use crate::summary::Summary;
use crate::timer::Timer;

/// All services, by name.
pub(crate) type Services = BTreeMap<String, Arc<Published>>;

/// A service as nodes and operators see it.
#[derive(Debug)]
pub(crate) struct Published {
    pub(crate) state: State,
    /// The state's document, as nodes get it.
    pub(crate) document: Bytes,
    pub(crate) etag: ETag,
    pub(crate) summary: Summary,
    /// Wakes those who wait for what comes after.
    pub(super) superseded: Notify,
}

impl Published {
    /// What follows a state: its document and tag.
    pub(super) fn new(
        state: State,
        last_change: Stamp,
        since: Option<Stamp>,
        timer: Option<Timer>,
    ) -> Self {
        let document = Bytes::from(state.to_json());
        Self {
            etag: ETag::of(&state.store, state.revision, &document),
            summary: Summary::of(&state, last_change, since, timer),
            document,
            state,
            superseded: Notify::new(),
        }
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
        Self::new(kept.state, kept.last_change, kept.since, kept.timer)
    }
}
