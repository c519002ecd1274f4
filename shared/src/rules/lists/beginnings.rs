/// The first two bytes of paths, in one word: a path that none of them may cover needs no further comparison.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Beginnings(u64);

impl Beginnings {
    pub(crate) fn of<'p>(paths: impl Iterator<Item = &'p str>) -> Self {
        let bits = paths.map(|path| bit(path.as_bytes()));
        Self(bits.fold(0, |all, bit| all | bit))
    }

    /// Whether one of the paths may cover `path`, which may have a query.
    #[inline]
    pub(crate) fn may_cover(self, path: &[u8]) -> bool {
        self.0 != 0 && self.0 & bit(path) != 0
    }
}

/// One bit for the two bytes after the slash. That of a path is that of the entry which exempts it: an entry that covers what
/// follows it has at least two.
#[inline]
fn bit(path: &[u8]) -> u64 {
    let (first, second) = match path {
        [_, b'?', ..] | [_] | [] => (0, 0),
        [_, first, b'?', ..] | [_, first] => (*first, 0),
        [_, first, second, ..] => (*first, *second),
    };
    1 << (first.wrapping_mul(7).wrapping_add(second) % 64)
}
