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
const EXPECTED: [&str; 28] = [
    "done",
    "timed_out",
    "too_few",
    "lost",
    "unsure",
    "forked",
    "superseded",
    "end that is not stored",
    "answer before the store",
    "poll that comes twice",
    "death after a write",
    "death of control",
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
    "restored backup",
    "store adopt",
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

    /// What is expected and has not happened.
    pub(super) fn missing(&self) -> Vec<&'static str> {
        let mut expected = EXPECTED.to_vec();
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
