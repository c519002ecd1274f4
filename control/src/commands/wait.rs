//! Waiting until the nodes have a change in force, and showing how far they are.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use crate::cli::Waiting;
use crate::client::Client;
use crate::exit::{Exit, Failure};
use crate::fleet::Progress;
use crate::output::{Paint, Report, missing, progress_line, wait_lines};
use crate::summary::{Outcome, Outcomes};

/// How long control may be away beyond the end of the wait.
const GRACE: Duration = Duration::from_secs(30);
/// The pause before control is asked again that cannot be reached.
const AGAIN: Duration = Duration::from_millis(200);

/// What the endpoint is asked, if there is to be a wait.
pub(super) fn asked(waiting: &Waiting) -> Result<Option<Value>, Failure> {
    if !waiting.wait {
        return Ok(None);
    }
    let timeout = waiting.timeout.map(|timeout| {
        let seconds = u32::try_from(timeout.as_secs()).ok();
        seconds.filter(|seconds| *seconds > 0).ok_or_else(|| {
            Failure::invalid(format!(
                "nothing was changed: --timeout {timeout:#} is not a time to wait"
            ))
        })
    });
    Ok(Some(json!({
        "timeout": timeout.transpose()?,
        "expect": waiting.expect,
        "ignore_upgraded": waiting.ignore_upgraded,
    })))
}

/// Waits for all of `outcomes`; `human` tells what they are.
pub(super) fn follow(
    client: &Client,
    outcomes: Outcomes,
    human: String,
) -> Result<Report, Failure> {
    #[derive(Serialize)]
    struct Waited {
        #[serde(flatten)]
        outcome: Outcome,
        wait: Option<Progress>,
    }
    let mut screen = Screen::new();
    let mut services = Vec::new();
    let mut given_up = None;
    for outcome in outcomes.services {
        let barrier = outcome.barrier.as_ref().filter(|_| given_up.is_none());
        let end = barrier.map(|barrier| end_of(client, barrier, &mut screen));
        let wait = end.transpose().unwrap_or_else(|failure| {
            given_up = Some(failure);
            None
        });
        services.push(Waited { outcome, wait });
    }
    screen.clear();
    let (paint, now) = (Paint::from_env(), Timestamp::now());
    let ends = services.iter().filter_map(|waited| waited.wait.as_ref());
    let ending = ends.clone().filter_map(|progress| progress.ending).max();
    let human = ends.clone().fold(human, |mut human, progress| {
        human.push_str(&wait_lines(progress, paint));
        human.push_str(&missing(progress, paint, now));
        human
    });
    let report = Report::new(&json!({ "services": services }), human)?;
    if let Some(failure) = given_up {
        let message = format!(
            "control has the change, but the wait is given up, and whether all nodes have it is not known; the \
             same command waits again: {}",
            failure.message
        );
        return Ok(report.with_failure(Failure { message, ..failure }));
    }
    Ok(report.with_exit(ending.map_or(Exit::Failed, Exit::from)))
}

/// Follows one wait to its end, through restarts of control.
fn end_of(client: &Client, barrier: &str, screen: &mut Screen) -> Result<Progress, Failure> {
    let path = format!("/v1/barriers/{barrier}");
    let mut etag: Option<String> = None;
    let mut last_heard = Instant::now();
    let mut patience = GRACE;
    loop {
        match client.watch::<Progress>(&path, etag.as_deref()) {
            Ok(news) => {
                last_heard = Instant::now();
                let Some((tag, progress)) = news else {
                    continue;
                };
                if progress.ending.is_some() {
                    return Ok(progress);
                }
                screen.show(&progress_line(&progress));
                let left = progress.deadline.duration_since(Timestamp::now());
                patience = GRACE + Duration::try_from(left).unwrap_or_default();
                etag = Some(tag);
            }
            Err(failure)
                if failure.exit == Exit::Unreachable && last_heard.elapsed() < patience =>
            {
                screen.show(&format!("{}; trying again", failure.message));
                pause(AGAIN);
            }
            Err(failure) => return Err(failure),
        }
    }
}

fn pause(time: Duration) {
    std::thread::park_timeout(time);
}

/// Where progress is shown: one line that changes on a terminal, else a line for each news.
#[derive(Debug)]
struct Screen {
    is_terminal: bool,
    shown: String,
}

impl Screen {
    fn new() -> Self {
        Self {
            is_terminal: io::stderr().is_terminal(),
            shown: String::new(),
        }
    }

    fn show(&mut self, line: &str) {
        if self.shown == line {
            return;
        }
        line.clone_into(&mut self.shown);
        let mut out = io::stderr().lock();
        // Progress that nobody can see does no harm.
        let _ = if self.is_terminal {
            write!(out, "\r\x1b[K{line}").and_then(|()| out.flush())
        } else {
            writeln!(out, "{line}")
        };
    }

    fn clear(&mut self) {
        if self.is_terminal && !self.shown.is_empty() {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}
