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

    fn ask(&self, agent: &str, path: &str, peer: u8, status: u16, at: f64) {
        let peer = Peer::Address([10, 0, 0, peer].into());
        if let Some(probe) = self.probes.probe(path, agent, peer) {
            let now = self.start + SECOND.mul_f64(at);
            probe.answered_at(status, now);
        }
    }

    fn noticed(&self) -> String {
        self.probes.noticed(|_, _| true).join(" ")
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
    let times: [(&str, &str, u16, [f64; 3]); 7] = [
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
fn at_most_eight_are_logged_and_only_refused_ones() {
    let asked = Asked::new();
    for path in ('a'..='z').map(|letter| format!("/{letter}")) {
        for at in [0.0, 10.0, 20.0] {
            asked.ask("kube-probe/1.30", &path, 1, 200, at);
        }
    }
    assert_eq!(asked.noticed().split(' ').count(), MOST);
    let noticed = asked.probes.noticed(|path, _| path == "/z");
    assert_eq!(noticed, ["kube-probe:/z"]);
}

#[test]
fn the_node_looks_closer_for_one_minute_in_64_and_forgets_who_stays_away() {
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
