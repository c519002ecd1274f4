//! Polls, of states, fleets and barriers, that wait for news (RFC 7240, section 4.3).

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use tokio::sync::{Semaphore, SemaphorePermit, watch};

use crate::registry::{Published, Registry};
use crate::server::http::identity::Caller;
use crate::server::http::problem::Problem;
use crate::server::stop::stopped;
use crate::values::now::Now;
use crate::wire::node::MemberId;

pub(crate) const PREFERENCE_APPLIED: HeaderName = HeaderName::from_static("preference-applied");
pub(crate) const PREFER: HeaderName = HeaderName::from_static("prefer");

/// The longest that a poll is held, whatever it asks for.
const LONGEST: Duration = Duration::from_secs(60);
/// How long the poll of a node is held while a barrier waits for it: so long that the node takes it for held, and
/// asks again at once.
const MOMENT: Duration = Duration::from_millis(200);
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

    /// Waits until there is something else than `service`, or control stops, but for no longer than `wait`,
    /// and only for a moment while a barrier waits for `member`.
    pub(crate) async fn until_changed(
        &self,
        registry: &Registry,
        service: &Arc<Published>,
        member: Option<&MemberId>,
        wait: Duration,
        caller: &Caller,
    ) -> Result<(), TooManyPolls> {
        let _place = self.enter(caller)?;
        // Those that began together need not end together.
        let wait = wait.mul_f64(0.9 + 0.1 * fastrand::f64());
        tokio::select! {
            () = registry.change_of(service) => {}
            () = self.stopped() => {}
            () = tokio::time::sleep(wait) => {}
            () = until_awaited(registry, &service.summary.service, member) => {}
        }
        Ok(())
    }

    /// Takes one of the places for polls that are held.
    pub(crate) fn enter<'h>(&'h self, caller: &'h Caller) -> Result<Slot<'h>, TooManyPolls> {
        let own = caller.polls().try_acquire();
        Ok(Slot {
            _own: own.map_err(|_| TooManyPolls::Token(caller.grant().max_polls))?,
            _free: self
                .free
                .try_acquire()
                .map_err(|_| TooManyPolls::Control(self.most))?,
        })
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

    /// Ends when control stops.
    pub(crate) async fn stopped(&self) {
        stopped(self.stop.clone()).await;
    }
}

/// The place of a poll that is held, until this is dropped.
#[derive(Debug)]
pub(crate) struct Slot<'h> {
    _own: SemaphorePermit<'h>,
    _free: SemaphorePermit<'h>,
}

/// Ends a moment after a barrier waits for `member`.
async fn until_awaited(registry: &Registry, service: &str, member: Option<&MemberId>) {
    let Some(member) = member else {
        return std::future::pending().await;
    };
    let awaited = registry.fleet().barrier_began(service);
    loop {
        let mut begins = pin!(awaited.notified());
        begins.as_mut().enable();
        if registry.fleet().is_awaited(service, member, Now::read()) {
            return tokio::time::sleep(MOMENT).await;
        }
        begins.await;
    }
}

/// As many polls are held as may be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum TooManyPolls {
    /// For one token, which may have so many.
    Token(u32),
    /// For all together, as many as the limit of open files allows.
    Control(usize),
}

impl IntoResponse for TooManyPolls {
    fn into_response(self) -> Response {
        let whose = match self {
            Self::Token(most) => format!("control holds {most} polls of this token already"),
            Self::Control(most) => format!("control holds {most} polls already"),
        };
        let problem = Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "held-polls",
            "Too many polls are held",
            format!("{whose}; ask again later, or without Prefer"),
        );
        let seconds = fastrand::u8(1..=5).to_string();
        ([(RETRY_AFTER, seconds)], problem).into_response()
    }
}

/// For how long the poll asks to be held; the first `wait` counts.
pub(crate) fn wait(headers: &HeaderMap) -> Option<Duration> {
    let lines = headers.get_all(PREFER).iter();
    let preferences = lines.filter_map(|line| line.to_str().ok());
    let mut preferences = preferences.flat_map(|line| line.split(','));
    let seconds = preferences.find_map(|preference| {
        let preference = preference.split(';').next().unwrap_or_default();
        let (name, value) = preference.split_once('=')?;
        let wait = name.trim().eq_ignore_ascii_case("wait");
        wait.then(|| value.trim().trim_matches('"'))
    })?;
    // More than fits is more than is held anyway.
    let digits = !seconds.is_empty() && seconds.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = digits.then(|| seconds.parse().unwrap_or(u64::MAX))?;
    let wait = Duration::from_secs(seconds).min(LONGEST);
    (!wait.is_zero()).then_some(wait)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn wait_is_read_as_a_preference() {
        for (lines, seconds) in [
            (&["wait=10"][..], Some(10)),
            (&["Wait = 10"], Some(10)),
            (&["wait=\"10\""], Some(10)),
            (&["respond-async, wait=10;x=y"], Some(10)),
            (&["respond-async", "wait=10"], Some(10)),
            (&["wait=5, wait=10"], Some(5)),
            (&["wait=3600"], Some(60)),
            (&["wait=99999999999999999999999"], Some(60)),
            (&["wait=0"], None),
            (&["wait"], None),
            (&["wait="], None),
            (&["wait=-1"], None),
            (&["wait=1.5"], None),
            (&["waiting=10"], None),
            (&[], None),
        ] {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(PREFER, HeaderValue::from_static(line));
            }
            assert_eq!(
                wait(&headers),
                seconds.map(Duration::from_secs),
                "{lines:?}"
            );
        }
    }
}
