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
