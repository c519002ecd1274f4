use std::collections::HashMap;

use super::{Deed, End, Operation};

/// A revision, as the history has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) revision: u64,
    /// The mark of the change that made it; none where the test did not.
    pub(crate) mark: Option<String>,
    pub(crate) title: Option<String>,
}

/// All that contradicts the rules of this module, in words.
pub(crate) fn check(history: &[Entry], operations: &[Operation]) -> Vec<String> {
    let mut lies = Vec::new();
    for (entry, revision) in history.iter().zip(1..) {
        if entry.revision != revision {
            lies.push(format!("where revision {revision} has to be, is {entry:?}"));
        }
    }
    let mut made = HashMap::new();
    for entry in history {
        let Some(mark) = &entry.mark else { continue };
        if let Some(before) = made.insert(mark.as_str(), entry.revision) {
            let again = entry.revision;
            lies.push(format!("{mark} was made twice, at {before} and at {again}"));
        }
    }
    let mut asked = HashMap::new();
    for operation in operations {
        if let Deed::Change { mark, .. } = &operation.deed {
            asked.insert(mark.as_str(), operation);
        }
    }
    for mark in made.keys().filter(|mark| !asked.contains_key(*mark)) {
        lies.push(format!("{mark} was made, and no client has asked for it"));
    }
    let began = |revision: u64| {
        let mark = entry(history, revision)?.mark.as_ref()?;
        Some(asked.get(mark.as_str())?.began)
    };
    let mut placed = Vec::new();
    for operation in operations {
        let mut lie = |why: String| lies.push(format!("{why}: {operation:?}"));
        let found = match &operation.deed {
            Deed::Change { mark, .. } => made.get(mark.as_str()).copied(),
            Deed::Read => None,
        };
        match &operation.end {
            End::Changed { revision } if found != Some(*revision) => {
                lie(format!(
                    "an acknowledged change is lost, or elsewhere ({found:?})"
                ));
            }
            End::Refused | End::Unchanged { .. } if found.is_some() => {
                lie(format!("it was made at {found:?} all the same"));
            }
            End::Seen { revision, title } => match entry(history, *revision) {
                Some(entry) if entry.title == *title => {}
                other => lie(format!("the history has {other:?}")),
            },
            End::Unchanged { revision } if entry(history, *revision).is_none() => {
                lie("the history has no such revision".to_owned());
            }
            _ => {}
        }
        if let Deed::Change { at: Some(at), .. } = &operation.deed {
            match (&operation.end, found) {
                (_, Some(found)) if found != at + 1 => {
                    lie(format!("it was made at {found}"));
                }
                (End::Refused, None)
                    if began(at + 1).is_none_or(|other| other > operation.ended) =>
                {
                    lie("no other change had begun".to_owned());
                }
                _ => {}
            }
        }
        placed.extend(place(operation, found));
    }
    out_of_order(placed, &mut lies);
    lies
}

fn entry(history: &[Entry], revision: u64) -> Option<&Entry> {
    let place = usize::try_from(revision.checked_sub(1)?).ok()?;
    history.get(place)
}

/// An operation that has its place among the revisions.
#[derive(Clone, Copy)]
struct Placed<'a> {
    operation: &'a Operation,
    revision: u64,
    makes: bool,
}

/// The place of an operation, where it has one; `found` is the revision that it made by the history.
fn place(operation: &Operation, found: Option<u64>) -> Option<Placed<'_>> {
    let (revision, makes) = match &operation.end {
        End::Changed { revision } => (*revision, true),
        End::Seen { revision, .. } | End::Unchanged { revision } => (*revision, false),
        End::Refused => return None,
        End::Doubtful => (found?, true),
    };
    Some(Placed {
        operation,
        revision,
        makes,
    })
}

/// Goes through all beginnings and ends as time passes, and says which operation came too early among the revisions.
fn out_of_order(mut placed: Vec<Placed<'_>>, lies: &mut Vec<String>) {
    placed.sort_by_key(|placed| placed.operation.began);
    let mut ends = placed.clone();
    // A change in doubt may still be made after its client has given it up.
    ends.retain(|placed| placed.operation.end != End::Doubtful);
    ends.sort_by_key(|placed| placed.operation.ended);
    let mut ends = ends.into_iter().peekable();
    let mut newest: Option<Placed<'_>> = None;
    for placed in placed {
        let is_over = |ended: &Placed<'_>| ended.operation.ended < placed.operation.began;
        while let Some(ended) = ends.next_if(is_over) {
            if newest.is_none_or(|newest| newest.revision < ended.revision) {
                newest = Some(ended);
            }
        }
        let Some(newest) = newest else { continue };
        if placed.revision < newest.revision + u64::from(placed.makes) {
            lies.push(format!(
                "an older state than was known before it began ({}): {:?}, after {:?}",
                placed.revision, placed.operation, newest.operation
            ));
        }
    }
}
