use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// Nothing here takes this long unless it hangs.
pub(crate) const LONG: Duration = Duration::from_secs(60);

/// A control in a process of its own with the service `shop`, which ends with this value.
pub(crate) struct Control {
    home: TempDir,
    process: Child,
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

impl Control {
    pub(crate) async fn start() -> Self {
        Self::start_as(Setting::default()).await
    }

    pub(crate) async fn start_as(setting: Setting) -> Self {
        let home = tempfile::tempdir().unwrap();
        let (process, address) = serve(&home, "127.0.0.1:0", &setting).await;
        let mut control = Self {
            home,
            process,
            address,
            token: String::new(),
            setting,
        };
        control.done("service add shop").await;
        let token = control.done("token create nodes --role node").await;
        token.trim().clone_into(&mut control.token);
        control
    }

    /// Kills it as `kill -9` does.
    pub(crate) async fn kill(&mut self) {
        self.process.kill().await.unwrap();
    }

    /// Starts it again where it was.
    pub(crate) async fn start_again(&mut self) {
        let (process, address) = serve(&self.home, &self.address.to_string(), &self.setting).await;
        assert_eq!(address, self.address);
        self.process = process;
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
        timeout(LONG * 2, self.begin(words).wait_with_output())
            .await
            .unwrap()
            .unwrap()
    }

    /// Begins to run the command.
    pub(crate) fn begin(&self, words: &str) -> Child {
        let mut command = intermission(&self.home, None);
        if self.setting.certificate.is_some() {
            command.env("INTERMISSION_CA_FILE", self.home.path().join(CERTIFICATE));
        }
        command
            .args(["--server", &self.server()])
            .args(words.split(' '))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// Runs the command, which has to go well, and gives back what it says.
    pub(crate) async fn done(&self, words: &str) -> String {
        let output = self.run(words).await;
        let [out, err] =
            [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        assert!(output.status.success(), "{words}: {out}{err}");
        out
    }

    /// Its resident memory, in bytes.
    pub(crate) fn memory(&self) -> u64 {
        let file = format!("/proc/{}/status", self.process.id().unwrap());
        let status = std::fs::read_to_string(file).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.unwrap().trim().trim_end_matches(" kB");
        kib.parse::<u64>().unwrap() << 10
    }

    /// The folder of everything that it keeps.
    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// The operator's token.
    pub(crate) fn operator(&self) -> String {
        let token = self.home.path().join("data/operator.token");
        let token = std::fs::read_to_string(token).unwrap();
        token.trim().to_owned()
    }

    /// What it tells Prometheus.
    pub(crate) async fn metrics(&self) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let request = format!(
            "GET /metrics HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\nconnection: close\r\n\r\n",
            self.address,
            self.operator()
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).await.unwrap();
        text
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

async fn serve(home: &TempDir, listen: &str, setting: &Setting) -> (Child, SocketAddr) {
    let log = std::fs::File::options()
        .create(true)
        .append(true)
        .open(home.path().join("log"))
        .unwrap();
    let mut command = intermission(home, setting.files);
    command
        .args(["serve", "--listen", listen, "--data"])
        .arg(home.path().join("data"));
    if let Some(certificate) = &setting.certificate {
        let files = [CERTIFICATE, KEY].map(|name| home.path().join(name));
        for (file, text) in files.iter().zip(certificate) {
            std::fs::write(file, text).unwrap();
        }
        let [chain, key] = &files;
        command.arg("--tls-cert").arg(chain);
        command.arg("--tls-key").arg(key);
    }
    let mut process = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let ready = timeout(LONG, lines.next_line()).await.unwrap().unwrap();
    let ready = ready.expect("control has not started");
    let address = ready.split("://").nth(1).unwrap().split(',').next();
    (process, address.unwrap().parse().unwrap())
}

/// The binary, in a home of its own, which may have so many files open.
fn intermission(home: &TempDir, files: Option<usize>) -> Command {
    let binary = beside("intermission");
    let mut command = match files {
        Some(files) => {
            let mut command = Command::new("/bin/sh");
            let limited = format!("ulimit -n {files} && exec \"$0\" \"$@\"");
            command.args(["-c", &limited]).arg(binary);
            command
        }
        None => Command::new(binary),
    };
    command
        .env_clear()
        .env("XDG_STATE_HOME", home.path())
        .stdin(Stdio::null())
        .kill_on_drop(true);
    command
}

/// A binary of the workspace: Cargo names those of a test's own package only, and the others lie beside them.
pub(crate) fn beside(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let folder = test.parent().and_then(|deps| deps.parent()).unwrap();
    let binary = folder.join(name);
    assert!(
        binary.exists(),
        "{} is missing; cargo build --workspace",
        binary.display()
    );
    binary
}
