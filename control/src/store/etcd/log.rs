use bytes::Bytes;
use intermission_core::{State, StateTag};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::labels::Labels;
use crate::store::batch::{Step, StoredState};
use crate::values::etag::tag_of;
use crate::wire::stamp::Stamp;
use crate::wire::timer::Timer;

/// The newest kind of facts that this program knows. One that other programs would have to follow, and do not know, has a
/// greater level, so that they stop rather than go on without it.
pub(crate) const LEVEL: u32 = 5;

/// A batch in the log, which replicas follow.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Entry {
    /// The level of its facts.
    pub(super) level: u32,
    /// Which attempt has stored it.
    pub(super) nonce: String,
    pub(super) steps: Vec<LoggedStep>,
}

/// The level alone of an entry, which may be of a later program.
#[derive(Debug, Deserialize)]
pub(super) struct Level {
    pub(super) level: u32,
}

/// Which attempt has stored an entry.
#[derive(Debug, Deserialize)]
pub(super) struct Nonce {
    pub(super) nonce: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum LoggedStep {
    State(LoggedState),
    Other(Step),
}

/// A state without its document and its labels.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct LoggedState {
    pub(super) service: String,
    /// The entity tag of its document.
    pub(super) tag: String,
    pub(super) last_change: Stamp,
    pub(super) since: Option<Stamp>,
    pub(super) timer: Option<Timer>,
    /// The digest of its labels, if it has some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) labels: Option<String>,
}

/// A revision in a history.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct LoggedRecord {
    pub(super) tag: String,
    pub(super) stamp: Stamp,
    pub(super) timer: Option<Timer>,
    /// The digest of its labels, if it has some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) labels: Option<String>,
}

impl LoggedStep {
    /// What replicas have to follow of a step.
    pub(super) fn of(step: &Step) -> Option<Self> {
        match step {
            Step::Changed(stored) => Some(Self::State(LoggedState::of(stored))),
            // The store alone has these.
            Step::Recorded(_) | Step::Event { .. } | Step::Answered(_) => None,
            other => Some(Self::Other(other.clone())),
        }
    }
}

impl LoggedState {
    pub(super) fn of(stored: &StoredState) -> Self {
        Self {
            service: stored.state.service.as_str().to_owned(),
            tag: stored.tag.to_string(),
            last_change: stored.last_change.clone(),
            since: stored.since.clone(),
            timer: stored.timer.clone(),
            labels: stored.labels.to_json().map(|labels| digest(&labels)),
        }
    }

    /// The state, with its document and labels; an error where these are not the ones that it names.
    pub(super) fn with(
        self,
        document: Bytes,
        labels: Option<Bytes>,
    ) -> Result<StoredState, String> {
        let service = &self.service;
        let state = State::parse(&document)
            .map_err(|error| format!("the document of {service} cannot be read: {error}"))?;
        let found = tag_of(&state, &document);
        if found.as_str() != self.tag || state.service.as_str() != service {
            return Err(format!(
                "the document of {service} is {found} of {}, and its record says {}",
                state.service, self.tag
            ));
        }
        let labels = labels.map(|labels| Labels::read(&labels, &state.allowlist));
        let labels = labels.transpose();
        let labels = labels.map_err(|error| format!("the labels of {service}: {error}"))?;
        Ok(StoredState {
            labels: labels.unwrap_or_default(),
            state,
            document,
            tag: found,
            last_change: self.last_change,
            since: self.since,
            timer: self.timer,
        })
    }
}

/// The digest by which labels are stored.
pub(super) fn digest(labels: &str) -> String {
    let hash = Sha256::digest(labels);
    hash.iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// The revision and the digest that an entity tag names.
pub(super) fn revision_and_digest(tag: &str) -> Result<(u64, String), String> {
    let parsed: StateTag = tag.parse().map_err(|error| format!("{error}"))?;
    let digest = parsed.bare().and_then(|bare| bare.rsplit('/').next());
    Ok((parsed.revision(), digest.unwrap_or_default().to_owned()))
}
