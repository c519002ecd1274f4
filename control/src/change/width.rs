use std::collections::HashSet;

use intermission_core::{Cidr, Field, FieldError, State};

use crate::values::members::{flag, optional};

/// How wide the new entries of an allowlist and the blocks of new probers may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Width {
    /// /8 at most, or /16 of IPv6: a wider one is likelier a slip than meant.
    Usual,
    /// As the operator has said, any.
    Any,
}

impl Width {
    /// Reads whether wide entries are meant.
    pub(crate) fn read(body: &Field<'_>) -> Result<Self, FieldError> {
        Ok(match optional(body, "wide", flag)? {
            Some(true) => Self::Any,
            _ => Self::Usual,
        })
    }

    /// Refuses the blocks of a state that are too wide and not in the state before it.
    pub(super) fn check_state(self, after: &State, before: &State) -> Result<(), FieldError> {
        let (entries, known) = (&after.allowlist.cidrs, &before.allowlist.cidrs);
        self.check(entries, known, "/allowlist/cidrs")?;
        let [probers, known] = [after, before].map(|state| {
            let probers = state.exempt.probers.iter();
            probers.map(|prober| prober.cidr).collect::<Vec<_>>()
        });
        self.check(&probers, &known, "/exempt/probers")
    }

    /// Refuses the entries of the list at `place` that are too wide and not among those `before`.
    pub(crate) fn check(
        self,
        after: &[Cidr],
        before: &[Cidr],
        place: &str,
    ) -> Result<(), FieldError> {
        if self == Self::Any {
            return Ok(());
        }
        let known: HashSet<_> = before.iter().collect();
        let mut entries = after.iter().enumerate();
        match entries.find(|(_, cidr)| is_wide(**cidr) && !known.contains(cidr)) {
            None => Ok(()),
            Some((index, cidr)) => Err(FieldError::new(
                format!("{place}/{index}"),
                format!(
                    "{cidr} lets a great part of all addresses pass; if that is meant, add --wide, or \"wide\": true"
                ),
            )),
        }
    }
}

fn is_wide(cidr: Cidr) -> bool {
    let narrow = if cidr.first().is_ipv4() { 8 } else { 16 };
    cidr.prefix_len() < narrow
}
