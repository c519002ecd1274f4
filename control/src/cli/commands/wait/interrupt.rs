//! Ctrl-C, while a command waits.

use std::io::{self, IsTerminal};
use std::process;
use std::thread;

use tokio::runtime::Builder;
use tokio::signal::unix::{SignalKind, signal};

use crate::cli::args::Format;
use crate::cli::exit::{Exit, Failure};
use crate::cli::terminal::{Report, print};
use crate::wire::summary::Outcomes;

/// From now on Ctrl-C ends the command, which then tells what stays behind.
pub(crate) fn on_interrupt(outcomes: &Outcomes, format: Format) {
    let failure = Failure::new(Exit::Interrupted, left_behind(outcomes));
    // People have read the rest already.
    let report = Report::new(outcomes, String::new());
    let report = report.map(|report| report.with_failure(failure));
    // Where signals cannot be had, Ctrl-C ends the command as it ends any other.
    let Ok(runtime) = Builder::new_current_thread().enable_io().build() else {
        return;
    };
    let interrupt = {
        let _within = runtime.enter();
        signal(SignalKind::interrupt())
    };
    let Ok(mut interrupt) = interrupt else {
        return;
    };
    thread::spawn(move || {
        if runtime.block_on(interrupt.recv()).is_some() {
            // The other thread shows progress, which must not follow the last word.
            let screen = io::stderr().lock();
            if screen.is_terminal() {
                // Below the progress, and the ^C.
                eprintln!();
            }
            process::exit(print(report, format) as i32);
        }
    });
}

/// What is in force though the wait was interrupted, and how to end that.
fn left_behind(outcomes: &Outcomes) -> String {
    let services = outcomes.services.iter().map(|outcome| &outcome.summary);
    let stay: Vec<_> = services
        .clone()
        .map(|summary| {
            let state = if summary.is_open() {
                "open"
            } else {
                "in maintenance"
            };
            let (service, revision) = (&summary.service, summary.revision);
            format!("{service} stays {state} (revision {revision})")
        })
        .collect();
    let closed = services.filter(|summary| !summary.is_open());
    let closed: Vec<_> = closed.map(|summary| summary.service.as_str()).collect();
    let open = if closed.is_empty() {
        String::new()
    } else {
        format!("to open: intermission exit {}; ", closed.join(" "))
    };
    format!(
        "only the wait was ended: {}; {open}to wait again: the same command",
        stay.join(", ")
    )
}
