use http::HeaderMap;

/// Which names occur among headers, in one word: it knows all that do, and takes a few others for them.
///
/// Most headers that are asked for are not there, and a look at each name costs less than one look-up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Names(u64);

impl Names {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let names = headers.keys().map(|name| bit(name.as_str()));
        Self(names.fold(0, |names, name| names | name))
    }

    /// These, given in lower case.
    pub(crate) const fn all(names: &[&str]) -> Self {
        match names {
            [] => Self(0),
            [name, others @ ..] => Self(bit(name) | Self::all(others).0),
        }
    }

    /// Whether none of them is among the `others`.
    #[inline]
    pub(crate) fn are_apart_from(self, others: Self) -> bool {
        self.0 & others.0 == 0
    }

    /// Whether `name`, given in lower case, may be one of them.
    #[inline]
    pub(crate) fn may_include(self, name: &str) -> bool {
        self.0 & bit(name) != 0
    }
}

// The names that are asked for and those of usual requests and responses differ in this more often than not.
#[inline]
const fn bit(name: &str) -> u64 {
    let (first, last) = match name.as_bytes() {
        [] => (0, 0),
        [byte] => (*byte, *byte),
        [first, .., last] => (*first, *last),
    };
    1 << ((name.len() + 7 * first as usize + last as usize) % 64)
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn no_name_is_missed() {
        let names = [
            "upgrade",
            "x-http-method",
            "accept",
            "a",
            "x-a-name-of-ones-own",
        ];
        let mut headers = HeaderMap::new();
        for name in names {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(""));
            assert!(Names::of(&headers).may_include(name), "{name}");
        }
        assert!(
            names
                .iter()
                .all(|name| Names::of(&headers).may_include(name))
        );
    }

    #[test]
    fn what_a_browser_sends_is_not_taken_for_what_changes_a_method() {
        let sent = [
            "host",
            "user-agent",
            "accept",
            "accept-language",
            "accept-encoding",
            "referer",
            "cookie",
        ];
        let headers =
            sent.map(|name| (HeaderName::from_static(name), HeaderValue::from_static("")));
        let names = Names::of(&headers.into_iter().collect());
        for name in [
            "upgrade",
            "x-http-method-override",
            "x-http-method",
            "x-method-override",
        ] {
            assert!(!names.may_include(name), "{name}");
        }
    }
}
