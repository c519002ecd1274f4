//! Paths that need no thought, and the comparison of those that do.

use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;
use core::str::FromStr;

use percent_encoding::percent_decode;
use serde::Serialize;

use crate::Quoted;
use crate::letter_case::lower;

/// A path that stays open in maintenance, compared byte for byte.
///
/// One that ends in `/` covers what follows it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct ExemptPath(Box<str>);

impl ExemptPath {
    /// The path as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `path`, which must be [plain](is_plain), is exempted by this entry.
    pub(crate) fn covers(&self, path: &[u8]) -> bool {
        let entry = self.0.as_bytes();
        path == entry || (entry.ends_with(b"/") && path.starts_with(entry))
    }
}

impl FromStr for ExemptPath {
    type Err = ParsePathError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let remedy = if text == "/" {
            Some("would exempt every path; to open the service, exit")
        } else if !is_plain(text.as_bytes()) || text.contains('?') {
            Some(PLAIN)
        } else {
            None
        };
        match remedy {
            None => Ok(Self(text.into())),
            Some(remedy) => Err(ParsePathError::new(text, remedy)),
        }
    }
}

/// A path and all below it, by whole segments and without case: `/api` covers `/api` and `/API/x`,
/// not `/apix`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct PathPrefix {
    text: Box<str>,
    #[serde(skip)]
    folded: Box<str>,
}

impl PathPrefix {
    /// The path as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether this entry covers `path`, which must be [clear](is_clear).
    ///
    /// What servers are known to overlook is overlooked here too, so that it cannot be used to slip
    /// out of a scope: empty segments, `;parameters`, and dots and spaces at the end of a segment.
    pub(crate) fn covers(&self, path: &[u8]) -> bool {
        let mut segments = path
            .split(|byte| *byte == b'/')
            .filter(|segment| significant(segment).next().is_some());
        self.folded
            .split('/')
            .filter(|entry| !entry.is_empty())
            .all(|entry| segments.next().is_some_and(|segment| same(segment, entry)))
    }
}

impl FromStr for PathPrefix {
    type Err = ParsePathError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let readable = !text
            .chars()
            .any(|c| !c.is_ascii() && (c.is_control() || c.is_whitespace()));
        let ascii: String = text
            .chars()
            .map(|c| if c.is_ascii() { c } else { 'x' })
            .collect();
        if !readable || !is_plain(ascii.as_bytes()) || text.contains('?') {
            return Err(ParsePathError::new(text, PLAIN));
        }
        if text.len() > 1 && text.ends_with('/') {
            return Err(ParsePathError::new(
                text,
                "covers whole segments anyway; leave out the slash at its end",
            ));
        }
        Ok(Self {
            text: text.into(),
            folded: text.chars().flat_map(lower).collect::<String>().into(),
        })
    }
}

const PLAIN: &str = "is not a plain path; write it decoded, from its first slash, without query, \
                     empty segment, dot segment, semicolon or backslash, like /api/orders";

/// Why a text is not an [`ExemptPath`] or a [`PathPrefix`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParsePathError {
    text: Box<str>,
    remedy: &'static str,
}

impl ParsePathError {
    fn new(text: &str, remedy: &'static str) -> Self {
        Self {
            text: text.into(),
            remedy,
        }
    }
}

impl fmt::Display for ParsePathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", Quoted(&self.text), self.remedy)
    }
}

impl core::error::Error for ParsePathError {}

/// Whether every server reads `path` alike, as it stands.
pub(crate) fn is_plain(path: &[u8]) -> bool {
    let Some((b'/', rest)) = path.split_first() else {
        return false;
    };
    let odd = |byte: &u8| !matches!(byte, b'!'..=b'~' | b' ') || b"%;\\#".contains(byte);
    let mut segments = rest.split(|byte| *byte == b'/').peekable();
    while let Some(segment) = segments.next() {
        let last = segments.peek().is_none();
        let empty = segment.is_empty() && !last;
        if empty || segment.iter().any(odd) || matches!(segment.last(), Some(b'.' | b' ')) {
            return false;
        }
    }
    true
}

/// Whether `path` decodes to one meaning: no escaped slash, backslash, dot segment, control
/// character, question mark, fragment, percent sign left after decoding, or bad UTF-8.
pub(crate) fn is_clear(path: &[u8]) -> bool {
    let clear = |segment: &[u8]| {
        let doubtful = |c: char| {
            matches!(
                c,
                '/' | '\\' | '%' | '?' | '#' | char::REPLACEMENT_CHARACTER
            ) || c.is_control()
        };
        let dots = significant(segment).next().is_some() && significant(segment).all(is_trailing);
        !dots && !decoded(segment).any(doubtful)
    };
    path.starts_with(b"/") && path.split(|byte| *byte == b'/').all(clear)
}

fn same(segment: &[u8], entry: &str) -> bool {
    let mut rest = significant(segment).flat_map(lower);
    entry.chars().all(|c| rest.next() == Some(c)) && rest.all(is_trailing)
}

fn is_trailing(c: char) -> bool {
    matches!(c, '.' | ' ')
}

/// The characters of a segment, decoded, up to its parameters.
fn significant(segment: &[u8]) -> impl Iterator<Item = char> {
    decoded(segment).take_while(|c| *c != ';')
}

/// The characters of a segment, percent-decoded; U+FFFD stands for bad UTF-8.
fn decoded(segment: &[u8]) -> impl Iterator<Item = char> {
    let mut bytes = percent_decode(segment);
    core::iter::from_fn(move || {
        let first = bytes.next()?;
        let length = match first {
            0x00..=0x7f => return Some(char::from(first)),
            0xc2..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf4 => 4,
            _ => return Some(char::REPLACEMENT_CHARACTER),
        };
        let mut buffer = [first, 0, 0, 0];
        for slot in buffer.iter_mut().take(length).skip(1) {
            *slot = bytes.next().unwrap_or_default();
        }
        let text = buffer
            .get(..length)
            .and_then(|sequence| core::str::from_utf8(sequence).ok());
        text.and_then(|text| text.chars().next())
            .or(Some(char::REPLACEMENT_CHARACTER))
    })
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    fn covers(entry: &str, path: &str) -> bool {
        entry.parse::<PathPrefix>().unwrap().covers(path.as_bytes())
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
    fn a_clear_path_has_one_meaning() {
        for path in [
            "/",
            "/api",
            "/a%20b",
            "/%C3%A4",
            "//a",
            "/a;b",
            "/a.b",
            "/.well-known",
            "/a.",
            "/..a",
        ] {
            assert!(is_clear(path.as_bytes()), "{path}");
        }
        for path in [
            "",
            "*",
            "api",
            "/a%2fb",
            "/a%2Fb",
            "/a\\b",
            "/a%5cb",
            "/.",
            "/..",
            "/a/../b",
            "/a/%2e%2e/b",
            "/a/..;/b",
            "/a/. ./b",
            "/a/.../b",
            "/a%",
            "/a%zz",
            "/a%252fb",
            "/a%00b",
            "/a\tb",
            "/a#b",
            "/a%3fb",
            "/%ff",
            "/%c3",
            "/%c3/a",
            "/%ed%a0%80",
        ] {
            assert!(!is_clear(path.as_bytes()), "{path}");
        }
    }

    #[test]
    fn a_plain_path_is_read_alike_by_everyone() {
        for path in [
            "/",
            "/healthz",
            "/.well-known/acme-challenge/x",
            "/a/",
            "/a.b",
            "/a b",
        ] {
            assert!(is_plain(path.as_bytes()), "{path}");
        }
        for path in [
            "",
            "*",
            "healthz",
            "//healthz",
            "/a//b",
            "/a//",
            "/healthz.",
            "/healthz /x",
            "/a/./b",
            "/a/..",
            "/%68ealthz",
            "/healthz;x",
            "/a\\b",
            "/a\x7f",
            "/a\tb",
            "/a#b",
            "/ä",
        ] {
            assert!(!is_plain(path.as_bytes()), "{path}");
        }
    }

    #[test]
    fn an_exempt_path_covers_itself_and_below_only_with_its_slash() {
        let entry: ExemptPath = "/healthz".parse().unwrap();
        assert!(
            entry.covers(b"/healthz") && !entry.covers(b"/healthz/") && !entry.covers(b"/HEALTHZ")
        );
        let entry: ExemptPath = "/probes/".parse().unwrap();
        assert!(
            entry.covers(b"/probes/") && entry.covers(b"/probes/live") && !entry.covers(b"/probes")
        );
    }

    #[test]
    fn entries_have_one_spelling() {
        for text in [
            "", "api", "/a%20b", "/a?b", "/a#b", "/a;b", "/a\\b", "//a", "/a/../b", "/a.", "/a\n",
        ] {
            let error = text.parse::<PathPrefix>().unwrap_err();
            assert_eq!(format!("{error}"), format!("{text:?} {PLAIN}"));
            assert!(text.parse::<ExemptPath>().is_err(), "{text}");
        }
        assert_eq!(
            "/api/".parse::<PathPrefix>().unwrap_err().to_string(),
            "\"/api/\" covers whole segments anyway; leave out the slash at its end"
        );
        assert_eq!(
            "/".parse::<ExemptPath>().unwrap_err().to_string(),
            "\"/\" would exempt every path; to open the service, exit"
        );
    }

    use alloc::string::ToString;
}
