use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use intermission_core::{Allowlist, Cidr};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::labels::label::{Label, PassLabel};
use crate::values::timestamp::from_core;

/// The labels of an allowlist: of its entries in their order, and of its passes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Labels {
    entries: Vec<Option<Arc<Label>>>,
    passes: Vec<PassLabel>,
}

/// Labels as the store keeps them, each once, so that a long list takes little room.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Stored {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    labels: Vec<Arc<Label>>,
    /// How many entries follow, and the place of their label.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    entries: Vec<(usize, Option<usize>)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    passes: Vec<PassLabel>,
}

impl Labels {
    /// The most bytes that the store keeps of them.
    pub(crate) const MAX_BYTES: usize = 1 << 20;

    /// Labels of entries in their order, and of passes.
    pub(crate) fn new(
        entries: impl IntoIterator<Item = Option<Arc<Label>>>,
        passes: Vec<PassLabel>,
    ) -> Self {
        let mut entries: Vec<_> = entries.into_iter().collect();
        let labelled = entries.iter().rposition(Option::is_some);
        entries.truncate(labelled.map_or(0, |last| last + 1));
        Self { entries, passes }
    }

    /// These labels of entries, and others of passes.
    pub(crate) fn with_passes(&self, passes: Vec<PassLabel>) -> Self {
        let entries = self.entries.clone();
        Self { entries, passes }
    }

    /// Reads what [`Labels::to_json`] wrote for this allowlist.
    pub(crate) fn read(json: &[u8], allowlist: &Allowlist) -> Result<Self, String> {
        let stored: Stored = serde_json::from_slice(json).map_err(|error| error.to_string())?;
        let counts = stored.entries.iter().map(|(count, _)| *count);
        let all = counts.fold(0, usize::saturating_add);
        if all > allowlist.cidrs.len() {
            let entries = allowlist.cidrs.len();
            return Err(format!(
                "they are for {all} entries, and there are {entries}"
            ));
        }
        let mut entries = Vec::with_capacity(all);
        for (count, place) in stored.entries {
            let label = match place {
                None => None,
                Some(place) => Some(stored.labels.get(place).ok_or("a label is missing")?),
            };
            entries.extend(std::iter::repeat_n(label.cloned(), count));
        }
        let passes = allowlist.passes.iter();
        let passes: HashSet<_> = passes.map(|pass| pass.sha256.to_string()).collect();
        if let Some(other) = stored
            .passes
            .iter()
            .find(|label| !passes.contains(&label.sha256))
        {
            return Err(format!("there is no pass of {}", other.name));
        }
        Ok(Self::new(entries, stored.passes))
    }

    /// Them as the store keeps them; `None` where there are none.
    pub(crate) fn to_json(&self) -> Option<String> {
        if self.is_empty() {
            return None;
        }
        let mut stored = Stored {
            passes: self.passes.clone(),
            ..Stored::default()
        };
        let mut places: HashMap<&Arc<Label>, usize> = HashMap::new();
        for label in &self.entries {
            let place = label.as_ref().map(|label| {
                *places.entry(label).or_insert_with(|| {
                    stored.labels.push(Arc::clone(label));
                    stored.labels.len() - 1
                })
            });
            match stored.entries.last_mut() {
                Some((count, last)) if *last == place => *count += 1,
                _ => stored.entries.push((1, place)),
            }
        }
        serde_json::to_string(&stored).ok()
    }

    /// Whether there is no label.
    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.passes.is_empty()
    }

    /// Whether control could not do without them: one has a name, a note or an end, or is of a pass.
    pub(crate) fn have_words(&self) -> bool {
        let mut entries = self.entries.iter().flatten();
        !self.passes.is_empty() || entries.any(|label| label.has_words())
    }

    /// The entries of this allowlist with their labels.
    pub(crate) fn entries<'l>(
        &'l self,
        cidrs: &'l [Cidr],
    ) -> impl Iterator<Item = (Cidr, Option<&'l Arc<Label>>)> {
        let labels = self.entries.iter().map(Option::as_ref);
        let labels = labels.chain(std::iter::repeat(None));
        cidrs.iter().copied().zip(labels)
    }

    /// The label of each entry of this allowlist that has one.
    pub(crate) fn by_entry<'l>(&'l self, cidrs: &'l [Cidr]) -> HashMap<Cidr, &'l Arc<Label>> {
        let labelled = self.entries(cidrs);
        labelled
            .filter_map(|(cidr, label)| Some((cidr, label?)))
            .collect()
    }

    pub(crate) fn passes(&self) -> &[PassLabel] {
        &self.passes
    }

    /// The pass of this name.
    pub(crate) fn pass(&self, name: &str) -> Option<&PassLabel> {
        self.passes.iter().find(|pass| pass.name == name)
    }

    /// The first end of an entry or of a pass of this allowlist.
    pub(crate) fn next_end(&self, allowlist: &Allowlist) -> Option<Timestamp> {
        let entries = self.entries.iter().flatten();
        let entries = entries.filter_map(|label| label.until);
        let passes = allowlist.passes.iter().filter_map(|pass| pass.until);
        let passes = passes.map(from_core);
        entries.chain(passes).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::Made;

    fn label(name: &str, until: Option<&str>) -> Arc<Label> {
        Arc::new(Label {
            name: Some(name.to_owned()),
            note: None,
            until: until.map(|until| until.parse().unwrap()),
            added: Made {
                by: "operator".to_owned(),
                at: Timestamp::UNIX_EPOCH,
            },
        })
    }

    fn allowlist(entries: usize) -> Allowlist {
        let mut allowlist = Allowlist::default();
        let addresses = (0..u32::try_from(entries).unwrap()).map(std::net::Ipv4Addr::from_bits);
        allowlist.cidrs = addresses
            .map(|address| Cidr::from(std::net::IpAddr::V4(address)))
            .collect();
        allowlist
    }

    #[test]
    fn stored_labels_are_read_back_and_a_long_list_takes_little_room() {
        let (ann, bob) = (
            label("ann", None),
            label("bob", Some("2026-11-23T02:00:00Z")),
        );
        let mut entries = vec![Some(Arc::clone(&ann)); 40_000];
        entries.push(None);
        entries.extend(vec![Some(bob); 10_000]);
        entries.push(Some(ann));
        entries.extend(vec![None; 10_000]);
        let allowlist = allowlist(entries.len());
        let labels = Labels::new(entries, Vec::new());
        let json = labels.to_json().unwrap();
        assert!(json.len() < 400, "{json}");
        assert_eq!(
            Labels::read(json.as_bytes(), &allowlist),
            Ok(labels.clone())
        );
        let found = labels.by_entry(&allowlist.cidrs);
        assert_eq!(found.len(), 50_001);
        assert_eq!(found[&allowlist.cidrs[50_001]].name.as_deref(), Some("ann"));
        assert_eq!(
            labels.next_end(&allowlist),
            Some("2026-11-23T02:00:00Z".parse().unwrap())
        );
        assert_eq!(Labels::default().to_json(), None);
    }

    #[test]
    fn labels_of_another_list_are_refused() {
        let labels = Labels::new(vec![Some(label("ann", None)); 3], Vec::new());
        let json = labels.to_json().unwrap();
        assert_eq!(
            Labels::read(json.as_bytes(), &allowlist(2)).unwrap_err(),
            "they are for 3 entries, and there are 2"
        );
        for json in [
            "[",
            r#"{"entries": [[1, 0]]}"#,
            r#"{"passes": [{"name": "ann", "sha256": "00", "made": {"by": "a", "at": "2026-11-23T02:00:00Z"}}]}"#,
        ] {
            assert!(
                Labels::read(json.as_bytes(), &allowlist(2)).is_err(),
                "{json}"
            );
        }
    }
}
