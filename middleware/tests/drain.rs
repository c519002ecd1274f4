//! What counts as running after the state has changed, and until when.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "what a test does not expect ends it"
)]

use std::convert::Infallible;
use std::future::{poll_fn, ready};
use std::net::{IpAddr, Ipv4Addr};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body::{Body, Frame};
use http_body_util::{BodyExt, Full};
use intermission::{
    MaintenanceLayer, Peer, PolicyHandle, RequestGuard, ResponseBody, Running, State,
};
use tower::util::BoxCloneService;
use tower::{Layer, Service, ServiceExt, service_fn};

const TESTER: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 9));

type Answer = Response<ResponseBody<Full<Bytes>>>;

/// A service behind the layer, and its policy.
struct Shop {
    policy: PolicyHandle,
    service: BoxCloneService<Request<String>, Answer, Infallible>,
}

impl Shop {
    /// One that answers with `response`, and puts the guard of each request where `keep` says.
    fn new(
        state: State,
        response: fn() -> Response<Full<Bytes>>,
        keep: impl Fn(RequestGuard) + Clone + Send + 'static,
    ) -> Self {
        let policy = PolicyHandle::new(state);
        let app = service_fn(move |request: Request<String>| {
            keep(request.extensions().get::<RequestGuard>().unwrap().clone());
            async move { Ok::<_, Infallible>(response()) }
        });
        let service = MaintenanceLayer::new(policy.clone())
            .with_extensions()
            .layer(app);
        Self {
            policy,
            service: BoxCloneService::new(service),
        }
    }

    fn open() -> Self {
        Self::new(state(1, "off", false), small, drop)
    }

    async fn ask(&self, path: &str) -> Answer {
        let mut request = Request::get(path).body(String::new()).unwrap();
        request.extensions_mut().insert(Peer::Address(TESTER));
        self.service.clone().oneshot(request).await.unwrap()
    }

    /// How many requests run, and the oldest one's revision.
    fn running(&self) -> (u64, Option<u64>) {
        let Running {
            requests,
            upgraded,
            oldest,
        } = self.policy.running();
        assert_eq!(upgraded, 0);
        (requests, oldest)
    }
}

fn small() -> Response<Full<Bytes>> {
    Response::new("welcome".into())
}

fn large() -> Response<Full<Bytes>> {
    Response::new(vec![b'x'; 1 << 20].into())
}

fn switched() -> Response<Full<Bytes>> {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    response
}

fn state(revision: u64, maintenance: &str, allowlist: bool) -> State {
    let document = format!(
        r#"{{ "version": 1, "store": "S", "service": "shop", "revision": {revision}, "maintenance": "{maintenance}",
        "allowlist": {{ "enabled": {allowlist}, "cidrs": ["203.0.113.0/24"] }} }}"#
    );
    State::parse(document.as_bytes()).unwrap()
}

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

#[tokio::test]
async fn exempt_requests_do_not_count_while_they_are_exempt() {
    let shop = Shop::open();
    let watch = shop.ask("/healthz").await;
    shop.policy.swap(state(2, "all", false));
    assert_eq!(shop.running(), (0, None));
    let mut narrowed = state(3, "all", false);
    narrowed.exempt.paths.clear();
    shop.policy.swap(narrowed);
    assert_eq!(shop.running(), (1, Some(1)));
    drop(watch);
}

#[tokio::test]
async fn testers_count_once_they_are_refused() {
    let shop = Shop::new(state(1, "all", true), small, drop);
    let test = shop.ask("/").await;
    assert_eq!(test.status(), StatusCode::OK);
    shop.policy.swap(state(2, "all", true));
    assert_eq!(shop.running(), (0, None));
    shop.policy.swap(state(3, "all", false));
    assert_eq!(shop.running(), (1, Some(1)));
    shop.policy.swap(state(4, "off", false));
    assert_eq!(shop.running(), (0, None));
    drop(test);
}

#[test]
fn threads_that_ask_all_the_time_heed_every_swap_at_once() {
    let policy = PolicyHandle::new(state(1, "off", false));
    let closed = AtomicU64::new(0);
    let ended = AtomicBool::new(false);
    let app = service_fn(|_: Request<String>| ready(Ok::<_, Infallible>(small())));
    let ask = || {
        let mut service = MaintenanceLayer::new(policy.clone()).layer(app);
        let mut cx = Context::from_waker(Waker::noop());
        while !ended.load(Ordering::Relaxed) {
            let before = closed.load(Ordering::SeqCst);
            let future = pin!(service.call(Request::new(String::new())));
            let Poll::Ready(answer) = future.poll(&mut cx) else {
                panic!("no answer");
            };
            let refused = answer.unwrap().status() == StatusCode::SERVICE_UNAVAILABLE;
            let after = closed.load(Ordering::SeqCst);
            if before == after && before % 2 == 1 {
                assert!(refused, "admitted after swap {before}");
            }
        }
    };
    std::thread::scope(|scope| {
        let threads = [1, 2, 3].map(|_| scope.spawn(ask));
        for revision in 2..100 {
            let maintenance = if revision % 2 == 0 { "all" } else { "off" };
            // Odd while it is closed for certain.
            if maintenance == "off" {
                closed.fetch_add(1, Ordering::SeqCst);
            }
            policy.swap(state(revision, maintenance, false));
            if maintenance == "all" {
                closed.fetch_add(1, Ordering::SeqCst);
                while policy.running().requests > 0 {
                    std::thread::yield_now();
                }
            }
        }
        ended.store(true, Ordering::Relaxed);
        for thread in threads {
            thread.join().unwrap();
        }
    });
    assert_eq!(policy.running(), Running::default());
}

#[tokio::test]
async fn the_oldest_of_several_is_told() {
    let shop = Shop::open();
    let first = shop.ask("/").await;
    shop.policy.swap(state(2, "off", true));
    let second = shop.ask("/").await;
    shop.policy.swap(state(3, "all", false));
    assert_eq!(shop.running(), (2, Some(1)));
    drop(first);
    assert_eq!(shop.running(), (1, Some(2)));
    let mut restored = state(1, "all", false);
    restored.store = "T".into();
    shop.policy.swap(restored);
    assert_eq!(shop.running(), (1, Some(0)), "before any of this store");
    drop(second);
    assert_eq!(shop.running(), (0, None));
}

#[tokio::test]
async fn an_upgraded_connection_without_a_guard_is_told_apart() {
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
async fn nobody_can_keep_an_upgraded_connection_of_a_layer_without_extensions() {
    let policy = PolicyHandle::new(state(1, "off", false));
    let app = service_fn(|request: Request<String>| async move {
        assert!(request.extensions().get::<RequestGuard>().is_none());
        Ok::<_, Infallible>(switched())
    });
    let service = MaintenanceLayer::new(policy.clone()).layer(app);
    drop(service.oneshot(Request::new(String::new())).await.unwrap());
    policy.swap(state(2, "all", false));
    assert_eq!(policy.running().upgraded, 1);
}

#[tokio::test]
async fn a_request_outlives_the_policy_that_counts_it() {
    let shop = Shop::open();
    let response = shop.ask("/").await;
    drop(shop);
    // What it is counted in may not be used for others yet.
    let others: Vec<_> = (0..10).map(|_| Shop::open()).collect();
    for shop in &others {
        shop.policy.swap(state(2, "all", false));
        assert_eq!(shop.running(), (0, None));
    }
    drop(response);
    for shop in &others {
        assert_eq!(shop.running(), (0, None));
    }
}

#[tokio::test]
async fn a_tunnel_is_an_upgraded_connection() {
    let shop = Shop::open();
    let mut connect = Request::new(String::new());
    *connect.method_mut() = Method::CONNECT;
    drop(shop.service.clone().oneshot(connect).await.unwrap());
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

#[tokio::test]
async fn requests_that_only_read_do_not_count_while_only_writes_are_refused() {
    let shop = Shop::open();
    let stream = shop.ask("/").await;
    shop.policy.swap(state(2, "writes", false));
    assert_eq!(shop.running(), (0, None));
    shop.policy.swap(state(3, "all", false));
    assert_eq!(shop.running(), (1, Some(1)));
    drop(stream);
}

#[tokio::test]
async fn exempt_requests_outlast_the_mode_that_let_them_read() {
    let shop = Shop::new(state(1, "writes", false), small, drop);
    let watch = shop.ask("/healthz").await;
    shop.policy.swap(state(2, "all", false));
    assert_eq!(shop.running(), (0, None));
    drop(watch);
}
