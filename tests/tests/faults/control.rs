//! Control is dead, absent, slow, or talks nonsense.

use std::time::{Duration, Instant};

use intermission_testkit::envoy::{Control, Edge, Module};
use intermission_testkit::http::{Transport, get};
use intermission_testkit::{Endpoint, Scripted, eventually};
use serde_json::json;

use super::{NOWHERE, in_force, no_vm_died, revision, says, state, until_in_force};

#[tokio::test(flavor = "multi_thread")]
async fn without_control_the_first_requests_wait_and_then_get_the_default() {
    let edge = Edge::new(NOWHERE).with_plugin(json!({ "start_wait": 2, "default": "all" }));
    let envoy = edge.start().await;
    let begun = Instant::now();
    assert_eq!(in_force(&envoy).await, Some(0));
    println!("held for {:?}", begun.elapsed());
    says(&envoy, "no answer from the endpoint within 2000 ms: the configured default is in force, provisionally: revision 0, maintenance all").await;
    // Not held any more: a poll would come as late.
    assert_eq!(in_force(&envoy).await, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_control_an_initial_state_comes_before_the_default() {
    let initial = json!({ "version": 1, "service": "shop", "revision": 7, "maintenance": "all" });
    let edge = Edge::new(NOWHERE)
        .with_plugin(json!({ "start_wait": 0.3, "default": "off", "initial_state": initial }));
    let envoy = edge.start().await;
    assert_eq!(in_force(&envoy).await, Some(7));
    says(&envoy, "the initial state of the plugin configuration is in force, provisionally: revision 7, maintenance all").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_that_wait_are_decided_by_the_first_answer() {
    for module in Module::DEPLOYED {
        let control = Endpoint::start(Scripted {
            delay: Duration::from_secs(1),
            ..state(3, "all")
        });
        let edge = Edge {
            module,
            ..Edge::new(control.address())
        };
        let edge = edge.with_plugin(json!({ "start_wait": 30 }));
        let envoy = edge.start().await;
        let address = envoy.address();
        // More than one for each worker.
        let waiting: Vec<_> = (0..6)
            .map(|_| tokio::spawn(async move { Transport::Http1.send(address, &get("/")).await }))
            .collect();
        let begun = Instant::now();
        for answer in waiting {
            let answer = answer.await.unwrap().unwrap().unwrap();
            assert_eq!(revision(&answer), Some(3));
        }
        assert!(begun.elapsed() < Duration::from_secs(5));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn while_control_is_dead_the_last_state_stays_in_force_and_it_is_followed_when_it_returns() {
    let control = Endpoint::start(state(3, "all"));
    let address = control.address();
    let envoy = Edge::new(address).start().await;
    until_in_force(&envoy, Some(3)).await;
    drop(control);
    says(&envoy, "the state cannot be refreshed").await;
    until_in_force(&envoy, Some(3)).await;
    let _control = Endpoint::start_at(address, state(4, "off"));
    until_in_force(&envoy, None).await;
    says(&envoy, "the endpoint answers again").await;
    eventually("the gauge", async || {
        envoy.metric("intermission_revision").await == Some(4)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_lease_ends_every_worker_closes_until_control_answers() {
    let control = Endpoint::start(state(3, "off"));
    let address = control.address();
    // A plugin without one, which polls too, and then the same with a lease.
    let edge = Edge::new(address);
    let envoy = edge.start().await;
    until_in_force(&envoy, None).await;
    let edge = edge.with_plugin(json!({ "lease": 8 }));
    envoy.reconfigure(&edge);
    eventually("the new configuration", async || {
        envoy.log().matches("revision 3 in force").count() >= 7
    })
    .await;
    // Longer than the lease.
    let polls = control.polls().len();
    eventually("polls", async || control.polls().len() > polls + 150).await;
    assert!(!envoy.log().contains("the lease has ended"));
    drop(control);
    until_in_force(&envoy, Some(3)).await;
    says(&envoy, "the lease has ended").await;
    let _control = Endpoint::start_at(address, state(3, "off"));
    until_in_force(&envoy, None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_valid_document_changes_nothing() {
    let control = Endpoint::start(state(3, "all"));
    let envoy = Edge::new(control.address()).start().await;
    until_in_force(&envoy, Some(3)).await;
    let with_body = |body: &[u8]| Scripted {
        status: 200,
        body: body.into(),
        ..Scripted::default()
    };
    let mut long = state(9, "off");
    long.body.resize(2 * 1024 * 1024, b' ');
    let mut unknown = state(9, "off");
    unknown.body = br#"{ "version": 9 }"#.into();
    let cases = [
        (with_body(b"\x00\xff<html>"), "not JSON"),
        (with_body(b""), "not JSON"),
        (long, "are more than the 1048576 allowed"),
        (unknown, "/version"),
        (
            Scripted {
                status: 503,
                ..state(9, "off")
            },
            "status 503 is no answer",
        ),
        (
            Scripted {
                status: 302,
                ..state(9, "off")
            },
            "status 302 is no answer",
        ),
        (state(2, "off"), "revision 2"),
        (
            Scripted {
                cut: true,
                ..state(9, "off")
            },
            "no response",
        ),
    ];
    for (answer, complaint) in cases {
        control.say(answer);
        says(&envoy, complaint).await;
        until_in_force(&envoy, Some(3)).await;
    }
    control.say(state(4, "off"));
    until_in_force(&envoy, None).await;
    no_vm_died(&envoy).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_may_come_later() {
    let control = Endpoint::start(state(3, "all"));
    let edge = Edge {
        control: Control::Absent,
        ..Edge::new(control.address())
    };
    let envoy = edge.with_plugin(json!({ "start_wait": 0.2 })).start().await;
    assert_eq!(in_force(&envoy).await, None);
    says(&envoy, "cluster \"control\": it is not there yet").await;
    envoy.set_control(Control::Empty);
    says(&envoy, "cluster \"control\": it cannot be asked").await;
    envoy.set_control(Control::At(control.address()));
    until_in_force(&envoy, Some(3)).await;
    no_vm_died(&envoy).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_configuration_begins_with_the_state_in_force() {
    let control = Endpoint::start(state(3, "all"));
    let edge = Edge::new(control.address());
    let envoy = edge.start().await;
    until_in_force(&envoy, Some(3)).await;
    drop(control);
    // Without the state it would wait for a minute, and then let everybody in.
    let edge = edge.with_plugin(json!({ "start_wait": 60, "interval": 0.2 }));
    envoy.reconfigure(&edge);
    // Each of three VMs has said it, and says it again; so does the one in which Envoy tries the configuration.
    eventually("the new configuration", async || {
        envoy.log().matches("revision 3 in force").count() >= 7
    })
    .await;
    until_in_force(&envoy, Some(3)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_may_change_while_a_poll_is_held() {
    let control = Endpoint::start(state(3, "all"));
    let edge = Edge::new(control.address()).with_plugin(json!({ "wait": 30 }));
    let envoy = edge.start().await;
    until_in_force(&envoy, Some(3)).await;
    eventually("a held poll", async || control.polls().len() >= 2).await;
    let other = Endpoint::start(state(4, "all"));
    envoy.set_control(Control::At(other.address()));
    until_in_force(&envoy, Some(4)).await;
    no_vm_died(&envoy).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_all_threads_polls() {
    let control = Endpoint::start(state(3, "all"));
    let edge = Edge::new(control.address()).with_plugin(json!({ "interval": 0.5 }));
    let envoy = edge.start().await;
    until_in_force(&envoy, Some(3)).await;
    let before = control.polls().len();
    let begun = Instant::now();
    tokio::time::sleep(Duration::from_secs(10)).await;
    let polls = control.polls().len() - before;
    let seconds = begun.elapsed().as_secs_f64();
    println!("{polls} polls in {seconds:.1} s by an Envoy with 2 workers");
    // An interval is jittered by a tenth. Two would poll twice as often.
    #[expect(clippy::cast_precision_loss, reason = "they are few")]
    let polls = polls as f64;
    assert!(
        polls > 0.0 && polls <= (seconds / 0.45).ceil(),
        "{polls} polls in {seconds} s"
    );
}
