use alloc::boxed::Box;
use alloc::vec::Vec;

use super::spread::{Sorted, Spread};

/// Finds, among many sorted changes, the few that are near an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Directory {
    root: Spread,
    /// Each slot of the root, spread once more; none where few changes are in crowded slots without that.
    nodes: Box<[Spread]>,
    /// How many changes are in the slots before each, and before the end.
    starts: Box<[u32]>,
}

impl Directory {
    pub(super) fn new(sorted: Sorted<'_>) -> Self {
        let len = sorted.changes.len();
        // How many changes in a slot are a crowd. To compare more costs less than a directory that no cache holds.
        let crowd = if len > 1 << 15 { 16 } else { 4 };
        let mut root = Spread::default();
        // A few steps more cost less than a node.
        for crowd in [crowd, 16] {
            root = Spread::new(sorted, 0, 0, crowd, len * 4);
            if root.is_even(sorted, crowd) {
                return Self::with(sorted, root, Box::default(), root.end());
            }
        }
        // The nodes do the rest, so that a root that fits into the nearest cache is enough.
        root = root.coarser((len.ilog2() / 2 + 4).min(11));
        let (nodes, end) = nodes(&root, sorted, crowd);
        Self::with(sorted, root, nodes, end)
    }

    fn with(sorted: Sorted<'_>, root: Spread, nodes: Box<[Spread]>, slots: usize) -> Self {
        let mut this = Self {
            root,
            nodes,
            starts: Box::default(),
        };
        let mut starts = Vec::with_capacity(slots + 1);
        for (index, change) in sorted.changes.iter().enumerate() {
            let slot = this.slot((sorted.leading)(*change));
            if slot >= starts.len() {
                starts.resize(slot + 1, index as u32);
            }
        }
        starts.resize(slots + 1, sorted.changes.len() as u32);
        this.starts = starts.into();
        this
    }

    /// How many changes are in the slots before that of `number`, and how many are with those in it.
    #[inline]
    pub(super) fn find(&self, number: u64) -> Option<(usize, usize)> {
        let slot = self.slot(number);
        let start = |slot| self.starts.get(slot).map(|start| *start as usize);
        Some((start(slot)?, start(slot + 1)?))
    }

    #[inline]
    fn slot(&self, number: u64) -> usize {
        let slot = self.root.slot(number);
        if self.nodes.is_empty() {
            return slot;
        }
        self.nodes.get(slot).map_or(0, |node| node.slot(number))
    }
}

/// A spread for each slot of the root; and the slot after the last of all.
fn nodes(root: &Spread, sorted: Sorted<'_>, crowd: usize) -> (Box<[Spread]>, usize) {
    let mut nodes = Vec::with_capacity(root.end());
    let mut rest = sorted.changes;
    // Before the first change there are two slots, as there are after those of each node.
    let mut end = 2;
    for slot in 0..root.end() {
        let of_slot = |change: &&u128| root.slot((sorted.leading)(**change)) == slot;
        let (changes, after) = rest.split_at(rest.iter().take_while(of_slot).count());
        rest = after;
        nodes.push(if changes.is_empty() {
            Spread::none_after(end)
        } else {
            let within = Sorted { changes, ..sorted };
            Spread::new(
                within,
                root.least(slot),
                end as u32,
                crowd,
                changes.len() * 4,
            )
        });
        end = end.max(nodes.last().map_or(0, Spread::end));
    }
    (nodes.into(), end)
}
