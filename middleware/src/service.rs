use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use intermission_core::{Policy, Reason, RequestView, Verdict};
use tower_service::Service;

use crate::current::{Counted, Probe, Seen};
use crate::future::{Admission, Connection};
use crate::guard::Held;
use crate::http::{HeaderLines, Unread, h2c, peer, received_uri, rewritten_uri, view};
use crate::{Decision, MaintenanceLayer, RequestGuard, ResponseBody, ResponseFuture};

/// A service in front of which maintenance is enforced; made by
/// [`MaintenanceLayer`](crate::MaintenanceLayer).
#[derive(Clone, Debug)]
pub struct Maintenance<S> {
    inner: S,
    /// What has made it. Shared, since servers clone services for every request.
    layer: Arc<MaintenanceLayer>,
}

impl<S> Maintenance<S> {
    pub(crate) fn new(inner: S, layer: Arc<MaintenanceLayer>) -> Self {
        Self { inner, layer }
    }

    /// Counts a request of which a glance says that nothing else is to be done, as the service is open.
    #[inline]
    fn admit_open<B>(&self, request: &Request<B>) -> Option<Counted> {
        if !self.layer.quick {
            return None;
        }
        let in_force = self.layer.policy.in_force();
        in_force.look(|seen| {
            let reason = seen.open.as_ref()?.foresee(request)?;
            in_force.admit(seen, reason)
        })
    }

    fn judge<B>(&self, seen: &Seen, request: &Request<B>) -> Judgement {
        let policy = &seen.current.policy;
        let (headers, extensions) = (request.headers(), request.extensions());
        let resolve = || self.layer.client.resolve(headers, extensions);
        let client = policy.asks_client().then(resolve).flatten();
        let headers = HeaderLines::new(headers);
        let view = |uri| {
            let mut view = RequestView {
                client,
                ..view(request, uri, &headers)
            };
            if policy.asks_peer(view.path) {
                view.peer = peer(extensions);
            }
            view
        };
        let received = view(received_uri(request));
        let mut verdict = policy.decide(&received);
        let mut counts_as = counts_as(policy, verdict, &received);
        // Where the path that the client sent is not the one that the service sees, neither may let it in by itself.
        if let Some(seen) = rewritten_uri(request).map(view) {
            let other = policy.decide(&seen);
            if counts_as != self::counts_as(policy, other, &seen) {
                counts_as = Reason::Open;
            }
            if matches!(verdict, Verdict::Admit(_)) {
                verdict = other;
            }
        }
        let decision = Decision {
            verdict,
            revision: policy.revision(),
        };
        match verdict {
            Verdict::Admit(reason) => {
                let in_force = self.layer.policy.in_force();
                let Some(counted) = in_force.admit(seen, counts_as) else {
                    return Judgement::Outdated;
                };
                seen.shard.count_rule(verdict);
                // What maintenance would refuse.
                let probe = (reason == Reason::Open
                    && matches!(counts_as, Reason::Open | Reason::ReadOnly))
                .then(|| {
                    in_force.probe(received_uri(request).path(), request.headers(), || {
                        peer(extensions)
                    })
                });
                Judgement::Admit(Admitted {
                    counted,
                    reason,
                    decision,
                    probe: probe.flatten(),
                })
            }
            Verdict::Refuse(kind) => {
                seen.shard.count_rule(verdict);
                let reply = policy.reply(kind, &received, fastrand::u32(..));
                Judgement::Refuse(decision, seen.answers().respond(&reply))
            }
        }
    }
}

/// Why a request may run on when the state changes.
fn counts_as(policy: &Policy, verdict: Verdict, view: &RequestView<'_, HeaderLines<'_>>) -> Reason {
    match verdict {
        Verdict::Admit(Reason::Open) => policy.foresee(view),
        Verdict::Admit(reason) => policy.counts_as(reason, view),
        Verdict::Refuse(_) => Reason::Open,
    }
}

/// A request that was admitted, and why.
struct Admitted {
    counted: Counted,
    reason: Reason,
    decision: Decision,
    /// If it may be of a health check.
    probe: Option<Box<Probe>>,
}

/// What comes of looking at a request.
enum Judgement {
    Admit(Admitted),
    Refuse(Decision, Response<Bytes>),
    /// Another state has come into force meanwhile.
    Outdated,
}

#[cfg_attr(
    not(feature = "metrics"),
    expect(unused_variables, reason = "nobody counts")
)]
fn count(decision: Decision) {
    #[cfg(feature = "metrics")]
    {
        // A name and a label that are literals need no allocation.
        macro_rules! count {
            ($($rule:literal)*) => {
                match decision.verdict.rule() {
                    $($rule => metrics::counter!("intermission_requests_total", "rule" => $rule),)*
                    rule => metrics::counter!("intermission_requests_total", "rule" => rule),
                }
            };
        }
        count!("out-of-scope" "read-only" "exempt" "probe" "allowlisted" "refused").increment(1);
    }
}

impl<S> Maintenance<S> {
    /// Judges a request, and does what comes of it.
    #[inline(never)]
    fn enforce<A, B>(&mut self, mut request: Request<A>) -> ResponseFuture<S::Future, A>
    where
        S: Service<Request<A>, Response = Response<B>>,
        A: Body,
    {
        let in_force = self.layer.policy.in_force();
        in_force.heed_lease();
        let admitted = loop {
            match in_force.look(|seen| self.judge(seen, &request)) {
                Judgement::Admit(admitted) => break admitted,
                Judgement::Refuse(decision, mut refusal) => {
                    count(decision);
                    if self.layer.extensions {
                        refusal.extensions_mut().insert(decision);
                    }
                    return ResponseFuture::refused(refusal, Unread::of(request));
                }
                Judgement::Outdated => {}
            }
        };
        let Admitted {
            counted,
            reason,
            decision,
            probe,
        } = admitted;
        let told = (reason != Reason::Open).then_some(decision);
        if let Some(decision) = told {
            count(decision);
            h2c::decline(request.headers_mut());
        }
        let held = if self.layer.extensions {
            if let Some(decision) = told {
                request.extensions_mut().insert(decision);
            }
            let outer = request.extensions_mut().remove();
            let guard = RequestGuard::new(counted, told, outer);
            request.extensions_mut().insert(guard.clone());
            Held::shared(guard)
        } else {
            Held::alone(counted)
        };
        let admission = Admission {
            held: held.with_probe(probe),
            reason,
            connection: Connection::of(request.method()),
        };
        ResponseFuture::admitted(self.inner.call(request), admission)
    }
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

    // While the service is open the request is moved but once, and nothing keeps its address, so that the compiler need not
    // copy it: that would cost as much as counting it.
    #[inline]
    fn call(&mut self, request: Request<A>) -> Self::Future {
        let Some(counted) = self.admit_open(&request) else {
            return self.enforce(request);
        };
        let admission = Admission {
            held: Held::alone(counted),
            reason: Reason::Open,
            connection: Connection::of(request.method()),
        };
        ResponseFuture::admitted(self.inner.call(request), admission)
    }
}
