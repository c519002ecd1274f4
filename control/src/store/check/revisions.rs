use std::fmt;

use intermission_core::State;

use crate::labels::Labels;
use crate::store::check::checked::Checked;
use crate::store::retention::DOCUMENTS;
use crate::values::etag::tag_of;

/// The state in force of a service, as the store has it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head<'a> {
    pub(crate) service: &'a str,
    pub(crate) revision: u64,
    pub(crate) tag: Option<&'a str>,
    pub(crate) document: Option<&'a [u8]>,
    /// Whether the service is removed: then the store may have another identity since.
    pub(crate) is_removed: bool,
}

/// The revisions of a service, which come the oldest first.
#[derive(Debug)]
pub(crate) struct Revisions<'a> {
    head: Head<'a>,
    last: Option<u64>,
    has_documents: bool,
    checked: &'a mut Checked,
}

impl<'a> Revisions<'a> {
    /// Begins with the state in force of a service of the store `identity`.
    pub(crate) fn of(head: Head<'a>, identity: &str, checked: &'a mut Checked) -> Self {
        let Head {
            service,
            revision,
            tag,
            document,
            is_removed,
        } = head;
        checked.services += u64::from(!is_removed);
        if document.is_none() {
            checked.fault(service, "the document in force is not there");
        }
        if let Some(document) = document
            && let Some(state) = document_of(service, revision, tag, document, service, checked)
            && *state.store != *identity
            && !is_removed
        {
            let store = &state.store;
            checked.fault(
                service,
                format!("its document is of the store {store}, and this is {identity}"),
            );
        }
        Self {
            head,
            last: None,
            has_documents: false,
            checked,
        }
    }

    /// Takes the next revision. Documents are missing only before the oldest that is kept, and never those that are kept.
    pub(crate) fn take(
        &mut self,
        revision: u64,
        tag: Option<&str>,
        document: Option<&[u8]>,
        labels: Option<&[u8]>,
    ) {
        let Head { service, .. } = self.head;
        self.checked.revisions += 1;
        // The first records may have been removed.
        let expected = self.last.map_or(revision, |last| last + 1);
        if revision > expected {
            self.missing(expected, revision - 1);
        }
        self.last = Some(revision);
        let place = format!("{service}, revision {revision}");
        let Some(document) = document else {
            if self.has_documents || revision + DOCUMENTS > self.head.revision {
                self.checked.fault(place, "its document is not there");
            } else if tag.is_none() {
                self.checked
                    .fault(place, "neither its document nor its tag is there");
            }
            return;
        };
        self.has_documents = true;
        self.checked.documents += 1;
        let state = document_of(&place, revision, tag, document, service, self.checked);
        if let (Some(state), Some(labels)) = (state, labels)
            && let Err(error) = Labels::read(labels, &state.allowlist)
        {
            self.checked
                .fault(&place, format!("its labels cannot be read: {error}"));
        }
        if revision == self.head.revision
            && self
                .head
                .document
                .is_some_and(|in_force| in_force != document)
        {
            self.checked
                .fault(place, "its document is not the one in force");
        }
    }

    /// Takes note that a revision says something that cannot be read.
    pub(crate) fn unreadable(&mut self, place: impl fmt::Display, error: impl fmt::Display) {
        self.checked.fault(place, error);
    }

    /// Ends with the newest revision.
    pub(crate) fn end(mut self) {
        let last = self.last.unwrap_or_default();
        let revision = self.head.revision;
        if last < revision {
            self.missing(last + 1, revision);
        }
        if last > revision {
            self.checked.fault(
                self.head.service,
                format!("revision {revision} is in force, and its history goes on to {last}"),
            );
        }
    }

    fn missing(&mut self, first: u64, last: u64) {
        let missing = match last - first {
            0 => format!("revision {first} is missing in its history"),
            _ => format!("revisions {first} to {last} are missing in its history"),
        };
        self.checked.fault(self.head.service, missing);
    }
}

/// The state of a document, which is the one that the rest of the store says.
fn document_of(
    place: &str,
    revision: u64,
    tag: Option<&str>,
    document: &[u8],
    service: &str,
    checked: &mut Checked,
) -> Option<State> {
    let state = match State::parse(document) {
        Ok(state) => state,
        Err(error) => {
            checked.fault(place, format!("its document cannot be read: {error}"));
            return None;
        }
    };
    if state.service.as_str() != service || state.revision != revision {
        let State {
            service: found,
            revision: of,
            ..
        } = &state;
        checked.fault(
            place,
            format!("its document is of {found} at revision {of}, and the store says {revision}"),
        );
    }
    let found = tag_of(&state, document).to_string();
    if let Some(tag) = tag.filter(|tag| *tag != found) {
        checked.fault(
            place,
            format!("its document has the tag {found}, and the store says {tag}"),
        );
    }
    Some(state)
}
