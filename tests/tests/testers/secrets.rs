use std::fs;
use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use intermission_testkit::http::Connection;
use intermission_testkit::{Process, eventually, free_address};
use intermission_tests::foreign::Client;
use intermission_tests::grpc;
use tempfile::TempDir;
use tracing_subscriber::fmt::MakeWriter;

use crate::nodes::{Nodes, Received, serve};

/// What this process logs, at every level.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn capture() -> Self {
        let log = Self::default();
        tracing_subscriber::fmt()
            .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
            .with_ansi(false)
            .with_writer(log.clone())
            .init();
        log
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// An nginx before each node, which keeps every response that it may, and a line for each request.
struct Caches {
    _process: Process,
    addresses: [SocketAddr; 3],
    folder: TempDir,
}

impl Caches {
    fn before(nodes: [SocketAddr; 3]) -> Self {
        let folder = TempDir::new().unwrap();
        let addresses = [free_address(), free_address(), free_address()];
        let at = folder.path().display();
        let servers = addresses.iter().zip(nodes).map(|(address, node)| {
            format!(
                "server {{ listen {address}; location / {{
                     proxy_pass http://{node}; proxy_http_version 1.1; proxy_set_header Host $http_host;
                     proxy_cache all; proxy_cache_valid any 10m; add_header cached $upstream_cache_status always;
                 }} }}"
            )
        });
        let servers = servers.collect::<String>();
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
        let temporary = temporary.map(|kind| format!("{kind}_temp_path {at}/{kind};"));
        let configuration = format!(
            "daemon off; master_process off; pid {at}/pid; error_log {at}/errors info;
             events {{}}
             http {{ access_log {at}/requests; {} proxy_cache_path {at}/cache keys_zone=all:1m; {servers} }}",
            temporary.concat()
        );
        let file = folder.path().join("nginx.conf");
        fs::write(&file, configuration).unwrap();
        let mut nginx = Command::new("nginx");
        nginx.arg("-p").arg(folder.path()).arg("-c").arg(file);
        let mut process = Process::launch(nginx.stdin(Stdio::null()));
        addresses
            .iter()
            .for_each(|address| process.listens(*address));
        Self {
            _process: process,
            addresses,
            folder,
        }
    }
}

/// All bytes of the files in a folder.
fn files(folder: &Path) -> String {
    let mut all = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all += &files(&path);
        } else {
            all += &String::from_utf8_lossy(&fs::read(path).unwrap());
        }
    }
    all
}

async fn ask(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> (u16, String) {
    let mut connection = Connection::open(address).await.unwrap();
    let answer = connection.ask(method, path, headers, body).await.unwrap();
    let headers = answer.headers.iter();
    let headers =
        headers.map(|(name, value)| format!("{name}: {}\n", String::from_utf8_lossy(value)));
    let body = String::from_utf8_lossy(&answer.body);
    (
        answer.status,
        format!("{}\n{body}", headers.collect::<String>()),
    )
}

/// Presents the pass to a node, or to the cache before it, in each right and wrong way.
async fn present(address: SocketAddr, pass: &str) {
    const PLACE: &str = "/.well-known/intermission/pass";
    let cookie = format!("a=b; __Host-intermission-pass={pass}");
    let header = [("intermission-pass", pass)];
    for headers in [&header[..], &[("cookie", &*cookie)]] {
        for path in ["/", "/kept"] {
            let (status, answer) = ask(address, "GET", path, headers, "").await;
            assert_eq!(status, 200, "{answer}");
            assert!(!answer.contains(pass), "{answer}");
        }
    }
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let right = format!("pass={pass}&to=/kept");
    let (status, answer) = ask(address, "POST", PLACE, &form, &right).await;
    assert_eq!(status, 303, "{answer}");
    let wrong = format!("pass={pass}x");
    let bearer = format!("Bearer {pass}");
    for (method, path, headers, body) in [
        ("POST", PLACE, &form[..], &*wrong),
        ("GET", "/", &[header[0], header[0]], ""),
        ("GET", "/", &[header[0], ("cookie", &*cookie)], ""),
        ("GET", "/", &[("authorization", &*bearer)], ""),
        ("POST", "/", &form, &*right),
    ] {
        let (status, answer) = ask(address, method, path, headers, body).await;
        assert!([403, 503].contains(&status), "{method} {path}: {answer}");
        assert!(!answer.contains(pass), "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_secret_of_a_pass_stays_with_its_holder() {
    let log = Log::capture();
    let nodes = Nodes::start().await;
    nodes.envoy.set_log("wasm", "trace").await;
    let caches = Caches::before(nodes.addresses);
    nodes.run("enter shop --allowlist --wait --expect 3").await;
    let pass = nodes.pass("ann").await;
    for address in nodes.addresses {
        let header = [("intermission-pass", &*pass)];
        eventually("the pass counts", async || {
            ask(address, "GET", "/", &header, "").await.0 == 200
        })
        .await;
    }
    // A cache would log the query.
    for address in nodes.addresses {
        present(address, &pass).await;
        let query = format!("/?intermission-pass={pass}");
        assert_eq!(ask(address, "GET", &query, &[], "").await.0, 503);
        let status = grpc::call(&format!("http://{address}"), Some(&pass)).await;
        assert_eq!(status.code(), tonic::Code::Unimplemented);
    }
    for address in caches.addresses {
        present(address, &pass).await;
        let (status, answer) = ask(address, "GET", "/kept", &[], "").await;
        assert_eq!(status, 503, "{answer}");
        assert!(answer.contains("cached: MISS"), "{answer}");
    }
    let other = Received::default();
    let port = serve(other.application()).await.port();
    let away = format!("http://localhost:{port}/");
    let urls = caches.addresses.map(|address| format!("http://{address}"));
    for browser in ["chromium", "firefox"] {
        let words = [browser, &away, &pass];
        let words = [&words[..], &urls.each_ref().map(String::as_str)].concat();
        let mut client = Client::node("leaves.mjs", &words);
        assert_eq!(client.says().await, "done");
        client.ends().await;
    }
    let explained = nodes
        .run(&format!(
            "explain shop --ip 203.0.113.9 --path / --header Intermission-Pass:{pass}"
        ))
        .await;
    let mut printed = vec![explained];
    for line in [
        "history shop",
        "pass list shop",
        "allowlist show shop",
        "status shop --output json",
    ] {
        printed.push(nodes.run(line).await);
    }

    let visits = other.all();
    let left = visits
        .iter()
        .filter(|visit| visit.starts_with("GET / ") || visit.starts_with("GET /\n"));
    assert_eq!(left.clone().count(), 18, "{visits:#?}");
    let with_referer = left.filter(|visit| visit.contains("\"referer\""));
    // From the service itself; the page that takes passes names none.
    assert_eq!(with_referer.count(), 6, "{visits:#?}");
    let received = nodes.received.all();
    assert!(received.len() > 30, "{received:#?}");
    let state = nodes.control.state("shop").text();
    let metrics = nodes.control.get("/metrics").text();
    for (place, text, sign) in [
        ("the log of control", nodes.home.log(), "pass create ann"),
        ("the log of Envoy", nodes.envoy.log(), "wasm log"),
        ("the log of the layer", log.text(), "intermission"),
        ("the metrics of control", metrics, "rule=\"pass\""),
        (
            "the metrics of Envoy",
            nodes
                .envoy
                .ask("/stats/prometheus?filter=intermission")
                .await,
            "intermission_requests",
        ),
        ("the applications", received.concat(), "GET /kept"),
        ("another site", visits.concat(), "GET /"),
        (
            "caches and their logs",
            files(caches.folder.path()),
            "GET /kept",
        ),
        ("the store", files(&nodes.home.data()), "pass create ann"),
        ("the state", state, "sha256"),
        ("the command", printed.concat(), "ann"),
    ] {
        assert!(text.contains(sign), "{place} is not seen");
        let found = text.lines().find(|line| line.contains(&pass[4..24]));
        assert_eq!(found, None, "{place}");
    }

    // The caches do keep what they may.
    nodes.run("exit shop --wait").await;
    for address in caches.addresses {
        ask(address, "GET", "/kept", &[], "").await;
        let (status, answer) = ask(address, "GET", "/kept", &[], "").await;
        assert!(status == 200 && answer.contains("cached: HIT"), "{answer}");
    }
}
