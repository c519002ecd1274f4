use std::cell::Cell;

use intermission_core::State;

use crate::host::Host;

/// The state of this Envoy process in shared data, which the one that polls writes for all.
///
/// Two values: the document behind a line with its entity tag, and beside it a small one that is
/// replaced at every change, so that looking for news costs no copy of the document.
#[derive(Debug)]
pub(crate) struct News {
    state: String,
    mark: String,
    queues: String,
    seen: Cell<u32>,
    queue: Cell<Option<u32>>,
}

/// How often a write is tried again that another has come before.
const TRIES: usize = 8;

/// A state, and its entity tag where it came with one.
pub(crate) type Tagged = (State, Option<Box<str>>);

impl News {
    pub(crate) fn new(prefix: &str) -> Self {
        Self {
            state: format!("{prefix}state"),
            mark: format!("{prefix}mark"),
            queues: format!("{prefix}queues"),
            seen: Cell::new(0),
            queue: Cell::new(None),
        }
    }

    /// The state, if it was written since the last call.
    pub(crate) fn read(&self, host: &impl Host) -> Option<Tagged> {
        let mark = host.shared(&self.mark)?;
        if self.seen.replace(mark.cas) == mark.cas {
            return None;
        }
        read(&host.shared(&self.state)?.value)
    }

    /// Writes the document of a state and wakes the others, unless a later one is there already.
    pub(crate) fn write(&self, host: &impl Host, (state, etag): &Tagged, document: &[u8]) {
        let mut value = etag.as_deref().unwrap_or_default().as_bytes().to_vec();
        value.push(b'\n');
        value.extend(document);
        for _ in 0..TRIES {
            let shared = host.shared(&self.state);
            let known = shared.as_ref().and_then(|shared| read(&shared.value));
            if known.is_some_and(|(known, _)| !known.may_give_way_to(state)) {
                return;
            }
            let cas = shared.map(|shared| shared.cas);
            if host.share(&self.state, &value, cas).is_ok() {
                break;
            }
        }
        // Whoever reads between the two writes reads again at the second.
        let _ = host.share(&self.mark, state.revision.to_string().as_bytes(), None);
        self.wake_others(host);
    }

    /// Asks to be woken by the next writer, who clears the list so that it names no dead VM for long.
    pub(crate) fn subscribe(&self, host: &impl Host, name: &str) {
        let queue = self.queue.get().unwrap_or_else(|| host.open_queue(name));
        self.queue.set(Some(queue));
        for _ in 0..TRIES {
            let list = host.shared(&self.queues).unwrap_or_default();
            if ids(&list.value).any(|id| id == queue) {
                return;
            }
            let mut value = list.value;
            value.extend(format!("{queue} ").bytes());
            let cas = Some(list.cas).filter(|cas| *cas != 0);
            if host.share(&self.queues, &value, cas).is_ok() {
                return;
            }
        }
    }

    fn wake_others(&self, host: &impl Host) {
        let list = host.shared(&self.queues).unwrap_or_default();
        let _ = host.share(&self.queues, b"", Some(list.cas).filter(|cas| *cas != 0));
        for queue in ids(&list.value).filter(|queue| Some(*queue) != self.queue.get()) {
            host.enqueue(queue);
        }
    }
}

/// Reads a value as [`News::write`] writes it.
fn read(value: &[u8]) -> Option<Tagged> {
    let end = value.iter().position(|byte| *byte == b'\n')?;
    let (etag, document) = value.split_at_checked(end)?;
    let state = State::parse(document).ok()?;
    let etag = std::str::from_utf8(etag)
        .ok()
        .filter(|etag| !etag.is_empty());
    Some((state, etag.map(Into::into)))
}

fn ids(list: &[u8]) -> impl Iterator<Item = u32> {
    let text = std::str::from_utf8(list).unwrap_or_default();
    text.split(' ').filter_map(|id| id.parse().ok())
}
