use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::path::{ReadPath, segments};
use crate::request::{Headers, Weighed};

/// The paths on which requests only read, compiled: a tree of their segments.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reads {
    /// Whether an entry ends here.
    ends: bool,
    /// By name.
    named: Vec<(Box<[u8]>, Self)>,
    /// What follows a `*`.
    any: Option<Box<Self>>,
}

impl Reads {
    /// `None` where nothing is listed.
    pub(crate) fn new(paths: &[ReadPath]) -> Option<Box<Self>> {
        let mut all = Box::<Self>::default();
        for path in paths {
            all.insert(path.segments());
        }
        (!paths.is_empty()).then_some(all)
    }

    /// Whether the method may only read, as some protocols use it, and the path is plain and listed. No header names another
    /// method, path or protocol.
    // Apart, since most requests that only read say so by their method.
    #[inline(never)]
    pub(crate) fn cover<H: Headers + ?Sized>(&self, request: &Weighed<'_, '_, H>) -> bool {
        let view = request.request;
        // Search and versions of documents (RFC 5323, RFC 3253), WebDAV (RFC 4918), and QUERY of the HTTP working group.
        let may_read = matches!(
            view.method,
            b"POST" | b"QUERY" | b"SEARCH" | b"REPORT" | b"PROPFIND"
        );
        may_read && {
            let target = view.target();
            target.is_plain
                && self.list(target.path)
                && !request.changes_method_or_protocol()
                && !request.is_rerouted()
        }
    }

    /// Whether the path, which need not be plain, is listed. A segment `*` of the path is only covered by another.
    pub(crate) fn list(&self, path: &[u8]) -> bool {
        self.covers(segments(path))
    }

    fn insert<'p>(&mut self, mut rest: impl Iterator<Item = &'p [u8]>) {
        let next = match rest.next() {
            None => {
                self.ends = true;
                return;
            }
            Some(b"*") => Some(&mut **self.any.get_or_insert_default()),
            Some(segment) => {
                let place = self.place(segment).unwrap_or_else(|place| {
                    self.named.insert(place, (segment.into(), Self::default()));
                    place
                });
                self.named.get_mut(place).map(|(_, node)| node)
            }
        };
        if let Some(next) = next {
            next.insert(rest);
        }
    }

    fn place(&self, segment: &[u8]) -> Result<usize, usize> {
        self.named
            .binary_search_by(|(known, _)| (**known).cmp(segment))
    }

    // At most as deep as an entry has segments; each node is met once at most.
    fn covers<'p>(&self, mut rest: impl Iterator<Item = &'p [u8]> + Clone) -> bool {
        let Some(segment) = rest.next() else {
            return self.ends;
        };
        let named = self.place(segment).ok();
        let named = named.and_then(|place| self.named.get(place));
        named.is_some_and(|(_, node)| node.covers(rest.clone()))
            || self
                .any
                .as_ref()
                .is_some_and(|node| !segment.is_empty() && node.covers(rest))
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::request::RequestView;
    use crate::rules::naive;

    fn reads(entries: &[&str]) -> Box<Reads> {
        let entries: Vec<ReadPath> = entries.iter().map(|entry| entry.parse().unwrap()).collect();
        Reads::new(&entries).unwrap()
    }

    #[test]
    fn a_star_stands_for_one_segment() {
        let reads = reads(&["/*/*/git-upload-pack", "/search", "/a/*", "/a/b/c/"]);
        for (path, expected) in [
            ("/me/repo/git-upload-pack", true),
            ("/me/git-upload-pack", false),
            ("/me/my/repo/git-upload-pack", false),
            ("/me/repo/git-receive-pack", false),
            ("/search", true),
            ("/search/", false),
            ("/Search", false),
            ("/a/b", true),
            ("/a/", false),
            ("/a/b/c/", true),
            ("/a/b/c", false),
            ("/a/b/git-upload-pack", true),
        ] {
            assert_eq!(reads.list(path.as_bytes()), expected, "{path}");
        }
    }

    #[test]
    fn a_header_that_names_another_method_path_or_protocol_counts_against_it() {
        let reads = reads(&["/search"]);
        let covers = |method: &str, path: &str, line: (&str, &str)| {
            let headers = [line];
            let view = RequestView::new(method.as_bytes(), path.as_bytes(), headers.as_slice());
            reads.cover(&Weighed::new(&view))
        };
        let plain = ("accept", "*/*");
        for method in ["POST", "QUERY", "SEARCH", "REPORT", "PROPFIND"] {
            assert!(covers(method, "/search", plain) && covers(method, "/search?q=1", plain));
        }
        for method in ["PUT", "DELETE", "post", "PATCH", "CONNECT", "PROPPATCH"] {
            assert!(!covers(method, "/search", plain), "{method}");
        }
        assert!(!covers("POST", "/search/%2e", plain) && !covers("POST", "/x/../search", plain));
        assert!(covers("POST", "/search", ("upgrade", "h2c")));
        for line in [
            ("x-http-method-override", "DELETE"),
            ("x-original-url", "/write"),
            ("upgrade", "websocket"),
        ] {
            assert!(!covers("POST", "/search", line), "{line:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn as_if_compared_with_one_entry_after_the_other(
            entries in vec("(/([ab]|\\*)){1,4}/?", 0..6), path in "(/[ab]?){1,5}"
        ) {
            let entries: Vec<ReadPath> = entries.iter().filter_map(|entry| entry.parse().ok()).collect();
            let path = path.as_bytes();
            let listed = entries.iter().any(|entry| naive::reads(entry, path));
            prop_assert_eq!(Reads::new(&entries).is_some_and(|reads| reads.list(path)), listed);
        }
    }
}
