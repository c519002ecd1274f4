use core::net::IpAddr;

use crate::path::Target;
use crate::request::headers::Headers;
use crate::request::peer::Peer;

/// A request as a node shows it to the core, borrowed from the node.
///
/// The values are neither copied nor checked before: every field may hold any bytes.
#[derive(Debug)]
pub struct RequestView<'a, H: ?Sized> {
    /// The method, as received.
    pub method: &'a [u8],
    /// The path of the request target, with or without its query.
    pub path: &'a [u8],
    /// The pseudo-header `:authority`, or the authority of an absolute-form target (RFC 9112, section 3.2.2).
    pub authority: Option<&'a [u8]>,
    /// The pseudo-header `:protocol`, which an extended CONNECT has (RFC 8441).
    pub protocol: Option<&'a [u8]>,
    /// The client's address; `None` if it is unknown or [`Policy::asks_client`] is false.
    ///
    /// [`Policy::asks_client`]: crate::Policy::asks_client
    pub client: Option<IpAddr>,
    /// The peer of the connection; it may be [`Peer::Unknown`] if [`Policy::asks_peer`] is false.
    ///
    /// [`Policy::asks_peer`]: crate::Policy::asks_peer
    pub peer: Peer,
    /// The header lines, `Host` among them if it was received.
    pub headers: &'a H,
}

impl<'a, H: Headers + ?Sized> RequestView<'a, H> {
    /// A request with these parts and no others.
    #[must_use]
    pub fn new(method: &'a [u8], path: &'a [u8], headers: &'a H) -> Self {
        Self {
            method,
            path,
            authority: None,
            protocol: None,
            client: None,
            peer: Peer::Unknown,
            headers,
        }
    }

    /// Whether the request asks for a tunnel, which has no path. An extended CONNECT has a path, and is judged like its
    /// equivalent in HTTP/1.1, a GET with `Upgrade`.
    pub(crate) fn is_tunnel(&self) -> bool {
        self.method == b"CONNECT" && self.protocol.is_none()
    }

    pub(crate) fn target(&self) -> Target<'a> {
        Target::of(self.path)
    }

    /// Whether the request is a preflight (Fetch Standard, "CORS-preflight request").
    pub(crate) fn is_preflight(&self) -> bool {
        self.method == b"OPTIONS"
            && self.headers.has("origin")
            && self.headers.has("access-control-request-method")
    }
}
