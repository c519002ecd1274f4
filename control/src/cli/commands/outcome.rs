use jiff::Timestamp;

use crate::cli::args::Format;
use crate::cli::client::Client;
use crate::cli::commands::wait;
use crate::cli::exit::Failure;
use crate::cli::terminal::{Follow, Paint, Report, described};
use crate::wire::summary::{Outcome, Outcomes};
use crate::wire::wait::Wait;

/// What became of one service, and of the wait that was asked for.
pub(super) fn report(
    client: &Client,
    outcome: Outcome,
    wait: Option<&Wait>,
    format: Format,
) -> Result<Report, Failure> {
    let human = described(
        &outcome,
        Follow::MayBeAwaited,
        Paint::from_env(),
        Timestamp::now(),
    );
    match wait {
        Some(wait) => {
            let services = vec![outcome];
            wait::follow(client, Outcomes { services }, &human, wait, format)
        }
        None => Report::new(&outcome, human),
    }
}
