//! Control, shop, greeter and Envoy on free ports, and the operator.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Command;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout_at};

use crate::answers::{Answer, Expected, check_greeting, check_shop};
use crate::clients::{HttpAnswer, curl, output, python, tonic};
use crate::envoy::Envoy;
use crate::process::Process;
use crate::tls::Tls;

/// Longer than the pause of a node between two polls.
const A_FEW_POLLS: Duration = Duration::from_millis(1500);

/// Not 127.0.0.1: there a client's connection could take control's port while control is down.
pub(crate) const CONTROL: &str = "127.0.0.3";

/// The processes, and their home folder.
pub(crate) struct Demo {
    home: TempDir,
    tls: Option<Tls>,
    control: Process,
    shop: Process,
    greeter: Process,
    /// In front of a shop without the layer.
    envoy: Envoy,
    _plain_shop: Process,
    /// The revision of the shop's state, as control reports it.
    revision: u64,
}

impl Demo {
    /// Starts all processes, with an open service `shop`.
    pub(crate) async fn start() -> Result<Self> {
        Self::start_with(tempfile::tempdir()?, None).await
    }

    /// Starts all processes, with a control that has a certificate of a private CA.
    pub(crate) async fn start_over_tls() -> Result<Self> {
        let home = tempfile::tempdir()?;
        let tls = Tls::make(home.path(), CONTROL)?;
        Self::start_with(home, Some(tls)).await
    }

    async fn start_with(home: TempDir, tls: Option<Tls>) -> Result<Self> {
        let address = TcpListener::bind((CONTROL, 0))?.local_addr()?.to_string();
        let control = start_control(home.path(), &address, tls.as_ref()).await?;
        let ca = tls.as_ref().map(|tls| tls.ca.clone());
        let intermission = || intermission(home.path(), &control.url, ca.as_deref());
        output(intermission()?.args(["service", "add", "shop"])).await?;
        let make = "token create demo --role node --service shop".split(' ');
        let token = output(intermission()?.args(make)).await?;
        let token = token.trim();
        let state = format!("{}/v1/services/shop/state", control.url);
        let ca_file = ca.as_ref().map(|ca| ca.display().to_string());
        let mut follow = vec!["--state", &state];
        follow.extend(ca_file.iter().flat_map(|file| ["--ca-file", file]));
        let axum = env!("CARGO_BIN_EXE_axum");
        let shop = start_app(home.path(), axum, token, &follow).await?;
        let greeter = env!("CARGO_BIN_EXE_tonic");
        let greeter = start_app(home.path(), greeter, token, &follow).await?;
        let plain_shop = start_app(home.path(), axum, "", &["--without-layer"]).await?;
        let at_shop = plain_shop.url.trim_start_matches("http://");
        let envoy = Envoy::start(home.path(), &address, tls.as_ref(), token, at_shop).await?;
        Ok(Self {
            home,
            tls,
            control,
            shop,
            greeter,
            envoy,
            _plain_shop: plain_shop,
            revision: 1,
        })
    }

    /// Runs `intermission` with the words that the operator types.
    pub(crate) async fn operate(&mut self, words: &str) -> Result<String> {
        let said = self.intermission(words).await?;
        let status = self.intermission("status shop --output json").await?;
        let status: Value = serde_json::from_str(&status)?;
        let revision = status.pointer("/services/0/revision");
        self.revision = revision.and_then(Value::as_u64).context("no revision")?;
        Ok(said)
    }

    async fn intermission(&self, words: &str) -> Result<String> {
        let ca = self.tls.as_ref().map(|tls| tls.ca.as_path());
        let mut command = intermission(self.home.path(), &self.control.url, ca)?;
        output(command.args(words.split(' '))).await
    }

    /// Kills control as `kill -9` does.
    pub(crate) async fn kill_control(&mut self) -> Result<()> {
        self.control.kill().await
    }

    /// Starts control again, on the same port and data.
    pub(crate) async fn restart_control(&mut self) -> Result<()> {
        let (_, address) = self.control.url.split_once("://").context("no address")?;
        self.control = start_control(self.home.path(), address, self.tls.as_ref()).await?;
        Ok(())
    }

    /// Waits at most `within` until apps and Envoy give the expected answers, then checks each answer.
    pub(crate) async fn reaches(&self, expected: Expected, within: Duration) -> Result<()> {
        let start = Instant::now();
        let mut last = Ok(());
        let reached = async {
            let mut looks = interval(Duration::from_millis(20));
            looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                looks.tick().await;
                last = self.look(expected).await;
                if last.is_ok() {
                    return;
                }
            }
        };
        if timeout_at(start + within, reached).await.is_err() {
            return last.with_context(|| format!("not {expected:?} within {within:?}"));
        }
        self.look_closely(expected).await
    }

    /// Fails if the answers change during the next polls of the nodes.
    pub(crate) async fn keeps(&self, expected: Expected) -> Result<()> {
        let end = Instant::now() + A_FEW_POLLS;
        let mut looks = interval(Duration::from_millis(50));
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while Instant::now() < end {
            looks.tick().await;
            self.look(expected)
                .await
                .with_context(|| format!("no longer {expected:?}"))?;
        }
        self.look_closely(expected).await
    }

    async fn look(&self, expected: Expected) -> Result<()> {
        for (from, answer) in expected.clients() {
            for shop in [&self.shop.url, &self.envoy.url] {
                let page = curl(from, shop).await?;
                let served = page.status == 200;
                ensure!(
                    served == (answer == Answer::Served),
                    "{shop} to {from}: {page:?}"
                );
                if answer == Answer::Refused {
                    let marker = format!("refused;revision={}", self.revision);
                    ensure!(page.header("intermission") == Some(&*marker), "{page:?}");
                }
            }
            check_greeting(&tonic(from, &self.greeter.url).await?, answer)
                .with_context(|| from.to_string())?;
        }
        Ok(())
    }

    async fn look_closely(&self, expected: Expected) -> Result<()> {
        for (from, answer) in expected.clients() {
            let shop = look_at_shop(from, &self.shop.url, answer).await?;
            let envoy = look_at_shop(from, &self.envoy.url, answer).await?;
            let alike = shop
                .iter()
                .zip(&envoy)
                .all(|(shop, envoy)| shop.is_like(envoy));
            ensure!(
                alike || answer == Answer::Served,
                "{shop:#?}\nis not\n{envoy:#?}"
            );
            if answer == Answer::Refused {
                check_greeting(&tonic(from, &self.envoy.url).await?, answer)?;
            }
        }
        if expected.tester == Answer::Refused {
            let (greeting, health) = python(&self.envoy.url).await?;
            check_greeting(&greeting, expected.tester).context("python through Envoy")?;
            // The call reaches the shop, which has no such service.
            ensure!(health == "UNIMPLEMENTED", "{health}");
        }
        let (greeting, health) = python(&self.greeter.url).await?;
        check_greeting(&greeting, expected.tester).context("python")?;
        ensure!(health == "SERVING", "{health}");
        Ok(())
    }
}

/// Checks the shop's page, API and health probe as a client sees them, and returns page and API.
async fn look_at_shop(from: Ipv4Addr, shop: &str, answer: Answer) -> Result<[HttpAnswer; 2]> {
    let page = curl(from, &format!("{shop}/")).await?;
    let api = curl(from, &format!("{shop}/api/orders")).await?;
    check_shop(&page, &api, answer).with_context(|| format!("{shop} to {from}"))?;
    let probe = curl(from, &format!("{shop}/healthz")).await?;
    ensure!(
        probe.status == 200 && probe.header("intermission").is_none(),
        "{probe:?}"
    );
    Ok([page, api])
}

pub(crate) async fn start_control(home: &Path, listen: &str, tls: Option<&Tls>) -> Result<Process> {
    let mut serve = Command::new(control_binary()?);
    serve
        .env("XDG_STATE_HOME", home)
        .args(["serve", "--listen", listen, "--data"])
        .arg(home.join("data"))
        .args(tls.map(Tls::options).unwrap_or_default());
    Process::start(&mut serve, &home.join("control.log")).await
}

pub(crate) async fn start_app(
    home: &Path,
    binary: &str,
    token: &str,
    options: &[&str],
) -> Result<Process> {
    let mut app = Command::new(binary);
    app.env("INTERMISSION_NODE_TOKEN", token);
    app.args(["--listen", "127.0.0.1:0"]).args(options);
    Process::start(&mut app, &home.join("apps.log")).await
}

/// The operator's command, which finds its token in this home.
pub(crate) fn intermission(home: &Path, server: &str, ca: Option<&Path>) -> Result<Command> {
    let mut command = Command::new(control_binary()?);
    command
        .env("XDG_STATE_HOME", home)
        .env_remove("INTERMISSION_TOKEN")
        .args(["--server", server]);
    if let Some(ca) = ca {
        command.env("INTERMISSION_CA_FILE", ca);
    }
    Ok(command)
}

/// Cargo gives the paths of this package's binaries only; that of control is in the same folder.
fn control_binary() -> Result<PathBuf> {
    let path = Path::new(env!("CARGO_BIN_EXE_axum")).with_file_name("intermission");
    ensure!(
        path.exists(),
        "{} is missing: run `cargo xtask test`, which builds it",
        path.display()
    );
    Ok(path)
}
