//! What a change has done to the names, notes and ends of entries, and to passes.

use std::collections::BTreeMap;

use crate::labels::Label;
use crate::values::timestamp::brief_time;
use crate::wire::allowlist::{LabelView, PassView};
use crate::wire::history::Entry;

/// How many entries of one difference are named.
const NAMED: usize = 3;

/// The differences between two revisions, in one line for all entries and passes with the same difference.
pub(crate) fn label_differences(before: &Entry, after: &Entry) -> Vec<String> {
    let entries = [&before.labels, &after.labels].map(|labels| by_entry(labels));
    let passes = [&before.passes, &after.passes].map(|passes| by_name(passes));
    let entries = differences(&entries).into_iter().map(|(words, cidrs)| {
        let cidrs = match cidrs.len() {
            0..=NAMED => cidrs.join(" "),
            count => format!("of {count} entries"),
        };
        format!("label {cidrs} {words}")
    });
    let passes = differences(&passes).into_iter().map(|(words, names)| {
        let names = names.join(" ");
        format!("pass {names} {words}")
    });
    entries.chain(passes).collect()
}

/// What differs, and where.
fn differences<'a>(sides: &[BTreeMap<&'a str, String>; 2]) -> BTreeMap<String, Vec<&'a str>> {
    let [before, after] = sides;
    let mut found: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let new = after.keys().filter(|name| !before.contains_key(*name));
    for name in before.keys().chain(new) {
        let [was, is] =
            [before, after].map(|side| side.get(name).map_or("nothing", String::as_str));
        if was != is {
            found
                .entry(format!("{was} -> {is}"))
                .or_default()
                .push(name);
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
