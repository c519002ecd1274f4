use intermission_core::State;

use crate::labels::Labels;
use crate::wire::stamp::Stamp;
use crate::wire::timer::Timer;

/// How many records a page has at most, and about how many bytes of documents.
pub(super) const MOST_RECORDS: usize = 100;
pub(super) const MOST_BYTES: usize = 4 << 20;

/// A revision of one service, as history keeps it.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) stamp: Stamp,
    /// The entity tag of its document.
    pub(crate) tag: String,
    /// The document that was in force before; none for a service's first, and where it is not kept.
    pub(crate) before: Option<String>,
    /// Its document, if it is kept.
    pub(crate) after: Option<String>,
    /// The timer that runs from this revision on.
    pub(crate) timer: Option<Timer>,
    /// The labels that the store has of it.
    pub(crate) labels: Option<String>,
}

/// The state of a document, and the labels that belong to it.
pub(crate) fn labelled_state(
    document: &[u8],
    labels: Option<&[u8]>,
) -> Result<(State, Labels), String> {
    let state = State::parse(document).map_err(|error| error.to_string())?;
    let labels = labels.map(|labels| Labels::read(labels, &state.allowlist));
    let labels = labels
        .transpose()
        .map_err(|error| format!("its labels: {error}"))?;
    Ok((state, labels.unwrap_or_default()))
}

/// Some records of a history, the newest first.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) records: Vec<Record>,
    /// Where the next page goes on; `None` when this one reaches the beginning.
    pub(crate) next: Option<u64>,
}
