use intermission_core::{Field, FieldError};
use jiff::Timestamp;

use crate::labels::end::End;
use crate::labels::label::Label;
use crate::labels::name::{Name, checked_note};
use crate::token::Made;
use crate::values::members::{optional, text};

/// What an operator says of the entries to add.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Words {
    name: Option<Name>,
    note: Option<String>,
    end: Option<End>,
}

impl Words {
    /// The members of a request that name them.
    pub(crate) const FIELDS: [&str; 4] = ["name", "note", End::FIELDS[0], End::FIELDS[1]];

    pub(crate) fn read(body: &Field<'_>) -> Result<Self, FieldError> {
        let note = |field: &Field<'_>| {
            let note = text(field)?;
            checked_note(&note).map_err(|reason| field.refuse(reason))
        };
        Ok(Self {
            name: optional(body, "name", |name| name.parsed())?,
            note: optional(body, "note", note)?,
            end: End::read(body)?,
        })
    }

    /// Refuses an end that is past.
    pub(crate) fn check(&self, now: Timestamp) -> Result<(), FieldError> {
        self.end.map_or(Ok(()), |end| end.checked(now).map(|_| ()))
    }

    /// Whether their end is past.
    pub(crate) fn have_ended(&self, now: Timestamp) -> bool {
        self.end.is_some_and(|end| end.at(now) <= now)
    }

    /// What a label says and these words do not, where they say anything: it is lost.
    pub(crate) fn drop_of(&self, label: &Label) -> Vec<&'static str> {
        let says = self.name.is_some() || self.note.is_some() || self.end.is_some();
        [
            ("name", label.name.is_some() && self.name.is_none()),
            ("note", label.note.is_some() && self.note.is_none()),
            ("end", label.until.is_some() && self.end.is_none()),
        ]
        .into_iter()
        .filter_map(|(part, is_lost)| (says && is_lost).then_some(part))
        .collect()
    }

    /// The label that these words make; `None` where nothing is said.
    pub(crate) fn label(&self, added: Made) -> Option<Label> {
        let label = Label {
            name: self.name.as_ref().map(Name::to_string),
            note: self.note.clone(),
            until: self.end.map(|end| end.at(added.at)),
            added,
        };
        label.has_words().then_some(label)
    }
}
