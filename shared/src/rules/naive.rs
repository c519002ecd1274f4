//! Paths and hosts compared one entry after the other, for tests and fuzz targets.

use alloc::vec::Vec;

use crate::path::{ExemptPath, PathPrefix, ReadPath};
use crate::path::{is_trailing, significant};
use crate::request::HostPattern;
use crate::text::lower;

/// Whether every server reads `path`, which is without its query, alike.
#[must_use]
pub fn is_plain(path: &[u8]) -> bool {
    let Some((b'/', rest)) = path.split_first() else {
        return false;
    };
    let odd = |byte: &u8| !matches!(byte, b'!'..=b'~' | b' ') || b"%;\\#?".contains(byte);
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

/// Whether the entry exempts a plain `path`.
#[must_use]
pub fn exempts(entry: &ExemptPath, path: &[u8]) -> bool {
    let entry = entry.as_str().as_bytes();
    path == entry || (entry.ends_with(b"/") && path.starts_with(entry))
}

/// Whether the entry covers a clear `path`.
#[must_use]
pub fn covers(entry: &PathPrefix, path: &[u8]) -> bool {
    let folded: Vec<char> = entry.as_str().chars().flat_map(lower).collect();
    let mut segments = path
        .split(|byte| *byte == b'/')
        .filter(|segment| significant(segment).next().is_some());
    folded
        .split(|c| *c == '/')
        .filter(|entry| !entry.is_empty())
        .all(|entry| segments.next().is_some_and(|segment| same(segment, entry)))
}

fn same(segment: &[u8], entry: &[char]) -> bool {
    let mut rest = significant(segment).flat_map(lower);
    entry.iter().all(|c| rest.next() == Some(*c)) && rest.all(is_trailing)
}

/// Whether a request's `host` is the entry, or below a wildcard.
#[must_use]
pub fn is_host(entry: &HostPattern, host: &[u8]) -> bool {
    let host = host.to_ascii_lowercase();
    let entry = entry.as_str().as_bytes();
    match entry.strip_prefix(b"*") {
        Some(above) => host.ends_with(above) && host.len() > above.len(),
        None => host == entry,
    }
}

/// Whether the entry covers a plain `path`.
#[must_use]
pub fn reads(entry: &ReadPath, path: &[u8]) -> bool {
    let [entry, path] =
        [entry.as_str().as_bytes(), path].map(|path| path.split(|byte| *byte == b'/'));
    let (entry, path): (Vec<_>, Vec<_>) = (entry.collect(), path.collect());
    let same = |(entry, segment): (&&[u8], &&[u8])| {
        entry == segment || (*entry == b"*" && !segment.is_empty())
    };
    entry.len() == path.len() && entry.iter().zip(&path).all(same)
}
