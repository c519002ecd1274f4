//! Several clusters that are replicas of one control.

use intermission_testkit::envoy::Edge;
use intermission_testkit::{Endpoint, Scripted, eventually};
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
