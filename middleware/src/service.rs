use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use intermission_core::{Reason, Verdict};
use tower_service::Service;

use crate::client::ClientAddress;
use crate::future::Connection;
use crate::guard::Held;
use crate::in_force::Current;
use crate::unread::Unread;
use crate::view::{HeaderLines, view};
use crate::{Decision, PolicyHandle, RequestGuard, ResponseBody, ResponseFuture};

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
        if policy.is_open() {
            return Judgement::Admit(policy.foresee(&view), None);
        }
        let verdict = policy.decide(&view);
        let decision = Decision {
            verdict,
            revision: policy.revision(),
        };
        match verdict {
            Verdict::Admit(reason) => {
                Judgement::Admit(policy.counts_as(reason, &view), Some(decision))
            }
            Verdict::Refuse(kind) => {
                let mut response = current.respond(&policy.reply(kind, &view, fastrand::u32(..)));
                response.extensions_mut().insert(decision);
                count(decision);
                Judgement::Refuse(response)
            }
        }
    }
}

/// What comes of looking at a request.
enum Judgement {
    /// Why, and what is told of it in maintenance.
    Admit(Reason, Option<Decision>),
    Refuse(Response<Bytes>),
}

#[cfg_attr(
    not(feature = "metrics"),
    expect(unused_variables, reason = "nobody counts")
)]
fn count(decision: Decision) {
    #[cfg(feature = "metrics")]
    metrics::counter!("intermission_requests_total", "rule" => decision.verdict.rule())
        .increment(1);
}

impl<S, A, B> Service<Request<A>> for Maintenance<S>
where
    S: Service<Request<A>, Response = Response<B>>,
    A: Body,
    B: Body<Data = Bytes>,
{
    type Response = Response<ResponseBody<B>>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future, A>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<A>) -> Self::Future {
        loop {
            let current = self.policy.in_force().current();
            let (reason, decision) = match self.judge(&current, &request) {
                Judgement::Admit(reason, decision) => (reason, decision),
                Judgement::Refuse(response) => {
                    return ResponseFuture::refused(response, Unread::of(request));
                }
            };
            let Some(counted) = self.policy.in_force().admit(&current, reason) else {
                continue;
            };
            drop(current);
            if let Some(decision) = decision {
                count(decision);
                request.extensions_mut().insert(decision);
            }
            let outer = request.extensions_mut().remove();
            let guard = RequestGuard::new(counted, outer);
            request.extensions_mut().insert(guard.clone());
            let held = Held::new(guard);
            let connection = Connection::of(request.method());
            return ResponseFuture::admitted(self.inner.call(request), held, connection, decision);
        }
    }
}
