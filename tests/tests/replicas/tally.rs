use std::collections::BTreeMap;
use std::time::Duration;

/// How many waits ended how, by what had happened meanwhile.
#[derive(Default)]
pub(crate) struct Tally {
    faults: BTreeMap<String, BTreeMap<String, u32>>,
    ends: BTreeMap<String, u32>,
    longest: Duration,
}

impl Tally {
    pub(crate) fn count(
        &mut self,
        faults: impl Iterator<Item = String>,
        end: &str,
        took: Duration,
    ) {
        *self.ends.entry(end.to_owned()).or_default() += 1;
        for fault in faults {
            let ends = self.faults.entry(fault).or_default();
            *ends.entry(end.to_owned()).or_default() += 1;
        }
        self.longest = self.longest.max(took);
    }

    pub(crate) fn print(&self) {
        println!(
            "waits: {}; the longest took {:?}",
            listed(&self.ends),
            self.longest
        );
        for (fault, ends) in &self.faults {
            println!("  {fault}: {}", listed(ends));
        }
    }
}

fn listed(ends: &BTreeMap<String, u32>) -> String {
    let ends: Vec<_> = ends
        .iter()
        .map(|(end, count)| format!("{count} {end}"))
        .collect();
    ends.join(", ")
}
