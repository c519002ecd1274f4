use crate::request::fields::{HOST_HEADERS, PATH_HEADERS, Weights, is_among, spells};
use crate::request::forwarded::Elements;
use crate::request::headers::Headers;
use crate::request::host_name::normal;
use crate::request::path_header::named;
use crate::request::view::RequestView;
use crate::request::weighed::Weighed;

/// The host of a request, without port and trailing dot, in any case.
///
/// `None` if it is missing or not valid, if `Host` occurs several times, or if `Host` and the authority differ.
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

/// The host of an authority, without port and trailing dot, in any case; `None` if the authority is not valid.
pub(crate) fn of_authority(authority: &[u8]) -> Option<&[u8]> {
    normal(authority)
}

/// Whether every host that a request names can be read and satisfies `is`: its own host and those in headers by which
/// some applications route instead.
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
    fn port_and_one_trailing_dot_are_ignored() {
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
    fn a_missing_or_invalid_host_is_unknown() {
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
}
