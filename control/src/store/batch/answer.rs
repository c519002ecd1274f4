use jiff::Timestamp;

/// A request that is to be obeyed once, however often it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct IdempotencyKey {
    /// The key that its sender gave it.
    pub(crate) key: String,
    /// The SHA-256 of what was asked.
    pub(crate) request: [u8; 32],
}

/// The answer that such a request was given.
#[derive(Clone, Debug)]
pub(crate) struct StoredAnswer {
    pub(crate) actor: String,
    pub(crate) once: IdempotencyKey,
    pub(crate) at: Timestamp,
    pub(crate) outcomes: String,
}
