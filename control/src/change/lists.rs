use std::collections::{BTreeSet, HashSet};

use intermission_core::{Field, FieldError, Mode, ServiceName, State};

use crate::change::allowlist::entries::briefly;
use crate::change::width::Width;
use crate::values::listed::listed;
use crate::wire::lists::{LISTS, List};

/// The effect on the lists that a request names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ListVerb {
    Add,
    Remove,
    Set,
}

/// An edit of lists of a state.
#[derive(Clone, Debug)]
pub(crate) struct ListEdit {
    verb: ListVerb,
    lists: Vec<(&'static List, Vec<String>)>,
    /// The initial state with these lists, so that an error has the place of an entry in the request.
    given: Box<State>,
    width: Width,
}

impl ListVerb {
    fn name(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Remove => "remove",
            Self::Set => "set",
        }
    }

    /// What a list of these entries becomes.
    fn edited(self, list: &List, was: &[String], given: &[String]) -> Vec<String> {
        let mut known: HashSet<&str> = match self {
            Self::Set => HashSet::new(),
            Self::Add => was.iter().map(String::as_str).collect(),
            Self::Remove => {
                let removed: HashSet<&str> = given.iter().map(String::as_str).collect();
                let is_removed = |entry: &str| {
                    [entry, list.block(entry)]
                        .iter()
                        .any(|text| removed.contains(text))
                };
                let left = was.iter().filter(|entry| !is_removed(entry));
                return left.cloned().collect();
            }
        };
        let there = if self == Self::Add { was } else { &[] };
        let new = given.iter().filter(|entry| known.insert(entry.as_str()));
        there.iter().chain(new).cloned().collect()
    }
}

impl ListEdit {
    /// Reads the lists that a request names, which are written as in a document.
    pub(crate) fn read(verb: ListVerb, body: &Field<'_>) -> Result<Self, FieldError> {
        let mut document = State::initial(ServiceName::unknown(), Mode::Off).to_value();
        let mut named = Vec::new();
        for list in &LISTS {
            let Some(part) = body.member(list.part) else {
                continue;
            };
            let of_part = LISTS.iter().filter(|other| other.part == list.part);
            part.only(&of_part.map(|list| list.member).collect::<Vec<_>>())?;
            if let Some(entries) = part.member(list.member) {
                list.put(&mut document, entries.value().clone());
                named.push(list);
            }
        }
        // The core knows what an entry may be. Its errors have the pointers of the request, whose members are those of a
        // document.
        let given = State::read(&Field::root(&document))?;
        if verb != ListVerb::Remove {
            refuse_without_path(&given)?;
            refuse_whole_scope(&given)?;
        }
        let document = given.to_value();
        let lists = named
            .into_iter()
            .map(|list| (list, list.entries(&document)));
        let is_said =
            |(_, entries): &(_, Vec<String>)| verb == ListVerb::Set || !entries.is_empty();
        let lists: Vec<_> = lists.filter(is_said).collect();
        if lists.is_empty() {
            let reason = "name entries, as in {\"scope\": {\"paths\": [\"/checkout\"]}}";
            return Err(FieldError::new("", reason));
        }
        let width = Width::read(body)?;
        Ok(Self {
            verb,
            lists,
            given: Box::new(given),
            width,
        })
    }

    /// The members of a request that name lists, with these others.
    pub(crate) fn fields(others: &[&'static str]) -> Vec<&'static str> {
        let mut fields: Vec<_> = LISTS.iter().map(|list| list.part).collect();
        fields.dedup();
        fields.extend(others);
        fields
    }

    /// The change's name in history.
    pub(super) fn action(&self) -> String {
        let commands: BTreeSet<_> = self.lists.iter().map(|(list, _)| list.command).collect();
        let actions = commands
            .iter()
            .map(|command| format!("{command} {}", self.verb.name()));
        actions.collect::<Vec<_>>().join(", ")
    }

    pub(super) fn apply(&self, before: &State) -> Result<State, FieldError> {
        if self.verb != ListVerb::Remove {
            self.width.check_state(&self.given, before)?;
            before.may_become(&self.given)?;
        }
        let mut document = before.to_value();
        for (list, given) in &self.lists {
            let was = list.entries(&document);
            let is = self.verb.edited(list, &was, given);
            if is != was {
                list.put(&mut document, list.value(&is));
            }
        }
        Ok(State::read(&Field::root(&document))?)
    }

    /// That entries to remove were not there.
    pub(super) fn advice(&self, before: &State) -> Vec<String> {
        let document = before.to_value();
        let mut advice = Vec::new();
        for (list, given) in &self.lists {
            let was = list.entries(&document);
            let known: HashSet<&str> = was
                .iter()
                .flat_map(|entry| [entry.as_str(), list.block(entry)])
                .collect();
            let absent = given.iter().filter(|entry| !known.contains(entry.as_str()));
            if self.verb == ListVerb::Remove {
                let absent = absent.map(|entry| {
                    format!("{entry} was not in {}; {}", list.place(), there_are(&was))
                });
                advice.extend(briefly(absent.collect()));
            }
        }
        advice
    }
}

fn there_are(entries: &[String]) -> String {
    match entries {
        [] => "it has no entry".to_owned(),
        entries => format!("there are: {}", listed(entries)),
    }
}

/// Refuses a prober that names no path, and so stays open to none.
fn refuse_without_path(given: &State) -> Result<(), FieldError> {
    let mut probers = given.exempt.probers.iter().enumerate();
    let without = probers.find(|(_, prober)| prober.paths.is_empty());
    without.map_or(Ok(()), |(index, prober)| {
        let cidr = prober.cidr;
        let reason = format!("{cidr} has no path; name one, as in --prober {cidr}=/");
        Err(FieldError::new(
            format!("/exempt/probers/{index}/paths"),
            reason,
        ))
    })
}

/// Refuses a path that puts all paths into the scope, which `status` would show as a part of the service.
fn refuse_whole_scope(given: &State) -> Result<(), FieldError> {
    let whole = given
        .scope
        .paths
        .iter()
        .position(|path| path.as_str() == "/");
    whole.map_or(Ok(()), |index| {
        let reason = "\"/\" covers every path; for all paths leave the list empty: intermission scope set SERVICE --path none";
        Err(FieldError::new(format!("/scope/paths/{index}"), reason))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn state(members: &Value) -> State {
        let mut document = State::initial("shop".parse().unwrap(), Mode::Off).to_value();
        json_patch::merge(&mut document, members);
        State::read(&Field::root(&document)).unwrap()
    }

    fn edited(
        verb: ListVerb,
        before: &State,
        body: &Value,
    ) -> Result<(State, Vec<String>), FieldError> {
        let edit = ListEdit::read(verb, &Field::root(body))?;
        let after = edit.apply(before)?;
        let advice = edit.advice(before);
        Ok((after, advice))
    }

    #[test]
    fn entries_are_added_once_and_taken_out_by_what_they_are() {
        let before = state(&json!({
            "scope": { "paths": ["/a"] },
            "exempt": { "probers": [{ "cidr": "10.0.0.0/8", "paths": ["/"] }, { "cidr": "192.0.2.7", "paths": ["/a"] }] },
        }));
        let body = json!({
            "scope": { "paths": ["/b", "/a", "/b"], "hosts": ["shop.example"] },
            "exempt": { "probers": [{ "cidr": "10.0.0.0/8", "paths": ["/", "/b"] }] },
            "reads": { "paths": ["/search"] },
            "notice": { "cors_origins": ["https://shop.example"] },
        });
        let (after, advice) = edited(ListVerb::Add, &before, &body).unwrap();
        assert_eq!(advice, [""; 0]);
        let document = after.to_value();
        assert_eq!(
            document["scope"],
            json!({ "hosts": ["shop.example"], "paths": ["/a", "/b"] })
        );
        let probers = json!([{ "cidr": "10.0.0.0/8", "paths": ["/", "/b"] }, { "cidr": "192.0.2.7", "paths": ["/a"] }]);
        assert_eq!(document["exempt"]["probers"], probers);
        assert_eq!(document["reads"], json!({ "paths": ["/search"] }));
        assert_eq!(
            document["notice"]["cors_origins"],
            json!(["*", "https://shop.example"])
        );
        assert_eq!(edited(ListVerb::Add, &after, &body).unwrap().0, after);

        let body = json!({
            "scope": { "paths": ["/a", "/b", "/c"], "hosts": ["shop.example"] },
            "exempt": { "probers": [{ "cidr": "10.0.0.0/8", "paths": [] }, { "cidr": "192.0.2.7", "paths": ["/b"] }] },
        });
        let (left, advice) = edited(ListVerb::Remove, &after, &body).unwrap();
        let probers = json!([{ "cidr": "192.0.2.7", "paths": ["/a"] }]);
        assert_eq!(left.to_value()["exempt"]["probers"], probers);
        assert_eq!(
            advice,
            [
                "/c was not in scope.paths; there are: /a, /b",
                "192.0.2.7=/b was not in exempt.probers; there are: 10.0.0.0/8=/, 10.0.0.0/8=/b, 192.0.2.7=/a",
            ]
        );
        let body = json!({ "scope": { "paths": ["/c"] }, "exempt": { "probers": [] } });
        let (set, _) = edited(ListVerb::Set, &after, &body).unwrap();
        let document = set.to_value();
        assert_eq!(
            document["scope"],
            json!({ "hosts": ["shop.example"], "paths": ["/c"] })
        );
        assert_eq!(document["exempt"]["probers"], json!([]));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place_and_remedy() {
        let before = state(&json!({
            "exempt": { "paths": ["/c", "/d"], "probers": [{ "cidr": "10.0.0.0/8", "paths": ["/"] }] },
        }));
        let name = "name entries, as in {\"scope\": {\"paths\": [\"/checkout\"]}}";
        for (verb, body, error) in [
            (ListVerb::Add, json!({}), format!("the document: {name}")),
            (ListVerb::Remove, json!({ "scope": { "paths": [] } }), format!("the document: {name}")),
            (
                ListVerb::Add,
                json!({ "scope": { "pathz": [] } }),
                "/scope/pathz: is not known; known here: hosts, paths".to_owned(),
            ),
            (
                ListVerb::Add,
                json!({ "api": { "hosts": ["a.example", "*"] } }),
                "/api/hosts/1: \"*\" would cover every host; name the domain, like *.shop.example.com".to_owned(),
            ),
            (
                ListVerb::Set,
                json!({ "exempt": { "probers": [{ "cidr": "10.0.0.0/8", "paths": [] }] } }),
                "/exempt/probers/0/paths: 10.0.0.0/8 has no path; name one, as in --prober 10.0.0.0/8=/".to_owned(),
            ),
            (
                ListVerb::Add,
                json!({ "exempt": { "probers": [{ "cidr": "0.0.0.0/0", "paths": ["/"] }] } }),
                "/exempt/probers/0: 0.0.0.0/0 lets a great part of all addresses pass; if that is meant, add --wide, or \
                 \"wide\": true"
                    .to_owned(),
            ),
            (
                ListVerb::Add,
                json!({ "exempt": { "paths": ["/a", "/b/*"] } }),
                "/exempt/paths/1: \"/b/*\" has a *, which stands for nothing but itself; name each path, or one that all \
                 the others are below"
                    .to_owned(),
            ),
        ] {
            let refused = edited(verb, &before, &body).unwrap_err();
            assert_eq!(refused.to_string(), error, "{body}");
        }
        let wide = json!({ "exempt": { "probers": [{ "cidr": "0.0.0.0/0", "paths": ["/"] }] }, "wide": true });
        let (after, _) = edited(ListVerb::Add, &before, &wide).unwrap();
        let other = json!({ "exempt": { "hosts": ["status.shop.example"] } });
        assert!(edited(ListVerb::Add, &after, &other).is_ok());
    }
}
