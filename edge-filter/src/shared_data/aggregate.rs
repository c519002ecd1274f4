use std::cmp::Ordering;

use intermission_core::{Counts, Running, StateTag};

use crate::digest::digest;
use crate::host::Host;
use crate::shared_data::slot::{counted, each_status};
use crate::shared_data::vm_status::VmStatus;

/// The most silent slots with names of their own: a VM that dies again and again must not make the report too long.
const NAMED: usize = 16;

/// The statuses of all VMs, combined.
#[derive(Debug)]
pub(crate) struct Aggregate {
    /// The tag of the state in force in every VM that is not silent.
    pub(crate) applied: Option<StateTag>,
    pub(crate) running: Running,
    /// The requests by rule, of every VM that has `applied` in force.
    pub(crate) counts: Counts,
    /// The names of the slots that are silent; the last may stand for several.
    pub(crate) silent: Vec<String>,
}

impl Aggregate {
    /// Reads the slots on a list. `known` is the tag of the leader, which serves no request or has a slot itself.
    pub(crate) fn make(host: &impl Host, list: &str, known: Option<&StateTag>) -> Self {
        let mut aggregate = Self {
            applied: known.cloned(),
            running: Running::default(),
            counts: Counts::default(),
            silent: Vec::new(),
        };
        let (mut more, mut unnamed, mut counts) = (0, Vec::new(), Vec::new());
        each_status(host, list, &mut |name, status| match status {
            Some(status) => {
                counts.push((status.tag.clone(), counted(host, list, name)));
                aggregate.add(status, known);
            }
            None if aggregate.silent.len() < NAMED => aggregate.silent.push(name.into()),
            None => {
                more += 1;
                unnamed.extend(name.bytes());
            }
        });
        if more > 0 {
            // The name depends on the slots, so that control forgets only slots that the operator has seen.
            let name = format!("more-{more}-{:x}", digest(unnamed));
            aggregate.silent.push(name);
        }
        for (_, counts) in counts.iter().filter(|(tag, _)| *tag == aggregate.applied) {
            aggregate.counts = aggregate.counts.and(counts);
        }
        aggregate
    }

    fn add(&mut self, status: VmStatus, known: Option<&StateTag>) {
        self.running = self.running.and(status.running);
        // Of two documents of one revision, the one that the leader does not have counts.
        let is_later = match status.tag.partial_cmp(&self.applied) {
            Some(order) => order == Ordering::Greater,
            None => self.applied.as_ref() != known,
        };
        if !is_later {
            self.applied = status.tag;
        }
    }
}
