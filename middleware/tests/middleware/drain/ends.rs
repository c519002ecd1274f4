//! Until when a request runs.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use http_body::{Body, Frame};
use http_body_util::{BodyExt, Full};
use intermission::{MaintenanceLayer, PolicyHandle, RequestGuard, Running};
use tower::{Layer, ServiceExt, service_fn};

use super::shop::{Shop, large, small, state, switched};

#[tokio::test]
async fn a_request_runs_until_its_response_is_read() {
    let shop = Shop::open();
    let response = shop.ask("/").await;
    assert_eq!(shop.running(), (0, None), "nothing is refused while open");
    shop.policy.swap(state(2, "all", false));
    assert_eq!(shop.running(), (1, Some(1)));
    response.into_body().collect().await.unwrap();
    assert_eq!(shop.running(), (0, None));
}

#[tokio::test]
async fn a_client_that_goes_away_ends_its_request() {
    let policy = PolicyHandle::new(state(1, "off", false));
    let app = service_fn(|_: Request<String>| {
        std::future::pending::<Result<Response<Full<Bytes>>, Infallible>>()
    });
    let service = MaintenanceLayer::new(policy.clone()).layer(app);
    let mut waiting = Box::pin(service.oneshot(Request::new(String::new())));
    let poll = poll_fn(|cx| Poll::Ready(waiting.as_mut().poll(cx).is_pending()));
    assert!(poll.await);
    policy.swap(state(2, "all", false));
    assert_eq!(policy.running().requests, 1);
    drop(waiting);
    assert_eq!(policy.running(), Running::default());
}

#[tokio::test]
async fn a_handler_that_panics_ends_its_request() {
    let policy = PolicyHandle::new(state(1, "off", false));
    let app = service_fn(|_: Request<String>| async {
        tokio::task::yield_now().await;
        panic!("a bug of the handler's");
        #[expect(unreachable_code, reason = "it says what the handler would answer")]
        Ok::<Response<Full<Bytes>>, Infallible>(small())
    });
    let service = MaintenanceLayer::new(policy.clone()).layer(app);
    let request = tokio::spawn(service.oneshot(Request::new(String::new())));
    assert!(request.await.unwrap_err().is_panic());
    policy.swap(state(2, "all", false));
    assert_eq!(policy.running(), Running::default());
}

#[tokio::test]
async fn what_a_body_does_at_its_end_belongs_to_its_request() {
    struct Ends(PolicyHandle, Arc<AtomicU64>);
    impl Body for Ends {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            Poll::Ready(None)
        }
    }
    impl Drop for Ends {
        fn drop(&mut self) {
            self.1.store(self.0.running().requests, Ordering::Relaxed);
        }
    }
    let policy = PolicyHandle::new(state(1, "off", false));
    let seen = Arc::new(AtomicU64::new(0));
    let (handle, write) = (policy.clone(), Arc::clone(&seen));
    let app = service_fn(move |_: Request<String>| {
        let body = Ends(handle.clone(), Arc::clone(&write));
        async { Ok::<_, Infallible>(Response::new(body)) }
    });
    let service = MaintenanceLayer::new(policy.clone()).layer(app);
    let response = service.oneshot(Request::new(String::new())).await.unwrap();
    policy.swap(state(2, "all", false));
    response.into_body().collect().await.unwrap();
    assert_eq!(seen.load(Ordering::Relaxed), 1);
    assert_eq!(policy.running(), Running::default());
}

#[tokio::test]
async fn a_guard_keeps_its_request_running_for_every_layer() {
    let policies = [1, 2].map(|_| PolicyHandle::new(state(1, "off", false)));
    for response in [small, switched] {
        let (send, guards) = std::sync::mpsc::channel();
        let app = service_fn(move |request: Request<String>| {
            let guard = request.extensions().get::<RequestGuard>().unwrap();
            send.send(guard.clone()).unwrap();
            async move { Ok::<_, Infallible>(response()) }
        });
        let [outer, inner] = policies
            .clone()
            .map(|policy| MaintenanceLayer::new(policy).with_extensions());
        let service = outer.layer(inner.layer(app));
        drop(service.oneshot(Request::new(String::new())).await.unwrap());
        let guard = guards.recv().unwrap();
        for policy in &policies {
            policy.swap(state(2, "all", false));
            let one = Running {
                requests: 1,
                upgraded: 0,
                oldest: Some(1),
            };
            assert_eq!(policy.running(), one);
        }
        drop(guard);
        for policy in &policies {
            assert_eq!(policy.running(), Running::default());
            policy.swap(state(3, "off", false));
            policy.swap(state(1, "off", false));
        }
    }
}

#[tokio::test]
async fn what_is_kept_in_the_server_is_not_read_yet() {
    let shop = Shop::new(state(1, "off", false), large, drop);
    let mut body = shop.ask("/").await.into_body();
    shop.policy.swap(state(2, "all", false));
    let frame = body.frame().await.unwrap().unwrap();
    drop(body);
    let mut data = frame.into_data().unwrap();
    let rest = data.split_off(100);
    drop(data);
    assert_eq!(shop.running(), (1, Some(1)));
    drop(rest);
    assert_eq!(shop.running(), (0, None));
}

#[tokio::test]
async fn a_guard_keeps_a_request_running_after_its_response() {
    let (send, guards) = std::sync::mpsc::channel();
    let shop = Shop::new(state(1, "off", false), small, move |guard| {
        send.send(guard).unwrap();
    });
    drop(shop.ask("/").await);
    shop.policy.swap(state(2, "all", false));
    let guard = guards.recv().unwrap();
    let clone = guard.clone();
    drop(guard);
    assert_eq!(shop.running(), (1, Some(1)));
    drop(clone);
    assert_eq!(shop.running(), (0, None));
}
