//! What the layer puts into extensions, and what caches are allowed to keep.

use http::{Method, Response, StatusCode};
use intermission::{Decision, Kind, MaintenanceLayer, Mode, PolicyHandle, Reason, Verdict};

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
