//! Which requests are refused, and with which headers.

use http::{Method, StatusCode};
use intermission::{MaintenanceLayer, Mode, Peer, PolicyHandle};

use super::shop::{STRANGER, closed, layer, request, shop};
use crate::app::{ask, text};

#[tokio::test]
async fn policies_that_one_thread_sees_by_turns_are_kept_apart() {
    let revision = |revision| {
        let mut state = closed();
        state.revision = revision;
        PolicyHandle::new(state)
    };
    let policies: Vec<_> = (1..=20).map(revision).collect();
    for round in 0..3 {
        for policy in &policies {
            let app = shop(&MaintenanceLayer::new(policy.clone()));
            let response = ask(&app, request(Method::GET, "/", Some(STRANGER))).await;
            let marker = format!("refused;revision={}", policy.state().revision);
            assert_eq!(response.headers()["intermission"], marker, "round {round}");
        }
    }
}

#[tokio::test]
async fn without_a_peer_no_client_is_allowlisted() {
    let app = shop(&layer());
    for peer in [None, Some(Peer::Unknown), Some(Peer::Unix)] {
        let mut request = request(Method::GET, "/", None);
        request
            .headers_mut()
            .insert("x-forwarded-for", "203.0.113.9".parse().unwrap());
        if let Some(peer) = peer {
            request.extensions_mut().insert(peer);
        }
        assert_eq!(
            ask(&app, request).await.status(),
            StatusCode::SERVICE_UNAVAILABLE
        );
    }
}

#[tokio::test]
async fn a_function_of_the_application_can_find_the_client() {
    let app =
        shop(&layer().with_client_function(|headers, _| {
            headers.get("x-client")?.to_str().ok()?.parse().ok()
        }));
    let mut request = request(Method::GET, "/", None);
    let refused = ask(&app, request.clone()).await;
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    let client = "203.0.113.9".parse().unwrap();
    request.headers_mut().insert("x-client", client);
    assert_eq!(ask(&app, request).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn the_answer_to_head_has_the_headers_of_get_and_no_body() {
    let app = shop(&layer());
    let mut get = ask(&app, request(Method::GET, "/", None)).await;
    let mut head = ask(&app, request(Method::HEAD, "/", None)).await;
    let length = head.headers_mut().remove("content-length").unwrap();
    // Each draws its own.
    for answer in [&mut get, &mut head] {
        assert!(answer.headers_mut().remove("retry-after").is_some());
    }
    assert_eq!(get.headers(), head.headers());
    assert_eq!(length, text(get).await.len().to_string());
    assert_eq!(text(head).await, "");
}

#[tokio::test]
async fn a_swap_counts_for_every_layer_at_once() {
    let policy = PolicyHandle::new(closed());
    let layer = MaintenanceLayer::new(policy.clone());
    let apps = [
        shop(&layer),
        shop(&layer.clone()),
        shop(&MaintenanceLayer::new(policy.clone())),
    ];
    for mode in [Mode::Off, Mode::All, Mode::Writes, Mode::Off] {
        let mut state = policy.state();
        state.maintenance = mode;
        state.revision += 1;
        policy.swap(state);
        for app in &apps {
            let write = ask(app, request(Method::POST, "/", None)).await;
            assert_eq!(write.status() == StatusCode::OK, mode == Mode::Off);
            let read = ask(app, request(Method::GET, "/", None)).await;
            assert_eq!(read.status() == StatusCode::OK, mode != Mode::All);
        }
    }
}

#[tokio::test]
async fn clients_that_ask_together_do_not_come_back_together() {
    let app = shop(&layer());
    let mut times = std::collections::BTreeSet::new();
    for _ in 0..1000 {
        let answer = ask(&app, request(Method::GET, "/", None)).await;
        let seconds = answer.headers()["retry-after"].to_str().unwrap();
        times.insert(seconds.parse::<u64>().unwrap());
    }
    // A tenth more than the 300 s of the default, in steps of 2 s.
    assert_eq!(times, (300..=330).step_by(2).collect());
}
