use core::cell::OnceCell;

use crate::request::fields::{PATH_HEADERS, Weights, is_among};
use crate::request::headers::Headers;
use crate::request::view::RequestView;
use crate::text::cut;

/// A request, and what weighs against it, which is looked for when it is first asked about.
pub(crate) struct Weighed<'r, 'a, H: ?Sized> {
    pub(crate) request: &'r RequestView<'a, H>,
    weights: OnceCell<Weights>,
}

impl<'r, 'a, H: Headers + ?Sized> Weighed<'r, 'a, H> {
    pub(crate) fn new(request: &'r RequestView<'a, H>) -> Self {
        Self {
            request,
            weights: OnceCell::new(),
        }
    }

    pub(crate) fn has(&self, weight: Weights) -> bool {
        let weights = || Weights::of(self.request.headers);
        self.weights.get_or_init(weights).meet(weight)
    }

    /// Whether the request cannot change anything: its method is safe, it changes to no other protocol, and no header puts
    /// another method in the place of its own.
    pub(crate) fn only_reads(&self) -> bool {
        // OPTIONS is safe, and so is TRACE (RFC 9110, section 9.2.1), which no service needs.
        let safe = matches!(self.request.method, b"GET" | b"HEAD" | b"OPTIONS");
        safe && !self.has(Weights::METHOD) && !self.upgrades()
    }

    /// Whether the request asks for another protocol, which no node takes out of it.
    fn upgrades(&self) -> bool {
        self.has(Weights::PROTOCOL) && !asks_for_h2c(self.request.headers)
    }

    /// Whether the request asks for HTTP/2 on the same connection, be it among other protocols.
    pub(crate) fn names_h2c(&self) -> bool {
        self.has(Weights::PROTOCOL) && {
            let lines = self.request.headers.lines("upgrade");
            lines
                .flat_map(|line| line.split(|byte| *byte == b','))
                .any(is_h2c)
        }
    }

    /// Whether a header names another path, by which some applications route instead.
    pub(crate) fn is_rerouted(&self) -> bool {
        self.has(Weights::PATH) && {
            let own = self.request.target().path;
            let mut lines = self.request.headers.all();
            lines.any(|(name, value)| {
                is_among(name, &PATH_HEADERS) && named(value).path != Some(own)
            })
        }
    }
}

/// Whether headers ask for HTTP/2 on the same connection, and for no other protocol.
///
/// Java's HTTP client does so with every request. As every node takes `h2c` out of a request that it admits in maintenance, it
/// does not weigh against the request.
pub(crate) fn asks_for_h2c<H: Headers + ?Sized>(headers: &H) -> bool {
    let asked = headers.single("upgrade");
    asked.is_some_and(|protocol| protocol.trim_ascii().eq_ignore_ascii_case(b"h2c"))
}

/// Whether a member of the `Upgrade` header names HTTP/2 on the same connection, in whatever way a server may read it.
///
/// Every node takes such a member out of a request that it admits in maintenance, because on the upgraded connection no node
/// sees a request.
#[must_use]
pub fn is_h2c(protocol: &[u8]) -> bool {
    let mut names = protocol.split(|byte| !byte.is_ascii_alphanumeric());
    names.any(|name| name.eq_ignore_ascii_case(b"h2c"))
}

/// What the value of one of the [`PATH_HEADERS`] names.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Named<'a> {
    /// The host, with its port, where the value is in absolute form.
    pub(crate) authority: Option<&'a [u8]>,
    /// The path without its query, if it can be read.
    pub(crate) path: Option<&'a [u8]>,
}

pub(crate) fn named(value: &[u8]) -> Named<'_> {
    let value = value.trim_ascii();
    if value.starts_with(b"/") {
        return Named {
            authority: None,
            path: Some(cut(value, b'?').0),
        };
    }
    let (scheme, rest) = cut(value, b':');
    let known = scheme.eq_ignore_ascii_case(b"http") || scheme.eq_ignore_ascii_case(b"https");
    let rest = rest
        .filter(|_| known)
        .and_then(|rest| rest.strip_prefix(b"//"));
    let Some(rest) = rest else {
        return Named::default();
    };
    let end = rest.iter().position(|byte| matches!(byte, b'/' | b'?'));
    let (authority, target) = rest
        .split_at_checked(end.unwrap_or(rest.len()))
        .unwrap_or_default();
    let path = target.starts_with(b"/").then(|| cut(target, b'?').0);
    Named {
        authority: Some(authority),
        path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_header_is_read_in_both_forms() {
        for (value, authority, path) in [
            ("/blog", None, Some("/blog")),
            (" /blog?x ", None, Some("/blog")),
            (
                "https://shop.example:80/blog?x",
                Some("shop.example:80"),
                Some("/blog"),
            ),
            ("HTTP://a/b://c/", Some("a"), Some("/b://c/")),
            ("http://a", Some("a"), None),
            ("http://a?/b", Some("a"), None),
            ("http:///blog", Some(""), Some("/blog")),
            ("ftp://a/blog", None, None),
            ("http:/blog", None, None),
            ("blog", None, None),
            ("", None, None),
        ] {
            let expected = Named {
                authority: authority.map(str::as_bytes),
                path: path.map(str::as_bytes),
            };
            assert_eq!(named(value.as_bytes()), expected, "{value}");
        }
    }

    #[test]
    fn only_h2c_alone_does_not_weigh() {
        let asks = |lines: &[&str]| {
            let headers: alloc::vec::Vec<_> = lines.iter().map(|line| ("Upgrade", *line)).collect();
            asks_for_h2c(headers.as_slice())
        };
        assert!(asks(&["h2c"]) && asks(&["H2C"]));
        for lines in [
            &["websocket"][..],
            &["h2c, websocket"],
            &["h2c", "h2c"],
            &["h2"],
            &[""],
            &[],
        ] {
            assert!(!asks(lines), "{lines:?}");
        }
    }

    #[test]
    fn h2c_is_found_among_other_protocols_and_lines() {
        let names = |lines: &[&str]| {
            let headers: alloc::vec::Vec<_> = lines.iter().map(|line| ("Upgrade", *line)).collect();
            let request = RequestView::new(b"GET", b"/", headers.as_slice());
            Weighed::new(&request).names_h2c()
        };
        for lines in [
            &["h2c"][..],
            &["H2C, x"],
            &["x,h2c"],
            &["x", "h2c"],
            &["h2c", "h2c"],
            &["h2c;q=1"],
            &["h2c/2"],
            &["\"h2c\""],
            &[", h2c,"],
        ] {
            assert!(names(lines), "{lines:?}");
        }
        for lines in [&["websocket"][..], &["h2", "c"], &["xh2c"], &[""], &[]] {
            assert!(!names(lines), "{lines:?}");
        }
    }
}
