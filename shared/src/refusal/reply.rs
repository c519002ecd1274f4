use crate::refusal::answer::Answer;
use crate::refusal::cors;

/// The reply to one request.
#[derive(Clone, Copy, Debug)]
pub struct Reply<'a> {
    pub(super) answer: &'a Answer,
    pub(super) retry_index: usize,
    pub(super) retry_after: Option<&'a [u8]>,
    pub(super) details: Option<&'a [u8]>,
    pub(super) cors: Option<cors::Lines<'a>>,
    pub(super) head: bool,
    pub(super) reloads: bool,
}

impl<'a> Reply<'a> {
    /// The most bytes of a refused request's body that a node reads so that the client gets the answer.
    pub const LONGEST_READ: u64 = 32 << 20;

    /// The answer without the headers that [`retry_index`](Self::retry_index) selects and without
    /// [`own_headers`](Self::own_headers).
    #[must_use]
    pub fn answer(&self) -> &'a Answer {
        self.answer
    }

    /// The index of the reply's `Retry-After` in [`Policy::retry_after`](crate::Policy::retry_after), and of its
    /// `grpc-status-details-bin` in [`Answer::details`].
    #[must_use]
    pub fn retry_index(&self) -> usize {
        self.retry_index
    }

    /// The status code (RFC 9110, section 15).
    #[must_use]
    pub fn status(&self) -> u16 {
        self.answer.status
    }

    /// All headers; the names are in lower case.
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, &'a [u8])> {
        let answers = self.answer.headers();
        let retry = [
            ("retry-after", self.retry_after),
            ("grpc-status-details-bin", self.details),
        ];
        answers
            .map(|(name, value)| (name, value.as_bytes()))
            .chain(present(retry))
            .chain(self.own_headers())
    }

    /// The headers that depend on the request.
    pub fn own_headers(&self) -> impl Iterator<Item = (&'static str, &'a [u8])> + use<'a> {
        let length = self.head.then_some(&*self.answer.content_length);
        let refresh = self.reloads.then_some(b"true".as_slice());
        let cors = self.cors.into_iter().flat_map(present);
        present([("content-length", length), ("hx-refresh", refresh)]).chain(cors)
    }

    /// The reply with a header by which htmx reloads the page that sent the request.
    pub(crate) fn reloading(self) -> Self {
        Self {
            reloads: true,
            ..self
        }
    }

    /// Whether the reply has no body because the method is `HEAD` (RFC 9110, section 9.3.2).
    #[must_use]
    pub fn is_head(&self) -> bool {
        self.head
    }

    /// The body that is sent.
    #[must_use]
    pub fn body(&self) -> &'a [u8] {
        if self.head { &[] } else { &self.answer.body }
    }
}

/// The headers that have a value.
fn present<'a, const N: usize>(
    headers: [(&'static str, Option<&'a [u8]>); N],
) -> impl Iterator<Item = (&'static str, &'a [u8])> {
    let headers = headers.into_iter();
    headers.filter_map(|(name, value)| Some((name, value?)))
}
