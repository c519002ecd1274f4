use std::sync::Arc;
use std::time::{Duration, Instant};

use intermission_testkit::LONG;
use intermission_testkit::control::Run;
use serde_json::Value;
use tokio::time::timeout;

use crate::checker::{Deed, End, Log};
use crate::cluster::{COUNT, Cluster};

/// Switches the service by the command, and waits.
pub(crate) struct Operator {
    pub(crate) cluster: Arc<Cluster>,
    /// What the clients of the service saw.
    pub(crate) log: Arc<Log>,
}

/// How a command ended that waited.
pub(crate) struct Ended {
    pub(crate) run: Run,
    pub(crate) took: Duration,
}

impl Operator {
    /// Runs `enter` or `exit` with a wait; `mark` is its reason.
    pub(crate) async fn switch(&self, deed: &str, mark: String, limit: Duration) -> Ended {
        let limit = limit.as_secs();
        let words = format!("{deed} shop --wait --timeout {limit}s --reason {mark} --output json");
        let (began, begun) = (self.log.now(), Instant::now());
        let command = self.cluster.begin(fastrand::usize(..COUNT), &words);
        let output = timeout(2 * LONG, command.wait_with_output()).await;
        let run = Run::from(output.unwrap().unwrap());
        let took = begun.elapsed();
        self.log
            .keep(Deed::Change { mark, at: None }, began, end(&run));
        Ended { run, took }
    }
}

/// What a command says of its change.
fn end(run: &Run) -> End {
    let said: Value = serde_json::from_str(&run.out).unwrap_or_default();
    let said = &said["services"][0];
    let Some(revision) = said["revision"].as_u64() else {
        return End::Doubtful;
    };
    match said["changed"].as_bool() {
        Some(true) => End::Changed { revision },
        Some(false) => End::Unchanged { revision },
        None => End::Doubtful,
    }
}
