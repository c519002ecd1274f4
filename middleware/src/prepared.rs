use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use intermission_core::{Answer, Reply};

/// An answer of the policy as `http` types, so that replying only copies.
#[derive(Debug)]
pub(crate) struct Prepared {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Prepared {
    pub(crate) fn new(answer: &Answer) -> Self {
        Self {
            status: StatusCode::from_u16(answer.status())
                .unwrap_or(StatusCode::SERVICE_UNAVAILABLE),
            headers: answer.headers().filter_map(header).collect(),
            body: Bytes::copy_from_slice(answer.body()),
        }
    }

    pub(crate) fn respond(&self, reply: &Reply<'_>) -> Response<Bytes> {
        let body = if reply.is_head() {
            Bytes::new()
        } else {
            self.body.clone()
        };
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers.clone();
        response
            .headers_mut()
            .extend(reply.own_headers().filter_map(header));
        response
    }
}

/// A header as `http` has it. The core gives only valid ones.
fn header((name, value): (&'static str, &[u8])) -> Option<(HeaderName, HeaderValue)> {
    Some((
        HeaderName::from_static(name),
        HeaderValue::from_bytes(value).ok()?,
    ))
}
