//! When a node asks for the state, and what it makes of the answer: without I/O, given the time.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use core::time::Duration;

use fastrand::Rng;

use crate::poll::error::{Kind, PollError, identity};
use crate::poll::options::PollOptions;
use crate::state::DocumentError;
use crate::state::{ServiceName, State};

/// Longest pause between two tries, however often they failed and whatever `Retry-After` says.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// Shortest pause after a failure.
const SHORTEST_PAUSE: Duration = Duration::from_millis(50);
/// How much longer than it may be held a poll is waited for.
const SLACK: Duration = Duration::from_secs(5);
/// An answer that was held comes later than this, or it was not held. While a barrier waits for the node, control
/// holds for little longer.
const HELD: Duration = Duration::from_millis(100);

/// The polling of one state.
///
/// Time is given as the duration since any one moment, on a clock that never goes back. The node
/// calls [`next_at`](Self::next_at), waits until then, sends what [`send`](Self::send) says, and
/// reports how it went to [`receive`](Self::receive) or [`fail`](Self::fail). The last good state
/// stays in force through every failure.
#[derive(Debug)]
pub struct Poll {
    options: PollOptions,
    random: Rng,
    service: Option<ServiceName>,
    state: Option<State>,
    etag: Option<Box<str>>,
    next_at: Duration,
    sent_at: Duration,
    answered_at: Option<Duration>,
    failures: u32,
    objection: Option<Box<str>>,
    /// What is in force in place of the last document, which has a critical field that is not known here.
    closed: Option<State>,
}

/// What to ask the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PollRequest {
    /// Value of `If-None-Match`, if there is one.
    pub if_none_match: Option<Box<str>>,
    /// Value of `Prefer`, if there is one.
    pub prefer: Option<String>,
    /// How long to wait for the whole answer.
    pub timeout: Duration,
}

/// What the server said; absent headers are `None`.
#[derive(Clone, Copy, Debug, Default)]
pub struct PollResponse<'a> {
    /// The status code.
    pub status: u16,
    /// Value of `ETag`.
    pub etag: Option<&'a [u8]>,
    /// Value of `Preference-Applied`.
    pub preference_applied: Option<&'a [u8]>,
    /// Value of `Retry-After`.
    pub retry_after: Option<&'a [u8]>,
    /// The body, or as much of it as exceeds [`State::MAX_BYTES`].
    pub body: &'a [u8],
}

impl Poll {
    /// Begins to poll. `seed` makes the pauses of different nodes different.
    #[must_use]
    pub fn new(options: PollOptions, seed: u64) -> Self {
        Self {
            options: options.fit(),
            random: Rng::with_seed(seed),
            service: None,
            state: None,
            etag: None,
            next_at: Duration::ZERO,
            sent_at: Duration::ZERO,
            answered_at: None,
            failures: 0,
            objection: None,
            closed: None,
        }
    }

    /// Takes documents of `service` only, where it is known: by the URL, as [`ServiceName::in_path`] reads it, or by the
    /// configuration. Else the first answer names the service.
    #[must_use]
    pub fn with_service(self, service: Option<ServiceName>) -> Self {
        Self { service, ..self }
    }

    /// Goes on from a state that another poller of this process put in force, and from its entity tag where that is
    /// known.
    #[must_use]
    pub fn with_state(self, state: State, etag: Option<Box<str>>) -> Self {
        Self {
            service: self.service.or_else(|| Some(state.service.clone())),
            state: Some(state),
            etag,
            ..self
        }
    }

    /// Goes on from a state that an earlier process saved. The first answer replaces it unless it is older and of the
    /// same service: what was saved does not say which service this node is of.
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

    /// When the next poll is due.
    #[must_use]
    pub fn next_at(&self) -> Duration {
        self.next_at
    }

    /// The last good state, if there is one.
    #[must_use]
    pub fn state(&self) -> Option<&State> {
        self.state.as_ref()
    }

    /// Since when the server has not been heard: when the last poll that it answered was sent;
    /// `None` before the first answer.
    #[must_use]
    pub fn answered_at(&self) -> Option<Duration> {
        self.answered_at
    }

    /// When the lease ends, if there is one: so long after the last poll was sent that the server
    /// answered, or after time zero if it never did.
    #[must_use]
    pub fn lapses_at(&self) -> Option<Duration> {
        let heard = self.answered_at.unwrap_or_default();
        Some(heard.saturating_add(self.options.lease?))
    }

    /// The entity tag of the last good state, if it came with one.
    #[must_use]
    pub fn etag(&self) -> Option<&str> {
        self.etag.as_deref()
    }

    /// Why the last document that the server sent was not taken, if it was not.
    #[must_use]
    pub fn objection(&self) -> Option<&str> {
        self.objection.as_deref()
    }

    /// What to put in force while the last document that the server sent refuses requests and cannot be enforced for
    /// a critical field that is not known here: the last good state, closed. To stay as it was would leave the
    /// service open.
    #[must_use]
    pub fn closed(&self) -> Option<&State> {
        self.closed.as_ref()
    }

    /// The longest time between two polls while all is well.
    #[must_use]
    pub fn longest_pause(&self) -> Duration {
        self.options.interval.max(self.options.wait)
    }

    /// What to ask now.
    pub fn send(&mut self, now: Duration) -> PollRequest {
        self.sent_at = now;
        let wait = self.options.wait.as_secs();
        // A poll that cannot say what it has is answered at once. After a failure one asks to be.
        let held = self.etag.is_some() && wait > 0 && self.failures == 0;
        PollRequest {
            if_none_match: self.etag.clone(),
            prefer: held.then(|| format!("wait={wait}")),
            timeout: self.options.at_most(SLACK)
                + if held {
                    self.options.wait
                } else {
                    Duration::ZERO
                },
        }
    }

    /// Takes the server's response: `Some` is a new state to put in force.
    ///
    /// # Errors
    ///
    /// Where it is no answer: any status but 200 with a valid document that is not older than the
    /// state in force, and 304 to a poll that was conditional.
    pub fn receive(
        &mut self,
        now: Duration,
        response: PollResponse<'_>,
    ) -> Result<Option<State>, PollError> {
        // Until the first answer the server does not know what is in force, saved or not.
        let before = self.answered_at.and(self.state.as_ref()).map(order);
        let new = self.read(&response);
        match &new {
            Ok(new) => {
                self.answered_at = Some(self.sent_at);
                self.failures = 0;
                self.objection = None;
                let held = response.preference_applied.is_some_and(applies_wait);
                let was_held = held && now.saturating_sub(self.sent_at) >= HELD;
                // After a change the node asks again at once, so that the server learns of it.
                let has_risen = new.as_ref().is_some_and(|new| Some(order(new)) != before);
                let pause = if has_risen || was_held {
                    Duration::ZERO
                } else {
                    self.jittered_interval()
                };
                self.next_at = now + pause;
            }
            Err(error) => {
                let asked = response.retry_after.and_then(seconds).unwrap_or_default();
                let mut longest = LONGEST_PAUSE;
                if error.is_about_the_document() {
                    self.objection = Some(error.line().into());
                    // The server is there, and must not take the node for lost.
                    longest = longest.min(self.longest_pause());
                }
                self.back_off(now, asked, longest);
            }
        }
        new
    }

    /// Takes note that no response came.
    pub fn fail(&mut self, now: Duration) {
        self.back_off(now, Duration::ZERO, LONGEST_PAUSE);
    }

    fn read(&mut self, response: &PollResponse<'_>) -> Result<Option<State>, PollError> {
        match response.status {
            // After a document that cannot be enforced, the last good one is in force again.
            304 if self.etag.is_some() => {
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
                offered: identity(&next),
                kept: identity(current),
            };
            return Err(PollError(refused));
        }
        let etag = response
            .etag
            .and_then(|etag| core::str::from_utf8(etag).ok());
        self.etag = etag.map(Into::into);
        let was_closed = self.closed.take().is_some();
        let changed = self.state.as_ref() != Some(&next) || was_closed;
        // The first answer is news even where it says the same as the saved copy.
        if !changed && self.answered_at.is_some() {
            return Ok(None);
        }
        self.service = Some(next.service.clone());
        self.state = Some(next.clone());
        Ok(Some(next))
    }

    /// Takes note of a document that is not valid here, and closes if it would have been in force.
    fn refuse(&mut self, error: DocumentError) -> PollError {
        let offered = error.closed().filter(|offered| {
            let is_own = self
                .service
                .as_ref()
                .is_none_or(|own| *own == offered.service);
            let is_older = self
                .state
                .as_ref()
                .is_some_and(|state| !state.may_give_way_to(offered));
            is_own && !is_older
        });
        if let Some(offered) = offered {
            let last = self.state.as_ref().unwrap_or(offered);
            self.closed = Some(last.closed());
        }
        PollError(Kind::Document(error))
    }

    fn back_off(&mut self, now: Duration, asked: Duration, longest: Duration) {
        let longest = self.options.at_most(longest);
        let base = self.options.interval.min(Duration::from_secs(1));
        let ceiling = base.saturating_mul(1 << self.failures.min(5)).min(longest);
        self.failures = self.failures.saturating_add(1);
        let pause = ceiling.mul_f64(self.random.f64()).max(SHORTEST_PAUSE);
        self.next_at = now + pause.max(asked).min(longest);
    }

    fn jittered_interval(&mut self) -> Duration {
        self.options.interval.mul_f64(0.9 + 0.2 * self.random.f64())
    }
}

/// What documents are ordered by.
fn order(state: &State) -> (Box<str>, u64) {
    (state.store.clone(), state.revision)
}

/// Whether `Preference-Applied` names `wait` (RFC 7240, section 3).
fn applies_wait(value: &[u8]) -> bool {
    value.split(|byte| *byte == b',').any(|preference| {
        let name = preference
            .split(|byte| *byte == b'=')
            .next()
            .unwrap_or_default();
        name.trim_ascii().eq_ignore_ascii_case(b"wait")
    })
}

/// Seconds in a `Retry-After`; a date is passed over, as it depends on the clocks of both.
fn seconds(value: &[u8]) -> Option<Duration> {
    let text = core::str::from_utf8(value.trim_ascii()).ok()?;
    text.parse().ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests;
