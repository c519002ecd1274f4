use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use intermission_core::{Poll, State};
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::departure::Departing;
use super::endpoint::Endpoint;
use super::identity::{Identity, Intent};
use super::saved::Saver;
use crate::in_force::InForce;

/// How long a node that departs tries to say so, and how often.
const FAREWELL: Duration = Duration::from_secs(5);
const AGAIN: Duration = Duration::from_millis(100);

/// The loop behind a [`Poller`](super::Poller).
#[derive(Debug)]
pub(super) struct Task {
    endpoint: Endpoint,
    poll: Poll,
    identity: Identity,
    saver: Option<Saver>,
    in_force: Arc<InForce>,
    answered: Option<oneshot::Sender<()>>,
    started: Instant,
    /// Whether the lease has ended, and everybody is refused.
    closed: bool,
    /// What went wrong last, so that it is said once and not at every try.
    complaint: Option<String>,
}

impl Task {
    pub(super) fn new(
        endpoint: Endpoint,
        poll: Poll,
        identity: Identity,
        saver: Option<Saver>,
        in_force: Arc<InForce>,
        answered: oneshot::Sender<()>,
    ) -> Self {
        Self {
            endpoint,
            poll,
            identity,
            saver,
            in_force,
            answered: Some(answered),
            started: Instant::now(),
            closed: false,
            complaint: None,
        }
    }

    /// Polls until the node departs, and then says goodbye.
    pub(super) async fn run(mut self, departing: Departing) {
        loop {
            // A poll that is given up half-way is as good as one that was not answered.
            tokio::select! {
                () = departing.asked() => break,
                () = self.turn() => {}
            }
        }
        // Whoever cannot be told does not matter, after a while.
        let _ = tokio::time::timeout(FAREWELL, self.leave()).await;
        if let Some(saver) = self.saver {
            let _ = tokio::time::timeout(FAREWELL, saver.finish()).await;
        }
    }

    /// Polls once.
    async fn turn(&mut self) {
        let next = tokio::time::sleep_until(self.started + self.poll.next_at());
        let (lease, closed) = (self.lease(), &mut self.closed);
        under(lease, || *closed = close(&self.in_force), next).await;
        match self.ask(Intent::Stay).await {
            Ok(Some(news)) => return self.answer(Some(news)),
            Ok(None) => self.answer(None),
            Err(complaint) => self.complain(complaint),
        }
        let state = self.poll.state();
        if state.is_some_and(|state| state.notice.until.is_some()) {
            self.in_force.refresh();
        }
    }

    /// Tells control that this node goes, as soon as nothing runs.
    async fn leave(&mut self) {
        while !self.in_force.is_idle() || self.ask(Intent::Leave).await.is_err() {
            tokio::time::sleep(AGAIN).await;
        }
    }

    /// When the lease ends, if there is one that has not.
    fn lease(&self) -> Option<Instant> {
        let lapses_at = self.poll.lapses_at().filter(|_| !self.closed);
        lapses_at.and_then(|at| self.started.checked_add(at))
    }

    async fn ask(&mut self, intent: Intent) -> Result<Option<State>, String> {
        let report = self
            .identity
            .report(&self.poll, self.in_force.running(), intent);
        let mut request = self.poll.send(self.started.elapsed());
        if intent == Intent::Leave {
            request.prefer = None;
        }
        let fetch = self.endpoint.fetch(request, &report);
        let (lease, closed) = (self.lease(), &mut self.closed);
        match under(lease, || *closed = close(&self.in_force), fetch).await {
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

    fn answer(&mut self, news: Option<State>) {
        if self.complaint.take().is_some() {
            tracing::info!(endpoint = %self.endpoint, "the endpoint answers again");
        }
        let was_closed = std::mem::take(&mut self.closed);
        if let (Some(saver), Some(state)) = (&self.saver, &news) {
            saver.save(state.clone());
        }
        let reopened = || self.poll.state().filter(|_| was_closed).cloned();
        if let Some(state) = news.or_else(reopened) {
            self.in_force.swap(state);
        }
        if let Some(answered) = self.answered.take() {
            // The one who waited may have given up.
            let _ = answered.send(());
        }
        #[cfg(feature = "metrics")]
        metrics::gauge!("intermission_last_answer_timestamp_seconds")
            .set(crate::in_force::now().as_second() as f64);
    }

    fn complain(&mut self, complaint: String) {
        #[cfg(feature = "metrics")]
        metrics::counter!("intermission_poll_failures_total").increment(1);
        if self.complaint.as_ref() != Some(&complaint) {
            tracing::warn!(
                endpoint = %self.endpoint,
                "the state cannot be refreshed, the last good one stays in force: {complaint}"
            );
            self.complaint = Some(complaint);
        }
    }
}

/// Waits for `work`, and meanwhile calls `close` should the lease end.
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

/// Refuses everybody from now on.
fn close(in_force: &InForce) -> bool {
    let state = in_force.state();
    tracing::error!(
        service = state.service.as_str(),
        revision = state.revision,
        "the lease has ended without an answer from the endpoint: closed until it answers"
    );
    in_force.swap(state.closed());
    true
}

/// An error and what is behind it, in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut line = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        line.push_str(": ");
        line.push_str(&error.to_string());
        source = error.source();
    }
    line
}
