//! Entries that go because of their end, or because others cover them.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use intermission_core::{Allowlist, Cidr, State};
use jiff::Timestamp;

use crate::change::allowlist::entries::briefly;
use crate::labels::{Label, Labels};
use crate::values::timestamp::to_core;

/// Takes off what has ended at this time, entries and passes.
pub(in crate::change) fn end_due(allowlist: &mut Allowlist, labels: &Labels, now: Timestamp) {
    allowlist.cidrs = not_ended(&allowlist.cidrs, labels, now);
    let now = to_core(now);
    allowlist.passes.retain(|pass| !pass.has_ended(now));
}

/// The entries that have not ended at this time.
pub(in crate::change) fn not_ended(cidrs: &[Cidr], labels: &Labels, now: Timestamp) -> Vec<Cidr> {
    let entries = labels.entries(cidrs);
    entries
        .filter(|(_, label)| !label.is_some_and(|label| label.has_ended(now)))
        .map(|(cidr, _)| cidr)
        .collect()
}

/// Takes off the entries that have ended, and those within another entry that does not end before them.
pub(in crate::change) fn prune(cidrs: &mut Vec<Cidr>, labels: &Labels, now: Timestamp) {
    // An entry without an end ends last.
    let end = |label: Option<&Arc<Label>>| label.and_then(|label| label.until);
    let ends = labels.entries(cidrs);
    let ends = ends.map(|(cidr, label)| (cidr, end(label).unwrap_or(Timestamp::MAX)));
    let ends: HashMap<Cidr, Timestamp> = ends.collect();
    let is_covered = |cidr: Cidr, until: Timestamp| {
        let covers = |outer: &Timestamp| *outer >= until;
        let mut wider = cidr.around().filter(|outer| *outer != cidr);
        wider.any(|outer| ends.get(&outer).is_some_and(covers))
    };
    let mut seen = HashSet::new();
    let is_needed = |cidr: &Cidr| {
        let until = ends.get(cidr).copied().unwrap_or(Timestamp::MAX);
        until > now && !is_covered(*cidr, until) && seen.insert(*cidr)
    };
    cidrs.retain(is_needed);
}

/// Which entries were pruned, and why.
pub(in crate::change) fn pruned_advice(before: &State, after: &State) -> Vec<String> {
    let left: HashSet<Cidr> = after.allowlist.cidrs.iter().copied().collect();
    let before = before.allowlist.cidrs.iter();
    let pruned = before.filter(|cidr| !left.contains(cidr));
    let advice = pruned.map(|cidr| {
        let cover = cidr.around().find(|outer| left.contains(outer));
        cover.map_or_else(
            || format!("{cidr} had ended"),
            |cover| format!("{cidr} is within {cover}"),
        )
    });
    briefly(advice.collect())
}
