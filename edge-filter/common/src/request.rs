use std::net::IpAddr;

use intermission_core::{Headers, RequestView};

/// A request by its headers with the pseudo-headers, as Envoy shows them. The peer is unknown.
pub fn view<H: Headers>(headers: &H, client: Option<IpAddr>) -> RequestView<'_, H> {
    let pseudo = |name| headers.single(name).unwrap_or_default();
    RequestView {
        authority: headers.single(":authority"),
        client,
        ..RequestView::new(pseudo(":method"), pseudo(":path"), headers)
    }
}

/// Whether the body of a refused request is to be read before the answer, as Envoy's `request.protocol` says: over HTTP/1, where
/// the answer would cut the client off (RFC 9112, section 9.6). Not if the client waits to be invited to send (RFC 9110,
/// section 10.1.1), and not if it asks for an upgrade, after which it waits as well.
pub fn reads_before_answer<H: Headers, P: AsRef<[u8]>>(
    headers: &H,
    protocol: impl FnOnce() -> Option<P>,
) -> bool {
    let is_http1 = || protocol().is_some_and(|protocol| protocol.as_ref().starts_with(b"HTTP/1"));
    !headers.has("expect") && !headers.has("upgrade") && is_http1()
}
