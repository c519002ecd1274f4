//! Which running requests count under a later state.

use std::convert::Infallible;
use std::future::ready;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};

use http::{Request, StatusCode};
use intermission::{MaintenanceLayer, PolicyHandle, Running};
use tower::{Layer, Service, service_fn};

use super::shop::{Shop, small, state};

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
async fn the_oldest_of_several_is_named() {
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
