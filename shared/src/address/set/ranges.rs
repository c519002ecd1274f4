use alloc::boxed::Box;
use alloc::vec::Vec;
use core::hint::select_unpredictable;

use super::changes::Changes;
use super::directory::Directory;
use super::spread::Sorted;

/// How many changes are compared at once, without a branch.
const WINDOW: usize = 4;

/// What of a change is kept.
pub(super) trait Part: Copy + Ord {
    /// What the directory goes by.
    fn leading(change: u128) -> u64;

    /// Keeps that of every change, and two windows that are above every address.
    fn keep(changes: Vec<u128>) -> Box<[Self]>;
}

impl Part for u32 {
    fn leading(change: u128) -> u64 {
        change as u64
    }

    fn keep(changes: Vec<u128>) -> Box<[Self]> {
        narrow(changes, |change| change as Self, Self::MAX)
    }
}

impl Part for u128 {
    fn leading(change: u128) -> u64 {
        (change >> 64) as u64
    }

    fn keep(mut changes: Vec<u128>) -> Box<[Self]> {
        changes.reserve_exact(2 * WINDOW);
        changes.resize(changes.len() + 2 * WINDOW, Self::MAX);
        changes.into()
    }
}

fn narrow<P: Copy>(changes: Vec<u128>, narrow: fn(u128) -> P, highest: P) -> Box<[P]> {
    let mut kept = Vec::with_capacity(changes.len() + 2 * WINDOW);
    // Adapters of iterators would take several times the code.
    for change in changes {
        kept.push(narrow(change));
    }
    kept.resize(kept.len() + 2 * WINDOW, highest);
    kept.into()
}

/// Ranges of addresses, as [`Changes`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ranges<P> {
    begin_inside: bool,
    /// None where one window holds all changes.
    directory: Option<Directory>,
    /// With two windows after the last.
    changes: Box<[P]>,
}

impl<P: Part> Ranges<P> {
    pub(super) fn new(changes: Changes) -> Self {
        let sorted = Sorted {
            changes: &changes.sorted,
            leading: P::leading,
        };
        let many = sorted.changes.len() > WINDOW;
        Self {
            begin_inside: changes.begin_inside,
            directory: many.then(|| Directory::new(sorted)),
            changes: P::keep(changes.sorted),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        !self.begin_inside && self.changes.len() == 2 * WINDOW
    }

    /// Whether an address is inside, of which is given what the directory goes by, and what is compared.
    #[inline]
    pub(super) fn contain(&self, leading: u64, part: P) -> bool {
        // The directory leads nowhere else; if it did, no address would be in the set.
        self.look(leading, part).unwrap_or(false)
    }

    #[inline]
    fn look(&self, leading: u64, part: P) -> Option<bool> {
        let (mut below, end) = match &self.directory {
            Some(directory) => directory.find(leading)?,
            None => (0, 0),
        };
        let mut near = end.saturating_sub(below);
        while near > 2 * WINDOW {
            let half = near / 2;
            let last = *self.changes.get(below + half - 1)?;
            // A branch would be guessed wrong every other time.
            below = select_unpredictable(last < part, below + half, below);
            near -= half;
        }
        let (nearest, others) = self.changes.get(below..)?.split_first_chunk::<WINDOW>()?;
        let mut inside = self.begin_inside ^ (below % 2 == 1);
        for change in nearest {
            // Changes of the slots that follow are above the address.
            inside ^= *change < part;
        }
        if near > WINDOW {
            for change in others.first_chunk::<WINDOW>()? {
                inside ^= *change < part;
            }
        }
        Some(inside)
    }
}

impl<P: Part> Default for Ranges<P> {
    fn default() -> Self {
        Self::new(Changes::default())
    }
}
