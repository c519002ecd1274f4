//! What a request asks for, and what its headers name.

use crate::case::Case;
use crate::forwarded::elements;
use crate::host::normal;

const PATH_HEADERS: [&str; 2] = ["x-original-url", "x-rewrite-url"];
const HOST_HEADERS: [&str; 3] = ["x-forwarded-host", "x-original-host", "x-host"];

pub(crate) fn path<'b>(case: &Case<'b>) -> &'b [u8] {
    case.path
        .split(|byte| *byte == b'?')
        .next()
        .unwrap_or_default()
}

/// Whether a path decodes to one meaning.
pub(crate) fn is_clear(path: &[u8]) -> bool {
    let mut decoded = Vec::new();
    let mut rest = path;
    while let [byte, after @ ..] = rest {
        let pair = after.get(..2).filter(|_| *byte == b'%');
        let code = pair.and_then(|pair| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok());
        // `from_str_radix` takes a sign as well.
        match code.filter(|_| after[0] != b'+') {
            // What was an escaped slash is none between segments.
            Some(b'/') => return false,
            Some(code) => {
                decoded.push(code);
                rest = &after[2..];
            }
            None => {
                decoded.push(*byte);
                rest = after;
            }
        }
    }
    let Ok(decoded) = String::from_utf8(decoded) else {
        return false;
    };
    let odd = |c: char| "\\%?#\u{fffd}".contains(c) || c.is_control();
    let dots = |segment: &str| {
        let segment = segment.split(';').next().unwrap_or_default();
        !segment.is_empty() && segment.chars().all(|c| ". ".contains(c))
    };
    decoded.starts_with('/') && !decoded.contains(odd) && !decoded.split('/').any(dots)
}

/// Whether a header names another path than the request's.
pub(crate) fn is_rerouted(case: &Case<'_>) -> bool {
    let own = path(case);
    values(case, &PATH_HEADERS).iter().any(|value| {
        let value = value.trim_ascii();
        let target = absolute(value).map_or(value, |(_, target)| target);
        !target.starts_with(b"/") || target.split(|byte| *byte == b'?').next() != Some(own)
    })
}

/// Authority and target of a URL.
fn absolute(value: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = value.iter().position(|byte| *byte == b':')?;
    let (scheme, rest) = (&value[..colon], value[colon + 1..].strip_prefix(b"//")?);
    if !scheme.eq_ignore_ascii_case(b"http") && !scheme.eq_ignore_ascii_case(b"https") {
        return None;
    }
    let end = rest
        .iter()
        .position(|byte| b"/?".contains(byte))
        .unwrap_or(rest.len());
    Some(rest.split_at(end))
}

/// Every host that the request names; `None` for one that cannot be read.
pub(crate) fn named_hosts(case: &Case<'_>) -> Vec<Option<String>> {
    let mut hosts = vec![requested_host(case)];
    for value in values(case, &HOST_HEADERS) {
        let elements = value.split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
        hosts.extend(elements.filter(|element| !element.is_empty()).map(normal));
    }
    for value in values(case, &["forwarded"]) {
        match elements(value) {
            None => hosts.push(None),
            Some(elements) => {
                let named = elements.iter().filter_map(|element| element.host);
                hosts.extend(named.filter(|host| !host.is_empty()).map(normal));
            }
        }
    }
    for value in values(case, &PATH_HEADERS) {
        hosts.extend(absolute(value.trim_ascii()).map(|(authority, _)| normal(authority)));
    }
    hosts
}

pub(crate) fn requested_host(case: &Case<'_>) -> Option<String> {
    match (case.authority, exactly(case, "host").as_slice()) {
        (Some(host), []) => normal(host),
        (None, [host]) => normal(host),
        (Some(authority), [header]) => {
            normal(authority).filter(|host| normal(header).as_ref() == Some(host))
        }
        _ => None,
    }
}

/// The lines of the headers that are one of `names` to an application which makes one of several spellings.
pub(crate) fn values<'b>(case: &Case<'b>, names: &[&str]) -> Vec<&'b [u8]> {
    let spelled = |name: &str| {
        let common = |byte: u8| {
            if byte.is_ascii_alphanumeric() {
                byte.to_ascii_lowercase()
            } else {
                b'-'
            }
        };
        name.bytes().map(common).collect::<Vec<u8>>()
    };
    let lines = case
        .headers
        .iter()
        .filter(|(name, _)| names.iter().any(|known| known.as_bytes() == spelled(name)));
    lines.map(|(_, value)| *value).collect()
}

/// The lines of the header `name` in no other spelling.
pub(crate) fn exactly<'b>(case: &Case<'b>, name: &str) -> Vec<&'b [u8]> {
    let lines = case
        .headers
        .iter()
        .filter(|(known, _)| known.eq_ignore_ascii_case(name));
    lines.map(|(_, value)| *value).collect()
}

pub(crate) fn single<'b>(case: &Case<'b>, name: &str) -> Option<&'b [u8]> {
    match exactly(case, name).as_slice() {
        [line] => Some(line),
        _ => None,
    }
}
