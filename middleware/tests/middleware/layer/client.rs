//! What an axum server says where the layer cannot see its clients.

use std::net::SocketAddr;

use axum::Router;
use axum::routing::get;
use intermission::{MaintenanceLayer, PolicyHandle, State};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::log::Log;

const WARNING: &str =
    "the allowlist is enabled, but the layer sees no address of a connection's peer";

fn routes() -> Router {
    Router::new().route("/", get(async || "welcome"))
}

fn layer(allowlist: bool) -> MaintenanceLayer {
    let document = format!(
        r#"{{ "version": 1, "service": "shop", "revision": 1, "maintenance": "all",
        "allowlist": {{ "enabled": {allowlist}, "cidrs": ["127.0.0.0/8"] }} }}"#
    );
    MaintenanceLayer::new(PolicyHandle::new(
        State::parse(document.as_bytes()).unwrap(),
    ))
}

async fn status(address: SocketAddr) -> String {
    let mut connection = TcpStream::connect(address).await.unwrap();
    let request = b"GET / HTTP/1.1\r\nhost: shop\r\nconnection: close\r\n\r\n";
    connection.write_all(request).await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    answer.split(' ').nth(1).unwrap().to_owned()
}

#[tokio::test]
async fn a_server_without_connect_info_is_warned_of_once() {
    let log = Log::default();
    let _capture = log.capture();
    for (allowlist, warnings) in [(false, 0), (true, 1)] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server =
            tokio::spawn(axum::serve(listener, routes().layer(layer(allowlist))).into_future());
        for _ in 0..3 {
            assert_eq!(status(address).await, "503");
        }
        assert_eq!(
            log.text().matches(WARNING).count(),
            warnings,
            "{}",
            log.text()
        );
        server.abort();
    }
    assert!(log.text().contains("into_make_service_with_connect_info"));
}

#[tokio::test]
async fn a_server_with_connect_info_is_not_warned_of() {
    let log = Log::default();
    let _capture = log.capture();
    let bind = async || TcpListener::bind("127.0.0.1:0").await.unwrap();
    let [inside, around] = [bind().await, bind().await];
    let addresses = [&inside, &around].map(|listener| listener.local_addr().unwrap());
    let app = routes().layer(layer(true));
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    let inside = tokio::spawn(axum::serve(inside, app).into_future());
    let app = layer(true).around(routes());
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    let around = tokio::spawn(axum::serve(around, app).into_future());
    for address in addresses {
        assert_eq!(status(address).await, "200");
    }
    assert!(!log.text().contains(WARNING), "{}", log.text());
    inside.abort();
    around.abort();
}
