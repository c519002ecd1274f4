use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

/// Measures how long a request takes, without the time for which it is held.
#[derive(Clone, Debug)]
pub(crate) struct Stopwatch {
    begun: Instant,
    held: Arc<Mutex<Duration>>,
}

impl Stopwatch {
    pub(crate) fn start() -> Self {
        Self {
            begun: Instant::now(),
            held: Arc::default(),
        }
    }

    /// Stands still until what this returns is dropped.
    pub(crate) fn hold(&self) -> Held<'_> {
        Held {
            stopwatch: self,
            begun: Instant::now(),
        }
    }

    /// How long ago the request came.
    pub(crate) fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }

    /// How long it took until now.
    pub(crate) fn taken(&self) -> Duration {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        self.begun.elapsed().saturating_sub(*held)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Stopwatch {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let running = parts.extensions.get::<Self>().cloned();
        Ok(running.unwrap_or_else(Self::start))
    }
}

/// A stopwatch that stands still.
#[derive(Debug)]
pub(crate) struct Held<'w> {
    stopwatch: &'w Stopwatch,
    begun: Instant,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        let held = &self.stopwatch.held;
        *held.lock().unwrap_or_else(PoisonError::into_inner) += self.begun.elapsed();
    }
}
