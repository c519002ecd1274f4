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

    pub(crate) fn respond(&self, reply: &Reply<'_>) -> Response<Bytes> {
        match self.prepared.get(reply.answer().index()) {
            Some(prepared) => prepared.respond(reply, &self.retry_after),
            None => Prepared::new(reply.answer()).respond(reply, &self.retry_after),
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

    fn respond(&self, reply: &Reply<'_>, retry_after: &[HeaderValue]) -> Response<Bytes> {
        let body = if reply.is_head() {
            Bytes::new()
        } else {
            self.body.clone()
        };
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.clone_from(&self.headers);
        for (name, value) in reply.own_headers() {
            let prepared = match name {
                "retry-after" => retry_after.get(reply.wait()),
                "grpc-status-details-bin" => self.details.get(reply.wait()),
                _ => None,
            };
            let name = HeaderName::from_static(name);
            if let Some(value) = prepared.cloned().or_else(|| self::value(value)) {
                headers.insert(name, value);
            }
        }
        response
    }
}

fn header((name, value): (&'static str, &[u8])) -> Option<(HeaderName, HeaderValue)> {
    Some((HeaderName::from_static(name), self::value(value)?))
}

/// The value of a header as `http` has it. The core gives only valid ones.
fn value(value: &[u8]) -> Option<HeaderValue> {
    HeaderValue::from_bytes(value).ok()
}

fn values<'a>(values: impl Iterator<Item = &'a [u8]>) -> Vec<HeaderValue> {
    values.filter_map(value).collect()
}
