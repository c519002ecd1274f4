//! Which paths health checks seem to ask for, so that control can warn before maintenance refuses them.
//!
//! While the service is open the layer looks closer at requests for a part of the time, one minute in 64: then it sees each
//! request of a checker, and so whether they come at even intervals, which a sample of requests would not show. For the
//! rest of the time this costs nothing.
//!
//! A path is noticed when a client that claims to be a checker has asked for it three times at even intervals and was
//! answered with 2xx.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use http::header::USER_AGENT;
use http::{HeaderMap, StatusCode};
use intermission_core::{ExemptPath, Peer};

/// How long the layer looks closer, and how long it then does not.
const LOOK: Duration = Duration::from_secs(120);
const PAUSE: Duration = Duration::from_secs(63 * 120);
/// How often a checker may be missed before it is forgotten: it may have been taken away.
const MISSED: u32 = 3;

const LONGEST_PATH: usize = 64;
const LONGEST_AGENT: usize = 40;
/// How many paths are reported.
const MOST: usize = 8;
/// How many clients and paths are remembered while the layer looks closer.
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
pub(crate) struct Probes {
    known: Mutex<Known>,
}

#[derive(Debug)]
struct Known {
    checkers: Vec<Checker>,
    /// When the layer begins or ends to look closer.
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
pub(crate) struct Probe {
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

    /// Whether the layer is to look closer from now on.
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

    /// A request as one of a health check, if it may be one.
    pub(crate) fn probe(
        self: &Arc<Self>,
        path: &str,
        headers: &HeaderMap,
        peer: Peer,
    ) -> Option<Box<Probe>> {
        let agent = headers.get(USER_AGENT)?.to_str().ok()?;
        let agent = agent.split(['/', ' ']).next()?;
        let claims = CHECKERS.iter().any(|name| name.eq_ignore_ascii_case(agent));
        // What can be exempt can be told; `/` can be by its prober.
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

    /// The paths that were noticed and that `refuses` tells of with the peer that asks for them, as `AGENT:PATH` separated by spaces.
    pub(crate) fn noticed(&self, refuses: impl Fn(&str, Peer) -> bool) -> String {
        let known = self.known();
        let noticed = known.checkers.iter().filter(|checker| checker.is_even);
        let mut all: Vec<_> = noticed
            .filter(|checker| refuses(&checker.path, checker.peer))
            .map(|checker| format!("{}:{}", checker.agent, checker.path))
            .collect();
        all.sort_unstable();
        all.dedup();
        all.truncate(MOST);
        all.join(" ")
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
    /// Takes note of how it is answered.
    pub(crate) fn answered(&self, status: StatusCode) {
        self.answered_at(status, Instant::now());
    }

    fn answered_at(&self, status: StatusCode, now: Instant) {
        if status.is_success() {
            self.probes.known().see(self, now);
        }
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    struct Asked {
        start: Instant,
        probes: Arc<Probes>,
    }

    impl Asked {
        fn new() -> Self {
            let start = Instant::now();
            let probes = Arc::new(Probes::new(start));
            assert!(probes.turn(start));
            Self { start, probes }
        }

        fn ask(&self, agent: &'static str, path: &str, peer: u8, status: u16, at: f64) {
            let mut headers = HeaderMap::new();
            headers.insert(USER_AGENT, HeaderValue::from_static(agent));
            let peer = Peer::Address([10, 0, 0, peer].into());
            if let Some(probe) = self.probes.probe(path, &headers, peer) {
                let now = self.start + SECOND.mul_f64(at);
                probe.answered_at(StatusCode::from_u16(status).unwrap(), now);
            }
        }

        fn noticed(&self) -> String {
            self.probes.noticed(|_, _| true)
        }
    }

    #[test]
    fn a_path_is_noticed_that_a_checker_asks_for_at_even_intervals() {
        let asked = Asked::new();
        for (agent, path) in [
            ("kube-probe/1.30", "/health"),
            ("GoogleHC/1.0", "/"),
            ("curl/8.5.0", "/status"),
        ] {
            for at in [0.0, 10.02, 19.98] {
                asked.ask(agent, path, 1, 200, at);
            }
        }
        assert_eq!(
            asked.noticed(),
            "GoogleHC:/ curl:/status kube-probe:/health"
        );
    }

    #[test]
    fn what_comes_unevenly_seldom_or_fails_is_not_noticed() {
        let asked = Asked::new();
        let long = format!("/{}", "x".repeat(LONGEST_PATH));
        let times: [(&'static str, &str, u16, [f64; 3]); 7] = [
            ("curl/8.5.0", "/uneven", 200, [0.0, 10.0, 13.0]),
            ("curl/8.5.0", "/seldom", 200, [0.0, 90.0, 180.0]),
            ("curl/8.5.0", "/hammered", 200, [0.0, 0.01, 0.02]),
            ("kube-probe/1.30", "/failing", 404, [0.0, 10.0, 20.0]),
            ("Mozilla/5.0 (X11)", "/page", 200, [0.0, 10.0, 20.0]),
            ("kube-probe/1.30", "/a%20b", 200, [0.0, 10.0, 20.0]),
            ("kube-probe/1.30", &long, 200, [0.0, 10.0, 20.0]),
        ];
        for (agent, path, status, times) in times {
            for at in times {
                asked.ask(agent, path, 1, status, at);
            }
        }
        asked.ask("kube-probe/1.30", "/twice", 1, 200, 0.0);
        asked.ask("kube-probe/1.30", "/twice", 1, 200, 10.0);
        assert_eq!(asked.noticed(), "");
    }

    #[test]
    fn checkers_of_several_addresses_do_not_hide_each_other() {
        let asked = Asked::new();
        for round in 0..3 {
            for (peer, offset) in [(1, 0.0), (2, 3.0), (3, 4.5)] {
                let at = f64::from(round) * 30.0 + offset;
                asked.ask("ELB-HealthChecker/2.0", "/up", peer, 200, at);
            }
        }
        assert_eq!(asked.noticed(), "ELB-HealthChecker:/up");
    }

    #[test]
    fn at_most_eight_are_told_and_only_those_that_would_be_refused() {
        let asked = Asked::new();
        for path in ('a'..='z').map(|letter| format!("/{letter}")) {
            for at in [0.0, 10.0, 20.0] {
                asked.ask("kube-probe/1.30", &path, 1, 200, at);
            }
        }
        assert_eq!(asked.noticed().split(' ').count(), MOST);
        let noticed = asked.probes.noticed(|path, _| path == "/z");
        assert_eq!(noticed, "kube-probe:/z");
    }

    #[test]
    fn the_layer_looks_closer_for_one_minute_in_64_and_forgets_who_stays_away() {
        let asked = Asked::new();
        for at in [0.0, 10.0, 20.0] {
            asked.ask("kube-probe/1.30", "/health", 1, 200, at);
        }
        let mut now = asked.start;
        for missed in 0..=MISSED {
            assert!(asked.probes.turn(now + LOOK / 2));
            now += LOOK;
            assert!(!asked.probes.turn(now));
            assert_eq!(asked.noticed().is_empty(), missed == MISSED);
            assert!(!asked.probes.turn(now + PAUSE / 2));
            now += PAUSE;
            assert!(asked.probes.turn(now));
        }
        assert_eq!(PAUSE / 63, LOOK);
    }
}
