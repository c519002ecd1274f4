//! Circles of imports.

use std::collections::{BTreeMap, BTreeSet};

/// From each file to the files that it imports from.
pub(super) type Edges = BTreeMap<usize, BTreeSet<usize>>;

/// The sets of files of which each leads to each other.
pub(super) fn circles(edges: &Edges) -> Vec<BTreeSet<usize>> {
    let mut found = Vec::new();
    let mut done: BTreeSet<usize> = BTreeSet::new();
    for file in edges.keys() {
        if done.contains(file) {
            continue;
        }
        let back = |other: &usize| reachable(edges, *other).contains(file);
        let mut circle: BTreeSet<_> = reachable(edges, *file).into_iter().filter(back).collect();
        circle.insert(*file);
        done.extend(&circle);
        if circle.len() > 1 {
            found.push(circle);
        }
    }
    found
}

fn reachable(edges: &Edges, from: usize) -> BTreeSet<usize> {
    let mut reached = BTreeSet::new();
    let mut next = vec![from];
    while let Some(file) = next.pop() {
        for to in edges.get(&file).into_iter().flatten() {
            if reached.insert(*to) {
                next.push(*to);
            }
        }
    }
    reached
}
