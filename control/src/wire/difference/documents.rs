use std::collections::{BTreeMap, BTreeSet};

use intermission_core::Cidr;
use serde_json::Value;

use crate::wire::difference::difference::{Difference, What};

/// The differences between two documents, but for the revision, which always differs, and for the digests of passes, which
/// have names.
pub(super) fn differences(before: &Value, after: &Value) -> Vec<Difference> {
    let [before, after] = [before, after].map(leaves);
    let names: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let is_shown = |name: &&&String| !["revision", "allowlist.passes"].contains(&name.as_str());
    let differences = names.iter().filter(is_shown).filter_map(|name| {
        Some(Difference {
            what: difference(before.get(*name), after.get(*name))?,
            place: (*name).clone(),
        })
    });
    differences.collect()
}

fn difference(before: Option<&Value>, after: Option<&Value>) -> Option<What> {
    if before == after {
        return None;
    }
    // A document leaves a list out that is empty.
    let list = |value: Option<&Value>| {
        value.map_or(Some(Vec::new()), |value| {
            value.as_array().map(|list| items(list))
        })
    };
    if let (Some(before), Some(after)) = (list(before), list(after)) {
        let [there, here] = [&before, &after].map(|items| items.iter().collect::<BTreeSet<_>>());
        let [removed, added] = [(&before, &here), (&after, &there)].map(|(items, others)| {
            let new = items.iter().filter(|item| !others.contains(item));
            new.cloned().collect::<Vec<_>>()
        });
        let is_same = before == after;
        return (!is_same).then_some(What::List { removed, added });
    }
    let [before, after] = [before, after].map(|value| value.cloned().unwrap_or_default());
    (before != after).then_some(What::Value { before, after })
}

/// The items of a list as texts. Documents write a block of one address with or without its prefix.
fn items(list: &[Value]) -> Vec<String> {
    let text = |item: &Value| match item {
        Value::String(text) => text
            .parse::<Cidr>()
            .map_or_else(|_| text.clone(), |cidr| cidr.to_string()),
        other => other.to_string(),
    };
    list.iter().map(text).collect()
}

/// The values that are no objects, by their dotted names.
fn leaves(value: &Value) -> BTreeMap<String, Value> {
    fn walk(value: &Value, name: &str, leaves: &mut BTreeMap<String, Value>) {
        match value {
            Value::Object(members) => {
                for (key, member) in members {
                    let below = if name.is_empty() {
                        key.clone()
                    } else {
                        format!("{name}.{key}")
                    };
                    walk(member, &below, leaves);
                }
            }
            leaf => {
                leaves.insert(name.to_owned(), leaf.clone());
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(value, "", &mut found);
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn lines(before: &Value, after: &Value) -> Vec<String> {
        differences(before, after)
            .iter()
            .map(Difference::to_string)
            .collect()
    }

    #[test]
    fn every_place_that_differs_is_named_once() {
        let before = json!({
            "revision": 1, "maintenance": "off", "allowlist": {"enabled": true, "cidrs": ["10.0.0.0/8", "::1/128"]},
            "notice": {"message": "a b", "languages": {}, "contact": null}, "scope": {"paths": ["/a", "/b"]},
        });
        let after = json!({
            "revision": 2, "maintenance": "all", "allowlist": {"enabled": true, "cidrs": ["::1", "127.0.0.1/32"]},
            "notice": {"message": "c", "languages": {"ja": {"title": "t"}}}, "scope": {"paths": ["/b", "/a"]},
            "reads": {"paths": ["/search"]},
        });
        assert_eq!(
            lines(&before, &after),
            [
                "allowlist.cidrs -10.0.0.0/8 +127.0.0.1",
                "maintenance off -> all",
                "notice.languages.ja.title nothing -> t",
                "notice.message \"a b\" -> c",
                "reads.paths +/search",
                "scope.paths in another order",
            ]
        );
        assert_eq!(lines(&before, &before), [""; 0]);
    }

    #[test]
    fn a_long_list_is_cut_and_machines_get_the_whole_one() {
        let paths: Vec<_> = (0..30).map(|number| format!("/{number}")).collect();
        let after = json!({ "scope": { "paths": paths } });
        let differences = differences(&json!({}), &after);
        let line = differences[0].to_string();
        assert!(line.ends_with(" +/18 +/19 and +10 more"), "{line}");
        let json = serde_json::to_value(&differences).unwrap();
        assert_eq!(
            json,
            json!([{ "place": "scope.paths", "removed": [], "added": paths }])
        );
        assert_eq!(
            serde_json::from_value::<Vec<Difference>>(json).unwrap(),
            differences
        );
    }
}
