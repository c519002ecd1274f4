use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result};
use intermission_testkit::within;

use crate::replicas::Served;

/// Nodes that poll until this is dropped, in processes of their own.
#[derive(Debug)]
pub struct Crowd {
    processes: Vec<Child>,
    /// What each process has counted last.
    counted: Arc<Mutex<Vec<BTreeMap<String, u64>>>>,
    size: usize,
}

/// How many nodes are in one process, which has a connection for each: a process may not have many more open files.
const TOGETHER: usize = 12_000;
/// One node of so many may be between two polls.
const BETWEEN: usize = 200;
/// How long it takes at most until all are members, and hold their polls.
const GATHERING: Duration = Duration::from_secs(600);

impl Crowd {
    /// Starts so many nodes of `served`, each of which is held for so many seconds, and waits until all are.
    pub async fn gather(served: &Served, size: usize, wait: u8) -> Result<Self> {
        let program = std::env::current_exe()?.with_file_name("pollers");
        let mut crowd = Self {
            processes: Vec::new(),
            counted: Arc::default(),
            size,
        };
        let mut left = size;
        while left > 0 {
            let count = left.min(TOGETHER);
            left -= count;
            let number = crowd.processes.len();
            let mut process = Command::new(&program)
                .args([&served.token, &format!("node-{number}")])
                .args([count.to_string(), wait.to_string()])
                .args(served.addresses())
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .spawn()
                .with_context(|| program.display().to_string())?;
            let lines = BufReader::new(process.stdout.take().context("no output")?).lines();
            let counted = Arc::clone(&crowd.counted);
            lock(&counted).push(BTreeMap::new());
            thread::spawn(move || {
                for line in lines.map_while(Result::ok) {
                    if let Ok(counts) = serde_json::from_str(&line) {
                        lock(&counted)[number] = counts;
                    }
                }
            });
            crowd.processes.push(process);
        }
        crowd.until_held(served).await;
        Ok(crowd)
    }

    /// How many polls are held at least where all nodes poll.
    #[must_use]
    pub fn all(&self) -> usize {
        self.size - self.size / BETWEEN
    }

    /// Waits until all polls are held; returns how long that took.
    pub async fn until_held(&self, served: &Served) -> Duration {
        let all = async || served.held_by_all().is_ok_and(|held| held >= self.all());
        within(GATHERING, "all polls are held", all).await
    }

    /// How the polls of all nodes ended since they came, by kind.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<String, u64> {
        let mut all = BTreeMap::new();
        for (kind, count) in lock(&self.counted).iter().flatten() {
            *all.entry(kind.clone()).or_default() += count;
        }
        all
    }

    /// How they ended since there were these counts.
    #[must_use]
    pub fn counts_since(&self, before: &BTreeMap<String, u64>) -> BTreeMap<String, u64> {
        let mut counts = self.counts();
        for (kind, count) in &mut counts {
            *count -= before.get(kind).copied().unwrap_or_default();
        }
        counts.retain(|_, count| *count > 0);
        counts
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        for process in &mut self.processes {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

fn lock<T>(shared: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
