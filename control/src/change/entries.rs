use std::collections::HashSet;

use intermission_core::{Cidr, Field, FieldError};

use crate::change::width::Width;

/// Entries of the allowlist that are to be added or taken away.
#[derive(Clone, Debug)]
pub(crate) struct Entries(Vec<Cidr>);

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
    pub(super) fn add_to(&self, allowlist: &mut Vec<Cidr>) {
        let mut known: HashSet<_> = allowlist.iter().copied().collect();
        let added = self.0.iter().filter(|cidr| known.insert(**cidr));
        allowlist.extend(added);
    }

    pub(super) fn remove_from(&self, allowlist: &mut Vec<Cidr>) {
        let removed: HashSet<_> = self.0.iter().collect();
        allowlist.retain(|cidr| !removed.contains(cidr));
    }

    /// What is not as one may expect of their removal: that others let the same addresses in, or that they were not there.
    pub(super) fn removal_advice(&self, before: &[Cidr], after: &[Cidr]) -> Vec<String> {
        let (known, left): (HashSet<_>, HashSet<_>) = (
            before.iter().copied().collect(),
            after.iter().copied().collect(),
        );
        let advice = self.0.iter().flat_map(|cidr| {
            let mut through = cidr
                .around()
                .filter(|outer| left.contains(outer))
                .peekable();
            let absent = through.peek().is_none() && !known.contains(cidr);
            let absent = absent.then(|| format!("{cidr} was not on the allowlist"));
            let through = through
                .map(move |outer| format!("{cidr} is still on the allowlist, through {outer}"));
            absent.into_iter().chain(through)
        });
        briefly(advice.collect())
    }
}

/// The first pieces of advice, and how many more there are.
fn briefly(mut advice: Vec<String>) -> Vec<String> {
    const MOST: usize = 20;
    if let Some(more) = advice.len().checked_sub(MOST).filter(|more| *more > 1) {
        advice.truncate(MOST);
        advice.push(format!("and {more} more of this kind"));
    }
    advice
}

#[cfg(test)]
mod tests;
