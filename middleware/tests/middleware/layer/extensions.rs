//! What the layer puts into extensions, and what caches are allowed to keep.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::{HeaderValue, Method, Response, StatusCode};
use intermission::{
    AddressSource, Cidr, ClientSource, Decision, Kind, MaintenanceLayer, Mode, PolicyHandle,
    Reason, TrustedProxies, Verdict,
};

use super::shop::{STRANGER, TESTER, closed, layer, request, shop};
use crate::app::{ask, behind, text};

#[tokio::test]
async fn an_open_service_is_left_alone() {
    let app = shop(&MaintenanceLayer::new(PolicyHandle::default()));
    let response = ask(&app, request(Method::GET, "/", None)).await;
    assert_eq!(response.extensions().get::<Decision>(), None);
    assert_eq!(response.headers()["cache-control"], "public, max-age=3600");
    assert_eq!(text(response).await, "None");
}

#[tokio::test]
async fn nothing_is_put_into_extensions_by_default() {
    let policy = PolicyHandle::new(closed());
    let app = behind(&MaintenanceLayer::new(policy.clone()), |request| {
        assert_eq!(request.extensions().len(), 1, "the peer, and nothing else");
        Response::default()
    });
    for mode in [Mode::All, Mode::Writes, Mode::Off] {
        let mut state = policy.state();
        state.maintenance = mode;
        policy.swap(state);
        for (client, path) in [(TESTER, "/"), (STRANGER, "/"), (STRANGER, "/healthz")] {
            let request = request(Method::POST, path, Some(client));
            let response = ask(&app, request).await;
            assert!(response.extensions().is_empty(), "{mode} {path}");
        }
    }
}

#[tokio::test]
async fn a_stranger_is_refused_and_the_response_says_by_which_rule() {
    let app = shop(&layer().with_extensions());
    let response = ask(&app, request(Method::GET, "/", Some(STRANGER))).await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(response.headers()["intermission"], "refused;revision=17");
    let decision = response.extensions().get::<Decision>().unwrap();
    assert_eq!(decision.verdict, Verdict::Refuse(Kind::Page));
    assert_eq!(decision.revision, 17);
    assert!(text(response).await.starts_with("<!doctype html>"));
}

#[tokio::test]
async fn a_tester_passes_and_what_it_sees_stays_out_of_caches() {
    let app = shop(&layer().with_extensions());
    let response = ask(&app, request(Method::GET, "/", Some(TESTER))).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["cache-control"], "private, no-store");
    assert!(!response.headers().contains_key("cdn-cache-control"));
    assert!(!response.headers().contains_key("expires"));
    let verdict = Verdict::Admit(Reason::Allowlisted);
    let decision = response.extensions().get::<Decision>().unwrap();
    assert_eq!(decision.verdict, verdict);
    assert_eq!(text(response).await, format!("{:?}", Some(verdict)));
}

#[tokio::test]
async fn other_admitted_responses_keep_their_cache_headers() {
    let app = shop(&layer().with_extensions());
    let response = ask(&app, request(Method::GET, "/healthz", None)).await;
    assert_eq!(response.headers()["cache-control"], "public, max-age=3600");
    let decision = response.extensions().get::<Decision>().unwrap();
    assert_eq!(decision.verdict.rule(), "exempt");
}

#[tokio::test]
async fn the_decision_names_the_address_of_the_client_and_its_source() {
    let proxy = IpAddr::from([10, 0, 0, 1]);
    let proxies = || TrustedProxies::new([Cidr::from(proxy)].into_iter().collect());
    let layer = || layer().with_extensions();
    let source = |source| layer().with_client_source(source);
    for (layer, peer, from, client) in [
        (layer(), Some(TESTER), AddressSource::Peer, Some(TESTER)),
        (layer(), Some(STRANGER), AddressSource::Peer, Some(STRANGER)),
        (layer(), None, AddressSource::Peer, None),
        (
            source(ClientSource::XForwardedFor(proxies())),
            Some(proxy),
            AddressSource::XForwardedFor,
            Some(TESTER),
        ),
        // A peer that is no proxy is the client.
        (
            source(ClientSource::XForwardedFor(proxies())),
            Some(STRANGER),
            AddressSource::XForwardedFor,
            Some(STRANGER),
        ),
        (
            source(ClientSource::Header("client-ip".into(), proxies())),
            Some(proxy),
            AddressSource::Header,
            Some(STRANGER),
        ),
        (
            layer().with_client_function(|_, _| Some(TESTER)),
            None,
            AddressSource::Application,
            Some(TESTER),
        ),
    ] {
        let mut asked = request(Method::GET, "/", peer);
        let headers = asked.headers_mut();
        headers.insert("x-forwarded-for", HeaderValue::from_static("203.0.113.9"));
        headers.insert("client-ip", HeaderValue::from_static("198.51.100.7"));
        let response = ask(&shop(&layer), asked).await;
        let decision = response.extensions().get::<Decision>().unwrap();
        assert_eq!((decision.client, decision.source), (client, from));
        let is_tester = client == Some(TESTER);
        assert_eq!(response.status() == StatusCode::OK, is_tester, "{from:?}");
    }
}

#[tokio::test]
async fn it_names_the_address_though_no_rule_asks_for_it() {
    let mut state = closed();
    state.allowlist.enabled = false;
    let layer = MaintenanceLayer::new(PolicyHandle::new(state)).with_extensions();
    for path in ["/", "/healthz"] {
        let asked = request(Method::GET, path, Some(TESTER));
        let response = ask(&shop(&layer), asked).await;
        let decision = response.extensions().get::<Decision>().unwrap();
        assert_eq!(decision.client, Some(TESTER), "{path}");
    }
}

#[tokio::test]
async fn it_looks_up_the_address_once() {
    let closed = closed();
    let [mut disabled, mut without_entries, mut open] = [(); 3].map(|()| closed.clone());
    disabled.allowlist.enabled = false;
    without_entries.allowlist.cidrs.clear();
    open.maintenance = Mode::Off;
    for (state, path, client, times) in [
        (&closed, "/", TESTER, 1),
        (&closed, "/", STRANGER, 1),
        (&closed, "/healthz", STRANGER, 1),
        (&disabled, "/", STRANGER, 1),
        (&without_entries, "/", STRANGER, 1),
        (&open, "/", STRANGER, 0),
    ] {
        let found = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&found);
        let layer = MaintenanceLayer::new(PolicyHandle::new(state.clone()))
            .with_extensions()
            .with_admission(|_| false)
            .with_client_function(move |_, _| {
                counter.fetch_add(1, Ordering::Relaxed);
                Some(client)
            });
        ask(&shop(&layer), request(Method::GET, path, None)).await;
        assert_eq!(found.load(Ordering::Relaxed), times, "{path} {client}");
    }
}
