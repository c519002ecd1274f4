//! The lists of a state beside the allowlist: one table for control and for the command.

use std::collections::HashMap;

use serde_json::{Value, json};

/// A list of a state.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct List {
    /// The subcommand that edits it.
    pub(crate) command: &'static str,
    /// The member of the document that has it.
    pub(crate) part: &'static str,
    /// Its name there.
    pub(crate) member: &'static str,
    /// The option of the subcommand that names an entry.
    pub(crate) option: &'static str,
    /// What stands for an entry in the help.
    pub(crate) value: &'static str,
    /// What an entry is.
    pub(crate) help: &'static str,
}

pub(crate) const LISTS: [List; 9] = [
    List {
        command: "scope",
        part: "scope",
        member: "hosts",
        option: "host",
        value: "HOST",
        help: "Host in maintenance, such as shop.example; *.shop.example stands for the hosts below it",
    },
    List {
        command: "scope",
        part: "scope",
        member: "paths",
        option: "path",
        value: "PATH",
        help: "Path in maintenance, with all paths below it, such as /checkout",
    },
    List {
        command: "exempt",
        part: "exempt",
        member: "paths",
        option: "path",
        value: "PATH",
        help: "Path that stays open, such as /status; one that ends in / covers the paths below it",
    },
    List {
        command: "exempt",
        part: "exempt",
        member: "hosts",
        option: "host",
        value: "HOST",
        help: "Host that stays open, such as status.shop.example",
    },
    List {
        command: "exempt",
        part: "exempt",
        member: PROBERS,
        option: "prober",
        value: "CIDR=PATH",
        help: "Path that stays open to the health checks from a block of addresses, such as 35.191.0.0/16=/",
    },
    List {
        command: "reads",
        part: "reads",
        member: "paths",
        option: "path",
        value: "PATH",
        help: "Path on which POST only reads, such as /search; a segment * stands for any, as in /*/*/git-upload-pack",
    },
    List {
        command: "api",
        part: "api",
        member: "hosts",
        option: "host",
        value: "HOST",
        help: "Host of an API, such as api.shop.example",
    },
    List {
        command: "api",
        part: "api",
        member: "paths",
        option: "path",
        value: "PATH",
        help: "Path of an API, with all paths below it, such as /api",
    },
    List {
        command: "cors",
        part: "notice",
        member: "cors_origins",
        option: "origin",
        value: "ORIGIN",
        help: "Origin whose scripts may read a refusal, such as https://shop.example; * stands for any",
    },
];

/// The list whose entries are objects. As a text an entry is `CIDR=PATH`, one for each path.
const PROBERS: &str = "probers";

impl List {
    /// The lists of a subcommand.
    pub(crate) fn of_command(command: &str) -> impl Iterator<Item = &'static Self> {
        LISTS.iter().filter(move |list| list.command == command)
    }

    /// What a document calls it.
    pub(crate) fn place(&self) -> String {
        format!("{}.{}", self.part, self.member)
    }

    /// The entries of the list in a document, each as a text.
    pub(crate) fn entries(&self, document: &Value) -> Vec<String> {
        let list = document
            .get(self.part)
            .and_then(|part| part.get(self.member));
        let items = list.and_then(Value::as_array).into_iter().flatten();
        items.flat_map(texts).collect()
    }

    /// The list as a document has it.
    pub(crate) fn value(&self, entries: &[String]) -> Value {
        if self.member != PROBERS {
            return json!(entries);
        }
        let mut places = HashMap::new();
        let mut probers: Vec<(&str, Vec<&str>)> = Vec::new();
        for entry in entries {
            let (cidr, path) = split_prober(entry);
            let place = *places.entry(cidr).or_insert_with(|| {
                probers.push((cidr, Vec::new()));
                probers.len() - 1
            });
            if let Some((_, paths)) = probers.get_mut(place) {
                paths.extend(path);
            }
        }
        let probers = probers.iter();
        probers
            .map(|(cidr, paths)| json!({ "cidr": cidr, "paths": paths }))
            .collect()
    }

    /// Makes this the list in a document.
    pub(crate) fn put(&self, document: &mut Value, list: Value) {
        let Some(document) = document.as_object_mut() else {
            return;
        };
        let part = document.entry(self.part).or_insert_with(|| json!({}));
        if let Some(part) = part.as_object_mut() {
            part.insert(self.member.to_owned(), list);
        }
    }

    /// The block of addresses of a prober's entry; the entry itself in every other list.
    pub(crate) fn block<'e>(&self, entry: &'e str) -> &'e str {
        match self.member {
            PROBERS => split_prober(entry).0,
            _ => entry,
        }
    }
}

/// An item of a list as texts: a prober has one for each path, or its block alone if it has no path.
fn texts(item: &Value) -> Vec<String> {
    let Value::Object(prober) = item else {
        return item.as_str().map(str::to_owned).into_iter().collect();
    };
    let cidr = prober
        .get("cidr")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let paths = prober.get("paths").and_then(Value::as_array);
    let paths: Vec<_> = paths
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    match paths.as_slice() {
        [] => vec![cidr.to_owned()],
        paths => paths.iter().map(|path| format!("{cidr}={path}")).collect(),
    }
}

/// The block and the path of a prober's text.
fn split_prober(text: &str) -> (&str, Option<&str>) {
    text.split_once('=')
        .map_or((text, None), |(cidr, path)| (cidr, Some(path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prober_is_a_text_for_each_of_its_paths() {
        let list = LISTS.iter().find(|list| list.member == PROBERS).unwrap();
        let probers = json!([
            { "cidr": "10.0.0.0/8", "paths": ["/", "/a=b"] },
            { "cidr": "192.0.2.1", "paths": [] },
        ]);
        let entries = list.entries(&json!({ "exempt": { "probers": probers } }));
        assert_eq!(entries, ["10.0.0.0/8=/", "10.0.0.0/8=/a=b", "192.0.2.1"]);
        assert_eq!(list.value(&entries), probers);
        assert_eq!(list.block("10.0.0.0/8=/a=b"), "10.0.0.0/8");
    }

    #[test]
    fn every_list_of_a_document_is_in_the_table() {
        let state =
            intermission_core::State::initial("shop".parse().unwrap(), "off".parse().unwrap());
        let document: Value = serde_json::from_slice(&state.to_json()).unwrap();
        let known = |part: &str, member: &str| {
            LISTS
                .iter()
                .any(|list| (list.part, list.member) == (part, member))
        };
        for (part, members) in document.as_object().unwrap() {
            for (member, value) in members.as_object().into_iter().flatten() {
                let is_other = !value.is_array() || part == "allowlist";
                assert!(is_other || known(part, member), "{part}.{member}");
            }
        }
    }
}
