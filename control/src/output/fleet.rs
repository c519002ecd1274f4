use jiff::Timestamp;

use crate::fleet::{FleetView, NodeView, Standing};
use crate::output::describe::line;
use crate::output::wait::counts;
use crate::output::{Paint, ago};

/// How many nodes have what is in force, in a few words.
pub(super) fn node_count(fleet: &FleetView, paint: Paint, now: Timestamp) -> String {
    let count = fleet.nodes.len();
    let in_force = fleet.nodes.iter().filter(|node| has(node, fleet.revision));
    let in_force = in_force.count();
    let silent = silent(fleet, now);
    let all_is_well = in_force == count && silent.is_none();
    let text = format!("nodes {in_force} of {count}{}", silent.unwrap_or_default());
    if all_is_well { text } else { paint.warn(&text) }
}

/// How many nodes are lost, and since when none of them was heard.
fn silent(fleet: &FleetView, now: Timestamp) -> Option<String> {
    let lost: Vec<_> = fleet.nodes.iter().filter(|node| node.lost).collect();
    let heard = lost.iter().filter_map(|node| node.heard).max();
    let since = heard.map_or_else(|| "control started".to_owned(), |heard| ago(heard, now));
    let count = lost.len();
    (count > 0).then(|| format!(", {count} not heard of since {since}"))
}

/// How many nodes there are, and then each on a line.
pub(crate) fn node_lines(fleet: &FleetView, paint: Paint, now: Timestamp) -> String {
    let mut text = String::new();
    let count = match fleet.nodes.as_slice() {
        [] => paint.warn("none"),
        _ => node_count(fleet, paint, now).replacen("nodes ", "", 1),
    };
    line("nodes", &count, &mut text);
    for node in &fleet.nodes {
        line("", &described(node, fleet.revision, paint, now), &mut text);
    }
    for open in &fleet.barriers {
        let waits = format!("{} waits: {}", open.actor, counts(open));
        line("waiting", &waits, &mut text);
    }
    text
}

/// One node as it stands to `revision`.
pub(super) fn described(node: &NodeView, revision: u64, paint: Paint, now: Timestamp) -> String {
    let NodeView {
        name, boot, kind, ..
    } = node;
    let applied = node
        .revision
        .map_or_else(String::new, |applied| format!(", revision {applied}"));
    let standing = match node.standing {
        Standing::Drained if node.lost => paint.alarm("lost; it had it in force"),
        Standing::Drained => paint.calm("in force"),
        Standing::Running => paint.warn(&format!(
            "in force, old requests that run: {}",
            node.running
        )),
        // What hindered it before the wait began, which its next word tells whether it still does.
        Standing::Behind if has(node, revision) => {
            paint.warn("in force, but it has to speak again")
        }
        Standing::Behind => paint.warn("not in force yet"),
        Standing::Unheard => paint.warn("not heard since control started"),
        Standing::Refused => paint.alarm("refuses the document"),
        Standing::Forked => paint.alarm("forked: has in force what this control never made"),
        Standing::Unsure if node.silent.is_empty() => paint.alarm(&format!(
            "unsure: upgraded connections whose end it does not see: {}",
            node.upgraded
        )),
        Standing::Unsure => {
            let threads = node.silent.join(" ");
            paint.alarm(&format!("unsure: threads that are silent: {threads}"))
        }
        Standing::Lost if node.closed => paint.alarm("lost; its lease has ended, so it has closed"),
        Standing::Lost => paint.alarm("lost"),
    };
    let lost = if node.lost && !matches!(node.standing, Standing::Drained | Standing::Lost) {
        paint.alarm(", lost since then")
    } else {
        String::new()
    };
    let heard = node
        .heard
        .map_or_else(String::new, |heard| format!(", heard {}", ago(heard, now)));
    let error = node
        .error
        .as_ref()
        .map_or_else(String::new, |error| format!(": {error}"));
    format!("{name} ({kind} {boot}): {standing}{lost}{applied}{heard}{error}")
}

/// Whether it has `revision` in force, or a later one.
pub(super) fn has(node: &NodeView, revision: u64) -> bool {
    node.revision.is_some_and(|applied| applied >= revision)
}
