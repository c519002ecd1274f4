use jiff::Timestamp;

use crate::fleet::{Ending, FleetView, NodeView, Progress, Standing};
use crate::output::describe::line;
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
        line("", &described(node, paint, now), &mut text);
    }
    for open in &fleet.barriers {
        let waits = format!("{} waits: {}", open.actor, counts(open));
        line("waiting", &waits, &mut text);
    }
    text
}

/// How far a wait is, in one line.
pub(crate) fn progress_line(progress: &Progress) -> String {
    let missing: Vec<_> = progress.missing.iter().map(brief).collect();
    let missing = match missing.as_slice() {
        [] => String::new(),
        [first, second, third, more @ ..] if !more.is_empty() => {
            format!("; waiting for {first}, {second}, {third} and others")
        }
        few => format!("; waiting for {}", few.join(", ")),
    };
    format!("{}: {}{missing}", progress.service, counts(progress))
}

/// How a wait ended.
pub(crate) fn wait_lines(progress: &Progress, paint: Paint) -> String {
    let mut text = String::new();
    let nodes = progress.nodes;
    let news = match progress.ending {
        Some(Ending::Done) => {
            let nodes = if nodes == 1 {
                "the one node has it".to_owned()
            } else {
                format!("all {nodes} nodes have it")
            };
            paint.calm(&format!("{nodes} in force, and nothing old runs"))
        }
        _ => paint.alarm(&why(progress)),
    };
    line("nodes", &news, &mut text);
    if progress.edge_only {
        let edge = "edge only: nothing is known of what runs behind Envoy";
        line("", &paint.warn(edge), &mut text);
    }
    text
}

/// Those who are missing, one on each line.
pub(crate) fn missing(progress: &Progress, paint: Paint, now: Timestamp) -> String {
    let mut text = String::new();
    for node in &progress.missing {
        text.push_str(&format!("  {}\n", described(node, paint, now)));
    }
    text
}

/// Why a wait did not end well.
fn why(progress: &Progress) -> String {
    let revision = progress.revision;
    match progress.ending {
        None | Some(Ending::Done) => counts(progress),
        Some(Ending::TimedOut) => format!("timed out: {}", counts(progress)),
        Some(Ending::TooFew) if progress.nodes == 0 => {
            let service = &progress.service;
            format!(
                "no node has ever spoken, or all have left or were forgotten, so that nothing is known of what runs; \
                 see intermission node list {service}"
            )
        }
        Some(Ending::TooFew) => format!(
            "too few: {} nodes of {}",
            progress.nodes,
            progress.expect.unwrap_or(1)
        ),
        Some(Ending::Lost) => format!("lost: {}", counts(progress)),
        Some(Ending::Unsure) => format!("unsure: {}", counts(progress)),
        Some(Ending::Refused) => format!("refused by a node: {}", counts(progress)),
        Some(Ending::Forked) => {
            "forked: a node has in force what this control never made; if a backup was restored, intermission \
             store adopt"
                .to_owned()
        }
        Some(Ending::Superseded) => format!(
            "superseded: revision {} may let in or keep out others than revision {revision}; see intermission \
             history {}",
            progress.superseded_by.unwrap_or_default(),
            progress.service
        ),
    }
}

fn counts(progress: &Progress) -> String {
    let Progress {
        nodes,
        in_force,
        drained,
        running,
        ..
    } = progress;
    let runs = match running {
        0 => String::new(),
        1 => ", 1 old request runs".to_owned(),
        running => format!(", {running} old requests run"),
    };
    format!("{in_force} of {nodes} nodes have it in force, {drained} have drained{runs}")
}

fn brief(node: &NodeView) -> String {
    let standing = match node.standing {
        Standing::Drained => "drained".to_owned(),
        Standing::Running => format!("{} running", node.running),
        Standing::Behind => "not in force yet".to_owned(),
        Standing::Unheard => "not heard yet".to_owned(),
        Standing::Refused => "refuses it".to_owned(),
        Standing::Forked => "forked".to_owned(),
        Standing::Unsure => "unsure".to_owned(),
        Standing::Lost => "lost".to_owned(),
    };
    format!("{} ({standing})", node.name)
}

fn described(node: &NodeView, paint: Paint, now: Timestamp) -> String {
    let NodeView {
        name, boot, kind, ..
    } = node;
    let revision = node
        .revision
        .map_or_else(String::new, |revision| format!(", revision {revision}"));
    let standing = match node.standing {
        Standing::Drained if node.lost => paint.alarm("lost; it had it in force"),
        Standing::Drained => paint.calm("in force"),
        Standing::Running => paint.warn(&format!(
            "in force, old requests that run: {}",
            node.running
        )),
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
    format!("{name} ({kind} {boot}): {standing}{lost}{revision}{heard}{error}")
}

fn has(node: &NodeView, revision: u64) -> bool {
    node.revision.is_some_and(|applied| applied >= revision)
}
