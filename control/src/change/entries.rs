use intermission_core::{Cidr, ParseCidrError};

use crate::fields::Fields;
use crate::invalid::Invalid;

/// Entries of the allowlist that are to be added or taken away.
#[derive(Clone, Debug)]
pub(crate) struct Entries(Vec<Cidr>);

impl Entries {
    /// Reads the entries to add; wide ones have to be meant.
    pub(crate) fn read_added(fields: &mut Fields) -> Result<Self, Invalid> {
        let entries = Self::read(fields)?;
        let wide = fields.boolean("wide")?.unwrap_or_default();
        let mut places = entries.0.iter().enumerate();
        match places.find(|(_, cidr)| !wide && is_wide(**cidr)) {
            None => Ok(entries),
            Some((place, cidr)) => Err(Invalid::new(
                format!("/cidrs/{place}"),
                format!(
                    "{cidr} lets a great part of all addresses pass; if that is meant, add --wide, or \"wide\": true"
                ),
            )),
        }
    }

    pub(crate) fn read(fields: &mut Fields) -> Result<Self, Invalid> {
        let texts = fields.texts("cidrs")?.unwrap_or_default();
        if texts.is_empty() {
            let reason = "name some, as in {\"cidrs\": [\"203.0.113.0/24\"]}";
            return Err(Invalid::new("/cidrs", reason));
        }
        let cidrs = texts.iter().enumerate().map(|(place, text)| {
            text.parse().map_err(|error: ParseCidrError| {
                Invalid::new(format!("/cidrs/{place}"), error.to_string())
            })
        });
        cidrs.collect::<Result<_, _>>().map(Self)
    }

    /// Entries that are there already stay where they are.
    pub(super) fn add_to(&self, allowlist: &mut Vec<Cidr>) {
        for cidr in &self.0 {
            if !allowlist.contains(cidr) {
                allowlist.push(*cidr);
            }
        }
    }

    pub(super) fn remove_from(&self, allowlist: &mut Vec<Cidr>) {
        allowlist.retain(|cidr| !self.0.contains(cidr));
    }

    /// What is not as one may expect of their removal: that others let the same addresses in, or that they were not there.
    pub(super) fn removal_advice(&self, before: &[Cidr], after: &[Cidr]) -> Vec<String> {
        let advice = self.0.iter().flat_map(|cidr| {
            let through = after.iter().filter(|left| covers(**left, *cidr));
            let through = through
                .map(|left| format!("{cidr} is still on the allowlist, through {left}"))
                .collect::<Vec<_>>();
            if through.is_empty() && !before.contains(cidr) {
                return vec![format!("{cidr} was not on the allowlist")];
            }
            through
        });
        advice.collect()
    }
}

/// Whether an entry is likelier a slip than meant.
fn is_wide(cidr: Cidr) -> bool {
    let narrow = if cidr.first().is_ipv4() { 8 } else { 16 };
    cidr.prefix_len() < narrow
}

/// Whether every address of `inner` is in `outer`.
fn covers(outer: Cidr, inner: Cidr) -> bool {
    let same_family = outer.first().is_ipv4() == inner.first().is_ipv4();
    same_family && outer.first() <= inner.first() && inner.last() <= outer.last()
}
