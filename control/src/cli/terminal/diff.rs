//! What differs between two documents, in one line for each place.

use std::collections::{BTreeMap, BTreeSet};

use intermission_core::Cidr;
use serde_json::Value;

/// The differences from `before` to `after`, but for the revision, which always differs.
pub(crate) fn differences(before: &Value, after: &Value) -> Vec<String> {
    let (before, after) = (leaves(before), leaves(after));
    let mut names: Vec<_> = before.keys().chain(after.keys()).collect();
    names.sort();
    names.dedup();
    let differences = names
        .into_iter()
        .filter(|name| name.as_str() != "revision")
        .filter_map(|name| Some((name, difference(before.get(name), after.get(name))?)));
    differences
        .map(|(name, text)| format!("{name} {text}"))
        .collect()
}

fn difference(before: Option<&Value>, after: Option<&Value>) -> Option<String> {
    if before == after {
        return None;
    }
    if let (Some(Value::Array(before)), Some(Value::Array(after))) = (before, after) {
        let (before, after) = (items(before), items(after));
        let [there, here] = [&before, &after].map(|items| items.iter().collect::<BTreeSet<_>>());
        let removed = before.iter().filter(|item| !here.contains(item));
        let added = after.iter().filter(|item| !there.contains(item));
        let changes: Vec<_> = removed
            .map(|item| format!("-{item}"))
            .chain(added.map(|item| format!("+{item}")))
            .collect();
        return match changes.is_empty() {
            false => Some(changes.join(" ")),
            true => (before != after).then(|| "in another order".to_owned()),
        };
    }
    let side = |value: Option<&Value>| value.map_or_else(|| "nothing".to_owned(), brief);
    Some(format!("{} -> {}", side(before), side(after)))
}

/// The items of a list as text. Documents write a block of one address with or without its prefix.
fn items(list: &[Value]) -> Vec<String> {
    let canonical = |item: &Value| item.as_str()?.parse::<Cidr>().ok();
    list.iter()
        .map(|item| canonical(item).map_or_else(|| brief(item), |cidr| cidr.to_string()))
        .collect()
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

fn brief(value: &Value) -> String {
    // Debug keeps control characters off the terminal.
    let mut text = match value {
        Value::String(text) if text.bytes().all(|byte| byte.is_ascii_graphic()) => text.clone(),
        Value::String(text) => format!("{text:?}"),
        other => other.to_string(),
    };
    if let Some((end, _)) = text.char_indices().nth(60) {
        text.truncate(end);
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_place_that_differs_is_named_once() {
        let before = json!({
            "revision": 1, "maintenance": "off", "allowlist": {"enabled": true, "cidrs": ["10.0.0.0/8", "::1/128"]},
            "notice": {"message": "a b", "languages": {}},
        });
        let after = json!({
            "revision": 2, "maintenance": "all", "allowlist": {"enabled": true, "cidrs": ["::1", "127.0.0.1/32"]},
            "notice": {"message": "c", "languages": {"ja": {"title": "t"}}},
        });
        assert_eq!(
            differences(&before, &after),
            [
                "allowlist.cidrs -10.0.0.0/8 +127.0.0.1",
                "maintenance off -> all",
                "notice.languages.ja.title nothing -> t",
                "notice.message \"a b\" -> c",
            ]
        );
        assert_eq!(differences(&before, &before), [""; 0]);
    }
}
