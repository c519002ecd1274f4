use std::collections::BTreeMap;
use std::fmt;

/// What has happened in worlds.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) events: u64,
    /// How often a process was compared with the promise of a wait that had ended well.
    pub(super) checks: u64,
    noted: BTreeMap<&'static str, u64>,
}

/// What happens in some of many worlds, or the simulation is blind.
const EXPECTED: [&str; 23] = [
    "done",
    "timed_out",
    "too_few",
    "lost",
    "unsure",
    "superseded",
    "answer before the store",
    "poll that comes twice",
    "death of a process",
    "farewell",
    "frozen process",
    "stuck thread",
    "new thread",
    "saved copy",
    "calm end",
    "enter",
    "exit",
    "allowlist enable",
    "allowlist disable",
    "node forget",
    "node forget by --gone-after",
    "thread forgiven",
    "reports that are settled together",
];

/// What does so where one control has a store of its own.
const ALONE: [&str; 6] = [
    "forked",
    "end that is not stored",
    "death after a write",
    "death of control",
    "restored backup",
    "store adopt",
];

/// What does so where several replicas serve one store.
const SHARED: [&str; 20] = [
    "commit behind others",
    "commit without an answer",
    "death after a commit",
    "death of a replica",
    "lease of a replica that ends",
    "lease that was lost",
    "member that is stored again",
    "node that moves",
    "pause of a replica",
    "poll of a node that is not stored",
    "put that was overtaken",
    "put that is sent again",
    "replica that is cut off",
    "replica that stops in order",
    "reports that are relayed",
    "request that is sent again",
    "request without a proof",
    "store that is loaded anew",
    "store without a majority",
    "timer",
];

impl Tally {
    pub(super) fn note(&mut self, what: &'static str) {
        *self.noted.entry(what).or_default() += 1;
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.events += other.events;
        self.checks += other.checks;
        for (what, times) in &other.noted {
            *self.noted.entry(what).or_default() += times;
        }
    }

    /// What is expected with so many replicas, and has not happened.
    pub(super) fn missing(&self, replicas: usize) -> Vec<&'static str> {
        let own = if replicas > 1 { &SHARED[..] } else { &ALONE };
        let mut expected = [&EXPECTED[..], own].concat();
        expected.retain(|what| !self.noted.contains_key(what));
        expected
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} events, {} checks", self.events, self.checks)?;
        for (what, times) in &self.noted {
            writeln!(f, "{times:>12} {what}")?;
        }
        Ok(())
    }
}
