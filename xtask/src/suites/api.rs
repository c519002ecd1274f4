//! Control's HTTP interface, tried by schemathesis and REDbot.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};

use crate::step::{Steps, run as run_command};
use crate::system::{self, Chore, Missing};
use crate::tools;
use crate::workspace::{cargo, command, root, target};

/// Where the configuration and the hooks of both are.
const FOLDER: &str = "xtask/python/api";

/// Builds control, and has them try it.
pub(crate) fn run(steps: &mut Steps) -> Result<()> {
    steps.step("prerequisites", || {
        system::check(&[Chore::Test], Missing::Name)
    })?;
    steps.run("build", &mut cargo("build --package intermission-control"))?;
    check(steps)
}

/// The same with a control that was built before.
pub(crate) fn check(steps: &mut Steps) -> Result<()> {
    steps.step(
        "HTTP interface by REDbot and schemathesis (target/api)",
        try_it,
    )
}

fn try_it() -> Result<()> {
    let programs = tools::api()?;
    let control = Control::start()?;
    let folder = root().join(FOLDER);
    let state = format!("{}/v1/services/shop/state", control.url);
    run_command(
        command(programs.join("python"))
            .arg(folder.join("red.py"))
            .args([&state, &control.token]),
    )?;
    run_command(
        command(programs.join("schemathesis"))
            // It leaves a folder of its own where it is started.
            .current_dir(&control.home)
            .env("PYTHONPATH", &folder)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .arg("--config-file")
            .arg(folder.join("schemathesis.toml"))
            .args(["run", &format!("{}/openapi.json", control.url)])
            .args([
                "--header",
                &format!("Authorization: Bearer {}", control.token),
            ])
            .args([
                "--checks",
                "all",
                "--max-examples",
                "40",
                "--generation-deterministic",
            ]),
    )
}

/// A control with two services, which ends with this value.
struct Control {
    process: Child,
    home: PathBuf,
    url: String,
    token: String,
}

impl Control {
    fn start() -> Result<Self> {
        let home = target().join("api-control");
        if home.exists() {
            fs::remove_dir_all(&home)?;
        }
        fs::create_dir_all(&home)?;
        let mut process = intermission(&home)
            .args(["serve", "--listen", "127.0.0.1:0", "--log", "warn"])
            .stdout(Stdio::piped())
            .stderr(fs::File::create(home.join("log"))?)
            .spawn()
            .context("control")?;
        let mut line = String::new();
        let out = process.stdout.take().context("no output")?;
        BufReader::new(out).read_line(&mut line)?;
        let url = line.strip_prefix("listening on ");
        let url = url.and_then(|rest| rest.split(',').next());
        let control = Self {
            process,
            url: url.context("control has not started")?.to_owned(),
            token: fs::read_to_string(home.join("intermission/operator.token"))?
                .trim()
                .to_owned(),
            home,
        };
        for service in ["shop", "pay"] {
            run_command(intermission(&control.home).args([
                "--server",
                &control.url,
                "service",
                "add",
                service,
            ]))?;
        }
        Ok(control)
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn intermission(home: &Path) -> Command {
    let mut intermission = command(target().join("debug/intermission"));
    intermission
        .env("XDG_STATE_HOME", home)
        .env_remove("INTERMISSION_TOKEN");
    intermission
}
