//! Control, shop, greeter and Envoy on free ports, and the operator.

use std::fs::File;
use std::net::Ipv4Addr;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use intermission_testkit::control::{Control, Home, Run};
use intermission_testkit::envoy::Envoy;
use intermission_testkit::{Process, free_address_of};
use serde_json::Value;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout_at};

use crate::answers::{Answer, Expected, check_greeting, check_shop};
use crate::clients::{HttpAnswer, curl, python, tonic};
use crate::envoy;
use crate::tls::Tls;

/// Longer than the pause of a node between two polls.
const A_FEW_POLLS: Duration = Duration::from_millis(1500);

/// Not 127.0.0.1: there a client's connection could take control's port while control is down.
pub(crate) const CONTROL: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 3);

/// A shop or a greeter.
pub(crate) struct App {
    pub(crate) url: String,
    _process: Process,
}

/// The processes, and their home folder.
pub(crate) struct Demo {
    home: Home,
    tls: Option<Tls>,
    control: Control,
    shop: App,
    greeter: App,
    /// In front of a shop without the layer.
    _envoy: Envoy,
    envoy_url: String,
    _plain_shop: App,
    /// The revision of the shop's state, as control reports it.
    revision: u64,
}

impl Demo {
    /// Starts all processes, with an open service `shop`.
    pub(crate) async fn start() -> Result<Self> {
        Self::start_with(Home::new(), None).await
    }

    /// Starts all processes, with a control that has a certificate of a private CA.
    pub(crate) async fn start_over_tls() -> Result<Self> {
        let home = Home::new();
        let tls = Tls::make(home.path(), &CONTROL.to_string())?;
        Self::start_with(home, Some(tls)).await
    }

    async fn start_with(home: Home, tls: Option<Tls>) -> Result<Self> {
        let address = free_address_of(CONTROL).to_string();
        let control = start_control(&home, &address, tls.as_ref());
        let operate = |words: &str| operate(&home, &control, tls.as_ref(), words);
        operate("service add shop");
        let token = operate("token create demo --role node --service shop");
        let token = token.trim();
        let state = format!("{}/v1/services/shop/state", url(&control, tls.as_ref()));
        let mut follow = vec!["--state", &state];
        let ca_file = tls.as_ref().map(|tls| tls.ca.display().to_string());
        follow.extend(ca_file.iter().flat_map(|file| ["--ca-file", file]));
        let axum = env!("CARGO_BIN_EXE_axum");
        let shop = start_app(&home, axum, Some(token), &follow)?;
        let greeter = start_app(&home, env!("CARGO_BIN_EXE_tonic"), Some(token), &follow)?;
        let plain_shop = start_app(&home, axum, None, &["--without-layer"])?;
        let at_shop = plain_shop.url.trim_start_matches("http://");
        let envoy = envoy::start(&address, tls.as_ref(), token, at_shop).await?;
        Ok(Self {
            shop,
            greeter,
            envoy_url: format!("http://{}", envoy.address()),
            _envoy: envoy,
            _plain_shop: plain_shop,
            revision: 1,
            control,
            home,
            tls,
        })
    }

    /// Runs `intermission` with the words that the operator types.
    pub(crate) fn operate(&mut self, words: &str) -> Result<String> {
        let operate = |words| operate(&self.home, &self.control, self.tls.as_ref(), words);
        let said = operate(words);
        let status: Value = serde_json::from_str(&operate("status shop --output json"))?;
        let revision = status.pointer("/services/0/revision");
        self.revision = revision.and_then(Value::as_u64).context("no revision")?;
        Ok(said)
    }

    /// Kills control as `kill -9` does.
    pub(crate) fn kill_control(&mut self) {
        self.control.kill();
    }

    /// Starts control again, on the same port and data.
    pub(crate) fn restart_control(&mut self) {
        self.control = start_control(&self.home, &self.control.address, self.tls.as_ref());
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
            for shop in [&self.shop.url, &self.envoy_url] {
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
            let envoy = look_at_shop(from, &self.envoy_url, answer).await?;
            let alike = shop
                .iter()
                .zip(&envoy)
                .all(|(shop, envoy)| shop.is_like(envoy));
            ensure!(
                alike || answer == Answer::Served,
                "{shop:#?}\nis not\n{envoy:#?}"
            );
            if answer == Answer::Refused {
                check_greeting(&tonic(from, &self.envoy_url).await?, answer)?;
            }
        }
        if expected.tester == Answer::Refused {
            let (greeting, health) = python(&self.envoy_url).await?;
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

pub(crate) fn start_control(home: &Home, listen: &str, tls: Option<&Tls>) -> Control {
    let options = tls.map(Tls::options).unwrap_or_default();
    home.start_on(
        listen,
        &options.iter().map(|option| &**option).collect::<Vec<_>>(),
    )
}

pub(crate) fn start_app(
    home: &Home,
    binary: &str,
    token: Option<&str>,
    options: &[&str],
) -> Result<App> {
    let log = home.path().join("apps.log");
    let mut app = Command::new(binary);
    app.envs(token.map(|token| ("INTERMISSION_NODE_TOKEN", token)))
        .args(["--listen", "127.0.0.1:0"])
        .args(options)
        .stderr(File::options().create(true).append(true).open(log)?);
    let process = Process::launch(&mut app);
    Ok(App {
        url: format!("http://{}", process.address()),
        _process: process,
    })
}

pub(crate) fn url(control: &Control, tls: Option<&Tls>) -> String {
    let scheme = if tls.is_some() { "https" } else { "http" };
    format!("{scheme}://{}", control.address)
}

/// Runs the operator's command, which finds its token in this home.
pub(crate) fn operate(home: &Home, control: &Control, tls: Option<&Tls>, words: &str) -> String {
    let mut command = home.binary();
    command
        .args(["--server", &url(control, tls)])
        .args(words.split(' '));
    command.envs(tls.map(|tls| ("INTERMISSION_CA_FILE", &tls.ca)));
    Run::from(command.output().unwrap()).done()
}
