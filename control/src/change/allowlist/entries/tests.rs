use intermission_core::{Mode, ServiceName, State};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::*;
use crate::change::advice;
use crate::change::change::Change;
use crate::change::patch::Patch;
use crate::change::testing::rollback;

fn now() -> Timestamp {
    "2026-11-22T23:00:00Z".parse().unwrap()
}

fn closed() -> State {
    let mut state = State::initial(ServiceName::unknown(), Mode::All);
    state.allowlist.enabled = true;
    state.allowlist.cidrs.push("192.0.2.9".parse().unwrap());
    state
}

fn patch(body: &Value) -> Change {
    Change::Patch(Patch::parse(body.to_string().as_bytes()).unwrap())
}

fn cidrs(count: u32) -> Vec<String> {
    let address = |number| std::net::Ipv4Addr::from_bits(0x0a00_0000 + number);
    (0..count)
        .map(|number| address(number).to_string())
        .collect()
}

fn adds(cidrs: &[String]) -> Change {
    Change::AddEntries(AddedEntries::read(&Field::root(&json!({ "cidrs": cidrs }))).unwrap())
}

fn removes(cidrs: &[String]) -> Change {
    Change::RemoveEntries(RemovedEntries::read(&Field::root(&json!({ "cidrs": cidrs }))).unwrap())
}

/// Comparing each entry with each other would take thousands of millions of steps here, and minutes.
#[test]
fn very_many_entries_are_added_and_removed_at_once() {
    let all = cidrs(60_000);
    let empty = closed();
    let add = adds(&all);
    let full = add.apply(&empty, &Labels::default(), now()).unwrap();
    assert_eq!(
        full.allowlist.cidrs.len(),
        60_000 + empty.allowlist.cidrs.len()
    );
    assert_eq!(
        add.apply(&full, &Labels::default(), now()),
        Ok(full.clone())
    );
    let remove = removes(&all);
    assert_eq!(
        remove.apply(&full, &Labels::default(), now()),
        Ok(empty.clone())
    );
    assert_eq!(
        advice(&remove, &full, &Labels::default(), &empty),
        Vec::<String>::new()
    );
    let absent = advice(&remove, &empty, &Labels::default(), &empty);
    assert_eq!(absent.len(), 21);
    assert_eq!(absent[0], "10.0.0.0 was not on the allowlist");
    assert_eq!(absent[20], "and 59980 more of this kind");
}

#[test]
fn a_removal_names_each_entry_that_still_lets_an_address_in() {
    let texts = ["10.0.0.0/8", "10.1.0.0/16", "10.1.2.3", "::1"].map(str::to_owned);
    let before = adds(&texts);
    let before = before.apply(&closed(), &Labels::default(), now()).unwrap();
    let gone = ["10.1.2.3", "10.2.0.0/16", "::1", "192.0.2.1"].map(str::to_owned);
    let remove = removes(&gone);
    let after = remove.apply(&before, &Labels::default(), now()).unwrap();
    assert_eq!(
        advice(&remove, &before, &Labels::default(), &after),
        [
            "10.1.2.3 is still on the allowlist, through 10.0.0.0/8",
            "10.1.2.3 is still on the allowlist, through 10.1.0.0/16",
            "10.2.0.0/16 is still on the allowlist, through 10.0.0.0/8",
            "192.0.2.1 was not on the allowlist",
        ]
    );
}

#[test]
fn no_change_brings_a_wide_entry_that_was_not_meant() {
    let before = closed();
    let wide = |cidr: &str| {
        let mut wide = before.clone();
        wide.allowlist.cidrs.push(cidr.parse().unwrap());
        wide
    };
    let there = before.allowlist.cidrs.len();
    for cidr in ["0.0.0.0/0", "10.0.0.0/7", "::/0", "2000::/15"] {
        let with = wide(cidr);
        let list = json!({ "allowlist": { "cidrs": with.allowlist.cidrs } });
        let refused = patch(&list)
            .apply(&before, &Labels::default(), now())
            .unwrap_err();
        assert_eq!(refused.pointer(), format!("/allowlist/cidrs/{there}"));
        assert_eq!(
            refused.reason(),
            format!(
                "{cidr} lets a great part of all addresses pass; if that is meant, add it by allowlist/add with \"wide\": true"
            )
        );
        // What is there already stays.
        assert_eq!(
            patch(&list).apply(&with, &Labels::default(), now()),
            Ok(with.clone())
        );

        let back = |width| rollback(with.clone(), width);
        let refused = back(Width::Usual)
            .apply(&before, &Labels::default(), now())
            .unwrap_err();
        assert_eq!(refused.pointer(), format!("/allowlist/cidrs/{there}"));
        assert!(refused.reason().ends_with("add --wide, or \"wide\": true"));
        assert_eq!(
            back(Width::Usual).apply(&with, &Labels::default(), now()),
            Ok(with.clone())
        );
        assert_eq!(
            back(Width::Any).apply(&before, &Labels::default(), now()),
            Ok(with.clone())
        );
    }
}
