//! An HTTP cache between.

use std::net::SocketAddr;
use std::process::{Command, Stdio};

use intermission_testkit::{Process, free_address};
use serde_json::json;
use tempfile::TempDir;

use crate::front::Front;

const VISITOR: &str = "127.0.0.1";
const TESTER: &str = "127.0.0.2";

/// An nginx that caches every response whose headers do not forbid it.
struct Nginx {
    _process: Process,
    address: SocketAddr,
    _folder: TempDir,
}

impl Nginx {
    fn before(front: &Front) -> Self {
        let folder = TempDir::new().unwrap();
        let address = free_address();
        let path = folder.path().display();
        let configuration = format!(
            "daemon off; master_process off; pid {path}/pid; error_log stderr;
             events {{}}
             http {{
                 access_log off; client_body_temp_path {path}/body; proxy_temp_path {path}/proxy;
                 fastcgi_temp_path {path}/f; uwsgi_temp_path {path}/u; scgi_temp_path {path}/s;
                 proxy_cache_path {path}/cache keys_zone=all:1m;
                 server {{
                     listen {address};
                     location / {{
                         proxy_pass {url};
                         proxy_set_header Host $host;
                         proxy_set_header X-Forwarded-For $remote_addr;
                         proxy_http_version 1.1;
                         proxy_cache all; proxy_cache_valid any 10m;
                         add_header cached $upstream_cache_status always;
                     }}
                 }}
             }}",
            url = front.url(),
        );
        let file = folder.path().join("nginx.conf");
        std::fs::write(&file, configuration).unwrap();
        let mut nginx = Command::new("nginx");
        nginx.arg("-p").arg(folder.path()).arg("-c").arg(file);
        let mut process = Process::launch(nginx.stdin(Stdio::null()));
        process.listens(address);
        Self {
            _process: process,
            address,
            _folder: folder,
        }
    }

    /// What a client from this address gets: the status, what the cache says, and the body.
    async fn get(&self, from: &str) -> (u16, String, String) {
        let mut curl = tokio::process::Command::new("curl");
        curl.args([
            "--silent",
            "--noproxy",
            "*",
            "--include",
            "--max-time",
            "20",
            "--interface",
            from,
        ]);
        let output = curl
            .arg(format!("http://{}/kept", self.address))
            .output()
            .await
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let mut lines = head.lines();
        let cached = lines
            .find_map(|line| line.strip_prefix("cached: "))
            .unwrap_or_default();
        (status, cached.to_owned(), body.to_owned())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cache_keeps_neither_the_notice_nor_what_a_tester_sees() {
    for front in Front::all().await {
        println!("{}", front.name());
        let allowlist = json!({ "enabled": true, "cidrs": [format!("{TESTER}/32")] });
        front
            .put(&json!({ "maintenance": "all", "allowlist": allowlist }))
            .await;
        let cache = Nginx::before(&front);
        for _ in 0..3 {
            let (status, cached, body) = cache.get(VISITOR).await;
            assert_eq!((status, &*cached), (503, "MISS"), "{body}");
            let (status, cached, body) = cache.get(TESTER).await;
            assert_eq!(
                (status, &*cached, &*body),
                (200, "MISS", "the shop's own page")
            );
        }
        front.open().await;
        let (status, cached, _) = cache.get(VISITOR).await;
        assert_eq!((status, &*cached), (200, "MISS"));
        // That it does keep what it may.
        let (status, cached, _) = cache.get(VISITOR).await;
        assert_eq!((status, &*cached), (200, "HIT"));
    }
}
