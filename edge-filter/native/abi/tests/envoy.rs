//! The border in a real Envoy, with the module of `examples/scripted.rs`.
#![cfg(test)]

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use intermission_corpus::Request;
use intermission_testkit::envoy::{Envoy, Native};
use intermission_testkit::eventually;

/// The folder into which cargo puts the examples.
fn folder() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let folder = test.ancestors().nth(2).unwrap().join("examples");
    let module = folder.join("libscripted.so");
    assert!(module.exists(), "there is no {}", module.display());
    folder
}

/// Starts an Envoy with the module that has this script.
async fn start(script: &str) -> Result<Envoy, String> {
    native(&folder(), script).try_start().await
}

fn native<'n>(folder: &'n Path, script: &'n str) -> Native<'n> {
    Native {
        module: "scripted",
        folder,
        configuration: script,
    }
}

fn request(method: &str, length: Option<&str>) -> Request {
    let length = length.map(|length| ("content-length".to_owned(), length.into()));
    Request {
        method: method.into(),
        path: "/".into(),
        authority: Some("shop.example".into()),
        headers: length.into_iter().collect(),
        ..Request::default()
    }
}

#[tokio::test]
async fn a_request_goes_on_and_its_stream_ends() {
    let envoy = start("continue").await.unwrap();
    let answer = envoy.answer(&request("GET", None)).await;
    assert_eq!((answer.status, &*answer.body), (200, &b"welcome"[..]));
    eventually("the stream ends", async || {
        envoy.log().contains("scripted: a stream has ended")
    })
    .await;
    let log = envoy.log();
    assert!(log.contains("scripted: configured"), "{log}");
    // Envoy warns of a module for another version of the ABI.
    assert!(!log.contains("[warning][dynamic_modules]"), "{log}");
}

#[tokio::test]
async fn a_request_is_answered_with_the_headers_and_the_body_of_the_filter() {
    let envoy = start("answer").await.unwrap();
    let answer = envoy.answer(&request("GET", None)).await;
    assert_eq!((answer.status, &*answer.body), (418, &b"a request"[..]));
    for (name, value) in [("x-plain", &b"tea"[..]), ("x-odd", b"\xe9")] {
        let mut values = answer.headers.iter().filter(|(known, _)| known == name);
        assert_eq!(
            values.next().map(|(_, value)| &**value),
            Some(value),
            "{name}"
        );
    }
    let answer = envoy.answer(&request("POST", Some("1"))).await;
    assert_eq!((answer.status, &*answer.body), (418, &b"an upload"[..]));
}

#[tokio::test]
async fn a_filter_sees_the_headers_and_the_peer() {
    let envoy = start("echo").await.unwrap();
    let mut request = request("GET", None);
    for value in ["1", "\u{e9}"] {
        request.headers.push(("x-twice".into(), value.into()));
    }
    let answer = envoy.answer(&request).await;
    let text = String::from_utf8_lossy(&answer.body);
    let mut lines: Vec<_> = text.lines().collect();
    let peer: SocketAddr = lines.pop().unwrap().parse().unwrap();
    assert!(peer.ip().is_loopback(), "{text}");
    assert_eq!(
        lines.iter().filter(|line| line.starts_with(':')).count(),
        4,
        "{text}"
    );
    for line in [
        ":method: GET",
        ":path: /",
        ":authority: shop.example",
        "x-twice: 1",
        "x-twice: \u{e9}",
    ] {
        assert!(lines.contains(&line), "{line}: {text}");
    }
}

#[tokio::test]
async fn a_panic_refuses_its_request_and_envoy_goes_on() {
    let envoy = start("panic").await.unwrap();
    for _ in 0..3 {
        let answer = envoy.answer(&request("GET", None)).await;
        assert_eq!((answer.status, &*answer.body), (503, &b""[..]));
    }
    let log = envoy.log();
    let said = "a panic in http_filter_request_headers: as the script says";
    assert_eq!(log.matches(said).count(), 3, "{log}");
}

#[tokio::test]
async fn a_refused_configuration_is_refused_by_envoy() {
    let error = start("nonsense").await.unwrap_err();
    assert!(error.contains("scripted: that is no script"), "{error}");
}

#[tokio::test]
async fn a_filter_knows_whether_its_configuration_is_only_checked() {
    let folder = folder();
    native(&folder, "validate").validate().unwrap();
    assert!(native(&folder, "validate").try_start().await.is_err());
}
