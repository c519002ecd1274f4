//! Polls, of states, fleets and barriers, that wait for news (RFC 7240, section 4.3).

use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::header::IF_NONE_MATCH;
use axum::http::request::Parts;
use axum::http::{HeaderName, StatusCode};
use tokio::sync::{Semaphore, SemaphorePermit, watch};
use tokio::time::{Instant, sleep_until};

use crate::server::http::identity::Caller;
use crate::server::http::json_request::condition;
use crate::server::http::patience::{Patience, wait};
use crate::server::http::problem::Problem;
use crate::server::http::stopwatch::Stopwatch;
use crate::server::stop::stopped;
use crate::values::etag::Condition;

const PREFERENCE_APPLIED: HeaderName = HeaderName::from_static("preference-applied");

/// What holds polls.
#[derive(Debug)]
pub(crate) struct LongPolls {
    most: usize,
    free: Semaphore,
    stop: watch::Receiver<bool>,
}

impl LongPolls {
    /// Holds `most` polls at a time, until `stop` becomes true.
    pub(crate) fn new(most: usize, stop: watch::Receiver<bool>) -> Self {
        Self {
            most,
            free: Semaphore::new(most),
            stop,
        }
    }

    /// Takes one of the places for polls that are held, for as long as what this returns lives.
    fn enter<'h>(&'h self, caller: &'h Caller) -> Result<[SemaphorePermit<'h>; 2], Problem> {
        let own = caller.polls().try_acquire().map_err(|_| {
            let most = caller.grant().max_polls;
            too_many(format!("control holds {most} polls of this token already"))
        })?;
        let free = self.free.try_acquire();
        let free =
            free.map_err(|_| too_many(format!("control holds {} polls already", self.most)))?;
        Ok([own, free])
    }

    /// How many polls are held now.
    pub(crate) fn count(&self) -> usize {
        self.most.saturating_sub(self.free.available_permits())
    }

    /// How many may be held.
    pub(crate) fn most(&self) -> usize {
        self.most
    }

    /// Whether control stops.
    pub(crate) fn is_stopping(&self) -> bool {
        *self.stop.borrow()
    }
}

fn too_many(whose: String) -> Problem {
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "held-polls",
        "Too many polls are held",
        format!("{whose}; ask again later, or without Prefer"),
    )
    .retry_after(fastrand::u8(1..=5))
}

/// A request that may be held while its client knows the answer.
#[derive(Debug)]
pub(crate) struct LongPoll {
    pub(crate) caller: Caller,
    stopwatch: Stopwatch,
    known: Option<Condition>,
    wait: Option<Duration>,
}

/// What a held poll sees when it looks whether it is to be answered.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Look {
    /// Something to answer with.
    News,
    /// Nothing yet.
    Nothing,
    /// Nothing yet; at this time it looks again even if it is not woken.
    Again(Instant),
}

impl LongPoll {
    /// Whether the client knows what has this tag.
    pub(crate) fn knows(&self, etag: &str) -> bool {
        self.known.as_ref().is_some_and(|known| known.names(etag))
    }

    /// How long its client waits beyond the time for which it asks to be held.
    pub(crate) fn patience(&self) -> Patience {
        Patience::new(self.known.is_some(), self.wait)
    }

    /// How long ago the poll came.
    pub(crate) fn age(&self) -> Duration {
        self.stopwatch.elapsed()
    }

    /// The header that tells the client that the poll could be held.
    pub(crate) fn applied(&self) -> Option<[(HeaderName, &'static str); 1]> {
        self.wait.map(|_| [(PREFERENCE_APPLIED, "wait")])
    }

    /// Holds the poll, if it asks for that and its client knows `etag`, until `look` sees news, its time is over, or
    /// control stops. It looks first, and then each time that `changes` wakes it.
    ///
    /// # Errors
    ///
    /// Where too many polls are held, or `look` fails.
    pub(crate) async fn hold(
        &self,
        polls: &LongPolls,
        etag: &str,
        mut changes: watch::Receiver<()>,
        mut look: impl FnMut() -> Result<Look, Problem>,
    ) -> Result<(), Problem> {
        let Some(wait) = self.wait.filter(|_| self.knows(etag)) else {
            return Ok(());
        };
        let _place = polls.enter(&self.caller)?;
        let _standstill = self.stopwatch.hold();
        // Those that began together need not end together.
        let end = Instant::now() + wait.mul_f64(0.9 + 0.1 * fastrand::f64());
        loop {
            let next = match look()? {
                Look::News => return Ok(()),
                Look::Nothing => end,
                Look::Again(at) => at.min(end),
            };
            tokio::select! {
                () = stopped(polls.stop.clone()) => return Ok(()),
                () = sleep_until(next) => if next == end { return Ok(()) },
                Ok(()) = changes.changed() => {}
            }
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for LongPoll {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Ok(stopwatch) = Stopwatch::from_request_parts(parts, state).await;
        Ok(Self {
            caller: Caller::from_request_parts(parts, state).await?,
            stopwatch,
            known: condition(&parts.headers, &IF_NONE_MATCH),
            wait: wait(&parts.headers),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::time::advance;

    use super::*;
    use crate::registry::Holder;
    use crate::token::{Grant, Made, Role, TokenHash};

    const SECOND: Duration = Duration::from_secs(1);

    /// A poll that may be held for ten seconds, of a client that knows `"a"`.
    fn poll() -> LongPoll {
        let made = Made {
            by: "operator".to_owned(),
            at: jiff::Timestamp::UNIX_EPOCH,
        };
        let grant = Grant::new("nodes", Role::Node, made);
        let holder = Holder::new(TokenHash::of(b"token"), grant);
        LongPoll {
            caller: Caller(Arc::new(holder)),
            stopwatch: Stopwatch::start(),
            known: Condition::read([&b"\"a\""[..]].into_iter()),
            wait: Some(SECOND * 10),
        }
    }

    /// For how many seconds a poll is held that is woken after one second and after four, and how often it looks.
    /// Control stops after `stop` seconds.
    async fn held(stop: u32, mut look: impl FnMut(Instant) -> Look) -> (u64, u32) {
        let (poll, (stopping, stop_at)) = (poll(), watch::channel(false));
        let (wakes, changes) = watch::channel(());
        let polls = LongPolls::new(1, stop_at);
        let begun = Instant::now();
        let mut looks = 0;
        let hold = poll.hold(&polls, "\"a\"", changes, || {
            looks += 1;
            Ok(look(begun))
        });
        let events = async {
            for second in 1.. {
                advance(SECOND).await;
                if second == 1 || second == 4 {
                    wakes.send_replace(());
                }
                stopping.send_replace(second == stop);
                // The poll looks before the next second.
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            biased;
            held = hold => held.unwrap(),
            () = events => {}
        }
        (begun.elapsed().as_secs(), looks)
    }

    #[tokio::test(start_paused = true)]
    async fn a_poll_is_held_until_there_is_news_and_looks_when_it_is_woken() {
        let after = |seconds: u32| {
            move |begun: Instant| match begun.elapsed() >= SECOND * seconds {
                true => Look::News,
                false => Look::Nothing,
            }
        };
        assert_eq!(held(99, after(0)).await, (0, 1));
        assert_eq!(held(99, after(1)).await, (1, 2));
        assert_eq!(held(99, after(2)).await, (4, 3));
        assert_eq!(held(3, after(2)).await, (3, 2));
        // It ends by itself between the ninth and the tenth second.
        assert_eq!(held(99, after(5)).await, (10, 3));
        let again = |begun: Instant| match begun.elapsed() >= SECOND * 2 {
            true => Look::News,
            false => Look::Again(begun + SECOND * 2),
        };
        assert_eq!(held(99, again).await, (2, 3));
    }

    #[tokio::test(start_paused = true)]
    async fn a_poll_beyond_the_limit_and_one_that_has_news_are_not_held() {
        let (_stopping, stop) = watch::channel(false);
        let (_wakes, changes) = watch::channel(());
        let (poll, polls) = (poll(), LongPolls::new(0, stop));
        let hold = |etag| poll.hold(&polls, etag, changes.clone(), || Ok(Look::Nothing));
        assert!(hold("\"b\"").await.is_ok());
        assert!(hold("\"a\"").await.is_err());
    }
}
