use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use intermission_core::Verdict;
use tower_service::Service;

use crate::client::ClientAddress;
use crate::handle::Current;
use crate::view::{HeaderLines, view};
use crate::{Decision, PolicyHandle, ResponseBody, ResponseFuture};

/// A service in front of which maintenance is enforced; made by
/// [`MaintenanceLayer`](crate::MaintenanceLayer).
#[derive(Clone, Debug)]
pub struct Maintenance<S> {
    inner: S,
    policy: PolicyHandle,
    client: ClientAddress,
}

impl<S> Maintenance<S> {
    pub(crate) fn new(inner: S, policy: PolicyHandle, client: ClientAddress) -> Self {
        Self {
            inner,
            policy,
            client,
        }
    }

    fn judge<B>(&self, current: &Current, request: &Request<B>) -> Judgement {
        let policy = &current.policy;
        let (headers, extensions) = (request.headers(), request.extensions());
        let resolve = || self.client.resolve(headers, extensions);
        let client = policy.asks_client().then(resolve).flatten();
        let headers = HeaderLines(headers);
        let view = view(request, &headers, client);
        let verdict = policy.decide(&view);
        let decision = Decision {
            verdict,
            revision: policy.revision(),
        };
        #[cfg(feature = "metrics")]
        metrics::counter!("intermission_requests_total", "rule" => verdict.rule()).increment(1);
        match verdict {
            Verdict::Admit(_) => Judgement::Admit(decision),
            Verdict::Refuse(kind) => {
                let mut response = current.respond(&policy.reply(kind, &view));
                response.extensions_mut().insert(decision);
                Judgement::Refuse(response)
            }
        }
    }
}

/// What comes of looking at a request.
enum Judgement {
    Admit(Decision),
    Refuse(Response<Bytes>),
}

impl<S, A, B> Service<Request<A>> for Maintenance<S>
where
    S: Service<Request<A>, Response = Response<B>>,
    B: Body<Data = Bytes>,
{
    type Response = Response<ResponseBody<B>>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<A>) -> Self::Future {
        let Some(current) = self.policy.deciding() else {
            return ResponseFuture::undecided(self.inner.call(request));
        };
        match self.judge(&current, &request) {
            Judgement::Admit(decision) => {
                request.extensions_mut().insert(decision);
                ResponseFuture::admitted(self.inner.call(request), decision)
            }
            Judgement::Refuse(response) => ResponseFuture::refused(response),
        }
    }
}
