//! Connections that were upgraded.

use http::{Method, Request};
use intermission::{MaintenanceLayer, PolicyHandle, RequestGuard, Running};

use super::shop::{Shop, state, switched};
use crate::app::{ask, behind};

#[tokio::test]
async fn an_upgraded_connection_without_a_guard_is_counted_apart() {
    let shop = Shop::new(state(1, "off", false), switched, drop);
    drop(shop.ask("/").await);
    shop.policy.swap(state(2, "all", false));
    let unseen = Running {
        requests: 0,
        upgraded: 1,
        oldest: Some(1),
    };
    assert_eq!(shop.policy.running(), unseen);
}

#[tokio::test]
async fn without_extensions_no_handler_can_keep_an_upgraded_connection() {
    let policy = PolicyHandle::new(state(1, "off", false));
    let app = behind(&MaintenanceLayer::new(policy.clone()), |request| {
        assert!(request.extensions().get::<RequestGuard>().is_none());
        switched()
    });
    drop(ask(&app, Request::new(String::new())).await);
    policy.swap(state(2, "all", false));
    assert_eq!(policy.running().upgraded, 1);
}

#[tokio::test]
async fn a_tunnel_is_an_upgraded_connection() {
    let shop = Shop::open();
    let mut connect = Request::new(String::new());
    *connect.method_mut() = Method::CONNECT;
    drop(ask(&shop.service, connect).await);
    shop.policy.swap(state(2, "all", false));
    assert_eq!(shop.policy.running().upgraded, 1);
}

#[tokio::test]
async fn an_upgraded_connection_runs_while_its_handler_keeps_the_guard() {
    let (send, guards) = std::sync::mpsc::channel();
    let shop = Shop::new(state(1, "off", false), switched, move |guard| {
        send.send(guard).unwrap();
    });
    let guard = {
        let response = shop.ask("/").await;
        let guard = guards.recv().unwrap();
        drop(response);
        guard
    };
    shop.policy.swap(state(2, "all", false));
    assert_eq!(shop.running(), (1, Some(1)));
    drop(guard);
    assert_eq!(shop.running(), (0, None));
}
