use crate::path::plain::is_plain;
use crate::text::cut;

/// The target of a request: its path and its query.
#[derive(Debug)]
pub(crate) struct Target<'a> {
    pub(crate) path: &'a [u8],
    pub(crate) query: &'a [u8],
    /// Whether every server reads the path in the same way.
    pub(crate) is_plain: bool,
}

impl<'a> Target<'a> {
    pub(crate) fn of(text: &'a [u8]) -> Self {
        // Most paths are plain and have no query.
        if is_plain(text) {
            return Self {
                path: text,
                query: b"",
                is_plain: true,
            };
        }
        let (path, query) = cut(text, b'?');
        Self {
            path,
            query: query.unwrap_or_default(),
            is_plain: query.is_some() && is_plain(path),
        }
    }
}
