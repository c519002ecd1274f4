//! Normalises paths that servers may read in different ways.

use percent_encoding::percent_decode;

use crate::path::trie::Trie;
use crate::text::lower;

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

/// Whether one of the `entries`, each made of whole segments in lower case, covers `path`, which must be [clear](is_clear).
///
/// It ignores the same parts of a path as some servers do, so that no spelling leaves a scope: empty segments, `;parameters`,
/// and dots and spaces at the end of a segment.
pub(crate) fn is_covered(path: &[u8], entries: &Trie) -> bool {
    let segments = path.split(|byte| *byte == b'/');
    let mut segments = segments.filter(|segment| significant(segment).next().is_some());
    let mut place = Some(entries.start());
    while let Some(before) = place {
        if before.ends() {
            return true;
        }
        let Some(segment) = segments.next() else {
            return false;
        };
        let mut now = before.after(b'/');
        place = now;
        for c in significant(segment).flat_map(lower) {
            let mut buffer = [0; 4];
            let bytes = c.encode_utf8(&mut buffer).bytes();
            now = bytes.fold(now, |now, byte| now?.after(byte));
            if !is_trailing(c) {
                place = now;
            }
        }
    }
    false
}

pub(crate) fn is_trailing(c: char) -> bool {
    matches!(c, '.' | ' ')
}

/// The decoded characters of a segment before its parameters.
pub(crate) fn significant(segment: &[u8]) -> impl Iterator<Item = char> {
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
    use super::*;

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
}
