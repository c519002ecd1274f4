//! Waiting until the nodes have a change in force, and showing how far they are.

mod interrupt;

use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value, json};

use self::interrupt::on_interrupt;
use crate::cli::args::{DryRun, Format, Making, Waiting};
use crate::cli::client::Client;
use crate::cli::exit::{Exit, Failure};
use crate::cli::terminal::screen::Screen;
use crate::cli::terminal::{Follow, Paint, Report, described, progress_line, say, waited};
use crate::values::duration::ParseDurationError;
use crate::wire::barrier::Progress;
use crate::wire::summary::{Outcome, Outcomes};
use crate::wire::wait::Wait;

/// How long control may be away beyond the end of the wait.
const GRACE: Duration = Duration::from_secs(5);
/// The pause before control is asked again that cannot be reached.
const AGAIN: Duration = Duration::from_millis(200);

/// What a change is asked with: why it is made, and whether it is.
pub(crate) fn making(making: &Making) -> Map<String, Value> {
    let reason = making.reason.as_deref().map(Value::from);
    let dry_run = making.dry_run.then_some(Value::Bool(true));
    let members = [("reason", reason), ("dry_run", dry_run)].into_iter();
    let said = members.filter_map(|(name, value)| Some((name.to_owned(), value?)));
    said.collect()
}

/// Whether what is asked for is done.
pub(crate) fn done(dry: &DryRun) -> Map<String, Value> {
    let dry_run = dry.dry_run.then(|| ("dry_run".to_owned(), true.into()));
    dry_run.into_iter().collect()
}

/// What a change is asked with, and how the change is waited for, if it is made and waited for.
pub(crate) fn asked(
    options: &Making,
    waiting: &Waiting,
) -> Result<(Map<String, Value>, Option<Wait>), Failure> {
    let wait = read(waiting)?.filter(|_| !options.dry_run);
    let mut asked = making(options);
    asked.extend(wait.as_ref().map(|wait| ("wait".to_owned(), body(wait))));
    Ok((asked, wait))
}

fn read(waiting: &Waiting) -> Result<Option<Wait>, Failure> {
    if !waiting.wait {
        return Ok(None);
    }
    let duration = |option, text: &Option<String>| {
        let read = |text: &str| {
            text.parse().map_err(|error: ParseDurationError| {
                Failure::invalid(format!("nothing was changed: {option} {error}"))
            })
        };
        text.as_deref().map(read).transpose()
    };
    Ok(Some(Wait {
        timeout: duration("--timeout", &waiting.timeout)?,
        gone_after: duration("--gone-after", &waiting.gone_after)?,
        expect: waiting.expect.map(u64::from),
        ignore_upgraded: waiting.ignore_upgraded,
    }))
}

/// What the endpoint is asked.
fn body(wait: &Wait) -> Value {
    json!({
        "timeout": wait.timeout().as_secs(),
        "expect": wait.expect,
        "ignore_upgraded": wait.ignore_upgraded,
        "gone_after": wait.gone_after.map(|after| after.duration().as_secs()),
    })
}

/// What became of one service, and of the wait that was asked for.
pub(crate) fn outcome(
    client: &Client,
    outcome: Outcome,
    wait: Option<&Wait>,
    format: Format,
) -> Result<Report, Failure> {
    let (paint, now) = (Paint::from_env(), Timestamp::now());
    let human = described(&outcome, Follow::MayBeAwaited, paint, now);
    match wait {
        Some(wait) => {
            let outcomes = Outcomes::new(vec![outcome]);
            follow(client, outcomes, &human, wait, format)
        }
        None => Report::new(&outcome, human),
    }
}

/// Waits for all of `outcomes`; `human` tells what they are.
pub(crate) fn follow(
    client: &Client,
    outcomes: Outcomes,
    human: &str,
    wait: &Wait,
    format: Format,
) -> Result<Report, Failure> {
    #[derive(Serialize)]
    struct Waited {
        #[serde(flatten)]
        outcome: Outcome,
        wait: Option<Progress>,
    }
    let patience = Patience::until_after(wait.timeout());
    on_interrupt(&outcomes, format);
    say(human, format);
    let mut screen = Screen::new();
    let mut services = Vec::new();
    let mut given_up = None;
    let Outcomes {
        services: changed,
        left_out,
    } = outcomes;
    for outcome in changed {
        let barrier = outcome.barrier.as_ref().filter(|_| given_up.is_none());
        let end = barrier.map(|barrier| end_of(client, barrier, &patience, &mut screen));
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
    let human: String = ends
        .map(|progress| format!("\n{}", waited(progress, paint, now)))
        .collect();
    let report = Report::new(&Outcomes { services, left_out }, human)?;
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
fn end_of(
    client: &Client,
    barrier: &str,
    patience: &Patience,
    screen: &mut Screen,
) -> Result<Progress, Failure> {
    let path = format!("/v1/barriers/{barrier}");
    let mut etag: Option<String> = None;
    loop {
        match client.watch::<Progress>(&path, etag.as_deref(), patience.left()) {
            Ok(None) => {}
            Ok(Some((_, progress))) if progress.ending.is_some() => return Ok(progress),
            Ok(Some((tag, progress))) => {
                screen.show(&progress_line(&progress, screen.columns()));
                etag = Some(tag);
            }
            Err(failure)
                if failure.exit == Exit::Unreachable && patience.left() > Duration::ZERO =>
            {
                screen.show(&format!("{}; trying again", failure.message));
                std::thread::park_timeout(AGAIN);
            }
            Err(failure) => return Err(failure),
        }
    }
}

/// For how long control is asked, which should have ended the wait by then.
struct Patience {
    ends: Option<Instant>,
}

impl Patience {
    fn until_after(timeout: Duration) -> Self {
        Self {
            ends: Instant::now().checked_add(timeout + GRACE),
        }
    }

    fn left(&self) -> Duration {
        let now = Instant::now();
        self.ends
            .map_or(GRACE, |ends| ends.saturating_duration_since(now))
    }
}
