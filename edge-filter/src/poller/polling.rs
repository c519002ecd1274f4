use std::rc::Rc;
use std::time::Duration;

use intermission_core::{Poll, PollOptions, PollRequest, PollResponse, Report, State};

use crate::config::{Authorization, Config, Endpoint};
use crate::host::{Host, Level, NotSent};
use crate::poller::metrics::{Metrics, Outcome};
use crate::poller::report::report;
use crate::shared_data::{Aggregate, Leadership, ProcessIdentity, TaggedState};

/// The longest wait of the next poll after a change until every VM has the new state in force, so that it can report this.
const SETTLING: Duration = Duration::from_millis(250);

/// Polls the endpoint for the whole process, while this context is the leader.
#[derive(Debug)]
pub(crate) struct Poller {
    leadership: Leadership,
    identity: ProcessIdentity,
    /// The key of the list of the slots.
    slots: String,
    /// `Some` while this context is the leader.
    poll: Option<Poll>,
    calling: bool,
    /// The place of the cluster that was asked last.
    asked: usize,
    /// The end of the time in which other VMs adopt the last change.
    settling: Duration,
    /// The errors of the clusters since the last answer, so that each is logged once.
    complaints: Vec<String>,
}

/// An answer of the endpoint, a document that closes the service, or a provisional one.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The time since the answered poll was sent.
    pub(crate) age: Option<Duration>,
    /// The new state, and its document.
    pub(crate) changed: Option<(TaggedState, Vec<u8>)>,
    /// Whether the state is in force in place of a default only.
    pub(crate) is_provisional: bool,
}

impl Poller {
    pub(crate) fn new(leadership: Leadership, identity: ProcessIdentity, slots: String) -> Self {
        Self {
            leadership,
            identity,
            slots,
            poll: None,
            calling: false,
            asked: 0,
            settling: Duration::ZERO,
            complaints: Vec::new(),
        }
    }

    /// Polls if a poll is due and this context is the leader; `known` is the state in force.
    pub(crate) fn poll(
        &mut self,
        host: &impl Host,
        config: &Config,
        metrics: &Metrics,
        known: Option<&TaggedState>,
        now: Duration,
    ) {
        if !self.leadership.hold(host) {
            if !self.calling {
                self.poll = None;
            }
            return;
        }
        let poll = self.poll.get_or_insert_with(|| begin(host, config, known));
        if self.calling || poll.next_at() > now {
            return;
        }
        let known = known.map(|(_, tag)| tag);
        let aggregate = Aggregate::make(host, &self.slots, known);
        if aggregate.applied.as_ref() != known && now < self.settling {
            return;
        }
        let report = report(&self.identity, host, config, poll, &aggregate);
        let request = poll.send(now);
        self.asked = request.endpoint;
        match call(host, &config.endpoint, &request, &report) {
            Ok(()) => self.calling = true,
            Err(not_sent) => {
                poll.fail(now);
                let complaint = match not_sent {
                    NotSent::NoSuchCluster => "it is not there yet",
                    NotSent::Failed => "it cannot be asked",
                };
                self.complain(host, config, metrics, complaint);
            }
        }
    }

    /// Records that the pending poll has failed.
    pub(crate) fn fail(
        &mut self,
        host: &impl Host,
        config: &Config,
        metrics: &Metrics,
        now: Duration,
    ) {
        self.calling = false;
        if let Some(poll) = &mut self.poll {
            poll.fail(now);
            self.complain(host, config, metrics, "no response");
        }
    }

    /// Processes the response to the pending poll, if there is one.
    pub(crate) fn receive(
        &mut self,
        host: &impl Host,
        config: &Config,
        metrics: &Metrics,
        now: Duration,
    ) -> Option<Answer> {
        self.calling = false;
        let poll = self.poll.as_mut()?;
        let status = host.call_response_header(":status");
        let status = status.and_then(|status| std::str::from_utf8(&status).ok()?.parse().ok());
        let Some(status) = status else {
            self.fail(host, config, metrics, now);
            return None;
        };
        let [etag, preference_applied, retry_after] = ["etag", "preference-applied", "retry-after"]
            .map(|name| host.call_response_header(name));
        let body = host.call_response_body(State::MAX_BYTES + 1);
        let response = PollResponse {
            status,
            etag: etag.as_deref(),
            preference_applied: preference_applied.as_deref(),
            retry_after: retry_after.as_deref(),
            body: &body,
        };
        let known = poll.tag().cloned();
        let was_closed = poll.closed().is_some();
        let offered = poll.provisional().cloned();
        match poll.receive(now, response) {
            Ok(news) => {
                if !self.complaints.is_empty() {
                    self.complaints.clear();
                    let cluster = config.endpoint.cluster(self.asked);
                    let line = format!("the endpoint answers again: cluster {cluster:?}");
                    host.log(Level::Info, &line);
                }
                let outcome = if news.is_some() {
                    self.settling = now + SETTLING;
                    Outcome::Changed
                } else {
                    Outcome::Unchanged
                };
                metrics.count(host, outcome);
                metrics.answered(host);
                let tag = poll.tag().cloned();
                // The same state with another tag, which the next poll names.
                let renamed = poll.state().filter(|_| tag != known).cloned();
                let news = news.or(renamed).zip(tag).map(|(state, tag)| {
                    // A 304 that puts the last good state in force again has no document.
                    let document = match status {
                        200 => body,
                        _ => state.to_json(),
                    };
                    ((Rc::new(state), tag), document)
                });
                Some(Answer {
                    age: Some(now.saturating_sub(poll.answered_at().unwrap_or_default())),
                    changed: news,
                    is_provisional: false,
                })
            }
            Err(error) => {
                let closed = poll.closed().filter(|_| !was_closed);
                let is_provisional = closed.is_none();
                let provisional = poll.provisional();
                let changed = closed.or(provisional.filter(|_| provisional != offered.as_ref()));
                let changed = changed.cloned();
                self.complain(host, config, metrics, &error.line());
                // Without its entity tag, because that document is not in force.
                changed.map(|state| {
                    let (tag, document) = (state.tag(None), state.to_json());
                    Answer {
                        age: None,
                        changed: Some(((Rc::new(state), tag), document)),
                        is_provisional,
                    }
                })
            }
        }
    }

    fn complain(&mut self, host: &impl Host, config: &Config, metrics: &Metrics, error: &str) {
        metrics.count(host, Outcome::Failed);
        let cluster = config.endpoint.cluster(self.asked);
        let complaint = format!("cluster {cluster:?}: {error}");
        if self.complaints.contains(&complaint) {
            return;
        }
        let stays = match self.poll.as_ref().and_then(Poll::closed) {
            Some(_) => "the document cannot be enforced, so the service is closed",
            None => "the state cannot be refreshed, the last good one stays in force",
        };
        host.log(Level::Warn, &format!("{stays}: {complaint}"));
        if self.complaints.len() > Poll::MOST_ENDPOINTS {
            self.complaints.clear();
        }
        self.complaints.push(complaint);
    }
}

/// Continues from the state in force.
fn begin(host: &impl Host, config: &Config, known: Option<&TaggedState>) -> Poll {
    let mut options = PollOptions::default();
    options.interval = config.settings.interval;
    options.wait = config.settings.wait;
    options.lease = config.settings.lease;
    let poll = Poll::new(options, host.random())
        .with_endpoints(config.endpoint.clusters.len())
        .with_service(config.settings.service.clone());
    match known.cloned() {
        Some((state, tag)) => poll.with_state(State::clone(&state), tag),
        None => poll,
    }
}

fn call(
    host: &impl Host,
    endpoint: &Endpoint,
    request: &PollRequest,
    report: &str,
) -> Result<(), NotSent> {
    let cluster = endpoint.cluster(request.endpoint);
    let mut headers = vec![
        (":method", "GET"),
        (":path", &*endpoint.path),
        (
            ":authority",
            endpoint.authority.as_deref().unwrap_or(cluster),
        ),
        ("accept", "application/json"),
        (Report::NAME, report),
        (
            "user-agent",
            concat!("intermission-edge-filter/", env!("CARGO_PKG_VERSION")),
        ),
    ];
    let mut add = |name, value: Option<_>| headers.extend(value.map(|value| (name, value)));
    add("if-none-match", request.if_none_match.as_deref());
    add("prefer", request.prefer.as_deref());
    add(
        "authorization",
        endpoint.authorization.as_ref().map(Authorization::as_str),
    );
    host.call(cluster, &headers, request.timeout)
}
