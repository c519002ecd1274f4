use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

/// An answer of a node itself that is no refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnAnswer {
    /// The status code (RFC 9110, section 15).
    pub status: u16,
    /// The headers; the names are in lower case. `content-length` is not among them.
    pub headers: Vec<(&'static str, Cow<'static, str>)>,
    /// The body. A node leaves it out of the answer to `HEAD`, which has the length of this body in `content-length`
    /// (RFC 9110, section 9.3.2).
    pub body: String,
}

impl OwnAnswer {
    /// An answer that no cache keeps.
    pub(super) fn new(status: u16, body: String) -> Self {
        let headers = [
            ("cache-control", "no-store"),
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
        ];
        let headers = headers.map(|(name, value)| (name, value.into()));
        Self {
            status,
            headers: headers.into(),
            body,
        }
    }

    pub(super) fn with(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}
