/// Which names occur among headers, in one word: it knows all that do, and takes a few others for them.
///
/// Most headers that are asked for are not there, and a look at each name costs less than one look-up. Names that differ in
/// letter case, or in bytes between the first and the last, count as one.
#[derive(Clone, Copy, Debug, Default)]
pub struct Names(u64);

impl Names {
    /// These names.
    pub const fn all(names: &[&str]) -> Self {
        match names {
            [] => Self(0),
            [name, others @ ..] => Self::of(name).and(Self::all(others)),
        }
    }

    /// One name.
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

    /// These and the others.
    #[inline]
    #[must_use]
    pub const fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// Whether none of them is among the `others`.
    #[inline]
    #[must_use]
    pub const fn are_apart_from(self, others: Self) -> bool {
        self.0 & others.0 == 0
    }

    /// Whether `name` may be one of them.
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
            assert!(Names::all(&names).may_include(name), "{name}");
        }
        assert!(Names::of("x-http-method").may_include("X_HTTP_Method"));
    }

    #[test]
    fn what_a_browser_sends_is_not_taken_for_what_changes_a_method() {
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
