//! Nodes that have the state and that the store does not have as members.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::fleet::member::LastReport;
use crate::values::now::Now;
use crate::wire::node::{MemberId, UnstoredNode, UnstoredView};

/// The nodes of one service that control has given the state without storing them as members.
///
/// Such a node enforces the state, which is better than a node that starts open; but a control that starts again
/// does not know of it, and a node that control has refused to store is not watched. So the service is unsure until the
/// node is stored, has left, or an operator answers for it. Where other replicas serve the store too, a node gets no state
/// before the store has it, as a member or as one of these: only those that it has count.
#[derive(Debug, Default)]
pub(super) struct Unstored {
    nodes: BTreeMap<UnstoredNode, Entry>,
    /// How many more there were when no more were kept.
    more: u64,
    /// When the store has last taken one of them.
    stored: Option<Instant>,
    /// Whether other replicas serve the store too.
    is_shared: bool,
}

#[derive(Debug)]
struct Entry {
    token: String,
    reason: Option<String>,
    since: Instant,
    time: Timestamp,
    /// Whether the other replicas know of it, because the store does.
    is_stored: bool,
    /// What it said last, and the token that this came with.
    heard: Option<(LastReport, String)>,
}

/// How many are kept of one service, whatever a token makes up.
const KEPT: usize = 10_000;
/// How many are named.
pub(crate) const NAMED: usize = 100;
/// How long a node may be on its way to the store before that is worth a word.
const ON_ITS_WAY: Duration = Duration::from_secs(2);
/// The reason of a node that still waits for the store.
const WAITING: &str = "the store has not taken it yet";

impl Unstored {
    /// Other replicas serve the store too.
    pub(super) fn share(&mut self) {
        self.is_shared = true;
    }

    /// Forgets those that the store has, which are about to be loaded anew.
    pub(super) fn begin_anew(&mut self) {
        self.nodes.retain(|_, entry| !entry.is_stored);
    }

    /// Those that count, of those that are kept.
    fn counted(&self) -> impl Iterator<Item = (&UnstoredNode, &Entry)> {
        let nodes = self.nodes.iter();
        nodes.filter(|(_, entry)| entry.is_stored || !self.is_shared)
    }

    /// How many more count.
    fn more(&self) -> u64 {
        match self.is_shared {
            true => 0,
            false => self.more,
        }
    }

    /// Takes note of a node before it gets the state; `reason` is none while the store has not answered. Tells whether
    /// that is news.
    pub(super) fn note(
        &mut self,
        node: UnstoredNode,
        token: &str,
        reason: Option<String>,
        now: Now,
    ) -> bool {
        if let Some(entry) = self.nodes.get_mut(&node) {
            token.clone_into(&mut entry.token);
            let is_news = reason.is_some() && reason != entry.reason;
            entry.reason = reason.or(entry.reason.take());
            return is_news;
        }
        if self.nodes.len() < KEPT {
            let entry = Entry {
                token: token.to_owned(),
                reason,
                since: now.instant,
                time: now.time,
                is_stored: false,
                heard: None,
            };
            self.nodes.insert(node, entry);
        } else {
            self.more = self.more.saturating_add(1);
        }
        true
    }

    /// Takes note of a node that the store has as one of them.
    pub(super) fn store(&mut self, node: UnstoredNode, token: &str, reason: String, now: Now) {
        self.note(node.clone(), token, Some(reason), now);
        if let Some(entry) = self.nodes.get_mut(&node) {
            entry.is_stored = true;
        }
    }

    /// Whether the store has a node as one of them.
    pub(super) fn is_stored(&self, node: &UnstoredNode) -> bool {
        self.nodes.get(node).is_some_and(|entry| entry.is_stored)
    }

    /// Whether another one can be kept.
    pub(super) fn has_room(&self) -> bool {
        self.nodes.len() < KEPT
    }

    /// Keeps a report until the store has taken its process, unless a later one was heard before it.
    pub(super) fn hear(&mut self, heard: &LastReport, token: &str) {
        let node = UnstoredNode::Process(heard.report.id.clone());
        if let Some(entry) = self.nodes.get_mut(&node) {
            let last = entry.heard.as_ref();
            if last.is_none_or(|(last, _)| last.report.seq < heard.report.seq) {
                entry.heard = Some((heard.clone(), token.to_owned()));
            }
        }
    }

    /// The last report of a process that is one of them.
    #[cfg(test)]
    pub(super) fn heard(&self, id: &MemberId) -> Option<&LastReport> {
        let node = UnstoredNode::Process(id.clone());
        let (heard, _) = self.nodes.get(&node)?.heard.as_ref()?;
        Some(heard)
    }

    /// Takes note of what the history of the store says of the state that a node has reported.
    pub(super) fn place(&mut self, placed: &LastReport) {
        let node = UnstoredNode::Process(placed.report.id.clone());
        if let Some((heard, _)) = self
            .nodes
            .get_mut(&node)
            .and_then(|entry| entry.heard.as_mut())
        {
            heard.place(placed);
        }
    }

    /// Forgets a node that the store has taken, and gives its last report.
    pub(super) fn remove_stored(
        &mut self,
        id: &MemberId,
        now: Now,
    ) -> Option<(LastReport, String)> {
        self.stored = Some(now.instant);
        self.remove(id)
    }

    /// Forgets a node that is a member or has left, and gives its last report.
    pub(super) fn remove(&mut self, id: &MemberId) -> Option<(LastReport, String)> {
        let node = (!self.nodes.is_empty()).then(|| UnstoredNode::Process(id.clone()));
        let removed = node.and_then(|node| self.nodes.remove(&node));
        if self.nodes.is_empty() {
            // Those that were not kept are noted again with their next polls.
            self.more = 0;
        }
        removed?.heard
    }

    /// Forgets these, and so many of those that were not kept.
    pub(super) fn forget(&mut self, nodes: &[UnstoredNode], more: u64) {
        for node in nodes {
            self.nodes.remove(node);
        }
        self.more = self.more.saturating_sub(more);
    }

    /// All that count and are kept, and how many more there are.
    pub(super) fn all(&self) -> (Vec<UnstoredNode>, u64) {
        let nodes = self.counted().map(|(node, _)| node.clone());
        (nodes.collect(), self.more())
    }

    /// Whether a process is one of them, or may be one of those that are not kept.
    pub(super) fn has(&self, id: &MemberId) -> bool {
        let node = || UnstoredNode::Process(id.clone());
        self.more > 0 || self.nodes.contains_key(&node())
    }

    /// How many count.
    pub(super) fn count(&self) -> u64 {
        self.more() + self.counted().count() as u64
    }

    /// Whether all of them may still be stored in a moment: they are new, or the store takes one after the other.
    pub(super) fn are_on_their_way(&self, now: Instant) -> bool {
        let of_late = |at: Instant| now.saturating_duration_since(at) < ON_ITS_WAY;
        let is_taking = self.stored.is_some_and(of_late);
        let on_its_way =
            |entry: &Entry| entry.reason.is_none() && (is_taking || of_late(entry.since));
        self.more() == 0 && self.counted().all(|(_, entry)| on_its_way(entry))
    }

    /// The first of them.
    pub(super) fn views(&self) -> Vec<UnstoredView> {
        let nodes = self.counted().take(NAMED);
        nodes
            .map(|(node, entry)| {
                let (id, reason) = match node {
                    UnstoredNode::Process(id) => (Some(id), entry.reason.as_deref()),
                    UnstoredNode::Unreadable { reason, .. } => (None, Some(reason.as_str())),
                };
                UnstoredView {
                    name: id.map(|id| id.name.clone()),
                    boot: id.map(|id| id.boot.clone()),
                    token: entry.token.clone(),
                    reason: reason.unwrap_or(WAITING).to_owned(),
                    since: entry.time,
                }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(boot: &str) -> MemberId {
        MemberId {
            name: "edge".into(),
            boot: boot.into(),
        }
    }

    fn process(boot: &str) -> UnstoredNode {
        UnstoredNode::Process(id(boot))
    }

    #[test]
    fn a_node_is_on_its_way_until_the_store_has_refused_it_or_is_late() {
        let mut unstored = Unstored::default();
        let now = Instant::now();
        assert!(unstored.are_on_their_way(now) && unstored.count() == 0);
        unstored.note(process("b1"), "t", None, Now::read());
        assert!(unstored.are_on_their_way(Instant::now()));
        assert!(!unstored.are_on_their_way(Instant::now() + ON_ITS_WAY));
        assert_eq!(unstored.views()[0].reason, WAITING);
        unstored.note(process("b1"), "t", Some("no room".into()), Now::read());
        assert!(!unstored.are_on_their_way(Instant::now()));
        // A later try says nothing yet: what the store has said last stands.
        unstored.note(process("b1"), "u", None, Now::read());
        assert_eq!(unstored.views()[0].reason, "no room");
        assert_eq!(
            (unstored.views()[0].token.as_str(), unstored.count()),
            ("u", 1)
        );
        unstored.remove(&id("b1"));
        assert_eq!(unstored.count(), 0);
    }

    #[test]
    fn what_is_not_kept_is_counted_and_some_are_named() {
        let mut unstored = Unstored::default();
        for boot in 0..KEPT + 5 {
            unstored.note(
                process(&boot.to_string()),
                "t",
                Some("full".into()),
                Now::read(),
            );
        }
        assert_eq!(unstored.count(), KEPT as u64 + 5);
        assert_eq!(unstored.views().len(), NAMED);
    }
}
