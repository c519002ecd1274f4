use std::net::IpAddr;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::USER_AGENT;
use http::{Request, Response, Uri};
use http_body::Body;
use intermission_core::{Lasting, Policy, Reason, Verdict};
use intermission_node::{Cached, Counted, Entry, PolicyCell, Probe, Shard, Snapshot};
use tower_service::Service;

use crate::future::{Admission, Connection};
use crate::guard::Held;
use crate::http::{HeaderLines, Replies, Unread, h2c, pass, peer, uris, view};
use crate::own_page::OwnPage;
use crate::settings::Settings;
use crate::{Decision, RequestGuard, ResponseBody, ResponseFuture};

/// A service in front of which maintenance is enforced; made by
/// [`MaintenanceLayer`](crate::MaintenanceLayer).
#[derive(Clone, Debug)]
pub struct Maintenance<S> {
    inner: S,
    /// Those of the layer, which all its services share.
    settings: Arc<Settings>,
}

/// The data of an admitted request.
struct Admitted {
    decision: Decision,
    lasting: Lasting,
    /// The counter of its rule.
    shard: &'static Shard,
}

/// A request that the layer answers itself.
enum Refused {
    Notice(Decision, Response<Bytes>),
    /// It is for a page of the layer's own, under this state.
    Own(Arc<Snapshot>),
}

impl<S> Maintenance<S> {
    pub(crate) fn new(inner: S, settings: Arc<Settings>) -> Self {
        Self { inner, settings }
    }

    /// Admits and counts a request while the service is open, if the layer has nothing else to do for it.
    #[inline]
    fn enter_open<B>(&self, request: &Request<B>) -> Option<Counted> {
        if !self.settings.quick {
            return None;
        }
        let entry = PolicyCell::of(&self.settings.policy).enter(|cached| {
            if cached.is_open {
                let policy = &cached.snapshot.policy;
                let lasting = self.decide(policy, request, None).lasting;
                Entry::Admitted((lasting, ()))
            } else {
                Entry::Refused(())
            }
        });
        match entry {
            Entry::Admitted((counted, ())) => Some(counted),
            Entry::Refused(()) => None,
        }
    }

    /// The address of the client, where a rule, the application or the decision in the extensions needs it.
    fn client<B>(&self, policy: &Policy, request: &Request<B>) -> Option<IpAddr> {
        let Settings {
            client,
            admitter,
            extensions,
            ..
        } = &*self.settings;
        if policy.asks_client() || (admitter.is_some() && policy.asks_application()) {
            client.resolve(request.headers(), request.extensions())
        } else if *extensions && !policy.is_open() {
            client.look_up(request.headers(), request.extensions())
        } else {
            None
        }
    }

    /// The decision about a request, from both of its paths if it was rewritten.
    #[inline(always)]
    fn decide<B>(
        &self,
        policy: &Policy,
        request: &Request<B>,
        client: Option<IpAddr>,
    ) -> intermission_core::Decision {
        let headers = HeaderLines::new(request.headers());
        let (received, rewritten) = uris(request);
        let decision = decide(policy, request, received, &headers, client);
        match rewritten {
            Some(rewritten) => {
                decision.and(decide_again(policy, request, rewritten, &headers, client))
            }
            None => decision,
        }
    }

    fn judge<B>(
        &self,
        cached: &Cached,
        request: &Request<B>,
    ) -> Entry<(Lasting, Admitted), Refused> {
        let policy = &cached.snapshot.policy;
        if policy.has_own_pages() && answers_itself(policy, request) {
            return Entry::Refused(Refused::Own(Arc::clone(&cached.snapshot)));
        }
        let client = self.client(policy, request);
        let mut decision = self.decide(policy, request, client);
        if let (Verdict::Refuse(_), Some(admitter)) = (decision.verdict, &self.settings.admitter)
            && policy.asks_application()
            && admitter.admits(request, client, &cached.snapshot.state)
        {
            decision = intermission_core::Decision::BY_APPLICATION;
        }
        let intermission_core::Decision { verdict, lasting } = decision;
        let decision = Decision {
            verdict,
            revision: policy.revision(),
            client,
            source: self.settings.client.source(),
        };
        match verdict {
            Verdict::Admit(_) => {
                let admitted = Admitted {
                    decision,
                    lasting,
                    shard: cached.shard,
                };
                Entry::Admitted((lasting, admitted))
            }
            Verdict::Refuse(kind) => {
                cached.shard.count_rule(verdict);
                let headers = HeaderLines::new(request.headers());
                let received = view(request, uris(request).0, &headers);
                let reply = policy.reply(kind, &received, fastrand::u32(..));
                let mut response =
                    cached.with_replies(Replies::prepare, |replies| replies.respond(&reply));
                if let Some(writer) = &self.settings.writer {
                    writer.write(request, &cached.snapshot.state, &mut response);
                }
                Entry::Refused(Refused::Notice(decision, response))
            }
        }
    }

    /// The request as one of a health check, if it may be one that maintenance would refuse.
    fn probe<B>(&self, request: &Request<B>, admitted: &Admitted) -> Option<Box<Probe>> {
        let is_open = admitted.decision.verdict == Verdict::Admit(Reason::Open);
        if !is_open || !matches!(admitted.lasting, Lasting::Open | Lasting::ReadOnly) {
            return None;
        }
        let probes = PolicyCell::of(&self.settings.policy).probes()?;
        let agent = request.headers().get(USER_AGENT)?.to_str().ok()?;
        let path = uris(request).0.path();
        probes.probe(path, agent, peer(request.extensions()))
    }
}

/// Whether the request is for a page of the layer's own.
// Apart, since few services have one.
#[inline(never)]
fn answers_itself<B>(policy: &Policy, request: &Request<B>) -> bool {
    let headers = HeaderLines::new(request.headers());
    policy.answers_itself(&view(request, uris(request).0, &headers))
}

/// The decision about a request as one for this URI.
#[inline(always)]
fn decide<B>(
    policy: &Policy,
    request: &Request<B>,
    uri: &Uri,
    headers: &HeaderLines<'_>,
    client: Option<IpAddr>,
) -> intermission_core::Decision {
    let mut view = view(request, uri, headers);
    view.client = client;
    if policy.asks_peer(view.path) {
        view.peer = peer(request.extensions());
    }
    policy.decide(&view)
}

// Apart, since few requests are rewritten.
#[cold]
fn decide_again<B>(
    policy: &Policy,
    request: &Request<B>,
    uri: &Uri,
    headers: &HeaderLines<'_>,
    client: Option<IpAddr>,
) -> intermission_core::Decision {
    decide(policy, request, uri, headers, client)
}

#[cfg_attr(
    not(feature = "metrics"),
    expect(unused_variables, reason = "there is no recorder")
)]
fn count(verdict: Verdict) {
    #[cfg(feature = "metrics")]
    {
        // A name and a label that are literals need no allocation.
        macro_rules! count {
            ($($rule:literal)*) => {
                match verdict.rule() {
                    $($rule => metrics::counter!("intermission_requests_total", "rule" => $rule),)*
                    rule => metrics::counter!("intermission_requests_total", "rule" => rule),
                }
            };
        }
        count!("out-of-scope" "read-only" "exempt" "probe" "allowlisted" "pass" "application" "refused")
            .increment(1);
    }
}

impl<S> Maintenance<S> {
    /// Decides about a request, and passes it on or answers it.
    #[inline(never)]
    fn enforce<A, B>(&mut self, mut request: Request<A>) -> ResponseFuture<S::Future, A>
    where
        S: Service<Request<A>, Response = Response<B>>,
        A: Body,
    {
        let cell = PolicyCell::of(&self.settings.policy);
        let (counted, admitted) = match cell.enter(|cached| self.judge(cached, &request)) {
            Entry::Admitted(admitted) => admitted,
            Entry::Refused(Refused::Own(snapshot)) => {
                return ResponseFuture::own(OwnPage::new(
                    request,
                    Arc::clone(&self.settings),
                    snapshot,
                ));
            }
            Entry::Refused(Refused::Notice(decision, mut refusal)) => {
                count(decision.verdict);
                if self.settings.extensions {
                    refusal.extensions_mut().insert(decision);
                }
                return ResponseFuture::refused(refusal, Unread::of(request));
            }
        };
        let verdict = admitted.decision.verdict;
        admitted.shard.count_rule(verdict);
        let probe = self.probe(&request, &admitted);
        let is_open = verdict == Verdict::Admit(Reason::Open);
        if !is_open {
            count(verdict);
            h2c::decline(request.headers_mut());
            pass::take_out(request.headers_mut());
        }
        let held = if self.settings.extensions {
            let decision = (!is_open).then_some(admitted.decision);
            if let Some(decision) = decision {
                request.extensions_mut().insert(decision);
            }
            let outer = request.extensions_mut().remove();
            let guard = RequestGuard::new(counted, decision, outer);
            request.extensions_mut().insert(guard.clone());
            Held::shared(guard)
        } else {
            Held::alone(counted)
        };
        let admission = Admission {
            verdict,
            connection: Connection::of(request.method()),
        };
        let held = held.with_probe(probe);
        ResponseFuture::admitted(self.inner.call(request), held, admission)
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
        let Some(counted) = self.enter_open(&request) else {
            return self.enforce(request);
        };
        let admission = Admission {
            verdict: Verdict::Admit(Reason::Open),
            connection: Connection::of(request.method()),
        };
        let held = Held::alone(counted);
        ResponseFuture::admitted(self.inner.call(request), held, admission)
    }
}
