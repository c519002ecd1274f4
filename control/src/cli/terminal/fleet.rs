use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::cli::terminal::ago;
use crate::cli::terminal::counts::counts;
use crate::cli::terminal::paint::Paint;
use crate::cli::terminal::paint::line;
use crate::wire::fleet::FleetView;
use crate::wire::node::{NodeView, Standing, UnstoredView, rules};
use crate::wire::probes::probed;
use crate::wire::replica::ReplicaView;

/// A replica that lives sends a heartbeat each second.
const LATE: SignedDuration = SignedDuration::from_secs(5);

/// How many of the nodes that are not lost have the revision in force, in a few words.
pub(crate) fn node_count(fleet: &FleetView, paint: Paint, now: Timestamp) -> String {
    let living = || fleet.nodes.iter().filter(|node| !node.lost);
    let count = living().count();
    let in_force = living().filter(|node| has(node, fleet.revision)).count();
    let silent = silent(fleet, now);
    let unstored = match fleet.unstored {
        0 => String::new(),
        unstored => format!(", {unstored} not stored"),
    };
    let all_is_well = in_force == count && silent.is_none() && unstored.is_empty();
    let text = format!(
        "nodes {in_force} of {count}{}{unstored}",
        silent.unwrap_or_default()
    );
    if all_is_well { text } else { paint.warn(&text) }
}

/// How many nodes are lost, and since when none of them was heard.
fn silent(fleet: &FleetView, now: Timestamp) -> Option<String> {
    let lost: Vec<_> = fleet.nodes.iter().filter(|node| node.lost).collect();
    let heard = lost.iter().filter_map(|node| node.heard).max();
    let since = heard.map_or_else(|| "control started".to_owned(), |heard| ago(heard, now));
    let count = lost.len();
    (count > 0).then(|| format!(", {count} lost, not heard since {since}"))
}

/// How many nodes there are, and then each on a line.
pub(crate) fn node_lines(fleet: &FleetView, paint: Paint, now: Timestamp) -> String {
    let mut text = String::new();
    let count = match fleet.nodes.as_slice() {
        [] if fleet.unstored == 0 => paint.warn("none"),
        _ => node_count(fleet, paint, now).replacen("nodes ", "", 1),
    };
    line("nodes", &count, &mut text);
    for node in &fleet.nodes {
        line("", &described(node, fleet.revision, paint, now), &mut text);
    }
    unstored_lines(&fleet.unstored_nodes, fleet.unstored, paint, &mut text);
    if let Some(rules) = requests(&rules(&fleet.nodes, fleet.revision)) {
        line("requests", &rules, &mut text);
    }
    let living = fleet.nodes.iter().filter(|node| !node.lost);
    for (path, probed) in probed(living.map(|node| &node.probed)) {
        line("probes", &paint.warn(&probed.describe(&path)), &mut text);
    }
    for open in &fleet.barriers {
        let waits = format!("{} waits: {}", open.actor, counts(open));
        line("waiting", &waits, &mut text);
    }
    replica_lines(&fleet.replicas, paint, now, &mut text);
    text
}

/// The replicas of control, each on a line.
pub(crate) fn replica_lines(
    replicas: &[ReplicaView],
    paint: Paint,
    now: Timestamp,
    text: &mut String,
) {
    for (place, replica) in replicas.iter().enumerate() {
        let label = if place == 0 { "replicas" } else { "" };
        let address = match replica.address.as_str() {
            "" => "one that has just started",
            address => address,
        };
        let is_late = now.duration_since(replica.heard) > LATE;
        let said = match (replica.answers, is_late) {
            (true, _) => format!("{address}, which answers"),
            (false, false) => address.to_owned(),
            (false, true) => {
                let heard = ago(replica.heard, now);
                paint.warn(&format!("{address}, last heartbeat {heard}"))
            }
        };
        line(label, &said, text);
    }
}

/// The nodes that have the state and could not be stored, each on a line.
pub(crate) fn unstored_lines(nodes: &[UnstoredView], count: u64, paint: Paint, text: &mut String) {
    for (place, node) in nodes.iter().enumerate() {
        let UnstoredView {
            name,
            boot,
            token,
            reason,
            ..
        } = node;
        let label = if place == 0 { "not stored" } else { "" };
        let name = name.as_deref().unwrap_or("a node");
        let boot = boot
            .as_deref()
            .map_or_else(String::new, |boot| format!(" (boot {boot})"));
        let node = format!("{name}{boot} with token {token}: {reason}");
        line(label, &paint.alarm(&node), text);
    }
    let named = u64::try_from(nodes.len()).unwrap_or(u64::MAX);
    if let more @ 1.. = count.saturating_sub(named) {
        line("", &paint.alarm(&format!("{more} more")), text);
    }
}

/// How many requests each rule has decided about, if any.
pub(crate) fn requests(rules: &BTreeMap<String, u64>) -> Option<String> {
    let refused = rules.iter().filter(|(rule, _)| *rule == "refused");
    let admitted = rules.iter().filter(|(rule, _)| *rule != "refused");
    let counts = refused.chain(admitted);
    let counts: Vec<_> = counts
        .map(|(rule, count)| format!("{rule} {count}"))
        .collect();
    (!counts.is_empty()).then(|| counts.join(", "))
}

/// One node as it stands to `revision`.
pub(crate) fn described(node: &NodeView, revision: u64, paint: Paint, now: Timestamp) -> String {
    let NodeView {
        name, boot, kind, ..
    } = node;
    let applied = node
        .revision
        .map_or_else(String::new, |applied| format!(", revision {applied}"));
    let standing = match node.standing {
        Standing::Drained if node.lost => {
            paint.alarm("lost; it had it in force; it hinders no wait for this, and counts for nothing")
        }
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
        // A node of the first format looks at its lease now and then, others with each request.
        Standing::Lost if node.closed && node.format >= Some(2) => paint.alarm(
            "lost; its lease has run out, so it admits no new request; requests that it has admitted before may run",
        ),
        Standing::Lost if node.closed => {
            paint.alarm("lost; its lease has run out, so it closes as soon as it runs")
        }
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
    let replica = node.replica.as_ref();
    let replica = replica.map_or_else(String::new, |address| format!(" by {address}"));
    format!("{name} ({kind} {boot}): {standing}{lost}{applied}{heard}{replica}{error}")
}

/// Whether it has `revision` in force, or a later one.
pub(crate) fn has(node: &NodeView, revision: u64) -> bool {
    node.revision.is_some_and(|applied| applied >= revision)
}
