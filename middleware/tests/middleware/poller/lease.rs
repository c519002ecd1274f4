//! A lease is heeded where a request is admitted, whatever the task that polls does.

use std::path::Path;
use std::time::{Duration, Instant};

use http::{Request, StatusCode};
use intermission::{MaintenanceLayer, Mode, PolicyHandle, Poller};
use tokio::runtime::{Builder, Runtime};

use super::server::LONG;
use crate::app::{ask as ask_of, welcome};
use crate::log::Log;

const LEASE: Duration = Duration::from_millis(500);

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

fn pause(runtime: &Runtime, time: Duration) {
    runtime.block_on(async { tokio::time::sleep(time).await });
}

/// The policy of an open service whose state is a file in `folder`.
fn start(runtime: &Runtime, folder: &Path, lease: Option<Duration>) -> PolicyHandle {
    let file = folder.join("shop.json");
    let open = r#"{ "version": 1, "service": "shop", "revision": 1, "maintenance": "off" }"#;
    std::fs::write(&file, open).unwrap();
    let poller = Poller::new(format!("file://{}", file.display())).unwrap();
    let poller = poller.with_interval(Duration::from_millis(20));
    let poller = match lease {
        Some(lease) => poller.with_lease(lease),
        None => poller,
    };
    runtime.block_on(poller.start())
}

fn ask(runtime: &Runtime, policy: &PolicyHandle) -> StatusCode {
    let shop = welcome(&MaintenanceLayer::new(policy.clone()));
    runtime.block_on(ask_of(&shop, Request::default())).status()
}

#[test]
fn after_its_runtime_was_dropped_the_lease_closes_the_service() {
    let folder = tempfile::tempdir().unwrap();
    let log = Log::default();
    let _capture = log.capture();
    let (polling, serving) = (runtime(), runtime());
    // Longer than a machine under load takes until the first request.
    let policy = start(&polling, folder.path(), Some(LEASE * 6));
    assert!(policy.is_polling());
    assert_eq!(ask(&serving, &policy), StatusCode::OK);
    assert!(!log.text().contains("ERROR"), "{}", log.text());

    drop(polling);
    let since = Instant::now();
    assert!(!policy.is_polling());
    let said = "ERROR intermission_node::current::departure: the task that polls was dropped";
    assert!(log.text().contains(said), "{}", log.text());
    while ask(&serving, &policy) == StatusCode::OK {
        assert!(since.elapsed() < LONG, "it never closes");
        pause(&serving, Duration::from_millis(5));
    }
    assert_eq!(policy.state().maintenance, Mode::All);
    let said = "the lease has ended without an answer from the endpoint: closed until it answers";
    assert_eq!(log.text().matches(said).count(), 1, "{}", log.text());
}

#[test]
fn a_runtime_that_is_not_run_for_a_while_finds_the_service_closed_and_opens_it_again() {
    let folder = tempfile::tempdir().unwrap();
    let (polling, serving) = (runtime(), runtime());
    let policy = start(&polling, folder.path(), Some(LEASE));
    for _ in 0..3 {
        let since = Instant::now();
        while ask(&polling, &policy) != StatusCode::OK {
            pause(&polling, Duration::from_millis(5));
            assert!(since.elapsed() < LONG, "it never opens");
        }
        pause(&serving, LEASE * 2);
        assert_eq!(ask(&serving, &policy), StatusCode::SERVICE_UNAVAILABLE);
    }
}

#[test]
fn without_a_lease_the_state_outlives_its_poller() {
    let folder = tempfile::tempdir().unwrap();
    let (polling, serving) = (runtime(), runtime());
    let policy = start(&polling, folder.path(), None);
    drop(polling);
    assert!(!policy.is_polling());
    assert_eq!(ask(&serving, &policy), StatusCode::OK);
}

#[test]
fn a_poller_that_ends_because_its_policy_is_not_used_any_more_logs_no_error() {
    let folder = tempfile::tempdir().unwrap();
    let log = Log::default();
    let _capture = log.capture();
    let polling = runtime();
    let policy = start(&polling, folder.path(), Some(LEASE));
    drop(policy);
    drop(polling);
    let polling = runtime();
    let policy = start(&polling, folder.path(), Some(LEASE));
    polling.block_on(policy.leave());
    assert!(!policy.is_polling());
    drop(polling);
    assert!(!log.text().contains("ERROR"), "{}", log.text());
}

#[test]
fn a_state_that_is_swapped_by_hand_is_not_polled() {
    assert!(!PolicyHandle::default().is_polling());
}
