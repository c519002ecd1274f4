use std::cell::Cell;

use intermission_core::State;

use crate::host::Host;
use crate::swap::{lines, numbers, swap};

/// The state of this Envoy process in shared data, which the one that polls writes for all.
///
/// Two values: the document behind a line with its entity tag, and beside it a small one that is
/// replaced at every change, so that looking for news costs no copy of the document. It has the writer's queue.
#[derive(Debug)]
pub(crate) struct News {
    state: String,
    mark: String,
    queues: String,
    seen: Cell<u32>,
    queue: Cell<Option<u32>>,
    writer: Cell<Option<u64>>,
}

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
            writer: Cell::new(None),
        }
    }

    /// The state, if it was written since the last call.
    pub(crate) fn read(&self, host: &impl Host) -> Option<Tagged> {
        let mark = host.shared(&self.mark)?;
        if self.seen.replace(mark.cas) == mark.cas {
            return None;
        }
        self.writer.set(numbers(&mark.value).first().copied());
        read(&host.shared(&self.state)?.value)
    }

    /// Writes the document of a state and wakes the others, unless a later one is there already.
    pub(crate) fn write(&self, host: &impl Host, (state, etag): &Tagged, document: &[u8]) {
        let mut value = etag.as_deref().unwrap_or_default().as_bytes().to_vec();
        value.push(b'\n');
        value.extend(document);
        let older =
            |known: &[u8]| read(known).is_some_and(|(known, _)| !known.may_give_way_to(state));
        if !swap(host, &self.state, &mut |known| {
            (!older(known)).then(|| value.clone())
        }) {
            return;
        }
        // Whoever reads between the two writes reads again at the second.
        let queue = self.queue.get().map(|queue| queue.to_string());
        let _ = host.share(&self.mark, queue.unwrap_or_default().as_bytes(), None);
        self.wake_others(host);
    }

    /// Wakes the writer of the news that was read last.
    pub(crate) fn thank(&self, host: &impl Host) {
        self.wake(host, self.writer.take());
    }

    /// Asks to be woken by the next writer, who clears the list so that it names no dead VM for long.
    pub(crate) fn subscribe(&self, host: &impl Host, name: &str) {
        let queue = self.queue.get().unwrap_or_else(|| host.open_queue(name));
        self.queue.set(Some(queue));
        swap(host, &self.queues, &mut |list| {
            let listed = numbers(list).contains(&queue.into());
            (!listed).then(|| [list, format!("{queue} ").as_bytes()].concat())
        });
    }

    fn wake_others(&self, host: &impl Host) {
        let mut list = Vec::new();
        swap(host, &self.queues, &mut |queues| {
            list = queues.to_vec();
            Some(Vec::new())
        });
        self.wake(host, numbers(&list));
    }

    fn wake(&self, host: &impl Host, queues: impl IntoIterator<Item = u64>) {
        let queues = queues
            .into_iter()
            .filter_map(|queue| u32::try_from(queue).ok());
        for queue in queues.filter(|queue| Some(*queue) != self.queue.get()) {
            host.enqueue(queue);
        }
    }
}

/// Reads a value as [`News::write`] writes it.
fn read(value: &[u8]) -> Option<Tagged> {
    let (etag, document) = lines(value);
    let state = State::parse(document).ok()?;
    let etag = std::str::from_utf8(etag)
        .ok()
        .filter(|etag| !etag.is_empty());
    Some((state, etag.map(Into::into)))
}
