use std::cell::{Cell, RefCell};
use std::time::Duration;

use intermission_core::{Counts, Running, StateTag};

use crate::host::{Host, now};
use crate::shared_data::cas::swap;
use crate::shared_data::text::words;
use crate::shared_data::vm_status::VmStatus;

/// The time after which a slot is written again although its status is the same.
const HEARTBEAT: Duration = Duration::from_millis(500);
/// The time after the last write until a slot is silent, in milliseconds.
const SILENT: u64 = 3000;

/// The place in shared data where one VM that serves requests publishes its status for the leader.
///
/// Each slot is a value of its own, which only its VM writes, and a list has the names of all. A VM that dies leaves its slot
/// behind.
#[derive(Debug)]
pub(crate) struct Slot {
    list: String,
    key: String,
    name: String,
    exists: Cell<bool>,
    tag: RefCell<Option<StateTag>>,
    running: Cell<Running>,
    counts: Cell<Counts>,
    queue: Cell<u32>,
    written: Cell<Duration>,
}

/// A list with one more name.
fn add(list: &[u8], name: &str) -> Vec<u8> {
    [list, name.as_bytes(), b" "].concat()
}

/// The key of the list of all slots.
pub(crate) fn list(prefix: &str) -> String {
    format!("{prefix}slots")
}

/// Calls `each` with the name of every slot on a list and its status, which is `None` if the slot is silent.
pub(crate) fn each_status(
    host: &impl Host,
    list: &str,
    each: &mut dyn FnMut(&str, Option<VmStatus>),
) {
    let now = now(host);
    for name in words(&host.shared(list).unwrap_or_default().value) {
        let status = host.shared(&key(list, name));
        let status = status.and_then(|shared| VmStatus::read(&shared.value));
        // After a clock was set, a slot is silent until its next heartbeat.
        each(
            name,
            status.filter(|status| status.at.abs_diff(now) <= SILENT),
        );
    }
}

/// The key of a slot, by the key of the list.
fn key(list: &str, name: &str) -> String {
    format!("{list} {name}")
}

impl Slot {
    /// The slot of this VM, which does not exist yet.
    pub(crate) fn new(prefix: &str, identity: u64) -> Self {
        let list = list(prefix);
        let name = format!("{identity:016x}");
        Self {
            key: key(&list, &name),
            list,
            name,
            exists: Cell::new(false),
            tag: RefCell::new(None),
            running: Cell::default(),
            counts: Cell::default(),
            queue: Cell::default(),
            written: Cell::default(),
        }
    }

    pub(crate) fn exists(&self) -> bool {
        self.exists.get()
    }

    /// Creates the slot, so that the leader waits for this VM and wakes it by `queue`.
    pub(crate) fn make(&self, host: &impl Host, queue: u32) {
        self.queue.set(queue);
        self.write(host);
        let listed = swap(host, &self.list, &mut |list| Some(add(list, &self.name)));
        self.exists.set(listed);
    }

    /// Publishes the tag of a new state and the running requests, if the slot exists.
    pub(crate) fn publish(&self, host: &impl Host, tag: Option<StateTag>, running: Running) {
        self.tag.replace(tag);
        self.counts.take();
        self.publish_running(host, running);
    }

    /// Publishes the running requests, if the slot exists.
    pub(crate) fn publish_running(&self, host: &impl Host, running: Running) {
        self.running.set(running);
        if self.exists() {
            self.write(host);
        }
    }

    /// Publishes the status again at intervals, with the counts of decisions, so that the slot is not silent.
    pub(crate) fn send_heartbeat(&self, host: &impl Host, counts: Counts) {
        if self.exists() && host.uptime().saturating_sub(self.written.get()) >= HEARTBEAT {
            self.counts.set(counts);
            self.write(host);
        }
    }

    /// Removes the slot.
    pub(crate) fn remove(&self, host: &impl Host) {
        if self.exists.replace(false) {
            swap(host, &self.list, &mut |list| {
                let others = words(list).filter(|name| *name != self.name);
                Some(others.fold(Vec::new(), |kept, name| add(&kept, name)))
            });
            for key in [&self.key, &counts_key(&self.key)] {
                let _ = host.share(key, b"", None);
            }
        }
    }

    fn write(&self, host: &impl Host) {
        self.written.set(host.uptime());
        let status = VmStatus {
            at: now(host),
            tag: self.tag.borrow().clone(),
            running: self.running.get(),
            queue: self.queue.get(),
        };
        // In this order: no reader sees a new state with the counts of the one before.
        let counts = counts_key(&self.key);
        let _ = host.share(&counts, to_text(self.counts.get()).as_bytes(), None);
        let _ = host.share(&self.key, status.to_text().as_bytes(), None);
    }
}

/// The requests of a slot by rule, since the state came into force that it publishes.
pub(crate) fn counted(host: &impl Host, list: &str, name: &str) -> Counts {
    let text = host.shared(&counts_key(&key(list, name)));
    let mut counts = Counts::default();
    for word in words(&text.unwrap_or_default().value) {
        if let Some((rule, count)) = word.split_once('=') {
            counts.add(rule, count.parse().unwrap_or_default());
        }
    }
    counts
}

/// The counts are a value of their own, which an older filter in the same process does not read.
fn counts_key(slot: &str) -> String {
    format!("{slot} counts")
}

/// `RULE=COUNT` for each rule, separated by spaces.
fn to_text(counts: Counts) -> String {
    let mut text = String::new();
    for (rule, count) in counts.iter() {
        text += &format!("{rule}={count} ");
    }
    text
}
