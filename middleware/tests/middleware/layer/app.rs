//! A service behind the layer, and the requests to it.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::net::{IpAddr, Ipv4Addr};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Method, Request, Response};
use http_body_util::{BodyExt, Full};
use intermission::{Decision, Peer, State};
use tower::Service;

pub(crate) const TESTER: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 9));
pub(crate) const STRANGER: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 7));

/// A service that answers with what it finds in the extensions of its requests.
#[derive(Clone)]
pub(crate) struct App;

impl Service<Request<String>> for App {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<String>) -> Self::Future {
        let found = format!(
            "{:?}",
            request
                .extensions()
                .get::<Decision>()
                .map(|found| found.verdict)
        );
        let response = Response::builder()
            .header("cache-control", "public, max-age=3600")
            .header("cdn-cache-control", "max-age=3600")
            .header("expires", "Thu, 01 Jan 2037 00:00:00 GMT")
            .body(Full::from(found));
        ready(Ok(response.unwrap()))
    }
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

pub(crate) async fn text(
    response: Response<impl http_body::Body<Data = Bytes, Error = Infallible>>,
) -> String {
    String::from_utf8(
        response
            .into_body()
            .collect()
            .await
            .unwrap()
            .to_bytes()
            .to_vec(),
    )
    .unwrap()
}
