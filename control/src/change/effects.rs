use std::collections::HashSet;

use intermission_core::{Cidr, Mode, State};
use serde_json::Value;

use crate::change::allowlist::entries::briefly;
use crate::wire::lists::{LISTS, List};

/// Which requests a change lets in during maintenance, and which ones it keeps out, in words.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Effects {
    pub(crate) let_in: Vec<String>,
    pub(crate) kept_out: Vec<String>,
}

impl Effects {
    pub(crate) fn of(before: &State, after: &State) -> Self {
        let mut effects = Self::default();
        effects.add_mode(before.maintenance, after);
        // Of a service that opens or closes, the mode says it all.
        let is_closed = |state: &State| state.maintenance != Mode::Off;
        if is_closed(before) == is_closed(after) {
            effects.add_testers(before, after);
            effects.add_lists(before, after);
        }
        Self {
            let_in: briefly(effects.let_in),
            kept_out: briefly(effects.kept_out),
        }
    }

    fn add_mode(&mut self, before: Mode, after: &State) {
        let within = match after.scope.hosts.is_empty() && after.scope.paths.is_empty() {
            true => "",
            false => " in the scope",
        };
        let but = match (after.allowlist.enabled, &after.allowlist) {
            (true, list) if !list.cidrs.is_empty() || !list.passes.is_empty() => {
                " but for exempt paths and hosts, and for testers"
            }
            _ => " but for exempt paths and hosts",
        };
        match (before, after.maintenance) {
            (Mode::Off, Mode::All) => self.kept_out.push(format!("every request{within}{but}")),
            (Mode::Off, Mode::Writes) => self.kept_out.push(format!("every write{within}{but}")),
            (Mode::Writes, Mode::All) => self
                .kept_out
                .push(format!("requests that only read{within}{but}")),
            (Mode::All, Mode::Writes) => self.let_in.push("requests that only read".to_owned()),
            (Mode::All | Mode::Writes, Mode::Off) => self.let_in.push("every request".to_owned()),
            (Mode::Off, Mode::Off) | (Mode::All, Mode::All) | (Mode::Writes, Mode::Writes) => {}
        }
    }

    /// The clients on the allowlist, as far as it is enabled.
    fn add_testers(&mut self, before: &State, after: &State) {
        let testers = |state: &State| {
            let entries = match state.allowlist.cidrs.len() {
                0 => None,
                1 => Some("clients in 1 entry".to_owned()),
                entries => Some(format!("clients in {entries} entries")),
            };
            let holders = holders(state.allowlist.passes.len());
            let all: Vec<_> = [entries, holders].into_iter().flatten().collect();
            Some(all.join(", and ")).filter(|all| !all.is_empty())
        };
        match (before.allowlist.enabled, after.allowlist.enabled) {
            (false, true) => return self.let_in.extend(testers(after)),
            (true, false) => return self.kept_out.extend(testers(before)),
            _ => {}
        }
        let once = if after.allowlist.enabled {
            ""
        } else {
            ", once the allowlist is enabled"
        };
        let [was, is] = [before, after].map(|state| &state.allowlist.cidrs);
        self.let_in
            .extend(outside(is, was).map(|cidr| format!("clients in {cidr}{once}")));
        self.kept_out
            .extend(outside(was, is).map(|cidr| format!("clients in {cidr}{once}")));
        let [was, is] = [before, after].map(|state| &state.allowlist.passes);
        let new = is.iter().filter(|pass| !was.contains(pass)).count();
        let gone = was.iter().filter(|pass| !is.contains(pass)).count();
        let with_end = |holders: String| format!("{holders}{once}");
        self.let_in.extend(holders(new).map(with_end));
        self.kept_out.extend(holders(gone).map(with_end));
    }

    fn add_lists(&mut self, before: &State, after: &State) {
        let [was, is] = [before, after].map(State::to_value);
        for list in &LISTS {
            let [was, is] = [&was, &is].map(|document: &Value| list.entries(document));
            match list.part {
                "scope" => self.add_scope(list, &was, &is),
                "exempt" | "reads" => {
                    let name = |entry: &String| match list.part {
                        "reads" => {
                            format!("requests that read {entry} by POST, while writes are refused")
                        }
                        _ => named(list, entry),
                    };
                    self.let_in.extend(new(&is, &was).map(name));
                    self.kept_out.extend(new(&was, &is).map(name));
                }
                _ => {}
            }
        }
    }

    /// A scope without hosts is for all hosts, and one without paths for all paths.
    fn add_scope(&mut self, list: &List, was: &[String], is: &[String]) {
        let other =
            |entries: &[String]| format!("{}s other than {}", list.option, entries.join(", "));
        match (was.is_empty(), is.is_empty()) {
            (true, true) => {}
            (true, false) => self.let_in.push(format!("requests for {}", other(is))),
            (false, true) => self.kept_out.push(format!("requests for {}", other(was))),
            (false, false) => {
                self.let_in
                    .extend(new(was, is).map(|entry| within(list, entry)));
                self.kept_out
                    .extend(new(is, was).map(|entry| within(list, entry)));
            }
        }
    }
}

fn holders(passes: usize) -> Option<String> {
    match passes {
        0 => None,
        1 => Some("the holder of a pass".to_owned()),
        passes => Some(format!("the holders of {passes} passes")),
    }
}

/// The requests that an entry of a list is about.
fn named(list: &List, entry: &str) -> String {
    match list.option {
        "prober" => format!("health checks of the prober {entry}"),
        option => format!("requests for the {option} {entry}"),
    }
}

/// The requests within an entry of the scope.
fn within(list: &List, entry: &str) -> String {
    match (list.option, entry) {
        ("path", "/") => "requests for every path".to_owned(),
        ("path", _) => format!("{} and the paths below it", named(list, entry)),
        _ => named(list, entry),
    }
}

/// The entries of one list that another has not.
fn new<'e>(entries: &'e [String], others: &[String]) -> impl Iterator<Item = &'e String> {
    let others: HashSet<String> = others.iter().cloned().collect();
    entries.iter().filter(move |entry| !others.contains(*entry))
}

/// The blocks of one allowlist that are in no block of another.
fn outside<'c>(blocks: &'c [Cidr], others: &[Cidr]) -> impl Iterator<Item = &'c Cidr> {
    let others: HashSet<Cidr> = others.iter().copied().collect();
    let is_within = move |cidr: &Cidr| cidr.around().any(|outer| others.contains(&outer));
    blocks.iter().filter(move |cidr| !is_within(cidr))
}

#[cfg(test)]
mod tests {
    use intermission_core::Field;
    use serde_json::json;

    use super::*;

    fn state(members: &Value) -> State {
        let mut document =
            json!({ "version": 1, "service": "shop", "revision": 3, "maintenance": "all" });
        json_patch::merge(&mut document, members);
        State::read(&Field::root(&document)).unwrap()
    }

    #[test]
    fn who_is_let_in_and_kept_out_follows_from_both_states() {
        let testers = |enabled| json!({ "enabled": enabled, "cidrs": ["10.0.0.0/8", "192.0.2.1"] });
        for (before, after, let_in, kept_out) in [
            (json!({}), json!({}), &[][..], &[][..]),
            (
                json!({ "maintenance": "off" }),
                json!({ "scope": { "paths": ["/a"] } }),
                &[],
                &["every request in the scope but for exempt paths and hosts"],
            ),
            (
                json!({ "maintenance": "off" }),
                json!({ "maintenance": "writes", "allowlist": testers(true) }),
                &[],
                &["every write but for exempt paths and hosts, and for testers"],
            ),
            (
                json!({ "scope": { "paths": ["/a"] } }),
                json!({ "maintenance": "off" }),
                &["every request"],
                &[],
            ),
            (
                json!({ "maintenance": "all" }),
                json!({ "maintenance": "writes" }),
                &["requests that only read"],
                &[],
            ),
            (
                json!({ "allowlist": testers(false) }),
                json!({ "allowlist": testers(true) }),
                &["clients in 2 entries"],
                &[],
            ),
            (
                json!({ "allowlist": testers(true) }),
                json!({ "allowlist": { "enabled": true, "cidrs": ["10.1.0.0/16", "203.0.113.7"] } }),
                &["clients in 203.0.113.7"],
                &["clients in 10.0.0.0/8", "clients in 192.0.2.1"],
            ),
            (
                json!({}),
                json!({ "allowlist": { "cidrs": ["192.0.2.1"] } }),
                &["clients in 192.0.2.1, once the allowlist is enabled"],
                &[],
            ),
            (
                json!({ "scope": { "paths": ["/a", "/b"] } }),
                json!({ "scope": { "paths": ["/b", "/c"], "hosts": ["shop.example"] } }),
                &[
                    "requests for hosts other than shop.example",
                    "requests for the path /a and the paths below it",
                ],
                &["requests for the path /c and the paths below it"],
            ),
            (
                json!({ "scope": { "paths": ["/a", "/b"] } }),
                json!({}),
                &[],
                &["requests for paths other than /a, /b"],
            ),
            (
                json!({ "exempt": { "probers": [{ "cidr": "10.0.0.0/8", "paths": ["/"] }] } }),
                json!({ "exempt": { "paths": ["/status"], "hosts": ["a.example"] }, "reads": { "paths": ["/search"] } }),
                &[
                    "requests for the path /status",
                    "requests for the host a.example",
                    "requests that read /search by POST, while writes are refused",
                ],
                &[
                    "requests for the path /healthz",
                    "requests for the path /livez",
                    "requests for the path /readyz",
                    "requests for the path /robots.txt",
                    "requests for the path /.well-known/acme-challenge/",
                    "requests for the path /grpc.health.v1.Health/",
                    "health checks of the prober 10.0.0.0/8=/",
                ],
            ),
        ] {
            let effects = Effects::of(&state(&before), &state(&after));
            let name = format!("{before} -> {after}");
            assert_eq!(
                (effects.let_in, effects.kept_out),
                (texts(let_in), texts(kept_out)),
                "{name}"
            );
        }
    }

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }
}
