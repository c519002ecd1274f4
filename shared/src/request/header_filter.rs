/// A Bloom filter of header names, in one word: it contains each name that was added, and a few others.
///
/// Most headers that are looked for are absent, and comparing one word takes less time than comparing names. Names that
/// differ only in letter case, or in bytes between the first and the last, are the same to it.
#[derive(Clone, Copy, Debug, Default)]
pub struct HeaderFilter(u64);

impl HeaderFilter {
    /// A filter of these names.
    #[must_use]
    pub const fn all(names: &[&str]) -> Self {
        match names {
            [] => Self(0),
            [name, others @ ..] => Self::of(name).and(Self::all(others)),
        }
    }

    /// A filter of one name.
    #[inline]
    #[must_use]
    pub const fn of(name: &str) -> Self {
        let (first, last) = match name.as_bytes() {
            [] => (0, 0),
            [byte] => (*byte, *byte),
            [first, .., last] => (*first, *last),
        };
        let (first, last) = (first.to_ascii_lowercase(), last.to_ascii_lowercase());
        // The names that are asked for and those of usual requests and responses differ in this more often than not.
        Self(1 << ((name.len() + 7 * first as usize + last as usize) % 64))
    }

    /// A filter of the names of both.
    #[inline]
    #[must_use]
    pub const fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// Whether the filters surely have no name in common.
    #[inline]
    #[must_use]
    pub const fn is_disjoint(self, others: Self) -> bool {
        self.0 & others.0 == 0
    }

    /// Whether `name` may be in it.
    #[inline]
    #[must_use]
    pub const fn may_contain(self, name: &str) -> bool {
        !self.is_disjoint(Self::of(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::fields::METHOD_HEADERS;

    #[test]
    fn no_name_is_missed() {
        let names = [
            "upgrade",
            "x-http-method",
            "accept",
            "a",
            "",
            "x-an-own-name",
        ];
        for name in names {
            assert!(HeaderFilter::all(&names).may_contain(name), "{name}");
        }
        assert!(HeaderFilter::of("x-http-method").may_contain("X_HTTP_Method"));
    }

    #[test]
    fn what_a_browser_sends_is_not_taken_for_what_changes_a_method() {
        let sent = HeaderFilter::all(&[
            "host",
            "user-agent",
            "accept",
            "accept-language",
            "accept-encoding",
            "referer",
            "cookie",
        ]);
        assert!(sent.is_disjoint(HeaderFilter::all(&METHOD_HEADERS)));
        assert!(sent.is_disjoint(HeaderFilter::of("upgrade")));
    }
}
