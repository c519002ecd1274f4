use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use intermission_core::{Poll, ServiceName, State};
use tokio::time::Instant;

use crate::current::Departing;
use crate::current::PolicyCell;
use crate::current::{Lease, Moment};
use crate::poller::endpoint::Endpoint;
use crate::poller::endpoints::Endpoints;
use crate::poller::identity::{Identity, Intent};
use crate::poller::saved::Saver;

/// The time limit of the reports of a node that departs, and the pause between them.
const FAREWELL: Duration = Duration::from_secs(5);
const AGAIN: Duration = Duration::from_millis(100);

/// The loop behind a [`Poller`](super::Poller).
#[derive(Debug)]
pub(super) struct Task {
    endpoints: Endpoints,
    /// The place of the endpoint that was asked last.
    asked: usize,
    poll: Poll,
    identity: Identity,
    saver: Option<Saver>,
    /// The state of the start, if it was configured.
    initial: Option<State>,
    cell: Arc<PolicyCell>,
    started: Instant,
    /// The errors of the endpoints since the last answer, so that each is logged once.
    complaints: BTreeMap<usize, String>,
}

impl Task {
    pub(super) fn new(
        endpoints: Endpoints,
        poll: Poll,
        identity: Identity,
        saver: Option<Saver>,
        initial: Option<State>,
        cell: Arc<PolicyCell>,
    ) -> Self {
        Self {
            endpoints,
            asked: 0,
            poll,
            identity,
            saver,
            initial,
            cell,
            started: Instant::now(),
            complaints: BTreeMap::new(),
        }
    }

    /// Polls until the node departs, and then reports that.
    pub(super) async fn run(mut self, departing: Departing) {
        let cell = Arc::clone(&self.cell);
        loop {
            // A cancelled poll counts as one without an answer.
            tokio::select! {
                () = departing.asked() => break,
                () = lapsed(&cell) => {
                    self.poll.fail(self.started.elapsed());
                    continue;
                }
                () = self.poll_once() => {}
            }
        }
        // After the time limit, control takes the node for lost.
        let _ = tokio::time::timeout(FAREWELL, self.leave()).await;
        if let Some(saver) = self.saver {
            let _ = tokio::time::timeout(FAREWELL, saver.finish()).await;
        }
        departing.depart();
    }

    /// Polls once.
    async fn poll_once(&mut self) {
        let next = tokio::time::sleep_until(self.started + self.poll.next_at());
        under(self.lease(), || self.cell.check_lease(), next).await;
        let sent = Moment::now();
        self.cell.turn_to_probes();
        match self.ask(Intent::Stay).await {
            Ok(Some(news)) => return self.answer(sent, Some(news)),
            Ok(None) => self.answer(sent, None),
            Err(complaint) => {
                self.complain(complaint);
                if let Some(closed) = self.poll.closed() {
                    if self.cell.state() != *closed {
                        if let Some(saver) = &self.saver {
                            saver.save(closed.clone());
                        }
                        self.cell.swap(closed.clone());
                    }
                } else if let Some(provisional) = self.poll.provisional()
                    && self
                        .initial
                        .as_ref()
                        .is_none_or(|own| own.may_give_way_to(provisional))
                {
                    self.cell.put_provisional(provisional);
                }
            }
        }
        let state = self.poll.state();
        if state.is_some_and(State::has_end) {
            self.cell.refresh();
        }
    }

    /// Reports that this node leaves, as soon as no request runs.
    async fn leave(&mut self) {
        // Control no longer waits for this node, so that no request may begin from now on.
        self.cell.retire();
        while !self.cell.is_idle() || self.ask(Intent::Leave).await.is_err() {
            tokio::time::sleep(AGAIN).await;
        }
    }

    /// The end of the lease, if there is one and it lasts.
    fn lease(&self) -> Option<Instant> {
        let is_closed = self.cell.lease().is_none_or(Lease::is_closed);
        let lapses_at = self.poll.lapses_at().filter(|_| !is_closed);
        lapses_at.and_then(|at| self.started.checked_add(at))
    }

    async fn ask(&mut self, intent: Intent) -> Result<Option<State>, String> {
        self.endpoints.refresh().await;
        let report = self.identity.report(&self.poll, &self.cell, intent);
        let mut request = self.poll.send(self.started.elapsed());
        if intent == Intent::Leave {
            request.prefer = None;
            // An endpoint that is silent leaves the others their time.
            let endpoints = u32::try_from(self.endpoints.count()).unwrap_or(u32::MAX);
            request.timeout = request.timeout.min(FAREWELL / endpoints);
        }
        self.asked = request.endpoint;
        let fetch = self.endpoints.fetch(request, &report);
        match under(self.lease(), || self.cell.check_lease(), fetch).await {
            Ok(fetched) => {
                let outcome = self
                    .poll
                    .receive(self.started.elapsed(), fetched.response());
                outcome.map_err(|error| chain(&error))
            }
            Err(error) => {
                self.poll.fail(self.started.elapsed());
                Err(chain(&error))
            }
        }
    }

    fn answer(&mut self, sent: Moment, news: Option<State>) {
        if self.complaints.remove(&self.asked).is_some() {
            tracing::info!(endpoint = %self.endpoint(), "the endpoint answers again");
        } else if !self.complaints.is_empty() {
            tracing::info!(endpoint = %self.endpoint(), "another endpoint answers");
        }
        self.complaints.clear();
        if let (Some(saver), Some(state)) = (&self.saver, &news) {
            let before = self.cell.state();
            if before.service != state.service && before.service != ServiceName::unknown() {
                tracing::warn!(
                    "the saved copy is of service {}, but the endpoint answers for service {}, which is in force now: \
                     give each service a file of its own",
                    before.service,
                    state.service
                );
            }
            saver.save(state.clone());
        }
        #[cfg(feature = "metrics")]
        if news.is_some() {
            metrics::counter!("intermission_polls_changed_total").increment(1);
        } else {
            metrics::counter!("intermission_polls_unchanged_total").increment(1);
        }
        self.cell.answer(sent, news, self.poll.state());
        #[cfg(feature = "metrics")]
        metrics::gauge!("intermission_last_answer_timestamp_seconds")
            .set(crate::current::now().as_second() as f64);
    }

    fn complain(&mut self, complaint: String) {
        #[cfg(feature = "metrics")]
        metrics::counter!(
            "intermission_polls_failed_total",
            "endpoint" => self.endpoint().to_string()
        )
        .increment(1);
        if self.complaints.get(&self.asked) != Some(&complaint) {
            let stays = match self.poll.closed() {
                Some(_) => "the document cannot be enforced, so the service is closed",
                None => "the state cannot be refreshed, the last good one stays in force",
            };
            tracing::warn!(endpoint = %self.endpoint(), "{stays}: {complaint}");
            self.complaints.insert(self.asked, complaint);
        }
    }

    /// The endpoint that was asked last.
    fn endpoint(&self) -> &Endpoint {
        self.endpoints.at(self.asked)
    }
}

/// Waits for `work`, and calls `close` if the lease ends meanwhile.
async fn under<T>(
    lease: Option<Instant>,
    close: impl FnOnce(),
    work: impl Future<Output = T>,
) -> T {
    let mut work = pin!(work);
    if let Some(ends) = lease {
        if let Ok(done) = tokio::time::timeout_at(ends, &mut work).await {
            return done;
        }
        close();
    }
    work.await
}

/// Ends when a request has found that the lease has ended: the next poll is then sent at once, and is no long poll.
async fn lapsed(cell: &PolicyCell) {
    match cell.lease() {
        Some(lease) => lease.lapsed.notified().await,
        None => std::future::pending().await,
    }
}

/// An error and its sources, in one line.
#[must_use]
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut line = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        line.push_str(": ");
        line.push_str(&error.to_string());
        source = error.source();
    }
    line
}
