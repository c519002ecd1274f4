//! A proxy's process, and what comes back through it.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use intermission_testkit::{Process, eventually, free_address};
use tempfile::TempDir;

use crate::shop::Shop;

/// A running proxy.
pub(crate) struct Proxy {
    _process: Process,
    address: SocketAddr,
    _folder: TempDir,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: String,
}

/// A file of `examples/in-front/`.
pub(crate) fn example(name: &str) -> String {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../examples/in-front");
    std::fs::read_to_string(folder.join(name)).unwrap()
}

/// A text in which `from` occurs, with `to` in its place.
pub(crate) fn replaced(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "no {from:?} in\n{text}");
    text.replace(from, to)
}

impl Proxy {
    /// Starts a proxy before the shop. `run` makes the command of a configuration file, a folder of its own and the address to
    /// listen on.
    pub(crate) async fn start(
        shop: &Shop,
        configuration: &str,
        run: impl FnOnce(&std::path::Path, &std::path::Path, SocketAddr) -> Command,
    ) -> Self {
        let folder = TempDir::new().unwrap();
        let address = free_address();
        let mut configuration = configuration.replace("127.0.0.1:8080", &address.to_string());
        for (port, instance) in ["8081", "8082"].into_iter().zip(shop.instances) {
            configuration = replaced(&configuration, port, &instance.port().to_string());
        }
        let file = folder.path().join("configuration");
        std::fs::write(&file, configuration).unwrap();
        let mut command = run(&file, folder.path(), address);
        let mut process = Process::launch(command.stdin(Stdio::null()));
        process.listens(address);
        Self {
            _process: process,
            address,
            _folder: folder,
        }
    }

    /// Asks with curl.
    pub(crate) async fn ask(&self, path: &str, options: &[&str]) -> Answer {
        let mut curl = tokio::process::Command::new("curl");
        curl.args([
            "--silent",
            "--noproxy",
            "*",
            "--include",
            "--max-time",
            "20",
        ]);
        let url = format!("http://{}{path}", self.address);
        let output = curl.args(options).arg(url).output().await.unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").expect("an answer");
        Answer {
            status: head.split(' ').nth(1).unwrap().parse().unwrap(),
            head: head.to_ascii_lowercase(),
            body: body.to_owned(),
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask(path, &[]).await
    }

    /// Asks until the answer is as `wanted`.
    pub(crate) async fn until(&self, path: &str, wanted: impl Fn(&Answer) -> bool) -> Answer {
        let mut answer = self.get(path).await;
        eventually(path, async || {
            answer = self.get(path).await;
            wanted(&answer)
        })
        .await;
        answer
    }

    /// What every proxy has to do with its configuration of `examples/in-front/`.
    pub(crate) async fn serves_a_closed_shop(&self, shop: &Shop) {
        self.until("/", |answer| answer.status == 200).await;
        shop.close();
        // More often than any default number of failures that ejects an instance.
        for _ in 0..30 {
            let answer = self.get("/").await;
            assert!(answer.is_notice(), "{answer:?}");
            assert_eq!(answer.lines("retry-after").len(), 1, "{answer:?}");
            let check = self.get("/healthz").await;
            assert_eq!((check.status, &*check.body), (200, "well"));
        }
        let post = self.ask("/", &["--request", "POST"]).await;
        assert!(
            post.is_notice() && post.body.contains("\"status\":503"),
            "{post:?}"
        );
        shop.put(&serde_json::json!({ "maintenance": "off" }));
        for _ in 0..4 {
            let answer = self.get("/").await;
            assert_eq!((answer.status, &*answer.body), (200, "the shop"));
        }
        self.takes_out_what_applications_believe().await;
        self.lets_only_the_tester_in(shop).await;
    }

    /// That no header of a client's names another host, path, method or address.
    async fn takes_out_what_applications_believe(&self) {
        let names = [
            "X-Forwarded-For",
            "Forwarded",
            "X-Real-IP",
            "X-Forwarded-Host",
            "X-Original-Host",
            "X-Host",
            "X-Original-URL",
            "X-Rewrite-URL",
            "X-HTTP-Method-Override",
            "X-HTTP-Method",
            "X-Method-Override",
        ];
        let lines: Vec<String> = names.iter().map(|name| format!("{name}: forged")).collect();
        let options: Vec<&str> = lines.iter().flat_map(|line| ["--header", line]).collect();
        let seen = self.ask("/seen", &options).await;
        assert_eq!(seen.status, 200, "{seen:?}");
        assert!(!seen.body.contains("forged"), "{}", seen.body);
        assert!(
            seen.body.contains("x-forwarded-for: 127.0.0.1\n"),
            "{}",
            seen.body
        );
    }

    /// That the allowlist sees the address of the client, and none that a client claims.
    async fn lets_only_the_tester_in(&self, shop: &Shop) {
        shop.put(&serde_json::json!({
            "maintenance": "all", "allowlist": { "enabled": true, "cidrs": ["203.0.113.5"] },
        }));
        let forged = self
            .ask("/", &["--header", "X-Forwarded-For: 203.0.113.5"])
            .await;
        assert!(forged.is_notice(), "{forged:?}");
    }
}

impl Answer {
    /// The values of a header.
    pub(crate) fn lines(&self, name: &str) -> Vec<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines
            .filter(|(known, _)| *known == name)
            .map(|(_, value)| value)
            .collect()
    }

    /// Whether it is a refusal as a node gave it.
    pub(crate) fn is_notice(&self) -> bool {
        let marker = self.lines("intermission");
        self.status == 503 && marker.len() == 1 && marker[0].starts_with("refused;revision=")
    }
}
