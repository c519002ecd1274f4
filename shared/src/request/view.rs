use core::net::IpAddr;

use crate::path::Target;
use crate::request::headers::Headers;
use crate::request::peer::Peer;

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
    /// The pseudo-header `:protocol`, which an extended CONNECT has (RFC 8441).
    pub protocol: Option<&'a [u8]>,
    /// The client's address; `None` where it is unknown or [`Policy::asks_client`] says no.
    ///
    /// [`Policy::asks_client`]: crate::Policy::asks_client
    pub client: Option<IpAddr>,
    /// The other end of the connection itself; [`Peer::Unknown`] where [`Policy::asks_peer`] says no, too.
    ///
    /// [`Policy::asks_peer`]: crate::Policy::asks_peer
    pub peer: Peer,
    /// The header lines, `Host` among them if it was received.
    pub headers: &'a H,
}

impl<'a, H: Headers + ?Sized> RequestView<'a, H> {
    /// A request of which no more is known than this.
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

    /// Whether it asks for a tunnel, which has no path. An extended CONNECT has one, and is judged by it like the GET with
    /// `Upgrade` that it is in HTTP/1.1.
    pub(crate) fn is_tunnel(&self) -> bool {
        self.method == b"CONNECT" && self.protocol.is_none()
    }

    pub(crate) fn target(&self) -> Target<'a> {
        Target::of(self.path)
    }

    /// Whether the call is one of Connect's: a unary or a streaming one (Connect protocol reference).
    pub(crate) fn connect_call(&self) -> Option<ConnectCall> {
        let content_type = self.headers.single("content-type").unwrap_or_default();
        if content_type.starts_with(b"application/connect+") {
            Some(ConnectCall::Streaming)
        } else if self.headers.has("connect-protocol-version")
            || self.is_get_of_connect(&self.target())
        {
            Some(ConnectCall::Unary)
        } else {
            None
        }
    }

    /// Whether it is a unary call of Connect's by the query of its `target`.
    pub(crate) fn is_get_of_connect(&self, target: &Target<'_>) -> bool {
        let mut parameters = target.query.split(|byte| *byte == b'&');
        let is_get = self.method == b"GET" || self.protocol.is_some();
        is_get && parameters.any(|parameter| parameter == b"connect=v1")
    }

    /// Whether a preflight is asked (Fetch Standard, "CORS-preflight request").
    pub(crate) fn is_preflight(&self) -> bool {
        self.method == b"OPTIONS"
            && self.headers.has("origin")
            && self.headers.has("access-control-request-method")
    }
}

/// The two ways to call a method in the Connect protocol, which report errors differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ConnectCall {
    Unary,
    Streaming,
}
