use std::net::SocketAddr;
use std::path::Path;
use std::process::{Output, Stdio};

use intermission_testkit::control::{self, Home};
use intermission_testkit::http::Connection;
use intermission_testkit::{LONG, free_address};
use serde_json::Value;
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// A control in a process of its own with the service `shop`, which ends with this value.
pub(crate) struct Control {
    process: control::Control,
    home: Home,
    pub(crate) address: SocketAddr,
    /// The token of the nodes.
    pub(crate) token: String,
    setting: Setting,
}

/// How control is started.
#[derive(Default)]
pub(crate) struct Setting {
    /// The certificate and its key, in PEM; in clear without.
    pub(crate) certificate: Option<[String; 2]>,
    /// How many files it may have open, if fewer than this process.
    pub(crate) files: Option<usize>,
}

impl Setting {
    fn serve(&self, home: &Home, listen: &str) -> control::Control {
        let [chain, key] = [CERTIFICATE, KEY].map(|name| home.path().join(name));
        let mut options = Vec::new();
        if let Some([certificate, secret]) = &self.certificate {
            std::fs::write(&chain, certificate).unwrap();
            std::fs::write(&key, secret).unwrap();
            options.extend(["--tls-cert", chain.to_str().unwrap()]);
            options.extend(["--tls-key", key.to_str().unwrap()]);
        }
        let command = match self.files {
            Some(files) => home.binary_after(&format!("ulimit -n {files}")),
            None => home.binary(),
        };
        let mut control = home.serve(command, listen, &options);
        control.wait_ready();
        control
    }
}

impl Control {
    pub(crate) async fn start() -> Self {
        Self::start_as(Setting::default()).await
    }

    pub(crate) async fn start_as(setting: Setting) -> Self {
        let home = Home::new();
        let process = setting.serve(&home, &free_address().to_string());
        let mut control = Self {
            address: process.address.parse().unwrap(),
            process,
            home,
            token: String::new(),
            setting,
        };
        control.done("service add shop").await;
        let token = control.done("token create nodes --role node").await;
        token.trim().clone_into(&mut control.token);
        control
    }

    /// Kills it as `kill -9` does.
    pub(crate) fn kill(&mut self) {
        self.process.kill();
    }

    /// Starts it again where it was.
    pub(crate) fn start_again(&mut self) {
        self.process = self.setting.serve(&self.home, &self.address.to_string());
    }

    /// Where nodes ask for the state.
    pub(crate) fn state_url(&self) -> String {
        format!("{}/v1/services/shop/state", self.server())
    }

    /// Where the command finds it.
    fn server(&self) -> String {
        match self.setting.certificate {
            Some(_) => format!("https://localhost:{}", self.address.port()),
            None => format!("http://{}", self.address),
        }
    }

    /// Runs the command to its end.
    pub(crate) async fn run(&self, words: &str) -> Output {
        let ended = timeout(LONG * 2, self.begin(words).wait_with_output()).await;
        ended.unwrap().unwrap()
    }

    /// Begins to run the command.
    pub(crate) fn begin(&self, words: &str) -> Child {
        let mut command = Command::from(self.home.binary());
        if self.setting.certificate.is_some() {
            command.env("INTERMISSION_CA_FILE", self.home.path().join(CERTIFICATE));
        }
        command
            .args(["--server", &self.server()])
            .args(words.split(' '))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap()
    }

    /// Runs the command, which has to succeed, and returns its output.
    pub(crate) async fn done(&self, words: &str) -> String {
        let output = self.run(words).await;
        let [out, err] =
            [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        assert!(output.status.success(), "{words}: {out}{err}");
        out
    }

    /// Its resident memory, in bytes.
    pub(crate) fn memory(&self) -> u64 {
        self.process.process.memory()
    }

    /// The folder of everything that it keeps.
    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// The operator's token.
    pub(crate) fn operator(&self) -> &str {
        &self.process.token
    }

    /// Its metrics.
    pub(crate) async fn metrics(&self) -> String {
        let token = format!("Bearer {}", self.operator());
        let mut connection = Connection::open(self.address).await.unwrap();
        let headers = [("authorization", &*token)];
        let metrics = connection.ask("GET", "/metrics", &headers, "");
        String::from_utf8(metrics.await.unwrap().body).unwrap()
    }

    /// The nodes as control sees them.
    pub(crate) async fn nodes(&self) -> Vec<Value> {
        let fleet = self.done("node list shop --output json").await;
        let fleet: Value = serde_json::from_str(&fleet).unwrap();
        fleet["nodes"].as_array().unwrap().clone()
    }
}

const CERTIFICATE: &str = "control.pem";
const KEY: &str = "control.key";
