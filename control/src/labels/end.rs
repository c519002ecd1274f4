use intermission_core::{Field, FieldError};
use jiff::Timestamp;

use crate::values::duration::Term;
use crate::values::members::{in_future, optional, time};
use crate::values::timestamp::full_second;

/// The end of an entry or of a pass, as an operator names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    At(Timestamp),
    For(Term),
}

impl End {
    /// The members of a request that name it.
    pub(crate) const FIELDS: [&str; 2] = ["until", "for"];

    pub(crate) fn read(body: &Field<'_>) -> Result<Option<Self>, FieldError> {
        let length = optional(body, "for", |length| length.parsed())?;
        let until = optional(body, "until", time)?;
        match (until, length) {
            (Some(_), Some(_)) => Err(FieldError::new(
                "/until",
                "\"for\" makes an end too; name only one of the two",
            )),
            (Some(until), None) => Ok(Some(Self::At(until))),
            (None, length) => Ok(length.map(Self::For)),
        }
    }

    /// When it is, in full seconds, if it begins to count now.
    pub(crate) fn at(self, now: Timestamp) -> Timestamp {
        match self {
            Self::At(until) => full_second(until),
            Self::For(length) => length.after(now),
        }
    }

    /// The same; an error if it is past.
    pub(crate) fn checked(self, now: Timestamp) -> Result<Timestamp, FieldError> {
        let at = self.at(now);
        in_future(at, now, "/until")?;
        Ok(at)
    }
}
