use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use intermission_core::{Cidr, Field, FieldError, Mode, ServiceName, State};
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::change::allowlist::entries::briefly;
use crate::change::declared::entry::DeclaredEntry;
use crate::change::patch::refuse_unknown;
use crate::change::width::Width;
use crate::labels::Label;
use crate::token::Made;
use crate::values::members::optional;

/// What a file says of one service.
#[derive(Clone, Debug)]
pub(crate) struct Declared {
    /// The revision that the file was exported at, if it is to be compared.
    revision: Option<u64>,
    /// The parts that the file names, but for the allowlist; null for one with its default.
    parts: Map<String, Value>,
    /// All entries of the allowlist, if the file names it.
    entries: Option<Vec<DeclaredEntry>>,
    width: Width,
}

/// The parts that a file may name.
pub(super) const PARTS: [&str; 7] = [
    "allowlist",
    "api",
    "exempt",
    "notice",
    "reads",
    "scope",
    "show_me",
];

/// What belongs to a maintenance, or is made otherwise, with what to do instead.
const OTHERS: [(&str, &str, &str); 6] = [
    (
        "",
        "maintenance",
        "a file does not switch the mode, enter and exit do",
    ),
    ("", "timer", "a file sets no timer, enter --for does"),
    (
        "allowlist",
        "enabled",
        "a file does not enable the allowlist, allowlist enable does",
    ),
    (
        "allowlist",
        "passes",
        "a file has no passes, pass create makes them and pass revoke ends them",
    ),
    (
        "allowlist",
        "cidrs",
        "write entries, as in {\"entries\": [{\"cidr\": \"203.0.113.7\"}]}",
    ),
    ("notice", "until", "a file announces no end, enter does"),
];

impl Declared {
    /// Reads what is said of the service at `place`.
    pub(super) fn read(service: &Field<'_>, place: &str, width: Width) -> Result<Self, FieldError> {
        service.object()?;
        for (part, member, remedy) in OTHERS {
            let value = service.value();
            let members = if part.is_empty() {
                Some(value)
            } else {
                value.get(part)
            };
            if members.is_some_and(|members| members.get(member).is_some()) {
                let below = if part.is_empty() {
                    String::new()
                } else {
                    format!("/{part}")
                };
                let reason = format!("{remedy}; leave {member} out");
                return Err(FieldError::new(format!("{place}{below}/{member}"), reason));
            }
        }
        service.only(&[&["revision"], &PARTS[..]].concat())?;
        let mut parts = service.object()?.clone();
        parts.remove("revision");
        let entries = match parts.remove("allowlist") {
            None => None,
            Some(_) => Some(entries(service, place)?),
        };
        let revision = optional(service, "revision", |field| field.integer(0, u64::MAX))?;
        let declared = Self {
            revision,
            parts,
            entries,
            width,
        };
        declared.check(place)?;
        Ok(declared)
    }

    /// Refuses what is no part of a state.
    fn check(&self, place: &str) -> Result<(), FieldError> {
        let initial = State::initial(ServiceName::unknown(), Mode::Off);
        let state = self
            .put_into(&initial)
            .map_err(|error| within(place, &error))?;
        let named = Value::Object(self.parts.clone());
        refuse_unknown(&named, &state.to_value(), place)
    }

    /// The state with the parts of the file.
    fn put_into(&self, before: &State) -> Result<State, FieldError> {
        let mut document = before.to_value();
        if let Some(document) = document.as_object_mut() {
            for (part, value) in &self.parts {
                document.insert(part.clone(), value.clone());
            }
        }
        let mut after = State::read(&Field::root(&document))?;
        if self.parts.contains_key("notice") {
            after.notice.until = before.notice.until;
        }
        Ok(after)
    }

    /// The state that the file makes of `before`; the entries that have ended are left out.
    pub(super) fn apply(&self, before: &State, now: Timestamp) -> Result<State, FieldError> {
        let mut after = self.put_into(before)?;
        if let Some(entries) = &self.entries {
            let living = entries.iter().filter(|entry| !entry.has_ended(now));
            after.allowlist.cidrs = living.map(|entry| entry.cidr).collect();
        }
        let checked = self.width.check_state(&after, before);
        checked.map_err(|error| self.at_entry(&error, now))?;
        Ok(after)
    }

    /// The error about an entry, with its place in the file.
    fn at_entry(&self, error: &FieldError, now: Timestamp) -> FieldError {
        let place = error.pointer().strip_prefix("/allowlist/cidrs/");
        let place = place.and_then(|place| place.parse().ok());
        let entries = self.entries.iter().flatten().enumerate();
        let mut living = entries.filter(|(_, entry)| !entry.has_ended(now));
        let found = place.and_then(|place| living.nth(place));
        let pointer = found.map_or_else(
            || error.pointer().to_owned(),
            |(index, _)| format!("/allowlist/entries/{index}/cidr"),
        );
        FieldError::new(pointer, error.reason())
    }

    /// The labels of all entries that the file names.
    pub(super) fn labels(&self, made: &Made) -> HashMap<Cidr, Arc<Label>> {
        let entries = self.entries.iter().flatten();
        let labels = entries.map(|entry| {
            let label = entry.words.label(made.clone());
            let label = label.unwrap_or_else(|| Label::plain(made.clone()));
            (entry.cidr, Arc::new(label))
        });
        labels.collect()
    }

    /// The revision that is to be in force, if the file names one.
    pub(super) fn revision(&self) -> Option<u64> {
        self.revision
    }

    /// Whether the file says how the page looks.
    pub(super) fn names_notice(&self) -> bool {
        self.parts.contains_key("notice")
    }

    /// That entries of the file have ended.
    pub(super) fn advice(&self, after: &State) -> Vec<String> {
        let there: HashSet<_> = after.allowlist.cidrs.iter().collect();
        let entries = self.entries.iter().flatten();
        let ended = entries.filter(|entry| !there.contains(&entry.cidr));
        let ended = ended.map(|entry| {
            let cidr = entry.cidr;
            format!("{cidr} has ended, and is left out; remove it from the file")
        });
        briefly(ended.collect())
    }
}

/// The entries of the allowlist; none where the file says null.
fn entries(service: &Field<'_>, place: &str) -> Result<Vec<DeclaredEntry>, FieldError> {
    let Some(allowlist) = service.member("allowlist") else {
        return Ok(Vec::new());
    };
    allowlist.only(&["entries"])?;
    let list = allowlist.member("entries");
    let place = format!("{place}/allowlist/entries");
    list.map_or(Ok(Vec::new()), |list| {
        DeclaredEntry::read_all(&list, &place)
    })
}

/// The error of a document that is at `place`.
pub(super) fn within(place: &str, error: &FieldError) -> FieldError {
    FieldError::new(format!("{place}{}", error.pointer()), error.reason())
}
