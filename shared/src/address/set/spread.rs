use core::hint::select_unpredictable;

/// Sorted changes, and the number of each by which it is put into a slot.
#[derive(Clone, Copy)]
pub(super) struct Sorted<'a> {
    pub(super) changes: &'a [u128],
    pub(super) leading: fn(u128) -> u64,
}

/// Numbers from `low` to `low + span`, in slots of equal width from `base` on; all others are in one more slot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Spread {
    low: u64,
    span: u64,
    /// The logarithm of the width of a slot.
    shift: u32,
    base: u32,
}

impl Spread {
    /// Spreads numbers so that no more than `crowd` are in a slot, with few exceptions, if about `most` slots are enough
    /// for that. Nothing below `least` is asked for.
    pub(super) fn new(
        sorted: Sorted<'_>,
        least: u64,
        base: u32,
        crowd: usize,
        most: usize,
    ) -> Self {
        let len = sorted.changes.len();
        let number = |change: Option<&u128>| change.map_or(0, |&change| (sorted.leading)(change));
        let (first, last) = (
            number(sorted.changes.first()),
            number(sorted.changes.last()),
        );
        // Numbers below share a slot with those above, since an even number in between makes no difference.
        let low = if len.is_multiple_of(2) { first } else { least };
        let span = last - low;
        let width = u64::BITS - span.leading_zeros();
        let fitting = |slots: usize| width.saturating_sub(slots.checked_ilog2().unwrap_or(0));
        let narrowest = fitting(most);
        let mut spread = Self {
            low,
            span,
            shift: fitting(len / crowd).min(63),
            base,
        };
        while spread.shift > narrowest && !spread.is_even(sorted, crowd) {
            spread.shift -= 1;
        }
        spread
    }

    /// No number at all, after the slots of those that are below.
    pub(super) fn none_after(end: usize) -> Self {
        // Both slots of this are the last two: that of the others, after all numbers below; and the one before it,
        // to which the highest number of all is left.
        Self {
            low: u64::MAX,
            base: end as u32 - 2,
            ..Self::default()
        }
    }

    /// The same with a number of slots that has at most so many bits.
    pub(super) fn coarser(self, bits: u32) -> Self {
        let width = u64::BITS - self.span.leading_zeros();
        Self {
            shift: self.shift.max(width.saturating_sub(bits)),
            ..self
        }
    }

    /// Whether few are in a slot with more than `crowd`.
    pub(super) fn is_even(&self, sorted: Sorted<'_>, crowd: usize) -> bool {
        let slot = |change: &u128| self.slot((sorted.leading)(*change));
        let mut exceptions = sorted.changes.len() / 16;
        for slot in sorted.changes.chunk_by(|one, next| slot(one) == slot(next)) {
            if slot.len() > crowd {
                match exceptions.checked_sub(slot.len()) {
                    Some(left) => exceptions = left,
                    None => return false,
                }
            }
        }
        true
    }

    /// The lowest number of a slot.
    pub(super) fn least(&self, slot: usize) -> u64 {
        self.low + ((slot as u64) << self.shift)
    }

    /// The slot after the last.
    pub(super) fn end(&self) -> usize {
        (self.span >> self.shift) as usize + 2 + self.base as usize
    }

    /// The slot of a number.
    #[inline]
    pub(super) fn slot(&self, number: u64) -> usize {
        let offset = number.wrapping_sub(self.low);
        let others = (self.span >> self.shift) + 1;
        // Who is outside is as hard to guess as who is inside.
        let slot = select_unpredictable(offset > self.span, others, offset >> self.shift);
        slot as usize + self.base as usize
    }
}
