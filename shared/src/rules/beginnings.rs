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
        self.0 & bit(path) != 0
    }
}

/// One bit for the two bytes after the slash. That of a path is that of the entry which exempts it: an entry that covers what
/// follows it has at least two.
#[inline]
fn bit(path: &[u8]) -> u64 {
    let byte = |place| match path.get(place) {
        None | Some(b'?') => 0,
        Some(byte) => u64::from(*byte),
    };
    let first = byte(1);
    let second = if first == 0 { 0 } else { byte(2) };
    1 << ((7 * first + second) % 64)
}
