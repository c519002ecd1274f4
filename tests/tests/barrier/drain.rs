//! What holds a wait, and what does not.

use std::sync::Arc;
use std::time::{Duration, Instant};

use intermission_testkit::LONG;
use tokio::io::AsyncReadExt;
use tokio::process::Child;

use intermission_testkit::envoy::Module;

use crate::setup::{Client, Control, EdgeNode, Node, TESTER, Witness, app};

const SLOW: Duration = Duration::from_secs(3);
/// How much longer than what holds it a wait may take.
const LITTLE: Duration = Duration::from_millis(1500);

async fn shop() -> (Control, Node) {
    let control = Control::start().await;
    let app = app(Arc::new(Witness::default()));
    let node = Node::start(&control, "shop-1", app).await;
    (control, node)
}

/// That the command goes on for a while, and then still does.
async fn goes_on(waiting: &mut Child) {
    let end = tokio::time::timeout(Duration::from_millis(800), waiting.wait()).await;
    assert!(end.is_err(), "{end:?}");
}

/// That it ends well, and soon.
async fn ends(waiting: Child) {
    let since = Instant::now();
    let output = tokio::time::timeout(LONG, waiting.wait_with_output()).await;
    let output = output.unwrap().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    assert!(since.elapsed() < LITTLE, "{:?}", since.elapsed());
}

/// How long a command takes.
async fn time(control: &Control, words: &str) -> Duration {
    let begun = Instant::now();
    control.done(words).await;
    begun.elapsed()
}

#[tokio::test]
async fn a_slow_handler_holds_it_and_little_longer() {
    let (control, node) = shop().await;
    let mut client = Client::connect(node.address).await.unwrap();
    let begun = Instant::now();
    let asking = tokio::spawn(async move { client.ask("/?ms=3000").await });
    let probe = async {
        // Until the request is there for sure.
        tokio::time::sleep(Duration::from_millis(100)).await;
        control.done("enter shop --wait").await;
        begun.elapsed()
    };
    let took = probe.await;
    assert!(took >= SLOW && took < SLOW + LITTLE, "{took:?}");
    assert_eq!(asking.await.unwrap().unwrap(), 200);
}

#[tokio::test]
async fn a_client_that_reads_slowly_holds_it() {
    let (control, node) = shop().await;
    let mut client = Client::connect(node.address).await.unwrap();
    let (status, length) = client.begin("/large").await.unwrap();
    assert_eq!((status, length), (200, Some(32 << 20)));
    let mut waiting = control.begin("enter shop --wait");
    goes_on(&mut waiting).await;
    client.read(1 << 20).await.unwrap();
    goes_on(&mut waiting).await;
    client.read(31 << 20).await.unwrap();
    ends(waiting).await;
}

#[tokio::test]
async fn a_task_that_keeps_the_guard_holds_it() {
    let (control, node) = shop().await;
    let mut client = Client::connect(node.address).await.unwrap();
    assert_eq!(client.ask("/work?ms=3000").await.unwrap(), 202);
    let took = time(&control, "enter shop --wait").await;
    assert!(took >= SLOW - LITTLE && took < SLOW + LITTLE, "{took:?}");
}

#[tokio::test]
async fn an_upgraded_connection_holds_it_until_it_is_closed() {
    let (control, node) = shop().await;
    let mut client = Client::connect(node.address).await.unwrap();
    let switch = client.upgrade("/switch?guard=true").await;
    assert_eq!(switch.unwrap(), 101);
    let mut waiting = control.begin("enter shop --wait");
    goes_on(&mut waiting).await;
    drop(client);
    ends(waiting).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn envoy_holds_it_for_what_runs_behind_it() {
    for module in Module::DEPLOYED {
        let control = Control::start().await;
        let edge =
            EdgeNode::start(&control, module, "edge", app(Arc::new(Witness::default()))).await;
        let mut slow = Client::connect(edge.address).await.unwrap();
        let asking = tokio::spawn(async move { slow.ask("/?ms=3000").await });
        let mut reader = Client::connect(edge.address).await.unwrap();
        let large = reader.begin("/large").await.unwrap();
        assert_eq!(large, (200, Some(32 << 20)));
        let mut socket = Client::connect(edge.address).await.unwrap();
        let switch = socket.upgrade("/switch").await;
        assert_eq!(switch.unwrap(), 101);

        let mut waiting = control.begin("enter shop --wait");
        goes_on(&mut waiting).await;
        reader.read(32 << 20).await.unwrap();
        assert_eq!(asking.await.unwrap().unwrap(), 200);
        goes_on(&mut waiting).await;
        drop(socket);
        ends(waiting).await;
        let again = control.done("enter shop --wait").await;
        assert!(again.contains("edge only"), "{again}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_exempt_request_that_began_while_open_does_not_hold_a_native_edge() {
    let control = Control::start().await;
    let app = app(Arc::new(Witness::default()));
    let edge = EdgeNode::start(&control, Module::Native, "edge", app).await;
    let mut watch = Client::connect(edge.address).await.unwrap();
    assert_eq!(watch.begin("/healthz").await.unwrap().0, 200);
    let mut slow = Client::connect(edge.address).await.unwrap();
    let asking = tokio::spawn(async move { slow.ask("/?ms=1500").await });
    tokio::time::sleep(Duration::from_millis(500)).await;
    control.done("enter shop --wait").await;
    assert!(asking.is_finished());
    drop(watch);
}

#[tokio::test]
async fn an_upgraded_connection_without_a_guard_makes_the_node_unsure() {
    let (control, node) = shop().await;
    let mut client = Client::connect(node.address).await.unwrap();
    let switch = client.upgrade("/switch").await;
    assert_eq!(switch.unwrap(), 101);
    drop(client);
    let output = control.run("enter shop --wait").await;
    assert_eq!(output.status.code(), Some(11));
    let said = String::from_utf8(output.stdout).unwrap();
    let unsure = "unsure: upgraded connections whose end it does not see: 1";
    assert!(said.contains(unsure), "{said}");
    control.done("enter shop --wait --ignore-upgraded").await;
}

#[tokio::test]
async fn health_checks_and_testers_do_not_hold_it() {
    let (control, node) = shop().await;
    control.done(&format!("allowlist add shop {TESTER}")).await;
    control.done("enter shop --allowlist").await;
    let mut watch = Client::connect(node.address).await.unwrap();
    watch.begin("/healthz").await.unwrap();
    let mut tester = Client::connect(node.address).await.unwrap();
    let (status, _) = tester
        .begin_with("/large", &[("x-forwarded-for", TESTER)])
        .await
        .unwrap();
    assert_eq!(status, 200);
    let took = time(&control, "enter shop --wait --message later").await;
    assert!(took < LITTLE, "{took:?}");

    let mut waiting = control.begin("allowlist disable shop --wait");
    goes_on(&mut waiting).await;
    drop(tester);
    ends(waiting).await;
    // The health check went on all the time.
    watch.read(100).await.unwrap();
    control.done("exit shop --wait").await;
}

#[tokio::test]
async fn an_exit_waits_for_no_running_request() {
    let (control, node) = shop().await;
    let mut client = Client::connect(node.address).await.unwrap();
    client.begin("/large").await.unwrap();
    let mut waiting = control.begin("enter shop --wait");
    goes_on(&mut waiting).await;
    let took = time(&control, "exit shop --wait").await;
    assert!(took < LITTLE, "{took:?}");
    let output = waiting.wait_with_output().await.unwrap();
    assert_eq!(output.status.code(), Some(13));
}

#[tokio::test]
async fn it_outlives_a_control_that_is_killed() {
    let (mut control, node) = shop().await;
    let mut client = Client::connect(node.address).await.unwrap();
    let asking = tokio::spawn(async move { client.ask("/?ms=3000").await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    let begun = Instant::now();
    let mut waiting = control.begin("enter shop --wait");
    goes_on(&mut waiting).await;
    control.kill();
    // A stranger who comes while control is dead is refused all the same.
    let mut stranger = Client::connect(node.address).await.unwrap();
    assert_eq!(stranger.ask("/").await.unwrap(), 503);
    goes_on(&mut waiting).await;
    control.start_again();
    let mut said = String::new();
    let mut err = waiting.stderr.take().unwrap();
    assert!(
        tokio::time::timeout(LONG, waiting.wait())
            .await
            .unwrap()
            .unwrap()
            .success()
    );
    err.read_to_string(&mut said).await.unwrap();
    assert!(said.contains("trying again"), "{said}");
    assert!(begun.elapsed() >= SLOW - LITTLE);
    assert_eq!(asking.await.unwrap().unwrap(), 200);
}
