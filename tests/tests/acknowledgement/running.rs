//! What still runs though it would be refused now.

use std::time::Duration;

use intermission_corpus::Observed;
use intermission_testkit::envoy::{Edge, Envoy, Module};
use intermission_testkit::http::{Transport, get};
use intermission_testkit::{Backend, Endpoint, eventually, within};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

use super::{Report, all_serve, closed, last, open, testing, until_applied, until_reported};

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_answer_runs_until_it_is_there() {
    for module in Module::DEPLOYED {
        let (control, backend, envoy) = before_an_application(module, true).await;
        let slow = begin(&envoy, &backend, "/?wait").await;
        control.say(closed(4));
        runs(&until_applied(&control, 4).await, 1, 3);
        // While a barrier waits for the node.
        control.say(closed_and_waited_for(5));
        runs(&until_applied(&control, 5).await, 1, 3);
        backend.release();
        assert_eq!(slow.await.unwrap().status, 200);
        let waited = within(Duration::from_secs(1), "nothing runs", async || {
            last(&control).running == 0
        })
        .await;
        println!("reported {waited:?} after it had ended");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_reads_slowly_keeps_its_request_running() {
    for module in Module::DEPLOYED {
        let (control, _backend, envoy) = before_an_application(module, false).await;
        let mut client = TcpStream::connect(envoy.address()).await.unwrap();
        client
            .write_all(b"GET /?long HTTP/1.1\r\nhost: shop.example\r\nconnection: close\r\n\r\n")
            .await
            .unwrap();
        let mut begun = [0; 15];
        client.read_exact(&mut begun).await.unwrap();
        assert_eq!(&begun, b"HTTP/1.1 200 OK");
        control.say(closed(4));
        runs(&until_applied(&control, 4).await, 1, 3);
        control.say(closed(5));
        runs(&until_applied(&control, 5).await, 1, 3);
        let mut rest = Vec::new();
        client.read_to_end(&mut rest).await.unwrap();
        until_reported(&control, "nothing runs", |report| report.running == 0).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_websocket_runs_until_it_is_closed() {
    for module in Module::DEPLOYED {
        let (control, _backend, envoy) = before_an_application(module, false).await;
        let mut client = TcpStream::connect(envoy.address()).await.unwrap();
        client
        .write_all(
            b"GET /?upgrade HTTP/1.1\r\nhost: shop.example\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n",
        )
        .await
        .unwrap();
        let mut begun = [0; 12];
        client.read_exact(&mut begun).await.unwrap();
        assert_eq!(&begun, b"HTTP/1.1 101");
        control.say(closed(4));
        runs(&until_applied(&control, 4).await, 1, 3);
        drop(client);
        until_reported(&control, "nothing runs", |report| report.running == 0).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_worker_is_asked_and_an_exit_drains_at_once() {
    for module in Module::DEPLOYED {
        let (control, backend, envoy) = before_an_application(module, false).await;
        let mut slow = Vec::new();
        for _ in 0..5 {
            slow.push(begin(&envoy, &backend, "/?wait").await);
        }
        control.say(closed(4));
        runs(&until_applied(&control, 4).await, 5, 3);
        control.say(open(5));
        nothing_runs(&until_applied(&control, 5).await);
        control.say(closed(6));
        runs(&until_applied(&control, 6).await, 5, 3);
        backend.release();
        for answer in slow {
            assert_eq!(answer.await.unwrap().status, 200);
        }
        until_reported(&control, "nothing runs", |report| report.running == 0).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_state_in_force_still_admits_does_not_count() {
    for module in Module::DEPLOYED {
        let (control, backend, envoy) = before_an_application(module, false).await;
        control.say(testing(4, true));
        until_applied(&control, 4).await;
        let exempt = begin(&envoy, &backend, "/healthz?wait").await;
        let tester = begin(&envoy, &backend, "/?wait").await;
        control.say(testing(5, true));
        nothing_runs(&until_applied(&control, 5).await);
        control.say(testing(6, false));
        runs(&until_applied(&control, 6).await, 1, 4);
        control.say(testing(7, true));
        nothing_runs(&until_applied(&control, 7).await);
        backend.release();
        assert_eq!(exempt.await.unwrap().status, 200);
        assert_eq!(tester.await.unwrap().status, 200);
    }
}

/// An Envoy with revision 3 in force, which is open, before an application that takes its time.
async fn before_an_application(module: Module, held: bool) -> (Endpoint, Backend, Envoy) {
    let control = Endpoint::start(open(3));
    let backend = Backend::start().await;
    let mut edge = Edge {
        module,
        ..Edge::new(control.address())
    };
    if held {
        edge = edge.with_plugin(json!({ "wait": 30, "interval": 60 }));
    }
    edge.application = Some(backend.address());
    let envoy = edge.start().await;
    all_serve(&envoy).await;
    eventually("3 applied", async || {
        last(&control).applied.as_deref() == Some("3")
    })
    .await;
    (control, backend, envoy)
}

/// As control answers while a barrier waits for the node.
fn closed_and_waited_for(revision: u64) -> intermission_testkit::Scripted {
    intermission_testkit::Scripted {
        longest_hold: Some(Duration::from_millis(250)),
        ..closed(revision)
    }
}

/// A request that the application has, and answers when the test releases it.
async fn begin(envoy: &Envoy, backend: &Backend, path: &str) -> JoinHandle<Observed> {
    let (address, request, before) = (envoy.address(), get(path), backend.waiting());
    let request = tokio::spawn(async move {
        let answer = Transport::Http1.send(address, &request).await;
        answer.unwrap().unwrap()
    });
    eventually("the application has it", async || {
        backend.waiting() > before
    })
    .await;
    request
}

fn runs(report: &Report, requests: i64, oldest: i64) {
    assert_eq!(
        (report.running, report.oldest),
        (requests, Some(oldest)),
        "{report:?}"
    );
}

fn nothing_runs(report: &Report) {
    assert_eq!((report.running, report.oldest), (0, None), "{report:?}");
}
