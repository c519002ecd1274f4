use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{SystemTime, UNIX_EPOCH};

use intermission_native_abi::{Counter, Definitions, Gauge, Metrics};
use metrics::{Key, KeyName, Metadata, Recorder, SharedString, Unit};

/// Envoy's metrics of polls, for the whole process.
#[derive(Debug)]
pub(crate) struct Gauges {
    revision: Gauge,
    answered: Gauge,
    age: Gauge,
    polls: [Counter; POLLS.len()],
}

/// What the nodes of this process have recorded last. Gauges are the bits of a float.
#[derive(Clone, Debug, Default)]
struct Recorded {
    revision: Arc<AtomicU64>,
    answered: Arc<AtomicU64>,
    /// Those that Envoy does not have yet.
    polls: [Arc<AtomicU64>; POLLS.len()],
}

static RECORDED: OnceLock<Recorded> = OnceLock::new();

const REVISION: &str = "intermission_revision";
const ANSWERED: &str = "intermission_last_answer_timestamp_seconds";
const AGE: &str = "intermission_last_answer_age_seconds";
const POLLS: [&str; 3] = [
    "intermission_polls_changed_total",
    "intermission_polls_unchanged_total",
    "intermission_polls_failed_total",
];

/// Has the nodes of this process record their metrics here.
pub(crate) fn start() {
    RECORDED.get_or_init(|| {
        let recorded = Recorded::default();
        // Nothing else in this library sets one.
        let _ = metrics::set_global_recorder(recorded.clone());
        recorded
    });
}

impl Gauges {
    pub(crate) fn define(definitions: &Definitions<'_>) -> Self {
        Self {
            revision: definitions.gauge(REVISION),
            answered: definitions.gauge(ANSWERED),
            age: definitions.gauge(AGE),
            polls: POLLS.map(|name| definitions.counter(name)),
        }
    }

    /// Gives Envoy what was recorded.
    pub(crate) fn show(&self, metrics: &Metrics<'_>) {
        let Some(recorded) = RECORDED.get() else {
            return;
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "they are whole numbers, and not below zero"
        )]
        let whole = |gauge: &AtomicU64| f64::from_bits(gauge.load(Ordering::Relaxed)) as u64;
        metrics.set(self.revision, whole(&recorded.revision));
        let answered = whole(&recorded.answered);
        if answered > 0 {
            let now = SystemTime::now().duration_since(UNIX_EPOCH);
            let now = now.unwrap_or_default().as_secs();
            metrics.set(self.answered, answered);
            metrics.set(self.age, now.saturating_sub(answered));
        }
        for (counter, recorded) in self.polls.iter().zip(&recorded.polls) {
            metrics.add(*counter, recorded.swap(0, Ordering::Relaxed));
        }
    }
}

impl Recorder for Recorded {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> metrics::Counter {
        let mut polls = POLLS.iter().zip(&self.polls);
        match polls.find(|(name, _)| **name == key.name()) {
            Some((_, count)) => metrics::Counter::from_arc(Arc::clone(count)),
            None => metrics::Counter::noop(),
        }
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> metrics::Gauge {
        match key.name() {
            REVISION => metrics::Gauge::from_arc(Arc::clone(&self.revision)),
            ANSWERED => metrics::Gauge::from_arc(Arc::clone(&self.answered)),
            _ => metrics::Gauge::noop(),
        }
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> metrics::Histogram {
        metrics::Histogram::noop()
    }
}
