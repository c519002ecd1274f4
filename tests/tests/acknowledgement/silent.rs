//! A worker that nothing is heard of.

use std::time::Duration;

use intermission_testkit::envoy::Edge;
use intermission_testkit::http::{Transport, get};
use intermission_testkit::{Backend, Endpoint, eventually};

use super::{
    all_serve, closed, fragile, last, open, reports, until_applied, until_reported, with_header,
};

#[tokio::test(flavor = "multi_thread")]
async fn what_a_worker_held_whose_vm_died_stays_unknown() {
    let control = Endpoint::start(open(3));
    let backend = Backend::start().await;
    let edge = Edge {
        workers: 1,
        application: Some(backend.address()),
        ..fragile(&control)
    };
    let envoy = edge.start().await;
    all_serve(&envoy).await;
    until_applied(&control, 3).await;
    let address = envoy.address();
    let held = tokio::spawn(async move { Transport::Http1.send(address, &get("/?wait")).await });
    eventually("the application has it", async || backend.waiting() == 1).await;
    let deadly = with_header("x-intermission-panic", "1");
    assert_eq!(envoy.answer(&deadly).await.status, 503);
    let report = until_reported(&control, "silence", |report| !report.silent.is_empty()).await;
    let silent = report.silent;
    assert!(!silent.contains(' '), "{silent}");

    // The worker has a new VM, which speaks for itself.
    eventually("a new VM", async || {
        envoy.answer(&get("/")).await.status == 200
    })
    .await;
    control.say(closed(4));
    let report = until_applied(&control, 4).await;
    assert_eq!((report.silent, report.running), (silent.clone(), 0));
    backend.release();
    println!("the request that was held: {:?}", held.await.unwrap());
    control.say(closed(5));
    assert_eq!(until_applied(&control, 5).await.silent, silent);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_hangs_is_silent_until_it_goes_on() {
    let control = Endpoint::start(open(3));
    let envoy = fragile(&control).start().await;
    all_serve(&envoy).await;
    until_applied(&control, 3).await;
    let address = envoy.address();
    let hangs = tokio::spawn(async move {
        let request = with_header("x-intermission-spin", "9000");
        Transport::Http1.send(address, &request).await
    });
    let report = until_reported(&control, "silence", |report| !report.silent.is_empty()).await;
    assert!(!hangs.is_finished());
    assert!(!report.silent.contains(' '), "{report:?}");
    until_reported(&control, "it speaks", |report| report.silent.is_empty()).await;
    assert!(hangs.await.unwrap().unwrap().is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn whichever_vm_polls_it_is_the_same_process() {
    let control = Endpoint::start(open(3));
    let envoy = fragile(&control).start().await;
    all_serve(&envoy).await;
    until_applied(&control, 3).await;
    // Two of three VMs: those of the workers and of the main thread.
    for revision in [4, 5] {
        let mut deadly = closed(revision);
        deadly.headers.push(("x-intermission-panic", "1".into()));
        control.say_once(deadly);
        // Another VM polls after that.
        let pause = Duration::from_secs(1);
        eventually("another", async || {
            let reports = reports(&control);
            let mut pairs = reports.iter().rev().zip(reports.iter().rev().skip(1));
            pairs
                .next()
                .is_some_and(|(last, before)| last.at.duration_since(before.at) > pause)
        })
        .await;
    }
    let reports = reports(&control);
    assert!(reports.iter().all(|report| report.boot == reports[0].boot));
    assert!(
        reports.is_sorted_by(|before, after| before.seq < after.seq),
        "{reports:?}"
    );
    assert!(last(&control).seq > 3);
}
