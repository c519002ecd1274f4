use std::borrow::Cow;

use bytes::Bytes;
use http::header::RETRY_AFTER;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use intermission_core::{Answer, Policy, Reply};

/// The answers of a policy as `http` types, so that replying only copies.
#[derive(Debug)]
pub(crate) struct Answers {
    prepared: Vec<Prepared>,
    retry_after: Vec<HeaderValue>,
}

#[derive(Debug)]
struct Prepared {
    status: StatusCode,
    headers: HeaderMap,
    details: Vec<HeaderValue>,
    body: Bytes,
}

impl Answers {
    pub(crate) fn prepare(policy: &Policy) -> Self {
        Self {
            prepared: policy.answers().map(Prepared::new).collect(),
            retry_after: values(policy.retry_after()),
        }
    }

    /// Makes `response` a reply, in its place.
    pub(crate) fn respond(&self, reply: &Reply<'_>, response: &mut Response<Bytes>) {
        match self.prepared.get(reply.answer().index()) {
            Some(prepared) => prepared.respond(reply, &self.retry_after, response),
            None => Prepared::new(reply.answer()).respond(reply, &self.retry_after, response),
        }
    }
}

impl Prepared {
    fn new(answer: &Answer) -> Self {
        // So that no copy has to grow for it.
        let place = (RETRY_AFTER, HeaderValue::from_static(""));
        let headers = answer.headers().filter_map(header);
        Self {
            status: StatusCode::from_u16(answer.status())
                .unwrap_or(StatusCode::SERVICE_UNAVAILABLE),
            headers: headers.chain([place]).collect(),
            details: values(answer.details()),
            body: Bytes::copy_from_slice(answer.body()),
        }
    }

    fn respond(
        &self,
        reply: &Reply<'_>,
        retry_after: &[HeaderValue],
        response: &mut Response<Bytes>,
    ) {
        *response.status_mut() = self.status;
        if !reply.is_head() {
            *response.body_mut() = self.body.clone();
        }
        let headers = response.headers_mut();
        headers.clone_from(&self.headers);
        for (name, value) in reply.own_headers() {
            let (name, prepared) = match name {
                "retry-after" => (RETRY_AFTER, retry_after.get(reply.wait())),
                DETAILS => (
                    HeaderName::from_static(DETAILS),
                    self.details.get(reply.wait()),
                ),
                name => (HeaderName::from_static(name), None),
            };
            if let Some(value) = prepared.cloned().or_else(|| self::value(value)) {
                headers.insert(name, value);
            }
        }
    }
}

const DETAILS: &str = "grpc-status-details-bin";

fn header((name, text): (&'static str, &Cow<'static, str>)) -> Option<(HeaderName, HeaderValue)> {
    let value = match text {
        // Copies of it share nothing that has to be counted.
        Cow::Borrowed(text) => HeaderValue::from_static(text),
        Cow::Owned(text) => value(text.as_bytes())?,
    };
    Some((HeaderName::from_static(name), value))
}

/// The value of a header as `http` has it. The core gives only valid ones.
fn value(value: &[u8]) -> Option<HeaderValue> {
    HeaderValue::from_bytes(value).ok()
}

fn values<'a>(values: impl Iterator<Item = &'a [u8]>) -> Vec<HeaderValue> {
    values.filter_map(value).collect()
}
