use crate::path::{Covering, ExemptPath, Trie};
use crate::request::{Headers, RequestView};
use crate::rules::lists::beginnings::Beginnings;

/// The paths that stay open, compiled.
#[derive(Clone, Debug)]
pub(crate) struct ExemptPaths {
    beginnings: Beginnings,
    all: Trie,
}

impl ExemptPaths {
    pub(crate) fn new(paths: &[ExemptPath]) -> Self {
        let mut all = Trie::default();
        for path in paths {
            all.insert(path.as_str().as_bytes());
        }
        Self {
            beginnings: Beginnings::of(paths.iter().map(ExemptPath::as_str)),
            all,
        }
    }

    /// Whether the request's path is plain and one of these, or below one of these that ends in a slash.
    #[inline(always)]
    pub(crate) fn cover<H: Headers + ?Sized>(&self, request: &RequestView<'_, H>) -> bool {
        self.list(request.path) && request.target().is_plain
    }

    /// The same of a path that need not be plain, with or without its query.
    #[inline(always)]
    pub(crate) fn list(&self, path: &[u8]) -> bool {
        self.beginnings.may_cover(path) && self.find(path)
    }

    // Apart, since few paths reach it.
    #[inline(never)]
    fn find(&self, path: &[u8]) -> bool {
        self.all.covers(path, Covering::Folder)
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
