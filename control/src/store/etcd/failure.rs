use std::fmt;

use tonic::{Code, Status};

use crate::store::error::{OpenError, StoreError};
use crate::store::etcd::fault::EtcdFault;

/// Why no member did what it was asked.
#[derive(Debug)]
pub(super) enum Failure {
    /// One refused, and all would.
    Refused(Status),
    /// None has answered in time, and one may have done it all the same.
    Unanswered { last: String },
    /// One has answered that something is wrong with the store, or is of another cluster.
    Faulty(EtcdFault),
}

impl Failure {
    /// What a member means that refuses.
    pub(super) fn refused(status: Status) -> Self {
        let message = status.message();
        if status.code() == Code::ResourceExhausted && message.contains("space") {
            let message = message.to_owned();
            return Self::Faulty(EtcdFault::Full { message });
        }
        Self::Refused(status)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(status) => match status.code() {
                Code::PermissionDenied => write!(
                    f,
                    "etcd does not let the user of the certificate read or write under the prefix ({}); grant it with \
                     etcdctl role grant-permission ROLE readwrite PREFIX --prefix",
                    status.message()
                ),
                _ => write!(f, "etcd refuses: {}", causes(status)),
            },
            Self::Unanswered { last } => {
                write!(f, "no member of etcd answers; the last was {last}")
            }
            Self::Faulty(fault) => fault.fmt(f),
        }
    }
}

impl std::error::Error for Failure {}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Faulty(fault) => Self::unchanged(fault),
            failure => Self::unchanged(failure),
        }
    }
}

impl From<Failure> for OpenError {
    fn from(failure: Failure) -> Self {
        Self::Etcd(failure.to_string())
    }
}

/// An error with all that led to it, since the first says little.
pub(super) fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = match error.downcast_ref::<Status>() {
        Some(status) => status.message().to_owned(),
        None => error.to_string(),
    };
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    text
}
