//! How far a wait is, and how it ended.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::cli::terminal::counts::{counts, gone, unseen};
use crate::cli::terminal::fleet::{described, has, requests, unstored_lines};
use crate::cli::terminal::paint::Paint;
use crate::cli::terminal::paint::line;
use crate::wire::barrier::{Ending, Progress};
use crate::wire::node::{NodeView, Standing};
use crate::wire::stamp::Stamp;

/// How far a wait is, in one line of at most so many columns: of those that are missing it tells as much as fits.
pub(crate) fn progress_line(progress: &Progress, columns: usize) -> String {
    let head = format!("{}: {}", progress.service, counts(progress));
    let named = |named: usize, tell: Tell| {
        let missing = progress.missing.iter().take(named);
        waits_for(progress, missing.map(|node| tell(node, progress)).collect())
    };
    let mut tails = [
        named(3, brief),
        named(2, brief),
        named(1, brief),
        named(1, name),
    ]
    .into_iter()
    .map(|tail| format!("{head}{}", tail.unwrap_or_default()));
    let fitting = tails.find(|line| line.chars().count() <= columns);
    fitting.unwrap_or(head)
}

type Tell = fn(&NodeView, &Progress) -> String;

/// The nodes that it waits for, of which `waits` has some already.
fn waits_for(progress: &Progress, mut waits: Vec<String>) -> Option<String> {
    match progress.waiting_for.saturating_sub(waits.len()) {
        0 => {}
        more => waits.push(format!("{more} more")),
    }
    match unseen(progress) {
        0 => {}
        1 => waits.push("1 that has not spoken".to_owned()),
        unseen => waits.push(format!("{unseen} that have not spoken")),
    }
    let last = waits.pop()?;
    let sep = if waits.is_empty() { "" } else { " and " };
    Some(format!("; waiting for {}{sep}{last}", waits.join(", ")))
}

/// How a wait ended, who is missing, and what to do next.
pub(crate) fn waited(progress: &Progress, paint: Paint, now: Timestamp) -> String {
    let service = &progress.service;
    let news = match progress.ending {
        Some(Ending::Done) => {
            let nodes = match progress.nodes {
                0 => "no node is there to wait for".to_owned(),
                1 => "the one node has it in force, and nothing old runs".to_owned(),
                nodes => format!("all {nodes} nodes have it in force, and nothing old runs"),
            };
            paint.calm(&format!("{nodes}{}", gone(progress)))
        }
        _ => paint.alarm(&why(progress)),
    };
    let mut text = format!("{service}: {news}\n");
    for (name, nodes) in [("missing", &progress.missing), ("lost", &progress.lost)] {
        for (place, node) in nodes.iter().enumerate() {
            let name = if place == 0 { name } else { "" };
            let node = described(node, progress.revision, paint, now);
            line(name, &node, &mut text);
        }
    }
    unstored_lines(
        &progress.unstored_nodes,
        progress.unstored,
        paint,
        &mut text,
    );
    if let Some(rules) = requests(&progress.rules) {
        line("requests", &rules, &mut text);
    }
    if progress.edge_only {
        let edge = "edge only: nothing is known of what runs behind Envoy";
        line("note", &paint.warn(edge), &mut text);
    }
    if let Some(next) = next(progress) {
        line("next", &next, &mut text);
    }
    text
}

/// Why a wait did not end well.
fn why(progress: &Progress) -> String {
    let revision = progress.revision;
    match progress.ending {
        None | Some(Ending::Done) => counts(progress),
        Some(Ending::TimedOut) => format!("timed out: {}", counts(progress)),
        Some(Ending::TooFew) if progress.nodes == 0 && progress.lost.is_empty() => {
            "too few: no node has reported, or all have left or were forgotten, so that it is not known what runs"
                .to_owned()
        }
        Some(Ending::TooFew) => format!("too few: {}", counts(progress)),
        Some(Ending::Lost) => format!("lost: {}", counts(progress)),
        Some(Ending::Unsure) => format!("unsure: {}", counts(progress)),
        Some(Ending::Refused) => format!("refused by a node: {}", counts(progress)),
        Some(Ending::Forked) => {
            "forked: a node has in force what this control never made".to_owned()
        }
        Some(Ending::Superseded) => match (&progress.removed, progress.superseded_by) {
            (Some(removed), _) => {
                let Stamp { actor, at, .. } = removed;
                let reason = removed.reason.as_ref();
                let reason = reason.map_or_else(String::new, |reason| format!(" ({reason})"));
                format!(
                    "superseded: the service was removed by {actor} at {at}{reason}; its nodes keep the state that they \
                     have"
                )
            }
            (None, Some(later)) => format!(
                "superseded: revision {later} may admit requests that revision {revision} refuses"
            ),
            (None, None) => "superseded by another change".to_owned(),
        },
    }
}

/// What to do after a wait that did not end well.
fn next(progress: &Progress) -> Option<String> {
    let service = &progress.service;
    let next = match progress.ending {
        None | Some(Ending::Done) => return None,
        Some(Ending::TimedOut) => "wait again: the same command".to_owned(),
        Some(Ending::TooFew) if !progress.lost.is_empty() => format!(
            "start what takes the place of the lost nodes, see that it reports (intermission node list {service}), then \
             wait again: the same command"
        ),
        Some(Ending::TooFew) if progress.nodes == 0 && progress.expect.is_none() => format!(
            "start the nodes of {service}, then wait again with --expect N; --expect 0 where there may be none"
        ),
        Some(Ending::TooFew) => format!(
            "see who is there: intermission node list {service}; then wait again: the same command"
        ),
        Some(Ending::Lost) => format!(
            "if it is gone: intermission node forget {service} {}; then wait again: the same command",
            named(progress, Standing::Lost)
        ),
        Some(Ending::Unsure) if progress.unstored > 0 => format!(
            "mend what keeps control from storing the node, or if it may be passed over: intermission node forget \
             {service} --unstored; then wait again: the same command"
        ),
        Some(Ending::Unsure) if progress.missing.iter().all(|node| node.silent.is_empty()) => {
            "if their end may be passed over, wait again with --ignore-upgraded".to_owned()
        }
        Some(Ending::Unsure) => format!(
            "if its old requests have ended: intermission node forget {service} {}; then wait again: the same \
             command",
            named(progress, Standing::Unsure)
        ),
        Some(Ending::Refused) => {
            "upgrade the node, then wait again: the same command".to_owned()
        }
        Some(Ending::Forked) => {
            "if a backup was restored, or two controls run: intermission store adopt on the one that is right"
                .to_owned()
        }
        Some(Ending::Superseded) if progress.removed.is_some() => format!(
            "its history stays: intermission history {service}; to add it again, in the mode that it had: intermission \
             service add {service}"
        ),
        Some(Ending::Superseded) => {
            format!("see who changed what: intermission history {service}")
        }
    };
    Some(next)
}

/// The names of those who stand so, to type them.
fn named(progress: &Progress, standing: Standing) -> String {
    const FEW: usize = 5;
    let nodes = progress.missing.iter();
    let names: BTreeSet<_> = nodes
        .filter(|node| node.standing == standing)
        .map(|node| node.name.as_str())
        .collect();
    match names.len() {
        1..=FEW => Vec::from_iter(names).join(" "),
        _ if standing == Standing::Lost => "--lost".to_owned(),
        _ => "NODE".to_owned(),
    }
}

fn brief(node: &NodeView, progress: &Progress) -> String {
    let standing = match node.standing {
        Standing::Drained => "drained".to_owned(),
        Standing::Running => format!("{} running", node.running),
        Standing::Behind if has(node, progress.revision) => "to speak again".to_owned(),
        Standing::Behind => "not in force yet".to_owned(),
        Standing::Unheard => "not heard yet".to_owned(),
        Standing::Refused => "refuses it".to_owned(),
        Standing::Forked => "forked".to_owned(),
        Standing::Unsure => "unsure".to_owned(),
        Standing::Lost => "lost".to_owned(),
    };
    let name = &node.name;
    let missing = progress.missing.iter();
    let namesakes = missing.filter(|other| other.name == *name).count();
    if namesakes > 1 {
        let boot: String = node.boot.chars().take(6).collect();
        return format!("{name} (boot {boot}, {standing})");
    }
    format!("{name} ({standing})")
}

fn name(node: &NodeView, _: &Progress) -> String {
    node.name.clone()
}

#[cfg(test)]
mod tests;
