use alloc::vec::Vec;

/// The addresses after which it changes whether an address is inside.
///
/// IPv4 comes as wide numbers too, so that the code is there once.
#[derive(Default)]
pub(super) struct Changes {
    /// Whether the lowest address is inside.
    pub(super) begin_inside: bool,
    /// In order, each once. The highest address is never there: nothing changes after it.
    pub(super) sorted: Vec<u128>,
}

impl Changes {
    /// Makes the changes of inclusive ranges, in any order, in the memory that these have. `highest` is the highest
    /// address of all.
    pub(super) fn of(mut ranges: Vec<[u128; 2]>, highest: u128) -> Self {
        ranges.sort_unstable_by_key(|[first, _]| *first);
        ranges.dedup_by(|[first, last], [_, kept]| {
            let touches = first.saturating_sub(1) <= *kept;
            if touches {
                *kept = (*kept).max(*last);
            }
            touches
        });
        let mut sorted = ranges.into_flattened();
        // What comes first of a range is its first address, and the change is after the one before.
        for first in sorted.iter_mut().step_by(2) {
            *first = first.wrapping_sub(1);
        }
        let begin_inside = sorted.first() == Some(&u128::MAX);
        if begin_inside {
            sorted.remove(0);
        }
        if sorted.last() == Some(&highest) {
            sorted.pop();
        }
        Self {
            begin_inside,
            sorted,
        }
    }
}
