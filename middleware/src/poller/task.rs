use std::path::PathBuf;
use std::pin::pin;

use intermission_core::{Poll, PollOptions, State};
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::endpoint::Endpoint;
use super::saved;
use crate::PolicyHandle;
use crate::handle::WeakHandle;

/// The loop behind a [`Poller`](super::Poller).
#[derive(Debug)]
pub(super) struct Task {
    endpoint: Endpoint,
    poll: Poll,
    saved_copy: Option<PathBuf>,
    policy: WeakHandle,
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
        options: PollOptions,
        saved: Option<State>,
        saved_copy: Option<PathBuf>,
        policy: &PolicyHandle,
        answered: oneshot::Sender<()>,
    ) -> Self {
        let mut poll = Poll::new(options, fastrand::u64(..));
        if let Some(saved) = saved {
            poll = poll.with_state(saved, None);
        }
        Self {
            endpoint,
            poll,
            saved_copy,
            policy: policy.downgrade(),
            answered: Some(answered),
            started: Instant::now(),
            closed: false,
            complaint: None,
        }
    }

    /// Polls for as long as anybody uses the policy.
    pub(super) async fn run(mut self) {
        loop {
            let next = tokio::time::sleep_until(self.started + self.poll.next_at());
            let (lease, closed) = (self.lease(), &mut self.closed);
            under(lease, || *closed = close(&self.policy), next).await;
            if self.policy.upgrade().is_none() {
                return;
            }
            let outcome = self.ask().await;
            let Some(policy) = self.policy.upgrade() else {
                return;
            };
            match outcome {
                Ok(news) => {
                    let changed = news.is_some();
                    self.answer(&policy, news).await;
                    if changed {
                        continue;
                    }
                }
                Err(complaint) => self.complain(complaint),
            }
            if self
                .poll
                .state()
                .is_some_and(|state| state.notice.until.is_some())
            {
                policy.refresh();
            }
        }
    }

    /// When the lease ends, if there is one that has not.
    fn lease(&self) -> Option<Instant> {
        let lapses_at = self.poll.lapses_at().filter(|_| !self.closed);
        lapses_at.and_then(|at| self.started.checked_add(at))
    }

    async fn ask(&mut self) -> Result<Option<State>, String> {
        let request = self.poll.send(self.started.elapsed());
        let fetch = self.endpoint.fetch(request);
        let (lease, closed) = (self.lease(), &mut self.closed);
        match under(lease, || *closed = close(&self.policy), fetch).await {
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

    async fn answer(&mut self, policy: &PolicyHandle, news: Option<State>) {
        if self.complaint.take().is_some() {
            tracing::info!(endpoint = %self.endpoint, "the endpoint answers again");
        }
        let was_closed = std::mem::take(&mut self.closed);
        if was_closed && let Some(state) = self.poll.state() {
            policy.swap(state.clone());
        }
        if let Some(state) = news {
            policy.swap(state.clone());
            if let Some(file) = &self.saved_copy {
                saved::store(file, &state).await;
            }
        }
        if let Some(answered) = self.answered.take() {
            // The one who waited may have given up.
            let _ = answered.send(());
        }
        #[cfg(feature = "metrics")]
        metrics::gauge!("intermission_last_answer_timestamp_seconds")
            .set(crate::handle::now().as_second() as f64);
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
fn close(policy: &WeakHandle) -> bool {
    if let Some(policy) = policy.upgrade() {
        let state = policy.state();
        tracing::error!(
            service = state.service.as_str(),
            revision = state.revision,
            "the lease has ended without an answer from the endpoint: closed until it answers"
        );
        policy.swap(state.closed());
    }
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
