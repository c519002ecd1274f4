//! Entity tags and the conditions on them (RFC 9110, sections 8.8.3 and 13.1).

use intermission_core::{State, StateTag};
use sha2::{Digest, Sha256};

/// The tag of a state, by its document as the store has it.
pub(crate) fn tag_of(state: &State, document: &[u8]) -> StateTag {
    StateTag::new(&state.store, state.revision, &digest(document))
}

/// The entity tag of an answer that has neither store nor revision.
pub(crate) fn tag_of_content(content: &[u8]) -> String {
    format!("\"{}\"", digest(content))
}

fn digest(content: &[u8]) -> String {
    let digest = Sha256::digest(content);
    let bytes = digest.iter().take(8);
    bytes.map(|byte| format!("{byte:02x}")).collect()
}

/// The value of an `If-Match` or `If-None-Match`, over all its lines.
///
/// What cannot be read matches nothing: then a change is lost rather than made blindly, and a
/// document is sent rather than withheld.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    /// `*`: whatever there is.
    Any,
    /// One of these.
    Tags(Vec<Tag>),
}

/// An entity tag in a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tag {
    weak: bool,
    /// With its quotes.
    opaque: String,
}

impl Condition {
    /// Reads the lines of the field; `None` where there are none.
    pub(crate) fn read<'h>(lines: impl Iterator<Item = &'h [u8]>) -> Option<Self> {
        let mut tags = None;
        for line in lines {
            if line.trim_ascii() == b"*" {
                return Some(Self::Any);
            }
            tags.get_or_insert_with(Vec::new).extend(read_tags(line));
        }
        tags.map(Self::Tags)
    }

    /// Whether `If-None-Match` names the strong `etag`: weak comparison, since a proxy that compresses makes
    /// tags weak.
    pub(crate) fn names(&self, etag: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Tags(tags) => tags.iter().any(|tag| tag.opaque == etag),
        }
    }

    /// Whether `If-Match` names the strong `etag`: strong comparison.
    pub(crate) fn names_exactly(&self, etag: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Tags(tags) => tags.iter().any(|tag| !tag.weak && tag.opaque == etag),
        }
    }
}

impl From<&StateTag> for Condition {
    fn from(tag: &StateTag) -> Self {
        Self::Tags(vec![Tag {
            weak: false,
            opaque: tag.to_string(),
        }])
    }
}

/// The entity tags of one line, up to the first place where it cannot be read.
fn read_tags(line: &[u8]) -> Vec<Tag> {
    let mut tags = Vec::new();
    let Ok(mut rest) = std::str::from_utf8(line) else {
        return tags;
    };
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        let (weak, quoted) = match rest.strip_prefix("W/") {
            Some(quoted) => (true, quoted),
            None => (false, rest),
        };
        let Some((opaque, after)) = quoted
            .strip_prefix('"')
            .and_then(|text| text.split_once('"'))
        else {
            return tags;
        };
        tags.push(Tag {
            weak,
            opaque: format!("\"{opaque}\""),
        });
        rest = after.trim_start_matches([' ', '\t']);
        if !rest.starts_with(',') {
            return tags;
        }
    }
}

#[cfg(test)]
mod tests {
    use intermission_core::{Mode, ServiceName};

    use super::*;

    const ETAG: &str = "\"01J9/17/9c2f\"";

    #[test]
    fn a_tag_names_store_revision_and_digest() {
        let mut state = State::initial(ServiceName::unknown(), Mode::Off);
        (state.store, state.revision) = ("01J9".into(), 17);
        let tag = tag_of(&state, b"{}");
        assert_eq!(tag.to_string(), "\"01J9/17/44136fa355b3678a\"");
    }

    #[test]
    fn conditions_are_compared_weakly_or_strongly() {
        for (lines, weakly, strongly) in [
            (&["\"01J9/17/9c2f\""][..], true, true),
            (&["W/\"01J9/17/9c2f\""], true, false),
            (&["*"], true, true),
            (&[" * "], true, true),
            (&["\"a\", \"01J9/17/9c2f\""], true, true),
            (&["\"a\",W/\"b\" , W/\"01J9/17/9c2f\""], true, false),
            (&["\"a\"", "\"01J9/17/9c2f\""], true, true),
            (&[",, \"01J9/17/9c2f\" ,"], true, true),
            (&["\"a,b\", \"01J9/17/9c2f\""], true, true),
            (&["\"01J9/17/9c2\""], false, false),
            (&["01J9/17/9c2f"], false, false),
            (&["w/\"01J9/17/9c2f\""], false, false),
            (&["\"01J9/17/9c2f"], false, false),
            (&["\"a\" \"01J9/17/9c2f\""], false, false),
            (&[""], false, false),
        ] {
            let condition = Condition::read(lines.iter().map(|line| line.as_bytes())).unwrap();
            assert_eq!(condition.names(ETAG), weakly, "{lines:?}");
            assert_eq!(condition.names_exactly(ETAG), strongly, "{lines:?}");
        }
        assert_eq!(Condition::read(std::iter::empty()), None);
        let garbage = Condition::read([&b"\"\xff\""[..]].into_iter()).unwrap();
        assert!(!garbage.names(ETAG));
    }
}
