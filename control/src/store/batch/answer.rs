use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How long an answer is kept for a retry, in milliseconds.
pub(crate) const KEPT: i64 = 24 * 60 * 60 * 1000;

/// A request that is to be obeyed once, however often it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct IdempotencyKey {
    /// The key that its sender gave it.
    pub(crate) key: String,
    /// The SHA-256 of what was asked.
    pub(crate) request: [u8; 32],
}

/// The answer that such a request was given.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoredAnswer {
    pub(crate) actor: String,
    pub(crate) once: IdempotencyKey,
    pub(crate) at: Timestamp,
    pub(crate) outcomes: String,
}
