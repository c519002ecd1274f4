use alloc::string::String;

use crate::path::Target;
use crate::path::{Covering, Trie};
use crate::path::{is_clear, is_covered};
use crate::request::Weighed;
use crate::request::{Headers, RequestView, host};
use crate::rules::lists::hosts::Hosts;
use crate::state::Area;
use crate::text::lower;

/// What an [`Area`] lists, compiled.
#[derive(Clone, Debug)]
pub(crate) struct Listed {
    hosts: Hosts,
    /// Whole segments in lower case, each with its slash before it.
    paths: Trie,
}

impl Listed {
    /// `None` where nothing is listed.
    pub(crate) fn new(area: &Area) -> Option<Self> {
        let (hosts, mut paths) = (Hosts::new(&area.hosts), Trie::default());
        for path in &area.paths {
            let segments = path.as_str().trim_end_matches('/');
            let folded: String = segments.chars().flat_map(lower).collect();
            paths.insert(folded.as_bytes());
        }
        let any = !hosts.is_empty() || !paths.is_empty();
        any.then_some(Self { hosts, paths })
    }

    /// Whether the request's host is listed; `None` where no host is, or it is not known which is asked for.
    pub(crate) fn has_host<H: Headers + ?Sized>(
        &self,
        request: &RequestView<'_, H>,
    ) -> Option<bool> {
        if self.hosts.is_empty() {
            return None;
        }
        let host = host::requested(request)?;
        Some(self.hosts.list(host))
    }

    /// Whether hosts are listed, and surely none of those that the request names, in whatever header.
    pub(crate) fn has_no_host_of<H: Headers + ?Sized>(&self, request: &Weighed<'_, '_, H>) -> bool {
        !self.hosts.is_empty() && host::are_all(request, |host| !self.hosts.list(host))
    }

    /// Whether the path is covered; `None` where none is listed, or it has not one meaning.
    pub(crate) fn has_path(&self, target: &Target<'_>) -> Option<bool> {
        let path = target.path;
        if self.paths.is_empty() {
            None
        } else if target.is_plain {
            Some(self.paths.covers(path, Covering::Segments))
        } else {
            self.covers_doubtful(path)
        }
    }

    // Apart, since most paths are plain.
    #[inline(never)]
    fn covers_doubtful(&self, path: &[u8]) -> Option<bool> {
        is_clear(path).then(|| is_covered(path, &self.paths))
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::path::PathPrefix;
    use crate::request::HostPattern;
    use crate::rules::naive;

    fn has_path(entries: &[PathPrefix], path: &[u8]) -> Option<bool> {
        let area = Area {
            hosts: Vec::new(),
            paths: entries.into(),
        };
        Listed::new(&area)?.has_path(&Target::of(path))
    }

    fn covers(entry: &str, path: &str) -> bool {
        has_path(&[entry.parse().unwrap()], path.as_bytes()).unwrap()
    }

    #[test]
    fn a_prefix_covers_whole_segments_however_they_are_written() {
        for path in [
            "/api",
            "/api/",
            "/api/x",
            "/API/x",
            "/%61pi",
            "//api",
            "/;x/api",
            "/api;v=1/x",
            "/api%3bv=1",
            "/api./x",
            "/api%20/x",
            "/api.. /x",
        ] {
            assert!(covers("/api", path), "{path}");
        }
        for path in ["/", "/apix", "/ap", "/x/api", "/api-v2", "/apiapi"] {
            assert!(!covers("/api", path), "{path}");
        }
        assert!(covers("/api/v1", "/api//V1") && !covers("/api/v1", "/api"));
        assert!(covers("/", "/anything"));
        assert!(covers("/οδός", "/ΟΔΌΣ") && covers("/ΟΔΌΣ", "/οδός/x"));
        assert!(covers("/Ärger", "/%c3%a4rger") && covers("/ärger", "/%C3%84RGER"));
    }

    #[test]
    fn nothing_is_said_of_a_path_that_has_not_one_meaning_or_where_none_is_listed() {
        let entries = ["/api".parse().unwrap()];
        assert_eq!(has_path(&entries, b"/a%2fb"), None);
        assert_eq!(has_path(&entries, b"*"), None);
        assert_eq!(has_path(&[], b"/api"), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn as_if_compared_with_one_path_after_the_other(
            entries in vec("/|(/[abKä. ]{1,3}){1,3}", 0..6),
            path in "(/|[abABkäÄK.; ?]|%61|%41|%2e|%c3%84|%2f){0,12}",
        ) {
            let entries: Vec<PathPrefix> = entries.iter().filter_map(|entry| entry.parse().ok()).collect();
            let path = path.as_bytes();
            let only = path.split(|byte| *byte == b'?').next().unwrap();
            let listed = || entries.iter().any(|entry| naive::covers(entry, only));
            let expected = (!entries.is_empty() && is_clear(only)).then(listed);
            prop_assert_eq!(has_path(&entries, path), expected);
        }

        #[test]
        fn as_if_compared_with_one_host_after_the_other(
            entries in vec("[ab.*]{1,4}", 0..6), host in "[abAB.]{1,4}"
        ) {
            let entries: Vec<HostPattern> = entries.iter().filter_map(|entry| entry.parse().ok()).collect();
            let area = Area { hosts: entries.clone(), paths: Vec::new() };
            let headers = [("host", host)];
            let request = RequestView::new(b"GET", b"/", headers.as_slice());
            let known = host::requested(&request).filter(|_| !entries.is_empty());
            let expected = known.map(|host| entries.iter().any(|entry| naive::is_host(entry, host)));
            let found = Listed::new(&area).and_then(|listed| listed.has_host(&request));
            prop_assert_eq!(found, expected);
        }
    }
}
