use crate::path::ExemptPath;
use crate::path::{Covering, Trie};
use crate::request::{Headers, RequestView};
use crate::state::Prober;

/// How the paths begin that stay open, which tells most others from them at a glance.
#[derive(Clone, Copy, Debug)]
pub struct ExemptBeginnings(u64);

impl ExemptBeginnings {
    /// Those of `paths`.
    #[must_use]
    pub fn of(paths: &[ExemptPath]) -> Self {
        let bits = paths.iter().map(|path| bit(path.as_str().as_bytes()));
        Self(bits.fold(0, |all, bit| all | bit))
    }

    /// Those of the paths that stay open to `probers`.
    #[must_use]
    pub fn of_probers(probers: &[Prober]) -> Self {
        let paths = probers.iter().flat_map(|prober| &prober.paths);
        let bits = paths.map(|path| bit(path.as_str().as_bytes()));
        Self(bits.fold(0, |all, bit| all | bit))
    }

    /// These and the `others`.
    #[must_use]
    pub fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// Whether a `path`, with or without its query, may be one of them; it is none where not.
    #[inline]
    #[must_use]
    pub fn may_cover(self, path: &[u8]) -> bool {
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

/// The paths that stay open, compiled.
#[derive(Clone, Debug)]
pub(crate) struct ExemptPaths {
    beginnings: ExemptBeginnings,
    all: Trie,
}

impl ExemptPaths {
    pub(crate) fn new(paths: &[ExemptPath]) -> Self {
        let mut all = Trie::default();
        for path in paths {
            all.insert(path.as_str().as_bytes());
        }
        Self {
            beginnings: ExemptBeginnings::of(paths),
            all,
        }
    }

    /// Whether the request's path is plain and one of these, or below one of these that ends in a slash.
    pub(crate) fn cover<H: Headers + ?Sized>(&self, request: &RequestView<'_, H>) -> bool {
        // Most paths are not covered, and are not looked at any further.
        self.list(request.path) && request.target().is_plain
    }

    /// The same of a path that need not be plain, with or without its query.
    pub(crate) fn list(&self, path: &[u8]) -> bool {
        self.beginnings.may_cover(path) && self.all.covers(path, Covering::Folder)
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::rules::naive;

    fn covers(entries: &[ExemptPath], path: &[u8]) -> bool {
        let headers: &[(&str, &str)] = &[];
        ExemptPaths::new(entries).cover(&RequestView::new(b"GET", path, headers))
    }

    #[test]
    fn an_exempt_path_covers_itself_and_below_only_with_its_slash() {
        let entry = ["/healthz".parse().unwrap()];
        for (path, expected) in [
            ("/healthz", true),
            ("/healthz?x", true),
            ("/healthz/", false),
            ("/healthzz", false),
            ("/HEALTHZ", false),
            ("/health", false),
        ] {
            assert_eq!(covers(&entry, path.as_bytes()), expected, "{path}");
        }
        let entry = ["/probes/".parse().unwrap()];
        for (path, expected) in [
            ("/probes/", true),
            ("/probes/live", true),
            ("/probes/?x", true),
            ("/probes", false),
            ("/probes?/", false),
            ("/probes/../x", false),
        ] {
            assert_eq!(covers(&entry, path.as_bytes()), expected, "{path}");
        }
    }

    #[test]
    fn without_an_entry_nothing_is_exempt() {
        assert!(!covers(&[], b"/") && !covers(&[], b""));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn as_if_compared_with_one_entry_after_the_other(
            entries in vec("/[ab/]{1,4}", 0..6), path in "/[ab/?%.]{0,6}"
        ) {
            let entries: Vec<ExemptPath> = entries.iter().filter_map(|entry| entry.parse().ok()).collect();
            let path = path.as_bytes();
            let only = path.split(|byte| *byte == b'?').next().unwrap();
            let listed = entries.iter().any(|entry| naive::exempts(entry, only));
            prop_assert_eq!(covers(&entries, path), listed && naive::is_plain(only));
        }
    }
}
