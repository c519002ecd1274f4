use std::cell::{Cell, RefCell};
use std::time::Duration;

use intermission_core::{Counts, Running};

use crate::host::{Host, now};
use crate::shared_data::cas::swap;
use crate::shared_data::tagged_state::Mark;
use crate::shared_data::text::words;
use crate::shared_data::vm_status::Word;

/// How often a slot is written when what it says stays the same, at the next tick.
const BEAT: Duration = Duration::from_millis(500);
/// A slot that has not spoken for so long is silent, in milliseconds.
const SILENT: u64 = 3000;

/// What one VM that serves requests says of itself in shared data, for the one that polls.
///
/// Each slot is a value of its own, which nobody else writes, and a list has the names of all. A VM
/// that dies leaves its slot behind.
#[derive(Debug)]
pub(crate) struct Slot {
    list: String,
    key: String,
    name: String,
    exists: Cell<bool>,
    mark: RefCell<Option<Mark>>,
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

/// Calls `each` with the name of every slot on a list and its word, which is `None` where it is silent.
pub(crate) fn heard(host: &impl Host, list: &str, each: &mut dyn FnMut(&str, Option<Word>)) {
    let now = now(host);
    for name in words(&host.shared(list).unwrap_or_default().value) {
        let word = host.shared(&key(list, name));
        let word = word.and_then(|shared| Word::read(&shared.value));
        // By a clock that was set in between, one that speaks is silent until it speaks again.
        each(name, word.filter(|word| word.at.abs_diff(now) <= SILENT));
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
            mark: RefCell::new(None),
            running: Cell::default(),
            counts: Cell::default(),
            queue: Cell::default(),
            written: Cell::default(),
        }
    }

    pub(crate) fn exists(&self) -> bool {
        self.exists.get()
    }

    /// Makes it, so that this VM is counted on, and woken by `queue`.
    pub(crate) fn make(&self, host: &impl Host, queue: u32) {
        self.queue.set(queue);
        self.write(host);
        let listed = swap(host, &self.list, &mut |list| Some(add(list, &self.name)));
        self.exists.set(listed);
    }

    /// Says what comes into force and what runs, if it exists.
    pub(crate) fn say(&self, host: &impl Host, mark: Option<Mark>, running: Running) {
        self.mark.replace(mark);
        self.counts.take();
        self.say_running(host, running);
    }

    /// Says what runs, if it exists.
    pub(crate) fn say_running(&self, host: &impl Host, running: Running) {
        self.running.set(running);
        if self.exists() {
            self.write(host);
        }
    }

    /// Says now and then what it has said and what has been decided, so that it is known to be there.
    pub(crate) fn beat(&self, host: &impl Host, counts: Counts) {
        if self.exists() && host.uptime().saturating_sub(self.written.get()) >= BEAT {
            self.counts.set(counts);
            self.write(host);
        }
    }

    /// Takes it away.
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
        let word = Word {
            at: now(host),
            mark: self.mark.borrow().clone(),
            running: self.running.get(),
            queue: self.queue.get(),
        };
        // In this order: a new state is never seen with the counts of the one before.
        let counts = counts_key(&self.key);
        let _ = host.share(&counts, to_text(self.counts.get()).as_bytes(), None);
        let _ = host.share(&self.key, word.to_text().as_bytes(), None);
    }
}

/// The requests of a slot by rule, since what it says to be in force.
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
