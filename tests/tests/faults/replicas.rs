//! Several clusters that are replicas of one control, and a replica that cannot prove which state is the latest.

use intermission::{Mode, Poller};
use intermission_testkit::envoy::Edge;
use intermission_testkit::{Endpoint, LONG, Scripted, eventually};
use serde_json::json;

use super::{NOWHERE, in_force, no_vm_died, says, state, until_in_force};

#[tokio::test(flavor = "multi_thread")]
async fn of_three_clusters_the_one_that_answers_is_found_within_the_start_wait() {
    let busy = Endpoint::start(Scripted {
        status: 503,
        headers: vec![("retry-after", "25".to_owned())],
        ..Scripted::default()
    });
    let good = Endpoint::start(state(3, "all"));
    let mut edge = Edge::new(NOWHERE).with_plugin(json!({
        "cluster": ["control", "busy", "good"], "authority": "control", "token": "secret",
    }));
    edge.clusters = vec![("busy", busy.address()), ("good", good.address())];
    let envoy = edge.start().await;
    assert_eq!(in_force(&envoy).await, Some(3));
    eventually("polls", async || good.polls().len() > 20).await;
    assert!(busy.polls().len() <= 1, "{:?}", busy.polls());
    assert!(
        good.polls()
            .iter()
            .all(|poll| poll.authorization == "Bearer secret")
    );
    no_vm_died(&envoy).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_poll_goes_on_at_another_cluster_when_its_own_dies() {
    let [first, second] = [(), ()].map(|()| Endpoint::start(state(3, "off")));
    let mut edge = Edge::new(first.address())
        .with_plugin(json!({ "cluster": ["control", "second"], "wait": 10, "interval": 5 }));
    edge.clusters = vec![("second", second.address())];
    let envoy = edge.start().await;
    until_in_force(&envoy, None).await;
    let asked_at = |endpoint: &Endpoint| endpoint.polls().last().map(|poll| poll.at);
    let (holds, other) = if asked_at(&first) < asked_at(&second) {
        (second, first)
    } else {
        (first, second)
    };
    eventually("a poll that reports the state", async || {
        holds
            .polls()
            .last()
            .is_some_and(|poll| poll.node.contains(";applied="))
    })
    .await;
    let (before, earlier) = (holds.polls(), other.polls().len());
    other.say(state(4, "all"));
    drop(holds);
    until_in_force(&envoy, Some(4)).await;
    let polls: Vec<_> = before
        .into_iter()
        .chain(other.polls().into_iter().skip(earlier))
        .collect();
    let begin = |node: &str| node.split(";seq=").next().unwrap().to_owned();
    let numbers: Vec<_> = polls.iter().map(|poll| number(&poll.node)).collect();
    assert!(numbers.is_sorted_by(|one, next| one < next), "{numbers:?}");
    assert!(
        polls
            .iter()
            .all(|poll| begin(&poll.node) == begin(&polls[0].node))
    );
    says(&envoy, "the endpoint answers again: cluster ").await;
}

/// The number of a report.
fn number(node: &str) -> u64 {
    let (_, rest) = node.split_once(";seq=").unwrap();
    rest.split(';').next().unwrap().parse().unwrap()
}

/// What a replica answers without proof that this document is the latest.
fn without_proof(revision: u64, mode: &str) -> Scripted {
    Scripted {
        status: 503,
        headers: vec![
            ("content-type", "application/json".to_owned()),
            ("retry-after", "0".to_owned()),
        ],
        ..state(revision, mode)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn both_kinds_of_nodes_start_with_the_provisional_document() {
    let kept = json!({
        "version": 1, "store": "01J9ZZZZZZZZZZZZZZZZZZZZZZ", "service": "shop", "revision": 5, "maintenance": "all",
    });
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("shop.json");
    for (offered, keeps, expected) in [
        ((7, "all"), false, Some(7)),
        ((7, "off"), false, None),
        // A saved copy, or an initial state, stays if it is later.
        ((4, "off"), true, Some(5)),
        ((6, "off"), true, None),
    ] {
        let (revision, mode) = offered;
        let control = Endpoint::start(without_proof(revision, mode));
        let mut edge = Edge::new(control.address()).with_plugin(json!({ "start_wait": 0.5 }));
        let url = format!("http://{}/state", control.address());
        let mut poller = Poller::new(url).unwrap();
        poller = poller.with_start_wait(std::time::Duration::from_millis(500));
        if keeps {
            edge = edge.with_plugin(json!({ "initial_state": kept }));
            std::fs::write(&copy, kept.to_string()).unwrap();
            poller = poller.with_saved_copy(&copy);
        } else if mode == "off" {
            edge = edge.with_plugin(json!({ "default": "all" }));
            poller = poller.with_default(Mode::All);
        }
        let envoy = edge.start().await;
        let policy = poller.start().await;
        assert_eq!(in_force(&envoy).await, expected, "{offered:?}");
        let is_closed = policy.state().maintenance == Mode::All;
        assert_eq!(is_closed, expected.is_some(), "{offered:?}");
        if let Some(expected) = expected {
            assert_eq!(policy.state().revision, expected);
        }
        assert!(policy.is_provisional());
        eventually("polls of both", async || control.polls().len() > 8).await;
        for poll in control.polls() {
            assert_eq!(poll.if_none_match, "", "{poll:?}");
            assert!(!poll.node.contains(";applied="), "{poll:?}");
        }
        // An answer replaces it.
        control.say(state(8, "writes"));
        until_in_force(&envoy, None).await;
        let answered = tokio::time::timeout(LONG, policy.answered()).await;
        assert!(answered.is_ok());
        assert_eq!(policy.state().revision, 8);
        no_vm_died(&envoy).await;
    }
}
