use alloc::boxed::Box;
use alloc::vec::Vec;

use super::FRUGAL;
use super::spread::{Sorted, Spread};

/// Finds, among many sorted changes, the few that are near an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Directory {
    root: Spread,
    /// Each slot of the root, spread once more; none where few changes are in crowded slots without that.
    nodes: Box<[Spread]>,
    starts: Starts,
}

/// How many changes are in the slots before each, and before the end.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Starts {
    Short(Box<[u16]>),
    Long(Box<[u32]>),
}

/// How many changes can be counted in 16 bits.
const SHORT: usize = u16::MAX as usize;

impl Directory {
    /// Puts changes into slots. Unless whole changes are compared there, those in a slot have the same upper 16 bits
    /// of 32.
    pub(super) fn new(sorted: Sorted<'_>, whole: bool) -> Self {
        let len = sorted.changes.len();
        // How many in a slot are a crowd, and how wide a slot may be.
        let (crowd, widest) = match (whole, len <= SHORT) {
            (true, true) => (4, 64),
            // To compare more costs less than a directory that no cache holds.
            (true, false) => (16, 64),
            (false, _) => (64, 16),
        };
        // Most of what clusters leave empty is never read.
        let most = if FRUGAL || len > SHORT {
            len * 4
        } else {
            (len * 256).min(1 << 18)
        };
        let mut root = Spread::default();
        // A few steps more cost less than a node.
        for crowd in [crowd, 16.max(crowd)] {
            root = Spread::new(sorted, 0, 0, crowd, widest, most);
            if FRUGAL || !whole || root.is_even(sorted, crowd) {
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
            starts: Starts::Short(Box::default()),
        };
        this.starts = this.starts(sorted, slots);
        this
    }

    fn starts(&self, sorted: Sorted<'_>, slots: usize) -> Starts {
        let mut starts = Vec::with_capacity(slots + 1);
        for (index, change) in sorted.changes.iter().enumerate() {
            let slot = self.slot((sorted.leading)(*change));
            if slot >= starts.len() {
                starts.resize(slot + 1, index as u32);
            }
        }
        let len = sorted.changes.len();
        starts.resize(slots + 1, len as u32);
        if FRUGAL || len > SHORT {
            Starts::Long(starts.into())
        } else {
            Starts::Short(starts.into_iter().map(|start| start as u16).collect())
        }
    }

    /// How many changes are in the slots before that of `number`, and how many are with those in it.
    #[inline]
    pub(super) fn find(&self, number: u64) -> Option<(usize, usize)> {
        let slot = self.slot(number);
        Some(match &self.starts {
            Starts::Short(_) if FRUGAL => return None,
            Starts::Short(starts) => (
                usize::from(*starts.get(slot)?),
                usize::from(*starts.get(slot + 1)?),
            ),
            Starts::Long(starts) => (*starts.get(slot)? as usize, *starts.get(slot + 1)? as usize),
        })
    }

    #[inline]
    fn slot(&self, number: u64) -> usize {
        let slot = self.root.slot(number);
        if FRUGAL || self.nodes.is_empty() {
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
                64,
                changes.len() * 4,
            )
        });
        end = end.max(nodes.last().map_or(0, Spread::end));
    }
    (nodes.into(), end)
}
