use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use core::fmt;

use crate::state::{DocumentError, ServiceName, State};

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
        offered: String,
        kept: String,
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
                "{offered} is older than {kept}, which stays in force; if a backup was restored on purpose, \
                 adopt it at control"
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

pub(super) fn identity(state: &State) -> String {
    let store = if state.store.is_empty() {
        "no store".to_owned()
    } else {
        format!("store {}", state.store)
    };
    format!("revision {} of {store}", state.revision)
}
