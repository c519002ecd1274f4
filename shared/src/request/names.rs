/// A set of header names in one word (a Bloom filter): it includes every name of the set, and a few others.
///
/// Most headers that are looked up do not occur, and adding each name to the filter costs less than one look-up. Names that
/// differ only in letter case, or in bytes between the first and the last, are the same.
#[derive(Clone, Copy, Debug, Default)]
pub struct Names(u64);

impl Names {
    /// The set of these names.
    pub const fn all(names: &[&str]) -> Self {
        match names {
            [] => Self(0),
            [name, others @ ..] => Self::of(name).and(Self::all(others)),
        }
    }

    /// The set of one name.
    #[inline]
    #[must_use]
    pub const fn of(name: &str) -> Self {
        let (first, last) = match name.as_bytes() {
            [] => (0, 0),
            [byte] => (*byte, *byte),
            [first, .., last] => (*first, *last),
        };
        let (first, last) = (first.to_ascii_lowercase(), last.to_ascii_lowercase());
        // Most names that are looked up differ in this from those of usual requests and responses.
        Self(1 << ((name.len() + 7 * first as usize + last as usize) % 64))
    }

    /// The names of both sets.
    #[inline]
    #[must_use]
    pub const fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// Whether the sets have no name in common.
    #[inline]
    #[must_use]
    pub const fn are_apart_from(self, others: Self) -> bool {
        self.0 & others.0 == 0
    }

    /// Whether the set may have `name`.
    #[inline]
    #[must_use]
    pub const fn may_include(self, name: &str) -> bool {
        !self.are_apart_from(Self::of(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::fields::METHOD_HEADERS;

    #[test]
    fn every_name_of_the_set_is_included() {
        let names = [
            "upgrade",
            "x-http-method",
            "accept",
            "a",
            "",
            "x-an-own-name",
        ];
        for name in names {
            assert!(Names::all(&names).may_include(name), "{name}");
        }
        assert!(Names::of("x-http-method").may_include("X_HTTP_Method"));
    }

    #[test]
    fn the_usual_headers_of_browsers_are_not_taken_for_method_headers() {
        let sent = Names::all(&[
            "host",
            "user-agent",
            "accept",
            "accept-language",
            "accept-encoding",
            "referer",
            "cookie",
        ]);
        assert!(sent.are_apart_from(Names::all(&METHOD_HEADERS)));
        assert!(sent.are_apart_from(Names::of("upgrade")));
    }
}
