use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::ToString;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// A header of an answer. Most values are the same in every policy.
pub(crate) type HeaderLine = (&'static str, Cow<'static, str>);

/// A rendered answer.
#[derive(Clone, Debug)]
pub struct Answer {
    pub(super) index: usize,
    pub(super) status: u16,
    headers: Vec<HeaderLine>,
    pub(super) body: Arc<[u8]>,
    pub(super) content_length: Box<[u8]>,
    /// `grpc-status-details-bin` for each `Retry-After` of the policy.
    pub(super) details: Box<[Box<[u8]>]>,
}

impl Answer {
    pub(crate) fn new(status: u16, headers: Vec<HeaderLine>, body: Arc<[u8]>) -> Self {
        Self {
            index: 0,
            status,
            headers,
            content_length: body.len().to_string().into_bytes().into(),
            body,
            details: Box::default(),
        }
    }

    pub(crate) fn with_details(self, details: Box<[Box<[u8]>]>) -> Self {
        Self { details, ..self }
    }

    /// About how many bytes of memory the answer takes, without a body that other answers share.
    pub(crate) fn own_bytes(&self) -> usize {
        let values = self.headers.iter().map(|(_, value)| value.len());
        let details = self.details.iter().map(|value| value.len());
        let body = match Arc::strong_count(&self.body) {
            1 => self.body.len(),
            _ => 0,
        };
        size_of_val(&*self.headers) + values.chain(details).sum::<usize>() + body
    }

    /// The index of the answer in [`Policy::answers`](crate::Policy::answers).
    #[must_use]
    pub fn index(&self) -> usize {
        self.index
    }

    /// The status code (RFC 9110, section 15).
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The headers that are the same in every reply with this answer; the names are in lower case.
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, &Cow<'static, str>)> {
        self.headers.iter().map(|(name, value)| (*name, value))
    }

    /// The body of a reply to any method but `HEAD`.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The same body, shared with the policy and with other answers of the same body.
    #[must_use]
    pub fn shared_body(&self) -> Arc<[u8]> {
        Arc::clone(&self.body)
    }

    /// `grpc-status-details-bin` for each [`Policy::retry_after`](crate::Policy::retry_after), if the answer has it.
    pub fn details(&self) -> impl Iterator<Item = &[u8]> {
        self.details.iter().map(|value| &**value)
    }
}
