use crate::path::Target;
use crate::request::headers::Headers;
use crate::request::view::RequestView;

/// The kinds of calls of the Connect protocol, which report errors differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ConnectCall {
    Unary,
    Streaming,
}

impl<H: Headers + ?Sized> RequestView<'_, H> {
    /// The kind of the call, if it is one of the Connect protocol (Connect protocol reference).
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

    /// Whether the query of its `target` makes the request a unary call of the Connect protocol.
    pub(crate) fn is_get_of_connect(&self, target: &Target<'_>) -> bool {
        let mut parameters = target.query.split(|byte| *byte == b'&');
        let is_get = self.method == b"GET" || self.protocol.is_some();
        is_get && parameters.any(|parameter| parameter == b"connect=v1")
    }
}
