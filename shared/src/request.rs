use core::net::IpAddr;

use crate::Headers;

/// What a node shows of a request, borrowed from wherever the node keeps it.
///
/// Nothing is copied and nothing is checked beforehand: every field may hold any bytes.
#[derive(Debug)]
pub struct RequestView<'a, H: ?Sized> {
    /// The method, as received.
    pub method: &'a [u8],
    /// The path of the request target, with or without its query.
    pub path: &'a [u8],
    /// The pseudo-header `:authority`, else the authority of an absolute-form target (RFC 9112,
    /// section 3.2.2).
    pub authority: Option<&'a [u8]>,
    /// The client's address; `None` where it is unknown or [`Policy::asks_client`] says no.
    ///
    /// [`Policy::asks_client`]: crate::Policy::asks_client
    pub client: Option<IpAddr>,
    /// The header lines, `Host` among them if it was received.
    pub headers: &'a H,
}

impl<'a, H: Headers + ?Sized> RequestView<'a, H> {
    /// The path without its query.
    #[must_use]
    pub fn path_only(&self) -> &'a [u8] {
        let mut parts = self.path.splitn(2, |byte| *byte == b'?');
        parts.next().unwrap_or_default()
    }

    pub(crate) fn query(&self) -> &'a [u8] {
        let mut parts = self.path.splitn(2, |byte| *byte == b'?').skip(1);
        parts.next().unwrap_or_default()
    }

    /// Whether another protocol is asked for (RFC 9110, sections 7.8 and 9.3.6; RFC 8441).
    pub(crate) fn upgrades(&self) -> bool {
        self.method == b"CONNECT" || self.headers.has("upgrade")
    }

    /// Whether a preflight is asked (Fetch Standard, "CORS-preflight request").
    pub(crate) fn is_preflight(&self) -> bool {
        self.method == b"OPTIONS"
            && self.headers.has("origin")
            && self.headers.has("access-control-request-method")
    }
}
