use alloc::boxed::Box;
use alloc::format;
use core::cmp::Ordering;
use core::fmt;
use core::str::FromStr;

use crate::state::State;
use crate::text::ParseError;

/// The identity of one document of a service: its store, its revision and its digest.
///
/// Its text is the entity tag of the document (RFC 9110, section 8.8.3). Control makes it of the three parts, as
/// `"STORE/REVISION/DIGEST"`. Another server may send any entity tag, which then takes the place of the digest, or none.
///
/// Tags are ordered in part:
///
/// 1. A document of a store that was created later is later; no store is the earliest.
/// 2. In one store, a document of a higher revision is later.
/// 3. Of two documents of one revision with different digests neither is later: one of them has no place in the history of
///    the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateTag {
    store: Box<str>,
    revision: u64,
    /// Empty where the server sent none.
    entity_tag: Box<str>,
}

impl StateTag {
    /// The tag of a document that control has written.
    #[must_use]
    pub fn new(store: &str, revision: u64, digest: &str) -> Self {
        Self {
            store: store.into(),
            revision,
            entity_tag: format!("\"{store}/{revision}/{digest}\"").into(),
        }
    }

    /// The identity of the store; empty if there is none.
    #[must_use]
    pub fn store(&self) -> &str {
        &self.store
    }

    /// The revision in the order of the store.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The entity tag, as the server sent it; `None` if it sent none.
    #[must_use]
    pub fn entity_tag(&self) -> Option<&str> {
        Some(self.as_str()).filter(|tag| !tag.is_empty())
    }

    /// The entity tag as text; empty if the server sent none.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.entity_tag
    }
}

impl State {
    /// The tag of this state, whose document came with this entity tag.
    #[must_use]
    pub fn tag(&self, entity_tag: Option<&str>) -> StateTag {
        StateTag {
            store: self.store.clone(),
            revision: self.revision,
            entity_tag: entity_tag.unwrap_or_default().into(),
        }
    }
}

impl PartialOrd for StateTag {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        let place = (&self.store, self.revision);
        match place.cmp(&(&other.store, other.revision)) {
            Ordering::Equal if self.entity_tag != other.entity_tag => None,
            order => Some(order),
        }
    }
}

/// Reads an entity tag of control, weak or strong, with its quotes or, as reports have it, without.
impl FromStr for StateTag {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let mut parts = bare(text).splitn(3, '/');
        let (store, revision, digest) = (parts.next(), parts.next(), parts.next());
        let revision = revision.and_then(|revision| revision.parse().ok());
        match (store, revision, digest) {
            (Some(store), Some(revision), Some(digest)) => Ok(Self::new(store, revision, digest)),
            _ => Err(ParseError::new(
                text,
                "is not the entity tag of a state; write it like \"STORE/REVISION/DIGEST\"",
            )),
        }
    }
}

/// The entity tag without what makes it weak, and without its quotes.
fn bare(entity_tag: &str) -> &str {
    let quoted = entity_tag.strip_prefix("W/").unwrap_or(entity_tag);
    quoted.trim_matches('"')
}

impl fmt::Display for StateTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.entity_tag)
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn the_text_is_the_entity_tag_and_is_read_again() {
        let tag = StateTag::new("01J9", 17, "9c2f");
        assert_eq!(tag.to_string(), "\"01J9/17/9c2f\"");
        for text in ["\"01J9/17/9c2f\"", "01J9/17/9c2f", "W/\"01J9/17/9c2f\""] {
            assert_eq!(text.parse().as_ref(), Ok(&tag), "{text}");
        }
        for text in [
            "",
            "\"65f0-1a2b\"",
            "01J9/17",
            "01J9/x/9c2f",
            "01J9/-1/9c2f",
        ] {
            assert!(text.parse::<StateTag>().is_err(), "{text}");
        }
    }

    #[test]
    fn tags_are_ordered_by_store_and_revision_and_by_nothing_else() {
        let [older, tag, conflicting, later, restored] = [
            ("A", 16, "ff"),
            ("A", 17, "9c"),
            ("A", 17, "9d"),
            ("A", 18, "00"),
            ("B", 1, "00"),
        ]
        .map(|(store, revision, digest)| StateTag::new(store, revision, digest));
        assert!(older < tag && tag < later && later < restored);
        assert_eq!(tag.partial_cmp(&tag.clone()), Some(Ordering::Equal));
        assert_eq!(tag.partial_cmp(&conflicting), None);
        assert!(older < conflicting && conflicting < later);
    }
}
