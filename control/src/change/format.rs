//! Nodes that are too old for a change: they report the level of the format that they read.

use intermission_core::{Notice, State};

use crate::change::change::Change;
use crate::wire::node::NodeView;
use intermission_core::FieldError;

/// Whether a change is to be compared with what the nodes report: it may refuse their health checks, or need a level of the
/// format that they do not read.
pub(crate) fn matters_to_nodes(change: &Change, before: &State, after: &State) -> bool {
    matches!(change, Change::Enter(_))
        || after.least_format() > before.least_format()
        || second_level(after) != second_level(before)
}

/// Refuses a state whose document living nodes would refuse, so that they would keep what they have.
pub(crate) fn check_format(
    before: &State,
    after: &State,
    nodes: &[NodeView],
) -> Result<(), FieldError> {
    let least = after.least_format();
    let old = names(nodes, least);
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
pub(crate) fn format_advice(before: &State, after: &State, nodes: &[NodeView]) -> Option<String> {
    let used = second_level(before);
    let fields = second_level(after).into_iter();
    let fields: Vec<_> = fields.filter(|field| !used.contains(field)).collect();
    let old = names(nodes, 2);
    (!fields.is_empty() && !old.is_empty()).then(|| {
        format!(
            "these nodes read a lower level of the format and pass over {}: {old}; upgrade them",
            fields.join(" and ")
        )
    })
}

/// The fields of the second level that a state uses.
fn second_level(state: &State) -> Vec<&'static str> {
    let longest = Notice::default().retry_after_max;
    let used = [
        ("exempt.probers", !state.exempt.probers.is_empty()),
        (
            "notice.retry_after_max",
            state.notice.retry_after_max != longest,
        ),
    ];
    let used = used.into_iter().filter(|(_, used)| *used);
    used.map(|(field, _)| field).collect()
}

/// The names of the nodes that are not lost and read a lower level than `least`.
fn names(nodes: &[NodeView], least: u64) -> String {
    const NAMED: usize = 10;
    let is_old = |node: &&NodeView| !node.lost && node.format.is_some_and(|level| level < least);
    let old: Vec<_> = nodes
        .iter()
        .filter(is_old)
        .map(|node| node.name.as_str())
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
