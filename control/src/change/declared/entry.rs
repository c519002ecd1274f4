use std::collections::HashMap;
use std::collections::hash_map::Entry;

use intermission_core::{Cidr, Field, FieldError};
use jiff::Timestamp;

use crate::labels::Words;

/// An entry of the allowlist as a file has it, with all that is said of it.
#[derive(Clone, Debug)]
pub(super) struct DeclaredEntry {
    pub(super) cidr: Cidr,
    pub(super) words: Words,
}

impl DeclaredEntry {
    /// Reads the list of entries at `place`.
    pub(super) fn read_all(list: &Field<'_>, place: &str) -> Result<Vec<Self>, FieldError> {
        let entries = list.objects(Self::read)?;
        let mut known: HashMap<Cidr, &Words> = HashMap::new();
        for (index, Self { cidr, words }) in entries.iter().enumerate() {
            match known.entry(*cidr) {
                Entry::Vacant(place) => {
                    place.insert(words);
                }
                Entry::Occupied(other) if *other.get() == words => {}
                Entry::Occupied(_) => {
                    let reason =
                        format!("{cidr} is there twice, with different words; keep one of them");
                    return Err(FieldError::new(format!("{place}/{index}/cidr"), reason));
                }
            }
        }
        Ok(entries)
    }

    fn read(entry: &Field<'_>) -> Result<Self, FieldError> {
        entry.only(&["cidr", "name", "note", "until"])?;
        let cidr = entry.required("cidr")?.parsed()?;
        let words = Words::read(entry)?;
        Ok(Self { cidr, words })
    }

    /// Whether it has ended at this time.
    pub(super) fn has_ended(&self, now: Timestamp) -> bool {
        self.words.have_ended(now)
    }
}
