//! What a change has done to the names, notes and ends of entries, and to passes.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::labels::Label;
use crate::values::timestamp::brief_time;
use crate::wire::allowlist::{LabelView, PassView};
use crate::wire::difference::difference::{Difference, What};

/// How many entries of one difference are named.
const NAMED: usize = 3;

/// The differences, one for all entries or passes with the same.
pub(super) fn differences(labels: [&[LabelView]; 2], passes: [&[PassView]; 2]) -> Vec<Difference> {
    let entries = differing(labels.map(by_entry))
        .into_iter()
        .map(|(what, cidrs)| {
            let cidrs = match cidrs.len() {
                0..=NAMED => cidrs.join(" "),
                count => format!("of {count} entries"),
            };
            difference(format!("label {cidrs}"), what)
        });
    let passes = differing(passes.map(by_name)).into_iter();
    let passes = passes.map(|(what, names)| difference(format!("pass {}", names.join(" ")), what));
    entries.chain(passes).collect()
}

/// What is said before and after, as far as something is.
type Said = (Option<String>, Option<String>);

fn difference(place: String, (before, after): Said) -> Difference {
    let [before, after] = [before, after].map(|said| said.map_or(Value::Null, Value::from));
    Difference {
        place,
        what: What::Value { before, after },
    }
}

/// What differs, and of which ones.
fn differing(sides: [BTreeMap<&str, String>; 2]) -> BTreeMap<Said, Vec<&str>> {
    let [before, after] = &sides;
    let mut found: BTreeMap<Said, Vec<&str>> = BTreeMap::new();
    let new = after.keys().filter(|name| !before.contains_key(*name));
    for name in before.keys().chain(new) {
        let said = (before.get(name).cloned(), after.get(name).cloned());
        if said.0 != said.1 {
            found.entry(said).or_default().push(name);
        }
    }
    found
}

fn by_entry(labels: &[LabelView]) -> BTreeMap<&str, String> {
    let entries = labels.iter().flat_map(|view| {
        let words = words(&view.label);
        let cidrs = view.cidrs.iter();
        cidrs.map(move |cidr| (cidr.as_str(), words.clone()))
    });
    entries.collect()
}

fn by_name(passes: &[PassView]) -> BTreeMap<&str, String> {
    let passes = passes.iter().map(|pass| {
        let until = pass.until.map(brief_time);
        let until = until.map_or_else(|| "no end".to_owned(), |until| format!("until {until}"));
        (pass.name.as_str(), until)
    });
    passes.collect()
}

fn words(label: &Label) -> String {
    let note = label.note.as_ref().map(|note| format!("{note:?}"));
    let until = label
        .until
        .map(|until| format!("until {}", brief_time(until)));
    let words = [label.name.clone(), note, until].into_iter().flatten();
    words.collect::<Vec<_>>().join(", ")
}
