use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use intermission_core::{Cidr, Field, FieldError};
use jiff::Timestamp;

use crate::change::width::Width;
use crate::labels::{Label, Labels, Name, Words};
use crate::values::listed::listed;
use crate::values::members::optional;

/// Entries of an allowlist.
#[derive(Clone, Debug)]
pub(crate) struct Entries(Vec<Cidr>);

/// Entries to add, and what is said of them.
#[derive(Clone, Debug)]
pub(crate) struct AddedEntries {
    entries: Entries,
    pub(in crate::change) words: Words,
}

/// Entries to take away: some by address, and all that have one of these names.
#[derive(Clone, Debug)]
pub(crate) struct RemovedEntries {
    entries: Vec<Cidr>,
    names: Vec<String>,
}

impl Entries {
    /// Reads the entries to add; wide ones have to be meant.
    pub(crate) fn read_added(body: &Field<'_>) -> Result<Self, FieldError> {
        let entries = Self::read(body)?;
        Width::read(body)?.check(&entries.0, &[], "/cidrs")?;
        Ok(entries)
    }

    pub(crate) fn read(body: &Field<'_>) -> Result<Self, FieldError> {
        let cidrs = body.member("cidrs").map(|cidrs| cidrs.list(str::parse));
        let cidrs = cidrs.transpose()?.unwrap_or_default();
        if cidrs.is_empty() {
            let reason = "name some, as in {\"cidrs\": [\"203.0.113.0/24\"]}";
            return Err(FieldError::new("/cidrs", reason));
        }
        Ok(Self(cidrs))
    }

    /// Entries that are there already stay where they are.
    pub(in crate::change) fn add_to(&self, allowlist: &mut Vec<Cidr>) {
        let mut known: HashSet<_> = allowlist.iter().copied().collect();
        let added = self.0.iter().filter(|cidr| known.insert(**cidr));
        allowlist.extend(added);
    }
}

impl AddedEntries {
    pub(crate) fn read(body: &Field<'_>) -> Result<Self, FieldError> {
        Ok(Self {
            entries: Entries::read_added(body)?,
            words: Words::read(body)?,
        })
    }

    /// Those that are to be added, and those that get another label.
    pub(in crate::change) fn cidrs(&self) -> &[Cidr] {
        &self.entries.0
    }

    pub(in crate::change) fn add_to(
        &self,
        allowlist: &mut Vec<Cidr>,
        now: Timestamp,
    ) -> Result<(), FieldError> {
        self.words.check(now)?;
        self.entries.add_to(allowlist);
        Ok(())
    }

    /// What entries that were there have lost by it.
    pub(in crate::change) fn advice(&self, before: &[Cidr], labels: &Labels) -> Vec<String> {
        let known = labels.by_entry(before);
        let lost = self.cidrs().iter().filter_map(|cidr| {
            let lost = self.words.drop_of(known.get(cidr)?);
            let parts = lost.join(" and its ");
            (!lost.is_empty())
                .then(|| format!("{cidr} has lost its {parts}; say it again to keep it"))
        });
        briefly(lost.collect())
    }
}

impl RemovedEntries {
    pub(crate) fn read(body: &Field<'_>) -> Result<Self, FieldError> {
        let names = optional(body, "names", |names| names.list(str::parse::<Name>))?;
        let names = names.unwrap_or_default();
        let entries = match body.member("cidrs") {
            None if !names.is_empty() => Vec::new(),
            _ => Entries::read(body)?.0,
        };
        let names = names.iter().map(Name::to_string).collect();
        Ok(Self { entries, names })
    }

    pub(in crate::change) fn remove_from(
        &self,
        allowlist: &mut Vec<Cidr>,
        labels: &Labels,
    ) -> Result<(), FieldError> {
        let mut removed: HashSet<_> = self.entries.iter().copied().collect();
        for (place, name) in self.names.iter().enumerate() {
            let called = called(name, allowlist, labels);
            if called.is_empty() {
                return Err(FieldError::new(
                    format!("/names/{place}"),
                    unknown(name, allowlist, labels),
                ));
            }
            removed.extend(called);
        }
        allowlist.retain(|cidr| !removed.contains(cidr));
        Ok(())
    }

    /// What an operator may not expect of their removal: which ones have a name, that others let the same addresses in, or
    /// that they were not there.
    pub(in crate::change) fn advice(
        &self,
        before: &[Cidr],
        after: &[Cidr],
        labels: &Labels,
    ) -> Vec<String> {
        let mut removed = self.entries.clone();
        let mut advice = Vec::new();
        for name in &self.names {
            let called = called(name, before, labels);
            advice.push(format!("{name}: removed {}", listed(&called)));
            if labels.pass(name).is_some() {
                advice.push(format!(
                    "there is a pass of the name {name} too; to revoke it: intermission pass revoke SERVICE {name}"
                ));
            }
            removed.extend(called);
        }
        advice.extend(removal_advice(&removed, before, after));
        advice
    }
}

/// The entries of a name.
fn called(name: &str, allowlist: &[Cidr], labels: &Labels) -> Vec<Cidr> {
    let named = |label: &Arc<Label>| label.name.as_deref() == Some(name);
    let entries = labels.entries(allowlist);
    entries
        .filter(|(_, label)| label.is_some_and(named))
        .map(|(cidr, _)| cidr)
        .collect()
}

/// That no entry has this name.
fn unknown(name: &str, allowlist: &[Cidr], labels: &Labels) -> String {
    let entries = labels.entries(allowlist);
    let names = entries.filter_map(|(_, label)| label?.name.as_deref());
    let names: BTreeSet<_> = names.collect();
    let known = match names.into_iter().collect::<Vec<_>>().as_slice() {
        [] => "no entry has a name".to_owned(),
        names => format!("there are: {}", listed(names)),
    };
    format!("no entry has the name {name:?}; {known}")
}

/// That others let the same addresses in as entries that were removed, or that these were not there.
fn removal_advice(removed: &[Cidr], before: &[Cidr], after: &[Cidr]) -> Vec<String> {
    let (known, left): (HashSet<_>, HashSet<_>) = (
        before.iter().copied().collect(),
        after.iter().copied().collect(),
    );
    let advice = removed.iter().flat_map(|cidr| {
        let mut through = cidr
            .around()
            .filter(|outer| left.contains(outer))
            .peekable();
        let absent = through.peek().is_none() && !known.contains(cidr);
        let absent = absent.then(|| format!("{cidr} was not on the allowlist"));
        let through =
            through.map(move |outer| format!("{cidr} is still on the allowlist, through {outer}"));
        absent.into_iter().chain(through)
    });
    briefly(advice.collect())
}

/// The first pieces of advice, and how many more there are.
pub(in crate::change) fn briefly(mut advice: Vec<String>) -> Vec<String> {
    const MOST: usize = 20;
    if let Some(more) = advice.len().checked_sub(MOST).filter(|more| *more > 1) {
        advice.truncate(MOST);
        advice.push(format!("and {more} more of this kind"));
    }
    advice
}

#[cfg(test)]
mod tests;
