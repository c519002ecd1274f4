//! How many nodes of a barrier stand how.

use crate::wire::barrier::Progress;
use crate::wire::node::{NodeView, Standing};

/// How many nodes are there, and how far they are.
pub(crate) fn counts(progress: &Progress) -> String {
    let Progress {
        nodes,
        in_force,
        drained,
        running,
        ..
    } = progress;
    let of = match unseen(progress) {
        0 if *nodes == 0 => return format!("no node reports{}", gone(progress)),
        0 => format!("{nodes} nodes"),
        unseen => format!("{} expected nodes", *nodes as u64 + unseen),
    };
    let runs = match running {
        0 => String::new(),
        1 => ", 1 old request runs".to_owned(),
        running => format!(", {running} old requests run"),
    };
    format!(
        "{in_force} of {of} have it in force, {drained} drained{runs}{}",
        gone(progress)
    )
}

/// How many nodes are lost, and how many could not be stored, beside those that count.
pub(crate) fn gone(progress: &Progress) -> String {
    let is_lost = |node: &&NodeView| node.standing == Standing::Lost;
    let hindering = progress.missing.iter().filter(is_lost).count();
    let mut text = String::new();
    if hindering > 0 {
        text.push_str(&format!("; {hindering} lost"));
    }
    match progress.lost.len() {
        0 => {}
        1 => text.push_str("; 1 that had it in force is lost and does not count"),
        lost => text.push_str(&format!(
            "; {lost} that had it in force are lost and do not count"
        )),
    }
    if progress.unstored > 0 {
        text.push_str(&format!("; {} not stored", progress.unstored));
    }
    text
}

/// How many of those that are expected have not spoken.
pub(crate) fn unseen(progress: &Progress) -> u64 {
    let expect = progress.expect.unwrap_or_default();
    expect.saturating_sub(progress.nodes as u64)
}
