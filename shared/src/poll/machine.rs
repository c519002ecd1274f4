use alloc::boxed::Box;
use alloc::format;
use core::time::Duration;

use crate::poll::error::{Kind, PollError};
use crate::poll::exchange::{PollRequest, PollResponse, applies_wait, seconds};
use crate::poll::options::PollOptions;
use crate::poll::pauses::LONGEST_PAUSE;
use crate::poll::schedule::Schedule;
use crate::poll::turns;
use crate::state::{DocumentError, ServiceName, State, StateTag};

/// The shortest time of a held poll. While a barrier waits for the node, control holds polls for little longer.
const HELD: Duration = Duration::from_millis(100);

/// The polls of one state: their schedule, and the meaning of their answers. It does no I/O and reads no clock.
///
/// Time is an argument: the duration since a fixed moment, on a monotonic clock. The node waits until
/// [`next_at`](Self::next_at), sends the request of [`send`](Self::send), and passes the response to
/// [`receive`](Self::receive), or calls [`fail`](Self::fail) if none came. The last good state stays in force through every
/// failure.
///
/// Several endpoints are replicas that serve one store:
///
/// 1. The node stays with an endpoint that answers.
/// 2. After a failure it asks the next one at once, and pauses only when all have failed.
/// 3. A `Retry-After` holds for the endpoint that has sent it.
#[derive(Debug)]
pub struct Poll {
    options: PollOptions,
    schedule: Schedule,
    service: Option<ServiceName>,
    state: Option<State>,
    tag: Option<StateTag>,
    sent_at: Duration,
    answered_at: Option<Duration>,
    objection: Option<Box<str>>,
    /// The state in force instead of the last document, which has an unknown critical field.
    closed: Option<State>,
    provisional: Option<State>,
}

impl Poll {
    /// Starts to poll. Different values of `seed` give nodes different pauses.
    #[must_use]
    pub fn new(options: PollOptions, seed: u64) -> Self {
        let options = options.fit();
        Self {
            options,
            schedule: Schedule::new(options, seed),
            service: None,
            state: None,
            tag: None,
            sent_at: Duration::ZERO,
            answered_at: None,
            objection: None,
            closed: None,
            provisional: None,
        }
    }

    /// The largest number of endpoints.
    pub const MOST_ENDPOINTS: usize = turns::MOST;

    /// Asks `count` endpoints, from 1 to [`MOST_ENDPOINTS`](Self::MOST_ENDPOINTS).
    #[must_use]
    pub fn with_endpoints(self, count: usize) -> Self {
        Self {
            schedule: self.schedule.with_endpoints(count),
            ..self
        }
    }

    /// Accepts documents of `service` only, if it is known from the URL, as [`ServiceName::in_path`] reads it, or from the
    /// configuration. Otherwise the first answer names the service.
    #[must_use]
    pub fn with_service(self, service: Option<ServiceName>) -> Self {
        Self { service, ..self }
    }

    /// Continues from a state that another poller of this process has put in force.
    #[must_use]
    pub fn with_state(self, state: State, tag: StateTag) -> Self {
        Self {
            service: self.service.or_else(|| Some(state.service.clone())),
            state: Some(state),
            tag: Some(tag),
            ..self
        }
    }

    /// Continues from a state that an earlier process has saved. The first answer replaces it unless it is older and of the
    /// same service. The saved copy does not determine the service of this node.
    #[must_use]
    pub fn with_saved_copy(self, state: State) -> Self {
        Self {
            state: Some(state),
            ..self
        }
    }

    /// The service of this node, once it is known.
    #[must_use]
    pub fn service(&self) -> Option<&ServiceName> {
        self.service.as_ref()
    }

    /// The time of the next poll.
    #[must_use]
    pub fn next_at(&self) -> Duration {
        self.schedule.next_at()
    }

    /// The last good state, if any.
    #[must_use]
    pub fn state(&self) -> Option<&State> {
        self.state.as_ref()
    }

    /// The time at which the last answered poll was sent; `None` before the first answer.
    #[must_use]
    pub fn answered_at(&self) -> Option<Duration> {
        self.answered_at
    }

    /// The end of the lease, if there is one. The lease begins when the last answered poll was sent, or at time zero before
    /// the first answer.
    #[must_use]
    pub fn lapses_at(&self) -> Option<Duration> {
        let begin = self.answered_at.unwrap_or_default();
        Some(begin.saturating_add(self.options.lease?))
    }

    /// The tag of the last good state; `None` for that of a saved copy.
    #[must_use]
    pub fn tag(&self) -> Option<&StateTag> {
        self.tag.as_ref()
    }

    fn entity_tag(&self) -> Option<&str> {
        self.tag()?.entity_tag()
    }

    /// The error of the last document of the server, if it was refused.
    #[must_use]
    pub fn objection(&self) -> Option<&str> {
        self.objection.as_deref()
    }

    /// The state to enforce if the last document of the server refuses requests and has an unknown critical field: the last
    /// good state, closed. The last good state itself could leave the service open.
    #[must_use]
    pub fn closed(&self) -> Option<&State> {
        self.closed.as_ref()
    }

    /// The state to enforce before the first answer, in place of a default and of an older saved copy: the document of a 503.
    /// A replica of control that cannot prove which state is the latest sends the last one that was. It is no answer: it
    /// renews no lease, has no tag, and gives way to every answer.
    #[must_use]
    pub fn provisional(&self) -> Option<&State> {
        self.provisional.as_ref()
    }

    /// The longest time between two polls without a failure.
    #[must_use]
    pub fn longest_pause(&self) -> Duration {
        self.options.interval.max(self.options.wait)
    }

    /// The request to send now.
    pub fn send(&mut self, now: Duration) -> PollRequest {
        self.sent_at = now;
        let wait = self.options.wait.as_secs();
        // A poll without an entity tag is answered at once. After a failure, the node wants an answer at once.
        let held = self.entity_tag().is_some() && wait > 0 && !self.schedule.is_after_failure();
        PollRequest {
            endpoint: self.schedule.endpoint(),
            if_none_match: self.entity_tag().map(Into::into),
            prefer: held.then(|| format!("wait={wait}")),
            timeout: self.schedule.time_limit(self.answered_at.is_some())
                + if held {
                    self.options.wait
                } else {
                    Duration::ZERO
                },
        }
    }

    /// Processes the response of the server; `Some` is a new state to put in force.
    ///
    /// # Errors
    ///
    /// The response is no answer. Answers are 200 with a valid document that is not older than the state in force, and 304
    /// to a conditional poll.
    pub fn receive(
        &mut self,
        now: Duration,
        response: PollResponse<'_>,
    ) -> Result<Option<State>, PollError> {
        // Before the first answer, the server does not know which state is in force, even if it is a saved one.
        let before = self.answered_at.and(self.tag.clone());
        let new = self.read(&response);
        match &new {
            Ok(new) => {
                self.answered_at = Some(self.sent_at);
                self.objection = None;
                self.provisional = None;
                let held = response.preference_applied.is_some_and(applies_wait);
                let was_held = held && now.saturating_sub(self.sent_at) >= HELD;
                // After a change the node polls again at once to report it.
                let has_risen = new.is_some() && self.tag > before;
                self.schedule.answered(now, has_risen || was_held);
            }
            Err(error) => {
                self.consider(&response);
                let asked = response.retry_after.and_then(seconds).unwrap_or_default();
                let mut longest = LONGEST_PAUSE;
                if error.is_about_the_document() {
                    self.objection = Some(error.line().into());
                    // The server answers, and must not treat the node as lost.
                    longest = longest.min(self.longest_pause());
                }
                self.schedule.failed(now, asked, longest);
            }
        }
        new
    }

    /// Records that no response came.
    pub fn fail(&mut self, now: Duration) {
        self.schedule.failed(now, Duration::ZERO, LONGEST_PAUSE);
    }

    fn read(&mut self, response: &PollResponse<'_>) -> Result<Option<State>, PollError> {
        match response.status {
            // After a document with an unknown critical field, the last good state is in force again.
            304 if self.entity_tag().is_some() => {
                let was_closed = self.closed.take().is_some();
                return Ok(self.state.clone().filter(|_| was_closed));
            }
            200 => {}
            status => return Err(PollError(Kind::Status(status))),
        }
        let next = State::parse(response.body).map_err(|error| self.refuse(error))?;
        if let Some(service) = self.service.as_ref().filter(|own| **own != next.service) {
            return Err(PollError(Kind::Service {
                offered: next.service,
                own: service.clone(),
            }));
        }
        if let Some(current) = &self.state
            && !current.may_give_way_to(&next)
        {
            let refused = Kind::Older {
                offered: next.tag(None),
                kept: current.tag(None),
            };
            return Err(PollError(refused));
        }
        let etag = response
            .etag
            .and_then(|etag| core::str::from_utf8(etag).ok());
        self.tag = Some(next.tag(etag));
        let was_closed = self.closed.take().is_some();
        let changed = self.state.as_ref() != Some(&next) || was_closed;
        // The first answer is a new state even if it equals the saved copy.
        if !changed && self.answered_at.is_some() {
            return Ok(None);
        }
        self.service = Some(next.service.clone());
        self.state = Some(next.clone());
        Ok(Some(next))
    }

    /// Records the error of a document, and closes if the document would have been in force.
    fn refuse(&mut self, error: DocumentError) -> PollError {
        if let Some(offered) = error.closed().filter(|offered| self.may_take(offered)) {
            let last = self.state.as_ref().unwrap_or(offered);
            self.closed = Some(last.closed());
        }
        PollError(Kind::Document(error))
    }

    /// Keeps the document of a 503, if there was no answer yet and the document is not older than the one at hand.
    fn consider(&mut self, response: &PollResponse<'_>) {
        if response.status != 503 || self.tag.is_some() {
            return;
        }
        let offered = match State::parse(response.body) {
            Ok(offered) => Some(offered),
            Err(error) => error.closed().cloned(),
        };
        let before = self.provisional.as_ref();
        let is_later =
            |offered: &State| before.is_none_or(|before| before.may_give_way_to(offered));
        if let Some(offered) = offered.filter(|offered| self.may_take(offered) && is_later(offered))
        {
            self.provisional = Some(offered);
        }
    }

    /// Whether a document is of this node's service and not older than the last good state.
    fn may_take(&self, offered: &State) -> bool {
        let is_own = self
            .service
            .as_ref()
            .is_none_or(|own| *own == offered.service);
        let state = self.state.as_ref();
        is_own && state.is_none_or(|state| state.may_give_way_to(offered))
    }
}

#[cfg(test)]
mod tests;
