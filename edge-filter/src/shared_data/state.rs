use std::cell::Cell;
use std::rc::Rc;

use intermission_core::State;

use crate::host::Host;
use crate::shared_data::cas::swap;
use crate::shared_data::slot::{each_status, list};
use crate::shared_data::tagged_state::TaggedState;
use crate::shared_data::text::{lines, numbers};

/// The state of this Envoy process in shared data, which the leader writes for all VMs.
///
/// It has two values: the document behind a line with its entity tag, and a small mark that is replaced at every change, so
/// that looking for a change costs no copy of the document. The mark is the number of the writer's queue. A third value is the
/// provisional document, for VMs that have seen no other.
#[derive(Debug)]
pub(crate) struct SharedState {
    state: String,
    mark: String,
    provisional: String,
    /// The key of the list of the slots, which have the queues to wake.
    slots: String,
    seen: Cell<u32>,
    seen_provisional: Cell<u32>,
    /// The name of this VM's queue, and its number once it is open.
    subscription: String,
    queue: Cell<Option<u32>>,
    writer: Cell<Option<u32>>,
}

impl SharedState {
    pub(crate) fn new(prefix: &str, identity: u64) -> Self {
        Self {
            state: format!("{prefix}state"),
            mark: format!("{prefix}mark"),
            provisional: format!("{prefix}provisional"),
            slots: list(prefix),
            seen: Cell::new(0),
            seen_provisional: Cell::new(0),
            subscription: format!("{prefix}{identity}"),
            queue: Cell::new(None),
            writer: Cell::new(None),
        }
    }

    /// The state, if it was written since the last call.
    pub(crate) fn read(&self, host: &impl Host) -> Option<TaggedState> {
        let mark = host.shared(&self.mark)?;
        if self.seen.replace(mark.cas) == mark.cas {
            return None;
        }
        let writer = numbers(&mark.value).first().copied();
        self.writer
            .set(writer.and_then(|writer| u32::try_from(writer).ok()));
        read(&host.shared(&self.state)?.value)
    }

    /// The provisional state, if it was written since the last call.
    pub(crate) fn read_provisional(&self, host: &impl Host) -> Option<TaggedState> {
        let shared = host.shared(&self.provisional)?;
        if self.seen_provisional.replace(shared.cas) == shared.cas {
            return None;
        }
        read(&shared.value)
    }

    /// Writes the document of a provisional state, unless a later one is there already.
    pub(crate) fn write_provisional(&self, host: &impl Host, state: &TaggedState, document: &[u8]) {
        put(host, &self.provisional, state, document);
    }

    /// Writes the document of a state and wakes the others, unless a later one is there already.
    pub(crate) fn write(&self, host: &impl Host, state: &TaggedState, document: &[u8]) {
        if !put(host, &self.state, state, document) {
            return;
        }
        // A VM that reads between the two writes reads again after the second.
        let queue = self.queue(host).to_string();
        let _ = host.share(&self.mark, queue.as_bytes(), None);
        each_status(host, &self.slots, &mut |_, status| {
            self.wake(host, status.map(|status| status.queue));
        });
    }

    /// Wakes the writer of the state that was read last.
    pub(crate) fn wake_writer(&self, host: &impl Host) {
        self.wake(host, self.writer.take());
    }

    /// The queue by which this VM is woken.
    pub(crate) fn queue(&self, host: &impl Host) -> u32 {
        let open = || host.open_queue(&self.subscription);
        let queue = self.queue.get().unwrap_or_else(open);
        self.queue.set(Some(queue));
        queue
    }

    fn wake(&self, host: &impl Host, queue: Option<u32>) {
        if let Some(queue) = queue.filter(|queue| Some(*queue) != self.queue.get()) {
            host.enqueue(queue);
        }
    }
}

/// Writes a document behind a line with its entity tag, unless that of a later state is there already.
fn put(host: &impl Host, key: &str, (state, tag): &TaggedState, document: &[u8]) -> bool {
    let older = |known: &[u8]| read(known).is_some_and(|(known, _)| !known.may_give_way_to(state));
    swap(host, key, &mut |known| {
        // Built after the known state has been parsed, because it is as long as the document.
        (!older(known)).then(|| [tag.as_str().as_bytes(), b"\n", document].concat())
    })
}

/// Reads a value as [`SharedState::write`] writes it.
pub(crate) fn read(value: &[u8]) -> Option<TaggedState> {
    let (etag, document) = lines(value);
    let state = match State::parse(document) {
        Ok(state) => state,
        // The leader is a newer filter, and knows a critical field that this one does not.
        Err(error) => {
            let closed = error.closed()?.clone();
            let tag = closed.tag(None);
            return Some((Rc::new(closed), tag));
        }
    };
    let tag = state.tag(std::str::from_utf8(etag).ok());
    Some((Rc::new(state), tag))
}
