use std::fs;
use std::process::Command;

use anyhow::{Context as _, Result};
use intermission_testkit::control::{Control, Home};
use intermission_testkit::{Etcd, free_address};
use serde_json::json;

use crate::process::made;

/// One control with SQLite, or three replicas over three members of etcd, with the service `shop`.
#[derive(Debug)]
pub struct Served {
    /// Control, or each replica. They are to end before their folders do.
    pub controls: Vec<Control>,
    homes: Vec<Home>,
    /// The members of etcd, where there are replicas.
    pub etcd: Option<Etcd>,
    /// The token of the nodes.
    pub token: String,
}

/// What docs/replicas.md recommends.
const ETCD: [&str; 3] = [
    "--heartbeat-interval=50",
    "--election-timeout=500",
    "--snapshot-count=10000",
];
/// More nodes than any bench has.
const MOST: usize = 100_000;

impl Served {
    /// Starts one control.
    pub fn one() -> Result<Self> {
        Self::start(1, None)
    }

    /// Starts three replicas.
    pub fn three() -> Result<Self> {
        Self::start(3, Some(Etcd::start_with(3, &ETCD)))
    }

    fn start(count: usize, etcd: Option<Etcd>) -> Result<Self> {
        let mut served = Self {
            controls: Vec::new(),
            homes: Vec::new(),
            etcd,
            token: String::new(),
        };
        for _ in 0..count {
            served.add()?;
        }
        let first = served.controls.first().context("there is no control")?;
        first.add("shop");
        served.token = first.token(&json!({
            "name": "nodes", "role": "node", "max_members": MOST, "max_polls": MOST,
        }));
        Ok(served)
    }

    fn add(&mut self) -> Result<()> {
        let by = "cargo build --release --package intermission-control";
        let home = Home::with_program(made("release/intermission", by)?);
        if let Some(first) = self.homes.first() {
            fs::create_dir(home.data())?;
            let token = first.data().join("operator.token");
            fs::copy(token, home.data().join("operator.token"))?;
        }
        self.controls
            .push(self.serve(&home, &free_address().to_string()));
        self.homes.push(home);
        Ok(())
    }

    /// Starts a control again that was killed.
    pub fn restart(&mut self, place: usize) {
        let address = self.controls[place].address.clone();
        self.controls[place] = self.serve(&self.homes[place], &address);
    }

    fn serve(&self, home: &Home, listen: &str) -> Control {
        let urls = self.etcd.as_ref().map(|etcd| etcd.urls().join(","));
        let options = urls.as_ref().map(|urls| ["--etcd", urls]);
        home.start_on(listen, options.as_ref().map_or(&[], |options| options))
    }

    /// Where the controls listen.
    #[must_use]
    pub fn addresses(&self) -> Vec<String> {
        let controls = self.controls.iter();
        controls.map(|control| control.address.clone()).collect()
    }

    /// The operator's command, which asks the control at `first` before the others.
    #[must_use]
    pub fn command(&self, first: usize, words: &[&str]) -> Command {
        let count = self.controls.len();
        let urls = (0..count).map(|place| {
            let control = &self.controls[(first + place) % count];
            format!("http://{}", control.address)
        });
        let mut command = self.homes[0].binary();
        command
            .env("INTERMISSION_SERVER", urls.collect::<Vec<_>>().join(","))
            .env("INTERMISSION_TOKEN", &self.controls[0].token)
            .args(words);
        command
    }

    /// How many polls the controls at these places hold.
    pub fn held(&self, places: &[usize]) -> Result<usize> {
        let held = places.iter().map(|place| {
            let metrics = String::from_utf8(self.controls[*place].get("/metrics").body)?;
            let mut lines = metrics.lines();
            let held = lines.find_map(|line| line.strip_prefix("intermission_control_polls_held "));
            Ok(held.context("the metric is not there")?.parse::<usize>()?)
        });
        held.sum()
    }

    /// How many polls all controls hold.
    pub fn held_by_all(&self) -> Result<usize> {
        let places: Vec<_> = (0..self.controls.len()).collect();
        self.held(&places)
    }
}
