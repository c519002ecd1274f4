use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use intermission_core::{
    FOR_TESTERS_ONLY, Headers as _, Kind, LONGEST_PASS_FORM, Lasting, NOT_FOR_TESTERS, PASS_HEADER,
    Policy, Reason, Verdict, cookies_without_pass,
};
use intermission_edge::{Client, Found, reads_before_answer, view};
use intermission_native_abi::{
    Body, Definitions, Filter, Headers, Level, Metrics, Next, Purpose as Configuring, Request,
    Response, Trailers, log,
};
use intermission_node::{Cached, Entry, PolicyCell, PolicyHandle, Probe, Shard, Snapshot};

use crate::client;
use crate::config::Config;
use crate::counters::Counters;
use crate::gauges::{self, Gauges};
use crate::headers::Lines;
use crate::log as node_log;
use crate::services::{self, Service};
use crate::stream::{Admitted, Purpose, Reading, Stream};

/// The filter with one configuration.
#[derive(Debug)]
pub(crate) struct Maintenance {
    /// None while Envoy only checks the configuration.
    service: Option<Arc<Service>>,
    client: Client,
    counters: Counters,
    gauges: Gauges,
    warned: AtomicBool,
    /// There for as long as Envoy's metrics are to be set.
    _shown: Arc<()>,
}

/// A request that does not go on.
enum Refused {
    Notice(Kind, &'static Shard, Arc<Snapshot>),
    /// It is for a page of the node's own.
    Own(Arc<Snapshot>),
}

/// How often Envoy's gauges are set.
const SHOWN_EVERY: Duration = Duration::from_secs(1);

/// The details in Envoy's access log of an answer that the filter gives.
const DETAILS: &str = "intermission";

impl Filter for Maintenance {
    type Stream = Stream;

    fn configure(
        configuration: &[u8],
        purpose: Configuring,
        definitions: &Definitions<'_>,
    ) -> Result<Self, String> {
        let variable = |name: &str| std::env::var(name).ok();
        let config = Config::parse(configuration, variable)
            .map_err(|error| format!("the configuration of the filter: {error}"))?;
        node_log::start();
        gauges::start();
        let shown = Arc::new(());
        let waker = definitions.waker();
        let service = match purpose {
            Configuring::Serve => {
                let service = Service::of(&config.source)?;
                services::every(SHOWN_EVERY, &shown, move || waker.wake());
                Some(service)
            }
            Configuring::Validate => None,
        };
        Ok(Self {
            service,
            client: config.client,
            counters: Counters::define(definitions),
            gauges: Gauges::define(definitions),
            warned: AtomicBool::new(false),
            _shown: shown,
        })
    }

    fn begin(&self) -> Stream {
        Stream::Idle
    }

    fn request_headers(
        &self,
        stream: &mut Stream,
        request: &mut Request<'_>,
        is_last: bool,
    ) -> Headers {
        let Some(service) = &self.service else {
            return Headers::Continue;
        };
        let Some(policy) = service.policy(|| request.waker()) else {
            *stream = Stream::Held;
            return Headers::Hold;
        };
        *stream = self.judge(policy, request, !is_last);
        match stream {
            Stream::Admitted(_) => Headers::Continue,
            _ => Headers::Stop,
        }
    }

    fn request_body(&self, stream: &mut Stream, request: &mut Request<'_>, is_last: bool) -> Body {
        let reading = match stream {
            Stream::Reading(reading) => reading,
            Stream::Admitted(_) => return Body::Continue,
            Stream::Idle | Stream::Held => return Body::Drop,
        };
        if let Purpose::Form(form) = &mut reading.purpose {
            // One byte too many is enough to be refused.
            request.read_body(form, LONGEST_PASS_FORM + 1);
        }
        if reading.read(request.body_length()) || is_last {
            self.answer_read(stream, request);
        }
        Body::Drop
    }

    fn request_trailers(&self, stream: &mut Stream, request: &mut Request<'_>) -> Trailers {
        if matches!(stream, Stream::Admitted(_)) {
            return Trailers::Continue;
        }
        self.answer_read(stream, request);
        Trailers::Stop
    }

    fn response_headers(&self, stream: &mut Stream, response: &mut Response<'_>) {
        let Stream::Admitted(admitted) = stream else {
            return;
        };
        if let Some(probe) = &admitted.probe {
            let lines = response.headers();
            let status = lines.iter().find(|(name, _)| *name == ":status");
            let status =
                status.and_then(|(_, status)| std::str::from_utf8(status).ok()?.parse().ok());
            probe.answered(status.unwrap_or_default());
        }
        if admitted.is_tester {
            // One look at all of them is cheaper than to remove what is not there.
            let lines = response.headers();
            let there = NOT_FOR_TESTERS.map(|name| lines.iter().any(|(known, _)| known == name));
            response.set_header("cache-control", Some(FOR_TESTERS_ONLY.as_bytes()));
            for (name, _) in NOT_FOR_TESTERS
                .iter()
                .zip(there)
                .filter(|(_, there)| *there)
            {
                response.set_header(name, None);
            }
        }
    }

    fn woken(&self, stream: &mut Stream, request: &mut Request<'_>) -> Next {
        match stream {
            Stream::Held => {
                let service = self.service.as_ref();
                let policy = service.and_then(|service| service.policy(|| request.waker()));
                let Some(policy) = policy else {
                    return Next::Stay;
                };
                // Its body is not shown while it is held.
                *stream = self.judge(policy, request, false);
                if matches!(stream, Stream::Admitted(_)) {
                    return Next::Resume;
                }
            }
            Stream::Reading(reading) => {
                if reading.has_stalled(|| request.waker()) {
                    self.answer_read(stream, request);
                }
            }
            Stream::Idle | Stream::Admitted(_) => {}
        }
        Next::Stay
    }

    fn config_woken(&self, metrics: &Metrics<'_>) {
        self.gauges.show(metrics);
    }

    fn shut_down() {
        services::leave();
    }
}

impl Maintenance {
    /// Judges a request, and answers it unless it is admitted or its body is to be read first.
    fn judge(&self, policy: &PolicyHandle, request: &mut Request<'_>, has_body: bool) -> Stream {
        let cell = PolicyCell::of(policy);
        let headers = Lines::new(request.headers());
        let entry = cell.enter(|cached| self.enter(cached, request, &headers));
        let (counted, (verdict, lasting, shard)) = match entry {
            Entry::Admitted(admitted) => admitted,
            Entry::Refused(refused) => return self.refuse(refused, request, &headers, has_body),
        };
        shard.count_rule(verdict);
        self.counters.count(request, verdict);
        let probe = probe(cell, verdict, lasting, &headers, || {
            client::peer(&self.client, request)
        });
        if verdict != Verdict::Admit(Reason::Open) {
            let (has_header, cookies) = pass_in(&headers);
            take_pass_out(request, has_header, cookies);
        }
        Stream::Admitted(Admitted {
            _counted: counted,
            is_tester: verdict.is_for_testers(),
            probe,
        })
    }

    fn enter(
        &self,
        cached: &Cached,
        request: &Request<'_>,
        headers: &Lines<'_>,
    ) -> Entry<(Lasting, (Verdict, Lasting, &'static Shard)), Refused> {
        let policy = &cached.snapshot.policy;
        let mut view = view(headers, None);
        if policy.has_own_pages() && policy.answers_itself(&view) {
            return Entry::Refused(Refused::Own(Arc::clone(&cached.snapshot)));
        }
        if policy.asks_client() {
            view.client = self.find_client(request, headers);
        }
        if policy.asks_peer(view.path) {
            view.peer = client::peer(&self.client, request);
        }
        let decision = policy.decide(&view);
        let (verdict, lasting) = (decision.verdict, decision.lasting);
        match verdict {
            Verdict::Admit(_) => Entry::Admitted((lasting, (verdict, lasting, cached.shard))),
            Verdict::Refuse(kind) => Entry::Refused(Refused::Notice(
                kind,
                cached.shard,
                Arc::clone(&cached.snapshot),
            )),
        }
    }

    /// Answers a request that is not admitted, or begins to read its body.
    fn refuse(
        &self,
        refused: Refused,
        request: &Request<'_>,
        headers: &Lines<'_>,
        has_body: bool,
    ) -> Stream {
        let (purpose, snapshot, reads) = match refused {
            Refused::Own(snapshot) => {
                let is_form = headers.single(":method") == Some(b"POST");
                (Purpose::Form(Vec::new()), snapshot, is_form)
            }
            Refused::Notice(kind, shard, snapshot) => {
                let verdict = Verdict::Refuse(kind);
                shard.count_rule(verdict);
                self.counters.count(request, verdict);
                let reads = reads_before_answer(headers, || request.protocol());
                (Purpose::Refusal(kind), snapshot, reads)
            }
        };
        let reading = if has_body && reads {
            Reading::begin(purpose, snapshot, request.waker())
        } else {
            Err((purpose, snapshot))
        };
        match reading {
            Ok(reading) => Stream::Reading(reading),
            Err((purpose, snapshot)) => {
                self.answer(&purpose, &snapshot.policy, request, headers);
                Stream::Idle
            }
        }
    }

    /// Answers a request whose body was read, if there is one.
    fn answer_read(&self, stream: &mut Stream, request: &Request<'_>) {
        if let Stream::Reading(Reading {
            purpose, snapshot, ..
        }) = stream
        {
            let headers = Lines::new(request.headers());
            self.answer(purpose, &snapshot.policy, request, &headers);
            *stream = Stream::Idle;
        }
    }

    fn answer(
        &self,
        purpose: &Purpose,
        policy: &Policy,
        request: &Request<'_>,
        headers: &Lines<'_>,
    ) {
        let mut view = view(headers, None);
        match purpose {
            Purpose::Refusal(kind) => {
                let reply = policy.reply(*kind, &view, fastrand::u32(..));
                // Envoy adds the length, and leaves the body of an answer to `HEAD` out.
                let headers = reply.headers();
                let headers = headers.filter(|(name, _)| *name != "content-length");
                request.respond(reply.status(), headers, reply.answer().body(), DETAILS);
            }
            Purpose::Form(form) => {
                view.client = self.find_client(request, headers);
                view.peer = client::peer(&self.client, request);
                let answer = policy.own_answer(&view, self.client.name(), form);
                let lines = answer.headers.iter();
                let lines = lines.map(|(name, value)| (*name, value.as_bytes()));
                request.respond(answer.status, lines, answer.body.as_bytes(), DETAILS);
            }
        }
    }

    fn find_client(&self, request: &Request<'_>, headers: &Lines<'_>) -> Option<IpAddr> {
        match client::find(&self.client, request, headers) {
            Found::Address(address) => address,
            Found::FromHeader => {
                if !self.warned.swap(true, Ordering::Relaxed) {
                    log(Level::Warn, Found::FORGED);
                }
                None
            }
        }
    }
}

/// The request as one of a health check, if it may be one that maintenance would refuse.
fn probe(
    cell: &PolicyCell,
    verdict: Verdict,
    lasting: Lasting,
    headers: &Lines<'_>,
    peer: impl FnOnce() -> intermission_core::Peer,
) -> Option<Box<Probe>> {
    let may_be = verdict == Verdict::Admit(Reason::Open)
        && matches!(lasting, Lasting::Open | Lasting::ReadOnly);
    let probes = cell.probes().filter(|_| may_be)?;
    let text = |name| std::str::from_utf8(headers.single(name)?).ok();
    let path = text(":path")?.split('?').next()?;
    probes.probe(path, text("user-agent")?, peer())
}

/// Whether a header presents a pass, and the cookies without a pass where one of them does.
fn pass_in(headers: &Lines<'_>) -> (bool, Option<Vec<u8>>) {
    let cookies = cookies_without_pass(|| headers.lines("cookie"));
    (headers.has(PASS_HEADER), cookies)
}

/// Takes passes out of an admitted request, so that the application and its logs never have them.
fn take_pass_out(request: &mut Request<'_>, has_header: bool, cookies: Option<Vec<u8>>) {
    if has_header {
        request.set_header(PASS_HEADER, None);
    }
    if let Some(left) = cookies {
        request.set_header("cookie", Some(&*left).filter(|left| !left.is_empty()));
    }
}
