//! Lines of the log that clients without a valid token cause.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use tracing::warn;

/// The time for which one line has to do.
const PAUSE: Duration = Duration::from_secs(1);
/// The longest text of a request that a line has, in bytes.
const LONGEST: usize = 200;

/// Lines of one kind, of which one a second is written; the others are counted.
#[derive(Clone, Debug)]
pub(crate) struct LogLimiter {
    kind: &'static str,
    lines: Arc<Mutex<Lines>>,
}

#[derive(Debug, Default)]
struct Lines {
    last: Option<Instant>,
    left_out: u64,
}

impl LogLimiter {
    /// `kind` tells what the lines say.
    pub(crate) fn new(kind: &'static str) -> Self {
        Self {
            kind,
            lines: Arc::default(),
        }
    }

    /// Writes `line`, unless there was one within a second: then the number of those that were left out follows when
    /// it is over.
    pub(crate) fn write(&self, line: impl FnOnce(&'static str)) {
        let now = Instant::now();
        let mut lines = self.lock();
        let next = lines.last.map(|last| last + PAUSE);
        let Some(next) = next.filter(|next| *next > now) else {
            lines.last = Some(now);
            drop(lines);
            return line(self.kind);
        };
        lines.left_out += 1;
        if lines.left_out == 1 {
            let limiter = self.clone();
            tokio::spawn(async move {
                tokio::time::sleep_until(next).await;
                let more = limiter.settle(next);
                warn!("{}, and {more} more", limiter.kind);
            });
        }
    }

    /// How many lines were left out; the line that says so is the last one now.
    fn settle(&self, now: Instant) -> u64 {
        let mut lines = self.lock();
        lines.last = Some(now);
        std::mem::take(&mut lines.left_out)
    }

    fn lock(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A text of a request, cut to what a line has room for.
pub(crate) fn brief(text: &str) -> Cow<'_, str> {
    match text.split_at_checked(text.floor_char_boundary(LONGEST)) {
        Some((beginning, rest)) if !rest.is_empty() => format!("{beginning}…").into(),
        _ => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn one_line_a_second_is_written_and_the_others_are_counted() {
        let limiter = LogLimiter::new("refused");
        let written = AtomicU64::new(0);
        let write = || {
            limiter.write(|_| {
                written.fetch_add(1, Ordering::Relaxed);
            });
        };
        let left_out = || limiter.lock().left_out;
        write();
        assert_eq!((written.load(Ordering::Relaxed), left_out()), (1, 0));
        for _ in 0..412 {
            write();
        }
        assert_eq!((written.load(Ordering::Relaxed), left_out()), (1, 412));
        // The line with their number stands for this second too.
        tokio::time::sleep(PAUSE + PAUSE / 2).await;
        assert_eq!(left_out(), 0);
        write();
        assert_eq!((written.load(Ordering::Relaxed), left_out()), (1, 1));
        tokio::time::sleep(PAUSE * 3).await;
        write();
        assert_eq!((written.load(Ordering::Relaxed), left_out()), (2, 0));
    }

    #[test]
    fn a_long_text_is_cut_between_two_characters() {
        for (text, cut) in [
            ("a".repeat(200), "a".repeat(200)),
            ("a".repeat(201), format!("{}…", "a".repeat(200))),
            (
                format!("{}é{}", "a".repeat(199), "a".repeat(9)),
                format!("{}…", "a".repeat(199)),
            ),
        ] {
            assert_eq!(brief(&text), cut);
        }
    }
}
