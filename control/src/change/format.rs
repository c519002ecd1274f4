//! Nodes that are too old for a change: they report the level of the format that they read.

use intermission_core::{Notice, Report, State};

use crate::change::change::Change;
use intermission_core::FieldError;

/// Whether a change is to be compared with what the nodes report: it may refuse their health checks, or need a level of the
/// format that they do not read.
pub(crate) fn matters_to_nodes(change: &Change, before: &State, after: &State) -> bool {
    matches!(change, Change::Enter(_))
        || after.least_format() > before.least_format()
        || newer_fields(after) != newer_fields(before)
}

/// Refuses a state whose document living nodes would refuse, so that they would keep what they have.
pub(crate) fn check_format(
    before: &State,
    after: &State,
    living: &[&Report],
) -> Result<(), FieldError> {
    let least = after.least_format();
    let old = names(living, least);
    if before.least_format() >= least || old.is_empty() {
        return Ok(());
    }
    Err(FieldError::new(
        "",
        format!(
            "the document would need level {least} of the format, and these nodes read a lower one, so that they would \
             refuse it and keep what they have: {old}; upgrade them first"
        ),
    ))
}

/// That living nodes pass over fields that a change begins to use.
pub(crate) fn format_advice(before: &State, after: &State, living: &[&Report]) -> Option<String> {
    let used = newer_fields(before);
    let fields = newer_fields(after).into_iter();
    let fields: Vec<_> = fields.filter(|field| !used.contains(field)).collect();
    let level = fields.iter().map(|(_, level)| *level).max()?;
    let fields: Vec<_> = fields.into_iter().map(|(field, _)| field).collect();
    let old = names(living, level);
    (!old.is_empty()).then(|| {
        format!(
            "these nodes read a lower level of the format and pass over {}: {old}; upgrade them",
            fields.join(" and ")
        )
    })
}

/// The fields that a state uses and that a node may pass over, each with the level of the format that reads it.
fn newer_fields(state: &State) -> Vec<(&'static str, u64)> {
    let longest = Notice::default().retry_after_max;
    let used = [
        ("exempt.probers", 2, !state.exempt.probers.is_empty()),
        (
            "notice.retry_after_max",
            2,
            state.notice.retry_after_max != longest,
        ),
        ("allowlist.passes", 3, !state.allowlist.passes.is_empty()),
        ("exempt.hosts", 3, !state.exempt.hosts.is_empty()),
        ("reads", 3, !state.reads.is_empty()),
        ("show_me", 3, state.show_me),
    ];
    let used = used.into_iter().filter(|(.., used)| *used);
    used.map(|(field, level, _)| (field, level)).collect()
}

/// The names of the nodes that are not lost and read a lower level than `least`.
fn names(living: &[&Report], least: u64) -> String {
    const NAMED: usize = 10;
    let old: Vec<_> = living
        .iter()
        .filter(|report| report.format < least)
        .map(|report| report.id.name.as_str())
        .collect();
    let mut names = old
        .iter()
        .take(NAMED)
        .copied()
        .collect::<Vec<_>>()
        .join(", ");
    if let more @ 1.. = old.len().saturating_sub(NAMED) {
        names.push_str(&format!(" and {more} more"));
    }
    names
}
