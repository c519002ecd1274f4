//! A VM dies.

use std::time::{Duration, Instant};

use intermission_testkit::envoy::{Edge, Module};
use intermission_testkit::http::get;
use intermission_testkit::{Endpoint, LONG, eventually, within};
use serde_json::json;

use super::{revision, state, until_in_force};

#[tokio::test(flavor = "multi_thread")]
async fn when_the_vm_that_polls_dies_another_polls() {
    let control = Endpoint::start(state(3, "all"));
    let edge = Edge {
        module: Module::WithPanicSwitch,
        ..Edge::new(control.address())
    };
    let envoy = edge.start().await;
    until_in_force(&envoy, Some(3)).await;
    // Two of three VMs: those of the workers and of the main thread.
    for revision in [4, 5] {
        let mut deadly = state(revision, "off");
        deadly.headers.push(("x-intermission-panic", "1".into()));
        let before = control.polls().len();
        control.say_once(deadly);
        eventually("the deadly answer", async || control.polls().len() > before).await;
        let polled = control.polls().len();
        control.say(state(revision, "all"));
        let waited = within(Duration::from_secs(5), "another poll", async || {
            control.polls().len() > polled
        })
        .await;
        println!("polled again after {waited:?}");
    }
    eventually("revision 5 everywhere", async || {
        let mut answers = Vec::new();
        for _ in 0..4 {
            answers.push(envoy.answer(&get("/")).await);
        }
        answers.iter().all(|answer| revision(answer) == Some(5))
    })
    .await;
    assert_eq!(envoy.log().matches("Uncaught RuntimeError").count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_whose_vm_died_goes_on_with_the_state_in_force() {
    let control = Endpoint::start(state(3, "all"));
    let edge = Edge {
        module: Module::WithPanicSwitch,
        workers: 1,
        ..Edge::new(control.address())
    };
    let envoy = edge.with_plugin(json!({ "start_wait": 60 })).start().await;
    until_in_force(&envoy, Some(3)).await;
    // Its new VM can have what follows from shared data only.
    control.say(state(4, "all"));
    until_in_force(&envoy, Some(4)).await;
    let mut deadly = get("/");
    deadly
        .headers
        .push(("x-intermission-panic".into(), "1".into()));
    let died = envoy.answer(&deadly).await;
    assert_eq!((died.status, revision(&died)), (503, None), "{died:?}");
    drop(control);
    let begun = Instant::now();
    let mut closed = 0;
    let first = loop {
        let answer = envoy.answer(&get("/")).await;
        // Envoy's own, as long as it holds off.
        let held_off = answer.status == 503 && revision(&answer).is_none();
        if !held_off {
            break answer;
        }
        closed += 1;
        assert!(begun.elapsed() < LONG, "{}", envoy.log());
        tokio::time::sleep(Duration::from_millis(10)).await;
    };
    println!(
        "healed after {:?} and {closed} answers of Envoy's own",
        begun.elapsed()
    );
    assert_eq!(revision(&first), Some(4), "{first:?}");
    let reloads = envoy.metric("wasm.intermission.vm_reload_success").await;
    assert_eq!(reloads, Some(1));
}
