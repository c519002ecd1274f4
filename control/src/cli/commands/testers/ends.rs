use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::cli::args::Ends;
use crate::cli::exit::Failure;
use crate::cli::terminal::when;
use crate::values::duration::{ParseDurationError, Term};
use crate::values::timestamp::read_time;

/// Adds the end that the command line names to what control is asked; refuses, in the command line's words, what control would
/// refuse in those of its interface.
pub(super) fn add_end(body: &mut Map<String, Value>, ends: &Ends) -> Result<(), Failure> {
    if let Some(length) = &ends.length {
        let checked = length.parse::<Term>();
        checked.map_err(|error: ParseDurationError| {
            Failure::invalid(format!("nothing was changed: --for {error}"))
        })?;
        body.insert("for".to_owned(), length.as_str().into());
    }
    if let Some(until) = &ends.until {
        let until = read_time(until)
            .map_err(|error| Failure::invalid(format!("nothing was changed: --until {error}")))?;
        body.insert("until".to_owned(), until.to_string().into());
    }
    Ok(())
}

/// An end, and how far off it is.
pub(super) fn end(until: Option<Timestamp>, now: Timestamp) -> Option<String> {
    until.map(|until| when(until, now))
}
