use std::sync::Arc;
use std::time::{Duration, Instant};

use intermission_testkit::LONG;
use intermission_testkit::control::Run;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
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
    /// What it has said to standard error, and when.
    pub(crate) progress: String,
    pub(crate) took: Duration,
}

impl Operator {
    /// Runs `enter` or `exit` with a wait; `mark` is its reason.
    pub(crate) async fn switch(&self, deed: &str, mark: String, limit: Duration) -> Ended {
        let limit = limit.as_secs();
        let words = format!("{deed} shop --wait --timeout {limit}s --reason {mark} --output json");
        let (began, begun) = (self.log.now(), Instant::now());
        let mut command = self.cluster.begin(fastrand::usize(..COUNT), &words);
        let mut lines = BufReader::new(command.stderr.take().unwrap()).lines();
        let progress = async {
            let mut said = String::new();
            while let Some(line) = lines.next_line().await.unwrap() {
                said += &format!("{:.1?}: {line}\n", begun.elapsed());
            }
            said
        };
        let ended = async { tokio::join!(command.wait_with_output(), progress) };
        let (output, progress) = timeout(2 * LONG, ended).await.unwrap();
        let run = Run::from(output.unwrap());
        let took = begun.elapsed();
        self.log
            .keep(Deed::Change { mark, at: None }, began, end(&run));
        Ended {
            run,
            progress,
            took,
        }
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
