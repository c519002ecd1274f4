//! `check` and `enter --check`: nodes as they are seen from outside, through an nginx that lets everything through, one
//! that puts its own page in the place of errors, one that caches, and one that goes around the nodes.

use std::net::SocketAddr;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::routing::get;
use intermission_testkit::{Process, free_address};
use serde_json::Value;
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::setup::{Control, Node, Witness, app};

/// An nginx before a node, with a port for each thing that it does to answers.
struct Nginx {
    _process: Process,
    _home: TempDir,
    passes: SocketAddr,
    replaces: SocketAddr,
    caches: SocketAddr,
    goes_around: SocketAddr,
    redirects: SocketAddr,
    alternates: SocketAddr,
}

impl Nginx {
    async fn start(node: SocketAddr, around: SocketAddr) -> Self {
        let home = tempfile::tempdir().unwrap();
        let [passes, replaces, caches, goes_around, redirects, alternates] =
            std::array::from_fn(|_| free_address());
        let root = home.path().display();
        let config = format!(
            "daemon off; master_process off; pid {root}/pid; error_log {root}/error.log;
             events {{ worker_connections 64; }}
             http {{
               access_log off; client_body_temp_path {root}/body; proxy_temp_path {root}/proxy;
               fastcgi_temp_path {root}/fastcgi; uwsgi_temp_path {root}/uwsgi; scgi_temp_path {root}/scgi;
               proxy_cache_path {root}/cache keys_zone=kept:1m;
               upstream both {{ server {node}; server {around}; }}
               server {{ listen {passes}; location / {{ proxy_pass http://{node}; }} }}
               server {{ listen {replaces}; error_page 503 /own; location = /own {{ internal; return 503 sorry; }}
                         location / {{ proxy_pass http://{node}; proxy_intercept_errors on; }} }}
               server {{ listen {caches}; add_header X-Cache-Status $upstream_cache_status always;
                         location / {{ proxy_pass http://{node}; proxy_cache kept; proxy_cache_valid any 1h;
                                       proxy_ignore_headers Cache-Control Vary; }} }}
               server {{ listen {goes_around}; location / {{ proxy_pass http://{around}; }} }}
               server {{ listen {redirects}; return 301 https://shop.example$request_uri; }}
               server {{ listen {alternates}; location / {{ proxy_pass http://both; proxy_next_upstream off; }} }}
             }}"
        );
        let file = home.path().join("nginx.conf");
        std::fs::write(&file, config).unwrap();
        let mut nginx = Command::new("nginx");
        nginx.arg("-e").arg(home.path().join("error.log"));
        nginx.arg("-c").arg(&file).stdin(Stdio::null());
        let mut process = Process::launch(&mut nginx);
        process.listens(passes);
        Self {
            _home: home,
            _process: process,
            passes,
            replaces,
            caches,
            goes_around,
            redirects,
            alternates,
        }
    }
}

/// A service without the layer, to which no token may come.
async fn around() -> SocketAddr {
    let app = Router::new().route(
        "/",
        get(|request: Request| async move {
            assert!(request.headers().get("authorization").is_none());
            "welcome"
        }),
    );
    let listener = TcpListener::bind(free_address()).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    address
}

/// That a command ends with this code, and says this.
#[track_caller]
fn ends(output: &Output, code: i32, said: &[&str]) {
    let [out, err] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
    assert_eq!(output.status.code(), Some(code), "{out}{err}");
    for said in said {
        assert!(out.contains(said), "{said:?} is not in {out}{err}");
    }
}

#[tokio::test]
async fn a_check_tells_what_visitors_get_through_what_is_in_front() {
    let control = Control::start().await;
    let app = app(Arc::new(Witness::default()));
    let node = Node::start(&control, "shop-1", app).await;
    let nginx = Nginx::start(node.address, around().await).await;
    let check = async |address: SocketAddr, options: &str| {
        let words = format!("check http://{address}/ {options}");
        control.run(words.trim()).await
    };
    // The cache keeps a page of the service that is open.
    ends(
        &check(nginx.passes, "--expect open").await,
        0,
        &["/: as expected\n  3 of 3  HTTP 200"],
    );
    ends(&check(nginx.caches, "--expect open").await, 0, &[]);
    ends(
        &check(nginx.redirects, "--expect open").await,
        0,
        &["HTTP 301, to \"https://shop.example/\""],
    );
    ends(
        &check(nginx.passes, "--expect refused").await,
        15,
        &[
            "NOT AS EXPECTED",
            "3 of 3  HTTP 200 without the marker of a node: let through",
            "next  the request has gone around",
        ],
    );

    let url = format!("http://{}/", nginx.passes);
    let entered = control
        .run(&format!("enter shop --wait --check {url}"))
        .await;
    ends(
        &entered,
        0,
        &[&format!(
            "{url}: as expected\n  3 of 3  refused by a node, at revision 2\n"
        )],
    );
    ends(
        &check(nginx.passes, "--expect refused --revision 2 --times 5").await,
        0,
        &["5 of 5  refused"],
    );
    ends(&check(nginx.passes, "").await, 0, &["the same in each try"]);
    ends(
        &check(nginx.passes, "--revision 3").await,
        15,
        &["refused at revision 2, which is before 3"],
    );
    ends(
        &check(nginx.passes, "--expect open").await,
        15,
        &["in maintenance there"],
    );
    ends(
        &check(nginx.replaces, "--expect refused").await,
        15,
        &[
            "3 of 3  HTTP 503 without the marker",
            "proxy_intercept_errors off",
        ],
    );
    ends(
        &check(nginx.caches, "--expect refused").await,
        15,
        &["3 of 3  a cache has kept a page", "purge it"],
    );
    ends(
        &check(nginx.goes_around, "--expect refused").await,
        15,
        &["HTTP 200 without the marker"],
    );
    ends(
        &check(nginx.redirects, "--expect refused").await,
        15,
        &["check the address that it leads to"],
    );
    ends(
        &check(nginx.alternates, "--times 4").await,
        15,
        &[
            "2 of 4  refused by a node",
            "2 of 4  HTTP 200",
            "backends behind one address differ",
        ],
    );
    ends(
        &check(free_address(), "").await,
        15,
        &["3 of 3  no answer: "],
    );

    // Machines read the same, and the change stays.
    let words = format!(
        "enter shop --check {url} --check http://{}/ --output json",
        nginx.goes_around
    );
    let output = control.run(&words).await;
    assert_eq!(output.status.code(), Some(15));
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["services"][0]["service"], "shop");
    assert_eq!(json["checks"][0]["as_expected"], true);
    assert_eq!(json["checks"][0]["tries"][0]["revision"], 2);
    assert_eq!(json["checks"][1]["as_expected"], false);
    assert_eq!(json["checks"][1]["tries"][2]["finding"], "open");
    node.stop().await;
}

#[tokio::test]
async fn a_check_waits_for_nodes_that_nothing_else_waits_for() {
    let control = Control::start().await;
    let app = app(Arc::new(Witness::default()));
    let node = Node::start(&control, "shop-1", app).await;
    let words = format!("enter shop --check http://{}/", node.address);
    ends(
        &control.run(&words).await,
        0,
        &["refused by a node, at revision 2"],
    );
    // After a wait that has not ended well there is nothing to check.
    let words = format!(
        "enter shop --wait --expect 2 --timeout 1s --check http://{}/",
        node.address
    );
    let output = control.run(&words).await;
    assert_eq!(output.status.code(), Some(14));
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(
        err.contains("nothing was checked, since the wait did not end well"),
        "{err}"
    );
    for (words, said) in [
        (
            "enter shop --check shop.example",
            "nothing was changed: \"shop.example\" is no address to check",
        ),
        (
            "enter shop --check http://me:secret@shop.example/",
            "without a name and password",
        ),
        ("check ftp://shop.example/", "is no address to check"),
    ] {
        let output = control.run(words).await;
        assert_eq!(output.status.code(), Some(7), "{words}");
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(err.contains(said), "{err}");
    }
    node.stop().await;
}
