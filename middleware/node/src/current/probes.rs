//! Which paths health checks seem to ask for, so that control can warn before maintenance refuses them.
//!
//! While the service is open the node looks closer at requests for a part of the time, one minute in 64: then it sees each
//! request of a checker, and so whether they come at even intervals, which a sample of requests would not show. For the
//! rest of the time this costs nothing.
//!
//! A path is noticed when a client that claims to be a checker has asked for it three times at even intervals and was
//! answered with 2xx.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use intermission_core::{ExemptPath, Peer};

/// How long the node looks closer, and how long it then does not.
const LOOK: Duration = Duration::from_secs(120);
const PAUSE: Duration = Duration::from_secs(63 * 120);
/// How often a checker may be missed before it is forgotten: it may have been taken away.
const MISSED: u32 = 3;

const LONGEST_PATH: usize = 64;
const LONGEST_AGENT: usize = 40;
/// How many paths are reported.
const MOST: usize = 8;
/// How many clients and paths are remembered while the node looks closer.
const MOST_REMEMBERED: usize = 64;

/// Intervals at which health checks come.
const SHORTEST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(60);
/// How much two intervals may differ: by this, or by a tenth.
const UNEVEN: Duration = Duration::from_millis(300);

/// First products of the `User-Agent` of health checks and monitors, in lower case.
const CHECKERS: [&str; 26] = [
    "alwayson",
    "amazon-route53-health-check-service",
    "better",
    "blackbox",
    "blackbox-exporter",
    "check_http",
    "consul",
    "curl",
    "datadog",
    "edge",
    "elb-healthchecker",
    "envoy",
    "googlehc",
    "googlestackdrivermonitoring-uptimechecks",
    "haproxy",
    "healthcheck",
    "healthchecker",
    "httpie",
    "kube-probe",
    "load",
    "newrelicpinger",
    "prometheus",
    "readyforrequest",
    "statuscake",
    "wget",
    "zabbix",
];

/// What is known of the health checks of one service.
#[derive(Debug)]
pub struct Probes {
    known: Mutex<Known>,
}

#[derive(Debug)]
struct Known {
    checkers: Vec<Checker>,
    /// When the node begins or ends to look closer.
    turns_at: Instant,
    looks: bool,
}

/// A client that asks for a path again and again.
#[derive(Debug)]
struct Checker {
    agent: Box<str>,
    path: Box<str>,
    peer: Peer,
    last: Instant,
    interval: Option<Duration>,
    is_even: bool,
    missed: u32,
}

/// A request that may be of a health check, until it is answered.
#[derive(Debug)]
pub struct Probe {
    probes: Arc<Probes>,
    agent: Box<str>,
    path: Box<str>,
    peer: Peer,
}

impl Probes {
    pub(crate) fn new(now: Instant) -> Self {
        Self {
            known: Mutex::new(Known {
                checkers: Vec::new(),
                turns_at: now,
                looks: false,
            }),
        }
    }

    /// Whether the node is to look closer from now on.
    pub(crate) fn turn(&self, now: Instant) -> bool {
        let mut known = self.known();
        if now >= known.turns_at {
            known.looks = !known.looks;
            let lasts = if known.looks { LOOK } else { PAUSE };
            known.turns_at = now + lasts;
            if !known.looks {
                known.forget();
            }
        }
        known.looks
    }

    /// A request as one of a health check, if it may be one by its path and its `User-Agent`.
    pub fn probe(self: &Arc<Self>, path: &str, agent: &str, peer: Peer) -> Option<Box<Probe>> {
        let agent = agent.split(['/', ' ']).next()?;
        let claims = CHECKERS.iter().any(|name| name.eq_ignore_ascii_case(agent));
        // Only paths that can be exempt are reported, and `/`, which can be open to its prober.
        let is_plain = path == "/" || path.parse::<ExemptPath>().is_ok();
        let fits = agent.len() <= LONGEST_AGENT
            && path.len() <= LONGEST_PATH
            && path.bytes().all(|byte| byte.is_ascii_graphic());
        (claims && is_plain && fits).then(|| {
            Box::new(Probe {
                probes: Arc::clone(self),
                agent: agent.into(),
                path: path.into(),
                peer,
            })
        })
    }

    /// The noticed paths that `refuses` names with the peer that asks for them, as `AGENT:PATH`.
    pub(crate) fn noticed(&self, refuses: impl Fn(&str, Peer) -> bool) -> Vec<String> {
        let known = self.known();
        let noticed = known.checkers.iter().filter(|checker| checker.is_even);
        let mut all: Vec<_> = noticed
            .filter(|checker| refuses(&checker.path, checker.peer))
            .map(|checker| format!("{}:{}", checker.agent, checker.path))
            .collect();
        all.sort_unstable();
        all.dedup();
        all.truncate(MOST);
        all
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// Forgets those that have not come often enough to be noticed, or that have not come again for long.
    fn forget(&mut self) {
        for checker in &mut self.checkers {
            checker.missed += 1;
        }
        self.checkers
            .retain(|checker| checker.is_even && checker.missed <= MISSED);
    }

    fn see(&mut self, probe: &Probe, now: Instant) {
        let is_same = |known: &&mut Checker| {
            known.path == probe.path && known.agent == probe.agent && known.peer == probe.peer
        };
        if let Some(checker) = self.checkers.iter_mut().find(is_same) {
            checker.see(now);
        } else if self.checkers.len() < MOST_REMEMBERED {
            self.checkers.push(Checker {
                agent: probe.agent.clone(),
                path: probe.path.clone(),
                peer: probe.peer,
                last: now,
                interval: None,
                is_even: false,
                missed: 0,
            });
        }
    }
}

impl Checker {
    fn see(&mut self, now: Instant) {
        let interval = now.saturating_duration_since(self.last);
        let even = |before: &Duration| {
            let uneven = UNEVEN.max(*before / 10);
            (SHORTEST..=LONGEST).contains(&interval) && before.abs_diff(interval) <= uneven
        };
        self.is_even |= self.interval.as_ref().is_some_and(even);
        self.interval = Some(interval);
        self.last = now;
        self.missed = 0;
    }
}

impl Probe {
    /// Takes note of the status with which it is answered.
    pub fn answered(&self, status: u16) {
        self.answered_at(status, Instant::now());
    }

    fn answered_at(&self, status: u16, now: Instant) {
        if (200..300).contains(&status) {
            self.probes.known().see(self, now);
        }
    }
}

#[cfg(test)]
mod tests;
