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
        path_only(self.path)
    }

    pub(crate) fn query(&self) -> &'a [u8] {
        let mut parts = self.path.splitn(2, |byte| *byte == b'?').skip(1);
        parts.next().unwrap_or_default()
    }

    /// Whether another protocol is asked for (RFC 9110, sections 7.8 and 9.3.6; RFC 8441).
    pub(crate) fn upgrades(&self) -> bool {
        self.method == b"CONNECT" || self.headers.has("upgrade")
    }

    /// Whether the call is one of Connect's: a unary or a streaming one (Connect protocol reference).
    pub(crate) fn connect_call(&self) -> Option<ConnectCall> {
        let content_type = self.headers.single("content-type").unwrap_or_default();
        let unary_get = || {
            let parameters = self.query().split(|byte| *byte == b'&');
            self.method == b"GET"
                && parameters
                    .into_iter()
                    .any(|parameter| parameter == b"connect=v1")
        };
        if content_type.starts_with(b"application/connect+") {
            Some(ConnectCall::Streaming)
        } else if self.headers.has("connect-protocol-version") || unary_get() {
            Some(ConnectCall::Unary)
        } else {
            None
        }
    }

    /// Whether the content type is gRPC's, compared as Envoy does: byte for byte, and a suffix only
    /// after a plus sign, so that `application/grpc-web` is none.
    pub(crate) fn is_grpc(&self) -> bool {
        let content_type = self.headers.single("content-type").unwrap_or_default();
        let suffix = content_type.strip_prefix(b"application/grpc");
        suffix.is_some_and(|suffix| matches!(suffix.first(), None | Some(b'+')))
    }

    pub(crate) fn is_grpc_web(&self) -> bool {
        let content_type = self.headers.single("content-type").unwrap_or_default();
        content_type.starts_with(b"application/grpc-web")
    }

    /// Whether a preflight is asked (Fetch Standard, "CORS-preflight request").
    pub(crate) fn is_preflight(&self) -> bool {
        self.method == b"OPTIONS"
            && self.headers.has("origin")
            && self.headers.has("access-control-request-method")
    }
}

/// A path without its query.
pub(crate) fn path_only(path: &[u8]) -> &[u8] {
    let mut parts = path.splitn(2, |byte| *byte == b'?');
    parts.next().unwrap_or_default()
}

/// The two ways to call a method in the Connect protocol, which report errors differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ConnectCall {
    Unary,
    Streaming,
}
