use std::collections::BTreeMap;
use std::iter;
use std::sync::Arc;

use bytes::Bytes;
use intermission_core::{Mode, ServiceName, State, StateTag};
use jiff::Timestamp;

use crate::labels::Labels;
use crate::registry::facts::wakes::Wakes;
use crate::store::StoredState;
use crate::wire::difference::Snapshot;
use crate::wire::stamp::Stamp;
use crate::wire::summary::Summary;

/// All services, by name.
pub(crate) type Services = BTreeMap<Arc<str>, Arc<Published>>;

/// A service as nodes and operators see it.
#[derive(Debug)]
pub(crate) struct Published {
    pub(crate) state: State,
    /// The state's document as the store has it and nodes get it, byte for byte: the tag that a node reports
    /// depends on each of them, whichever version of control wrote the document.
    pub(crate) document: Bytes,
    pub(crate) tag: StateTag,
    pub(crate) summary: Summary,
    /// The labels of its allowlist.
    pub(crate) labels: Labels,
    /// When the first of its entries and passes ends.
    pub(crate) next_end: Option<Timestamp>,
    /// The tags of what was in force before it, the latest first, as far as they are remembered.
    earlier: Vec<StateTag>,
    pub(crate) wakes: Arc<Wakes>,
    is_unborn: bool,
}

/// How many states before the one in force are remembered: nodes that lag have one of these in force.
const REMEMBERED: usize = 16;

impl Published {
    /// A stored state that comes after the one `before`.
    pub(crate) fn new(stored: &StoredState, before: Option<&Self>) -> Self {
        let StoredState {
            state,
            document,
            tag,
            labels,
            ..
        } = stored;
        let earlier = before.into_iter();
        let earlier = earlier.flat_map(|before| iter::once(&before.tag).chain(&before.earlier));
        Self {
            tag: tag.clone(),
            summary: stored.summary(),
            labels: labels.clone(),
            next_end: labels.next_end(&state.allowlist),
            document: document.clone(),
            state: state.clone(),
            earlier: earlier.take(REMEMBERED).cloned().collect(),
            wakes: before.map_or_else(Arc::default, |before| Arc::clone(&before.wakes)),
            is_unborn: false,
        }
    }

    /// What comes before the first revision of a service that is to be added, or added again after its last
    /// revision, in the mode that its nodes keep.
    pub(crate) fn unborn(
        name: &ServiceName,
        identity: &str,
        (last, mode): (u64, Mode),
        now: Timestamp,
    ) -> Self {
        let mut state = State::initial(name.clone(), mode);
        state.store = identity.into();
        state.revision = last;
        let stamp = Stamp {
            revision: state.revision,
            at: now,
            actor: String::new(),
            action: String::new(),
            reason: None,
        };
        let stored = StoredState::new(state, stamp, None, None, Labels::default());
        Self {
            is_unborn: true,
            ..Self::new(&stored, None)
        }
    }

    /// Whether the service is not there yet.
    pub(crate) fn is_unborn(&self) -> bool {
        self.is_unborn
    }

    /// All of it that operators compare.
    pub(crate) fn snapshot(&self) -> Snapshot {
        Snapshot::of(&self.state, &self.labels, self.summary.timer.as_ref())
    }

    /// Whether the tag is that of a state before it that is remembered.
    pub(crate) fn comes_after(&self, tag: &StateTag) -> bool {
        self.earlier.contains(tag)
    }
}
