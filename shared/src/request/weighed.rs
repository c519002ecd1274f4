use core::cell::OnceCell;

use crate::request::fields::{PATH_HEADERS, Weights, is_among};
use crate::request::h2c::{asks_for_h2c, is_h2c};
use crate::request::headers::Headers;
use crate::request::path_header::named;
use crate::request::view::RequestView;

/// A request and the tables that its headers are in, which are looked up at the first use.
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

    /// Whether a header of these tables occurs.
    #[inline(always)]
    pub(crate) fn has(&self, weight: Weights) -> bool {
        self.request.headers.may_have(weight.filter()) && self.weigh().meet(weight)
    }

    // Apart, since few requests have a header that weighs.
    #[inline(never)]
    fn weigh(&self) -> Weights {
        *self
            .weights
            .get_or_init(|| Weights::of(self.request.headers))
    }

    /// Whether the request cannot change data: its method is safe, it changes to no other protocol, and no header names
    /// another method.
    #[inline(always)]
    pub(crate) fn only_reads(&self) -> bool {
        // TRACE is safe too (RFC 9110, section 9.2.1), but no service needs it.
        let safe = matches!(self.request.method, b"GET" | b"HEAD" | b"OPTIONS");
        safe && !self.changes_method_or_protocol()
    }

    /// Whether a header names another method, or another protocol than `h2c`, which nodes remove.
    #[inline(always)]
    pub(crate) fn changes_method_or_protocol(&self) -> bool {
        self.has(Weights::METHOD) || self.upgrades()
    }

    /// Whether the request asks for another protocol than `h2c`, which nodes remove.
    #[inline(always)]
    fn upgrades(&self) -> bool {
        self.has(Weights::PROTOCOL) && !asks_for_h2c(self.request.headers)
    }

    /// Whether the request asks for HTTP/2 on the same connection, alone or among other protocols.
    #[inline(always)]
    pub(crate) fn names_h2c(&self) -> bool {
        self.has(Weights::PROTOCOL) && h2c_is_among(self.request.headers)
    }

    /// Whether a header by which some applications route names another path.
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

#[inline(never)]
fn h2c_is_among<H: Headers + ?Sized>(headers: &H) -> bool {
    let mut protocols = headers
        .lines("upgrade")
        .flat_map(|line| line.split(|byte| *byte == b','));
    protocols.any(is_h2c)
}

#[cfg(test)]
mod tests {
    use super::*;

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
