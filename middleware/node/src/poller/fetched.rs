use http::header;
use http::header::HeaderName;
use http::{HeaderMap, HeaderValue, StatusCode};
use intermission_core::{PollResponse, State};

/// The length at which reading stops: any longer document is refused.
pub(super) const ENOUGH: usize = State::MAX_BYTES + 1;

const PREFERENCE_APPLIED: HeaderName = HeaderName::from_static("preference-applied");

/// A response of the endpoint.
#[derive(Debug)]
pub(super) struct Fetched {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Fetched {
    pub(super) fn response(&self) -> PollResponse<'_> {
        let value = |name| self.headers.get(name).map(HeaderValue::as_bytes);
        PollResponse {
            status: self.status.as_u16(),
            etag: value(header::ETAG),
            preference_applied: value(PREFERENCE_APPLIED),
            retry_after: value(header::RETRY_AFTER),
            body: &self.body,
        }
    }
}
