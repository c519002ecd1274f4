use crate::request::headers::Headers;

/// Whether the only protocol that the headers ask for is HTTP/2 on the same connection.
///
/// Java's HTTP client sends `Upgrade: h2c` with every request. It does not count against the request, because nodes remove it
/// from requests that they admit during maintenance.
pub(crate) fn asks_for_h2c<H: Headers + ?Sized>(headers: &H) -> bool {
    let asked = headers.single("upgrade");
    asked.is_some_and(|protocol| protocol.trim_ascii().eq_ignore_ascii_case(b"h2c"))
}

/// Whether a member of the `Upgrade` header names HTTP/2 on the same connection, in any way that a server may read it.
///
/// Nodes remove such a member from requests that they admit during maintenance, because no node sees the requests of the
/// upgraded connection.
#[must_use]
pub fn is_h2c(protocol: &[u8]) -> bool {
    let mut names = protocol.split(|byte| !byte.is_ascii_alphanumeric());
    names.any(|name| name.eq_ignore_ascii_case(b"h2c"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn h2c_alone_does_not_count_against_a_request() {
        let asks = |lines: &[&str]| {
            let headers: alloc::vec::Vec<_> = lines.iter().map(|line| ("Upgrade", *line)).collect();
            asks_for_h2c(headers.as_slice())
        };
        assert!(asks(&["h2c"]) && asks(&["H2C"]));
        for lines in [
            &["websocket"][..],
            &["h2c, websocket"],
            &["h2c", "h2c"],
            &["h2"],
            &[""],
            &[],
        ] {
            assert!(!asks(lines), "{lines:?}");
        }
    }
}
