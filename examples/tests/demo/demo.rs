//! Control, shop and greeter on free ports, and the operator before them.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;
use tokio::process::Command;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout_at};

use crate::answers::{Answer, Expected, check_greeting, check_shop};
use crate::clients::{curl, output, python, tonic};
use crate::process::Process;

/// Longer than any node waits before it asks again.
const A_FEW_POLLS: Duration = Duration::from_millis(1500);

/// The three processes, and a home of their own.
pub(crate) struct Demo {
    home: TempDir,
    control: Process,
    shop: Process,
    greeter: Process,
}

impl Demo {
    /// Starts all three, with a service `shop` that is open.
    pub(crate) async fn start() -> Result<Self> {
        let home = tempfile::tempdir()?;
        // Not 127.0.0.1: no client's connection can take this port while control is down.
        let port = TcpListener::bind("127.0.0.3:0")?.local_addr()?;
        let control = start_control(home.path(), &port.to_string()).await?;
        output(intermission(home.path(), &control.url)?.args(["service", "add", "shop"])).await?;
        let state = format!("{}/v1/services/shop/state", control.url);
        let shop = start_app(home.path(), env!("CARGO_BIN_EXE_axum"), &state).await?;
        let greeter = start_app(home.path(), env!("CARGO_BIN_EXE_tonic"), &state).await?;
        Ok(Self {
            home,
            control,
            shop,
            greeter,
        })
    }

    /// Does what the operator types after `intermission`.
    pub(crate) async fn operate(&self, words: &str) -> Result<String> {
        output(intermission(self.home.path(), &self.control.url)?.args(words.split(' '))).await
    }

    /// Kills control as `kill -9` does.
    pub(crate) async fn kill_control(&mut self) -> Result<()> {
        self.control.kill().await
    }

    /// Starts control again, on the same port and data.
    pub(crate) async fn restart_control(&mut self) -> Result<()> {
        let address = self.control.url.trim_start_matches("http://");
        self.control = start_control(self.home.path(), address).await?;
        Ok(())
    }

    /// Waits, no longer than this, until both apps answer so, then looks at everything.
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

    /// Fails if the answers change while the nodes ask a few more times.
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
            let page = curl(from, &self.shop.url).await?;
            let served = page.status == 200;
            ensure!(served == (answer == Answer::Served), "{from}: {page:?}");
            check_greeting(&tonic(from, &self.greeter.url).await?, answer)
                .with_context(|| from.to_string())?;
        }
        Ok(())
    }

    async fn look_closely(&self, expected: Expected) -> Result<()> {
        let shop = &self.shop.url;
        for (from, answer) in expected.clients() {
            let page = curl(from, &format!("{shop}/")).await?;
            let api = curl(from, &format!("{shop}/api/orders")).await?;
            check_shop(&page, &api, answer).with_context(|| from.to_string())?;
            let probe = curl(from, &format!("{shop}/healthz")).await?;
            ensure!(
                probe.status == 200 && probe.header("intermission").is_none(),
                "{probe:?}"
            );
        }
        let (greeting, health) = python(&self.greeter.url).await?;
        check_greeting(&greeting, expected.tester).context("python")?;
        ensure!(health == "SERVING", "{health}");
        Ok(())
    }
}

async fn start_control(home: &Path, listen: &str) -> Result<Process> {
    let mut serve = Command::new(control_binary()?);
    serve
        .env("XDG_STATE_HOME", home)
        .args(["serve", "--listen", listen, "--data"])
        .arg(home.join("data"));
    Process::start(&mut serve, &home.join("control.log")).await
}

async fn start_app(home: &Path, binary: &str, state: &str) -> Result<Process> {
    let mut app = Command::new(binary);
    app.args(["--listen", "127.0.0.1:0", "--state", state]);
    Process::start(&mut app, &home.join("apps.log")).await
}

/// The operator's command, which finds its token below this home.
fn intermission(home: &Path, server: &str) -> Result<Command> {
    let mut command = Command::new(control_binary()?);
    command
        .env("XDG_STATE_HOME", home)
        .env_remove("INTERMISSION_TOKEN")
        .args(["--server", server]);
    Ok(command)
}

/// Cargo names the binaries of this package only; control's lies beside them.
fn control_binary() -> Result<PathBuf> {
    let path = Path::new(env!("CARGO_BIN_EXE_axum")).with_file_name("intermission");
    ensure!(
        path.exists(),
        "{} is missing: run `cargo xtask test`, which builds it",
        path.display()
    );
    Ok(path)
}
