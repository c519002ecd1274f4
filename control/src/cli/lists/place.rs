use std::fmt;

/// Where in a list something is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Whole,
    Line(usize),
    /// A JSON pointer.
    Pointer(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole => Ok(()),
            Self::Line(line) => write!(f, ", line {line}"),
            Self::Pointer(pointer) => write!(f, ", {pointer}"),
        }
    }
}

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) place: Place,
    pub(super) reason: String,
}

impl Fault {
    pub(super) fn whole(reason: impl fmt::Display) -> Self {
        Self {
            place: Place::Whole,
            reason: reason.to_string(),
        }
    }
}
