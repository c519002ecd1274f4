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
        let entity_tag = format!("\"{store}/{revision}/{digest}\"");
        Self::received(store, revision, Some(&entity_tag))
    }

    /// The tag of a document that came with this entity tag.
    #[must_use]
    pub fn received(store: &str, revision: u64, entity_tag: Option<&str>) -> Self {
        Self {
            store: store.into(),
            revision,
            entity_tag: entity_tag.unwrap_or_default().into(),
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

    /// The entity tag as a report has it: without its quotes and the mark of a weak one.
    #[must_use]
    pub fn bare(&self) -> Option<&str> {
        self.entity_tag().map(bare)
    }
}

impl State {
    /// The tag of this state, whose document came with this entity tag.
    #[must_use]
    pub fn tag(&self, entity_tag: Option<&str>) -> StateTag {
        StateTag::received(&self.store, self.revision, entity_tag)
    }

    /// Whether a node that enforces `self` may replace it with `next`, which is not an earlier document. States of different
    /// services are not ordered.
    #[must_use]
    pub fn may_give_way_to(&self, next: &Self) -> bool {
        next.service != self.service || next.tag(None) >= self.tag(None)
    }

    /// Whether the revisions of two states can be compared.
    #[must_use]
    pub fn has_order_of(&self, other: &Self) -> bool {
        self.store == other.store && self.service == other.service
    }

    /// The revision of this state in the order of the state that is in force `now`: 0, older than any, where their revisions
    /// cannot be compared.
    #[must_use]
    pub fn revision_in_order_of(&self, now: &Self) -> u64 {
        if self.has_order_of(now) {
            self.revision
        } else {
            0
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
    use crate::state::{Mode, ServiceName};

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

    #[test]
    fn a_tag_keeps_the_entity_tag_of_any_server() {
        let state = State::initial(ServiceName::unknown(), Mode::Off);
        for (sent, bare) in [
            (None, None),
            (Some("\"65f0-1a2b\""), Some("65f0-1a2b")),
            // A proxy that compresses makes it weak.
            (Some("W/\"01J9/17/9c2f\""), Some("01J9/17/9c2f")),
        ] {
            let tag = state.tag(sent);
            assert_eq!((tag.entity_tag(), tag.bare()), (sent, bare));
        }
    }

    #[test]
    fn a_revision_of_another_store_or_service_is_older_than_any() {
        let now = State {
            revision: 9,
            ..State::initial(ServiceName::unknown(), Mode::All)
        };
        let before = State {
            revision: 7,
            ..now.clone()
        };
        assert_eq!(before.revision_in_order_of(&now), 7);
        let other_store = State {
            store: "T".into(),
            ..before.clone()
        };
        assert_eq!(other_store.revision_in_order_of(&now), 0);
        let other_service = State {
            service: "blog".parse().unwrap(),
            ..before
        };
        assert_eq!(other_service.revision_in_order_of(&now), 0);
    }
}
