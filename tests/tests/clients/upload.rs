//! Uploads that are refused.

use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::DefaultBodyLimit;
use axum::routing::post;
use intermission_testkit::envoy::{Edge, Module, Version};
use intermission_testkit::{Endpoint, Scripted};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::process::Command;

use crate::front::{Front, serve};
use intermission_tests::foreign::Client;

const BYTES: usize = 5_000_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_upload_gets_its_answer_and_no_reset() {
    let file = tempfile::NamedTempFile::new().unwrap();
    file.as_file().set_len(BYTES as u64).unwrap();
    for front in Front::all().await {
        println!("{}", front.name());
        front.put(&json!({ "maintenance": "all" })).await;
        let (url, bytes) = (front.url(), BYTES.to_string());
        for mut client in [
            Client::node("upload.mjs", &[&url, &bytes]),
            Client::python("upload.py", &[&url, &bytes]),
        ] {
            let mut answers = Vec::new();
            loop {
                match client.says().await {
                    Value::String(done) if done == "done" => break,
                    answer => answers.push(answer),
                }
            }
            assert_eq!(answers, vec![json!(503); 20]);
        }
        for expects in ["Expect:", "Expect: 100-continue"] {
            let mut curl = Command::new("curl");
            curl.args([
                "--silent",
                "--noproxy",
                "*",
                "--max-time",
                "20",
                "--output",
                "/dev/null",
            ]);
            curl.args([
                "--write-out",
                "%{http_code} %{size_upload}",
                "--header",
                expects,
            ]);
            curl.arg("--data-binary")
                .arg(format!("@{}", file.path().display()));
            let output = curl
                .arg(format!("{url}/upload"))
                .stdin(Stdio::null())
                .output()
                .await;
            let output = output.unwrap();
            assert!(output.status.success(), "{expects} {output:?}");
            let said = String::from_utf8(output.stdout).unwrap();
            let (status, sent) = said.split_once(' ').unwrap();
            assert_eq!(status, "503", "{expects}");
            if expects.ends_with("continue") {
                assert_eq!(sent, "0", "it was not invited to send");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_upload_may_end_in_trailers() {
    for front in Front::all().await {
        front.put(&json!({ "maintenance": "all" })).await;
        let answer = upload_with_trailers(front.address, "/sent").await;
        assert!(
            answer.starts_with("HTTP/1.1 503 "),
            "{}: {answer}",
            front.name()
        );
        assert!(answer.contains("\r\nintermission: refused;"), "{answer}");
        assert_eq!(front.forms.load(Ordering::SeqCst), 0, "{}", front.name());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_is_held_arrives_whole() {
    let length = async |body: Bytes| body.len().to_string();
    let app = Router::new().route("/length", post(length));
    let application = serve(app.layer(DefaultBodyLimit::disable())).await;
    for (version, module) in [
        (Version::Newest, Module::Released),
        (Version::Oldest, Module::Released),
        (Version::Newest, Module::Native),
    ] {
        let late = Scripted {
            delay: Duration::from_secs(2),
            ..Scripted::state(1, &json!({ "maintenance": "off" }))
        };
        let endpoint = Endpoint::start(late);
        let edge = Edge {
            version,
            module,
            application: Some(application),
            reads_bodies: true,
            ..Edge::new(endpoint.address())
        };
        let configured = edge.with_plugin(json!({ "read_bodies": true, "start_wait": 30 }));
        let envoy = configured.start().await;
        let first_poll = endpoint.polls().first().map(|poll| poll.at.elapsed());
        let is_held = first_poll.is_none_or(|since| since < Duration::from_secs(1));
        assert!(is_held, "{version:?} {module:?}: {first_poll:?}");
        let answer = upload_with_trailers(envoy.address(), "/length").await;
        assert!(
            answer.starts_with("HTTP/1.1 200 "),
            "{version:?} {module:?}: {answer}"
        );
        assert!(
            answer.ends_with(&format!("\r\n\r\n{BYTES}")),
            "{version:?} {module:?}: {answer}"
        );
    }
}

/// The answer to an upload in chunks that ends in a trailer, by a client that reads when it has sent all.
async fn upload_with_trailers(address: SocketAddr, path: &str) -> String {
    let mut socket = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: shop.example\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\
         trailer: x-checksum\r\n\r\n"
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    let chunk = [b"c350\r\n".as_slice(), &[0; 50_000], b"\r\n"].concat();
    for _ in 0..BYTES / 50_000 {
        socket.write_all(&chunk).await.unwrap();
    }
    socket
        .write_all(b"0\r\nx-checksum: 0\r\n\r\n")
        .await
        .unwrap();
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).await.unwrap();
    String::from_utf8(answer).unwrap()
}
