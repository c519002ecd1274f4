//! The clients of testers.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use intermission_tests::foreign::Client;
use intermission_tests::grpc;
use serde_json::Value;
use tonic::Code;

/// One client of each kind, for all nodes. All present the same pass.
pub(crate) struct Clients {
    addresses: [SocketAddr; 3],
    chromium: Client,
    firefox: Client,
    python: Client,
    pass: Option<String>,
}

impl Clients {
    /// Starts them without a pass.
    pub(crate) fn start(addresses: [SocketAddr; 3]) -> Self {
        let urls = addresses.map(|address| format!("http://{address}"));
        let hosts = addresses.map(|address| address.to_string());
        let browser = |name| {
            let words = [&[name], &urls.each_ref().map(String::as_str)[..]].concat();
            Client::node("tester.mjs", &words)
        };
        Self {
            addresses,
            chromium: browser("chromium"),
            firefox: browser("firefox"),
            python: Client::python("tester.py", &hosts.each_ref().map(String::as_str)),
            pass: None,
        }
    }

    /// Has them present this pass from now on: browsers follow its link.
    pub(crate) async fn present(&mut self, pass: &str) -> BTreeMap<&'static str, [bool; 3]> {
        self.pass = Some(pass.to_owned());
        self.ask(pass).await
    }

    /// Which of them get in at which nodes.
    pub(crate) async fn get_in(&mut self) -> BTreeMap<&'static str, [bool; 3]> {
        self.ask("").await
    }

    async fn ask(&mut self, word: &str) -> BTreeMap<&'static str, [bool; 3]> {
        for client in [&mut self.chromium, &mut self.firefox, &mut self.python] {
            client.tell(word).await;
        }
        let pass = self.pass.as_deref();
        let (mut curl, mut tonic) = ([false; 3], [false; 3]);
        for (place, address) in self.addresses.iter().enumerate() {
            curl[place] = by_curl(*address, pass).await;
            tonic[place] = by_tonic(*address, pass).await;
        }
        let python = self.python.says().await;
        BTreeMap::from([
            ("Chromium", all(&self.chromium.says().await)),
            ("Firefox", all(&self.firefox.says().await)),
            ("curl", curl),
            ("grpcio", all(&python["grpcio"])),
            ("tonic", tonic),
            ("urllib", all(&python["urllib"])),
        ])
    }

    /// Has the browsers end.
    pub(crate) async fn end(self) {
        self.chromium.ends().await;
        self.firefox.ends().await;
    }
}

fn all(said: &Value) -> [bool; 3] {
    serde_json::from_value(said.clone()).unwrap()
}

async fn by_curl(address: SocketAddr, pass: Option<&str>) -> bool {
    let mut curl = tokio::process::Command::new("curl");
    curl.args([
        "--silent",
        "--max-time",
        "20",
        "--noproxy",
        "*",
        "--output",
        "/dev/null",
    ]);
    curl.args(["--write-out", "%{http_code}"]);
    if let Some(pass) = pass {
        curl.args(["--header", &format!("Intermission-Pass: {pass}")]);
    }
    let output = curl
        .arg(format!("http://{address}/"))
        .output()
        .await
        .unwrap();
    match &*output.stdout {
        b"200" => true,
        b"503" => false,
        other => panic!("{address}: {}", String::from_utf8_lossy(other)),
    }
}

async fn by_tonic(address: SocketAddr, pass: Option<&str>) -> bool {
    let status = grpc::call(&format!("http://{address}"), pass).await;
    match status.code() {
        Code::Unimplemented => true,
        Code::Unavailable => false,
        _ => panic!("{address}: {status}"),
    }
}
