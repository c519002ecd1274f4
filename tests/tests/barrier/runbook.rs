//! Every command of docs/runbook.md, in the situation that its page is about.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use intermission_testkit::{LONG, beside, eventually};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::setup::{Client, Control, Node, Proxy, Way, Witness, app};

/// The commands of one page.
struct Page {
    blocks: Vec<Block>,
}

struct Block {
    /// Whether it goes on while the next ones run.
    background: bool,
    text: String,
}

impl Page {
    /// The page whose heading begins so.
    fn of(heading: &str) -> Self {
        let paper = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/runbook.md");
        let paper = std::fs::read_to_string(paper).unwrap();
        let page = paper.split("\n## ").find(|page| page.starts_with(heading));
        let page = page.unwrap_or_else(|| panic!("no page begins with {heading}"));
        let mut blocks = Vec::new();
        let mut parts = page.split("\n```");
        parts.next();
        while let (Some(block), Some(_)) = (parts.next(), parts.next()) {
            let (kind, text) = block.split_once('\n').unwrap();
            assert!(["sh", "sh background"].contains(&kind), "{kind:?}");
            blocks.push(Block {
                background: kind.ends_with("background"),
                text: text.to_owned(),
            });
        }
        assert!(!blocks.is_empty(), "{heading} has no command");
        Self { blocks }
    }

    /// Runs all that have not been run yet.
    async fn run(&mut self, control: &Control) -> Vec<Child> {
        let count = self.blocks.len();
        self.run_some(control, count).await
    }

    /// Runs the next ones, and gives back those that go on.
    async fn run_some(&mut self, control: &Control, count: usize) -> Vec<Child> {
        let mut going_on = Vec::new();
        for block in self.blocks.drain(..count) {
            let mut shell = shell(control, &block.text);
            if block.background {
                going_on.push(shell.spawn().unwrap());
            } else {
                let output = timeout(LONG, shell.output()).await.unwrap().unwrap();
                let [out, err] =
                    [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
                assert!(output.status.success(), "{}: {out}{err}", block.text);
            }
        }
        going_on
    }
}

/// A shell of the operator's, at the control of this test.
fn shell(control: &Control, text: &str) -> Command {
    let port = control.address.port().to_string();
    let data = control.home().join("data");
    let text = text
        .replace("7700", &port)
        .replace("/var/lib/intermission", data.to_str().unwrap())
        .replace(
            "intermission serve",
            &format!("exec intermission serve --listen {}", control.address),
        )
        .replace("python3 -m", "exec python3 -m");
    let folder = beside("intermission")
        .parent()
        .unwrap()
        .display()
        .to_string();
    let path = std::env::var("PATH").unwrap();
    let mut shell = Command::new("/bin/sh");
    shell
        .args(["-euc", &text])
        .current_dir(control.home())
        .env("PATH", format!("{folder}:{path}"))
        .env("XDG_STATE_HOME", control.home())
        .env("INTERMISSION_SERVER", format!("http://{}", control.address))
        .env_remove("INTERMISSION_TOKEN")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    shell
}

async fn node(control: &Control, name: &str) -> Node {
    let app = app(Arc::new(Witness::default()));
    Node::start(control, name, app).await
}

/// A node that speaks to control through a proxy.
async fn node_behind(control: &Control, proxy: &Proxy) -> Node {
    let url = format!("http://{}/v1/services/shop/state", proxy.address);
    let app = app(Arc::new(Witness::default()));
    Node::start_at(&url, &control.token, "shop-2", app).await
}

/// Waits until the state in force at `control` has this many nodes.
async fn until_there_are(control: &Control, count: usize) {
    eventually("the nodes are there", async || {
        control.nodes().await.len() == count
    })
    .await;
}

#[track_caller]
fn ends(output: &std::process::Output, code: i32) {
    let [out, err] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
    assert_eq!(output.status.code(), Some(code), "{out}{err}");
}

/// Begins a request that the application answers late.
async fn long_request(node: &Node, time: &str) -> tokio::task::JoinHandle<()> {
    let mut client = Client::connect(node.address).await.unwrap();
    let path = format!("/?ms={time}");
    let asking = tokio::spawn(async move {
        client.ask(&path).await.unwrap();
    });
    // It is there when control has heard that it runs, or has ended.
    tokio::time::sleep(Duration::from_millis(300)).await;
    asking
}

#[tokio::test]
async fn when_all_is_done() {
    let control = Control::start().await;
    let _node = node(&control, "shop-1").await;
    ends(&control.run("enter shop --wait --expect 1").await, 0);
    Page::of("0: done").run(&control).await;
    assert!(control.done("status shop").await.contains("open"));
}

#[tokio::test]
async fn when_control_cannot_be_reached() {
    let mut control = Control::start().await;
    let _node = node(&control, "shop-1").await;
    control.kill();
    ends(&control.run("enter shop --wait --timeout 1s").await, 3);
    let _served = Page::of("3: control cannot be reached").run(&control).await;
}

#[tokio::test]
async fn when_the_time_is_up() {
    let control = Control::start().await;
    let node = node(&control, "shop-1").await;
    let asking = long_request(&node, "8000").await;
    ends(&control.run("enter shop --wait --timeout 1s").await, 8);
    Page::of("8: timed out").run(&control).await;
    asking.await.unwrap();
}

#[tokio::test]
async fn when_a_node_is_lost() {
    let control = Control::start().await;
    let _node = node(&control, "shop-1").await;
    let proxy = Proxy::start(control.address).await;
    let _cut_off = node_behind(&control, &proxy).await;
    until_there_are(&control, 2).await;
    proxy.set(Way::Lost);
    ends(&control.run("enter shop --wait --timeout 1m").await, 9);
    Page::of("9: lost").run(&control).await;
}

#[tokio::test]
async fn when_a_node_refuses() {
    let control = Control::start().await;
    let proxy = Proxy::start(control.address).await;
    let _old = node_behind(&control, &proxy).await;
    until_there_are(&control, 1).await;
    proxy.set(Way::Newer);
    ends(&control.run("enter shop --wait --timeout 1m").await, 10);
    proxy.set(Way::Open);
    Page::of("10: refused").run(&control).await;
}

#[tokio::test]
async fn when_nothing_is_known_of_a_thread() {
    let control = Control::start().await;
    let _node = node(&control, "shop-1").await;
    control.done("enter shop").await;
    let edge = tokio::spawn(silent_edge(control.address, control.token.clone()));
    until_there_are(&control, 2).await;
    ends(&control.run("enter shop --wait --timeout 1m").await, 11);
    Page::of("11: unsure").run(&control).await;
    edge.abort();
}

/// Polls as the node `edge-7`, which has in force what control has, but for a thread that it hears nothing of.
async fn silent_edge(control: SocketAddr, token: String) {
    let mut applied = String::new();
    for seq in 1.. {
        let request = format!(
            "GET /v1/services/shop/state HTTP/1.1\r\nhost: {control}\r\nauthorization: Bearer {token}\r\n\
             intermission-node: \"edge-7\";boot=\"b\";seq={seq};kind=envoy;wait=60{applied}\r\nconnection: close\r\n\r\n"
        );
        let mut stream = TcpStream::connect(control).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let tag = answer.lines().find_map(|line| line.strip_prefix("etag: "));
        applied = format!(";applied={};silent=\"worker_3\"", tag.unwrap());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn when_a_backup_was_restored() {
    let mut control = Control::start().await;
    let data = control.home().join("data");
    let backup = control.home().join("old");
    control.kill();
    copy(&data, &backup);
    control.start_again();
    let _node = node(&control, "shop-1").await;
    for words in [
        "enter shop",
        "exit shop",
        "enter shop --wait",
        "exit shop --wait",
    ] {
        control.done(words).await;
    }
    control.kill();
    std::fs::remove_dir_all(&data).unwrap();
    copy(&backup, &data);
    control.start_again();
    until_there_are(&control, 1).await;
    ends(&control.run("enter shop --wait --timeout 1m").await, 12);
    Page::of("12: forked").run(&control).await;
}

/// Copies a folder of files, for its own user alone.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir(to).unwrap();
    for file in std::fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        if file.file_type().unwrap().is_file() {
            std::fs::copy(file.path(), to.join(file.file_name())).unwrap();
        }
    }
}

#[tokio::test]
async fn when_a_later_change_comes() {
    let control = Control::start().await;
    let node = node(&control, "shop-1").await;
    let asking = long_request(&node, "4000").await;
    let waiting = control.begin("enter shop --wait --timeout 1m");
    eventually("it is entered", async || {
        control.done("status shop").await.contains("in maintenance")
    })
    .await;
    control.done("exit shop").await;
    let output = timeout(LONG, waiting.wait_with_output()).await.unwrap();
    ends(&output.unwrap(), 13);
    Page::of("13: superseded").run(&control).await;
    asking.await.unwrap();
}

#[tokio::test]
async fn when_there_are_too_few_nodes() {
    let control = Control::start().await;
    let _first = node(&control, "shop-1").await;
    ends(
        &control
            .run("enter shop --wait --expect 2 --timeout 1s")
            .await,
        14,
    );
    let _second = node(&control, "shop-2").await;
    Page::of("14: too few").run(&control).await;
}

#[tokio::test]
async fn when_the_wait_is_interrupted() {
    let control = Control::start().await;
    let node = node(&control, "shop-1").await;
    let asking = long_request(&node, "4000").await;
    let waiting = control.begin("enter shop --wait --timeout 1m");
    eventually("it is entered", async || {
        control.done("status shop").await.contains("in maintenance")
    })
    .await;
    let id = waiting.id().unwrap().to_string();
    let mut kill = Command::new("/bin/sh");
    kill.args(["-c", "kill -INT \"$0\"", &id]);
    assert!(kill.status().await.unwrap().success());
    let output = timeout(LONG, waiting.wait_with_output()).await.unwrap();
    ends(&output.unwrap(), 130);
    Page::of("130: interrupted").run(&control).await;
    asking.await.unwrap();
}

#[tokio::test]
async fn when_control_is_gone() {
    let mut control = Control::start().await;
    let node = node(&control, "shop-1").await;
    let mut page = Page::of("Control is gone");
    page.run_some(&control, 1).await;
    control.kill();

    let stand_in = page.run_some(&control, 2).await;
    let mut stranger = Client::connect(node.address).await.unwrap();
    eventually("the node refuses", async || {
        stranger.ask("/").await.unwrap() == 503
    })
    .await;
    for mut process in stand_in {
        process.kill().await.unwrap();
    }

    let _served = page.run(&control).await;
    assert_eq!(stranger.ask("/").await.unwrap(), 503);
    let nodes = control.nodes().await;
    assert_eq!(nodes[0]["standing"], "drained", "{nodes:?}");
}
