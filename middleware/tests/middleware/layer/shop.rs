//! A shop behind the layer, and the requests to it.

use std::net::{IpAddr, Ipv4Addr};

use http::{Method, Request, Response};
use intermission::{Decision, MaintenanceLayer, Peer, PolicyHandle, State};

use crate::app::{App, behind};

pub(crate) const TESTER: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 9));
pub(crate) const STRANGER: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 7));

/// A shop that answers with what it finds in the extensions of its requests.
pub(crate) fn shop(layer: &MaintenanceLayer) -> App {
    behind(layer, |request| {
        let found = request.extensions().get::<Decision>();
        let response = Response::builder()
            .header("cache-control", "public, max-age=3600")
            .header("cdn-cache-control", "max-age=3600")
            .header("expires", "Thu, 01 Jan 2037 00:00:00 GMT")
            .body(format!("{:?}", found.map(|found| found.verdict)).into());
        response.unwrap()
    })
}

/// The layer around a shop in maintenance.
pub(crate) fn layer() -> MaintenanceLayer {
    MaintenanceLayer::new(PolicyHandle::new(closed()))
}

pub(crate) fn closed() -> State {
    let document = r#"{
        "version": 1, "service": "shop", "revision": 17, "maintenance": "all",
        "allowlist": { "enabled": true, "cidrs": ["203.0.113.0/24"] }
    }"#;
    State::parse(document.as_bytes()).unwrap()
}

pub(crate) fn request(method: Method, path: &str, peer: Option<IpAddr>) -> Request<String> {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .body(String::new())
        .unwrap();
    if let Some(peer) = peer {
        request.extensions_mut().insert(Peer::Address(peer));
    }
    request
}
