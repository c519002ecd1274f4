use alloc::boxed::Box;
use core::str::FromStr;

use serde::Serialize;

use crate::request::fields::{HOST_HEADERS, PATH_HEADERS, Weights, is_among, spells};
use crate::request::forwarded::Elements;
use crate::request::headers::Headers;
use crate::request::view::RequestView;
use crate::request::weighed::{Weighed, named};
use crate::text::ParseError;

/// The name of a host, in lower case, without port and trailing dot.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct HostName(Box<str>);

impl HostName {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for HostName {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let canonical = normal(text.as_bytes()) == Some(text.as_bytes())
            && !text.bytes().any(|byte| byte.is_ascii_uppercase());
        if canonical {
            Ok(Self(text.into()))
        } else {
            Err(ParseError::new(
                text,
                "is not a host; write it in lower case, without scheme, port, trailing dot or wildcard, like shop.example.com",
            ))
        }
    }
}

/// The host that a request asks for, without port and trailing dot, in whatever case.
///
/// `None` where it is missing, given several times, given twice with a difference, or odd.
pub(crate) fn requested<'a, H: Headers + ?Sized>(request: &RequestView<'a, H>) -> Option<&'a [u8]> {
    let mut lines = request.headers.lines("host");
    let header = lines.next();
    if lines.next().is_some() {
        return None;
    }
    match (request.authority, header) {
        (Some(authority), Some(header)) => {
            let (authority, header) = (normal(authority)?, normal(header)?);
            authority.eq_ignore_ascii_case(header).then_some(authority)
        }
        (Some(host), None) | (None, Some(host)) => normal(host),
        (None, None) => None,
    }
}

/// Whether every host that a request names can be read and is one of which `is` says yes: the one that it asks for, and
/// those that its headers name, by which some applications route instead.
pub(crate) fn are_all<H: Headers + ?Sized>(
    request: &Weighed<'_, '_, H>,
    is: impl Fn(&[u8]) -> bool,
) -> bool {
    let reads = |host: &[u8]| normal(host).is_some_and(&is);
    let by_header = |(name, value): (&str, &[u8])| {
        if spells(name, "forwarded") {
            Elements::new(value).all(|element| {
                element.is_ok_and(|element| {
                    element
                        .host
                        .is_none_or(|host| host.is_empty() || reads(host))
                })
            })
        } else if is_among(name, &HOST_HEADERS) {
            let elements = value.split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
            elements.filter(|element| !element.is_empty()).all(reads)
        } else if is_among(name, &PATH_HEADERS) {
            named(value).authority.is_none_or(reads)
        } else {
            true
        }
    };
    let view = request.request;
    let names_one = request.has(Weights::HOST_OR_PATH);
    requested(view).is_some_and(&is) && (!names_one || view.headers.all().all(by_header))
}

fn normal(authority: &[u8]) -> Option<&[u8]> {
    if authority.starts_with(b"[") {
        let end = authority.iter().position(|byte| *byte == b']')?;
        let (literal, rest) = authority.split_at_checked(end + 1)?;
        let odd = |byte: &u8| !(byte.is_ascii_hexdigit() || b":.[]".contains(byte));
        return (is_port(rest) && !literal.iter().any(odd)).then_some(literal);
    }
    let end = authority.iter().position(|byte| *byte == b':');
    let (name, port) = authority.split_at_checked(end.unwrap_or(authority.len()))?;
    let name = name.strip_suffix(b".").unwrap_or(name);
    let odd = |label: &[u8]| {
        label.is_empty()
            || !label
                .iter()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(byte))
    };
    (is_port(port) && !name.split(|byte| *byte == b'.').any(odd)).then_some(name)
}

/// Whether `text` is nothing, or a colon and a port.
fn is_port(text: &[u8]) -> bool {
    match text.split_first() {
        None => true,
        Some((b':', digits)) => {
            (1..=5).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit)
        }
        Some(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn requested_by(authority: Option<&str>, hosts: &[&str]) -> Option<alloc::string::String> {
        let headers: alloc::vec::Vec<_> = hosts.iter().map(|host| ("Host", host)).collect();
        let request = RequestView {
            authority: authority.map(str::as_bytes),
            ..RequestView::new(b"GET", b"/", headers.as_slice())
        };
        requested(&request).map(|host| core::str::from_utf8(host).unwrap().into())
    }

    #[test]
    fn port_and_one_trailing_dot_do_not_count() {
        for host in [
            "shop.example",
            "shop.example:8080",
            "shop.example.",
            "shop.example.:80",
        ] {
            assert_eq!(
                requested_by(None, &[host]).as_deref(),
                Some("shop.example"),
                "{host}"
            );
        }
        assert_eq!(requested_by(None, &["[::1]:80"]).as_deref(), Some("[::1]"));
    }

    #[test]
    fn what_is_missing_or_odd_is_unknown() {
        for host in [
            "",
            ".",
            "shop..example",
            "shop.example..",
            "user@shop.example",
            "shop.example:",
            "shop.example:x",
            "shop example",
            "[::1",
            "[::1]x",
            "shop%2eexample",
            "sh\u{f6}p",
        ] {
            assert_eq!(requested_by(None, &[host]), None, "{host}");
        }
        assert_eq!(requested_by(None, &[]), None);
        assert_eq!(requested_by(None, &["a", "a"]), None);
        assert_eq!(requested_by(Some("a"), &["b"]), None);
        assert_eq!(requested_by(Some("a"), &["A:80"]).as_deref(), Some("a"));
    }

    #[test]
    fn an_entry_has_one_spelling() {
        assert!("shop.example".parse::<HostName>().is_ok());
        for text in [
            "Shop.example",
            "shop.example:80",
            "shop.example.",
            "*.example",
            "https://shop.example",
            "",
        ] {
            let error = text.parse::<HostName>().unwrap_err();
            assert!(
                alloc::format!("{error}").starts_with(&alloc::format!("{text:?} is not a host")),
                "{text}"
            );
        }
    }
}
