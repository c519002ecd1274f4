use alloc::boxed::Box;
use alloc::string::String;
use core::time::Duration;

/// The request of a poll.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PollRequest {
    /// The endpoint to ask, as its place in the configuration; always 0 if there is one alone.
    pub endpoint: usize,
    /// The value of `If-None-Match`, if any.
    pub if_none_match: Option<Box<str>>,
    /// The value of `Prefer`, if any.
    pub prefer: Option<String>,
    /// The time limit for the whole answer.
    pub timeout: Duration,
}

/// The response to a poll; absent headers are `None`.
#[derive(Clone, Copy, Debug, Default)]
pub struct PollResponse<'a> {
    /// The status code.
    pub status: u16,
    /// The value of `ETag`.
    pub etag: Option<&'a [u8]>,
    /// The value of `Preference-Applied`.
    pub preference_applied: Option<&'a [u8]>,
    /// The value of `Retry-After`.
    pub retry_after: Option<&'a [u8]>,
    /// The body. A body of more than [`State::MAX_BYTES`](crate::State::MAX_BYTES) may be cut one byte after
    /// that length.
    pub body: &'a [u8],
}

/// Whether `Preference-Applied` names `wait` (RFC 7240, section 3).
pub(super) fn applies_wait(value: &[u8]) -> bool {
    value.split(|byte| *byte == b',').any(|preference| {
        let name = preference
            .split(|byte| *byte == b'=')
            .next()
            .unwrap_or_default();
        name.trim_ascii().eq_ignore_ascii_case(b"wait")
    })
}

/// The seconds of a `Retry-After`. A date is ignored, because it depends on both clocks.
pub(super) fn seconds(value: &[u8]) -> Option<Duration> {
    let text = core::str::from_utf8(value.trim_ascii()).ok()?;
    text.parse().ok().map(Duration::from_secs)
}
