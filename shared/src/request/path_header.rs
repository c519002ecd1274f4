use crate::text::cut;

/// The value of one of the [`PATH_HEADERS`](crate::PATH_HEADERS).
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Named<'a> {
    /// The host with its port, if the value is in absolute form.
    pub(crate) authority: Option<&'a [u8]>,
    /// The path without its query, if it can be read.
    pub(crate) path: Option<&'a [u8]>,
}

/// Reads the value of one of the [`PATH_HEADERS`](crate::PATH_HEADERS).
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
}
