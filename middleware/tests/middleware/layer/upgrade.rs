//! Requests to change to another protocol.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Method, Request, Response};
use http_body_util::{BodyExt, Full};
use intermission::{MaintenanceLayer, Mode, PolicyHandle};
use tower::{Layer, Service, ServiceExt};

use super::app::{closed, request};

/// A service that answers with the headers of an upgrade that reach it.
#[derive(Clone)]
struct Upgrading;

impl Service<Request<String>> for Upgrading {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<String>) -> Self::Future {
        let sent = ["connection", "upgrade", "http2-settings"];
        let found = sent.map(|name| request.headers().get(name).cloned());
        ready(Ok(Response::new(format!("{found:?}").into())))
    }
}

#[tokio::test]
async fn an_upgrade_to_h2c_reaches_the_service_while_it_is_open_only() {
    let policy = PolicyHandle::new(closed());
    let app = MaintenanceLayer::new(policy.clone()).layer(Upgrading);
    let seen = async |upgrade: &[&str]| {
        let mut request = request(Method::GET, "/healthz", None);
        let protocols = upgrade.iter().map(|protocol| ("upgrade", *protocol));
        for (name, value) in [
            ("connection", "Upgrade, HTTP2-Settings"),
            ("http2-settings", "AAEAAEAA"),
        ]
        .into_iter()
        .chain(protocols)
        {
            request.headers_mut().append(name, value.parse().unwrap());
        }
        let response = app.clone().oneshot(request).await.unwrap();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        String::from_utf8(body.to_vec()).unwrap()
    };
    for upgrade in [&["h2c"][..], &["h2c", "H2C"]] {
        assert_eq!(seen(upgrade).await, "[None, None, None]");
    }
    for upgrade in [&["h2c, x"][..], &["x,h2c"], &["x", "h2c"]] {
        assert_eq!(
            seen(upgrade).await,
            r#"[Some("Upgrade"), Some("x"), None]"#,
            "{upgrade:?}"
        );
    }
    let mut open = closed();
    open.maintenance = Mode::Off;
    policy.swap(open);
    assert!(!seen(&["h2c"]).await.contains("None"));
}
