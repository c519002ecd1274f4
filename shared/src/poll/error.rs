use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use core::fmt;

use crate::state::{DocumentError, ServiceName, StateTag};

/// The reason why a response is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PollError(pub(super) Kind);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Status(u16),
    Document(DocumentError),
    Service {
        offered: ServiceName,
        own: ServiceName,
    },
    Older {
        offered: StateTag,
        kept: StateTag,
    },
}

impl PollError {
    /// Whether the response has a document, which was refused.
    pub(super) fn is_about_the_document(&self) -> bool {
        !matches!(self.0, Kind::Status(_))
    }

    /// The error and its source in one line that is short enough for a header.
    #[must_use]
    pub fn line(&self) -> String {
        const LONGEST: usize = 300;
        let line = match &self.0 {
            Kind::Document(error) => format!("{self}: {error}"),
            _ => format!("{self}"),
        };
        line.chars().take(LONGEST).collect()
    }
}

impl fmt::Display for PollError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Status(status) => write!(f, "status {status} is no answer, only 200 and 304 are"),
            Kind::Document(_) => f.write_str("the document is not valid"),
            Kind::Service { offered, own } => write!(
                f,
                "the document is of service {offered}, but this node is of service {own}; correct the URL or its \
                 document"
            ),
            Kind::Older { offered, kept } => write!(
                f,
                "{} is older than {}, which stays in force; if a backup was restored on purpose, adopt it at control",
                identity(offered),
                identity(kept)
            ),
        }
    }
}

impl core::error::Error for PollError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match &self.0 {
            Kind::Document(error) => Some(error),
            _ => None,
        }
    }
}

fn identity(tag: &StateTag) -> String {
    let store = match tag.store() {
        "" => "no store".to_owned(),
        store => format!("store {store}"),
    };
    format!("revision {} of {store}", tag.revision())
}
