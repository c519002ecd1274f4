use std::borrow::Cow;

use bytes::Bytes;
use http::header::RETRY_AFTER;
use http::{HeaderName, HeaderValue, Response, StatusCode};
use intermission_core::{Answer, Policy, Reply};

/// The answers of a policy as `http` types, so that replying only copies.
#[derive(Debug)]
pub(crate) struct Replies {
    prepared: Vec<Prepared>,
    retry_after: Vec<HeaderValue>,
}

#[derive(Debug)]
struct Prepared {
    response: Response<Bytes>,
    details: Vec<HeaderValue>,
}

impl Replies {
    pub(crate) fn prepare(policy: &Policy) -> Self {
        Self {
            prepared: policy.answers().map(Prepared::new).collect(),
            retry_after: values(policy.retry_after()),
        }
    }

    /// A reply as a response.
    pub(crate) fn respond(&self, reply: &Reply<'_>) -> Response<Bytes> {
        match self.prepared.get(reply.answer().index()) {
            Some(prepared) => prepared.respond(reply, &self.retry_after),
            None => Prepared::new(reply.answer()).respond(reply, &self.retry_after),
        }
    }
}

impl Prepared {
    fn new(answer: &Answer) -> Self {
        // Each thread counts its own references to the one body that all share.
        let mut response = Response::new(Bytes::from_owner(answer.shared_body()));
        *response.status_mut() =
            StatusCode::from_u16(answer.status()).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
        let place = (RETRY_AFTER, HeaderValue::from_static(""));
        let headers = answer.headers().filter_map(header);
        *response.headers_mut() = [place].into_iter().chain(headers).collect();
        Self {
            response,
            details: values(answer.details()),
        }
    }

    fn respond(&self, reply: &Reply<'_>, retry_after: &[HeaderValue]) -> Response<Bytes> {
        let mut response = self.response.clone();
        if reply.is_head() {
            *response.body_mut() = Bytes::new();
        }
        let headers = response.headers_mut();
        // It has the first place, where it need not be looked for.
        if let (Some(place), Some(value)) = (
            headers.values_mut().next(),
            retry_after.get(reply.retry_index()),
        ) {
            *place = value.clone();
        }
        if let Some(details) = self.details.get(reply.retry_index()) {
            headers.insert(DETAILS, details.clone());
        }
        for (name, value) in reply.own_headers() {
            if let Some(value) = self::value(value) {
                headers.insert(name, value);
            }
        }
        response
    }
}

const DETAILS: HeaderName = HeaderName::from_static("grpc-status-details-bin");

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

#[cfg(test)]
mod tests {
    use intermission_core::{Mode, ServiceName, State, Timestamp};

    use super::*;

    #[test]
    fn threads_share_the_bodies_of_a_policy() {
        let state = State::initial(ServiceName::unknown(), Mode::All);
        let policy = Policy::compile(&state, Timestamp::from_second(0));
        let [one, other] = [&policy, &policy].map(Replies::prepare);
        for ((one, other), answer) in one
            .prepared
            .iter()
            .zip(&other.prepared)
            .zip(policy.answers())
        {
            for prepared in [one, other] {
                let body = prepared.response.body();
                assert_eq!(body.as_ptr_range(), answer.body().as_ptr_range());
            }
        }
    }
}
