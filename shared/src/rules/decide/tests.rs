//! The filters change no decision, and a decision lasts as long as it says.

extern crate std;

mod asked;

use alloc::string::String;
use alloc::vec::Vec;
use core::cell::Cell;
use core::str::FromStr;
use std::sync::LazyLock;

use proptest::prelude::*;

use self::asked::{Asked, OTHER_PASS, PASS, asked};
use super::*;
use crate::request::HeaderFilter;
use crate::state::{Pass, PassDigest, Prober, ServiceName, State, Timestamp};

/// Header lines with a filter of their names, as the layer has them.
struct Filtered<'l> {
    lines: &'l [(String, String)],
    /// How often the lines were read.
    read: Cell<usize>,
}

impl<'l> Filtered<'l> {
    fn new(lines: &'l [(String, String)]) -> Self {
        let read = Cell::new(0);
        Self { lines, read }
    }
}

impl Headers for Filtered<'_> {
    fn all(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.read.set(self.read.get() + 1);
        self.lines.all()
    }

    fn may_have(&self, names: HeaderFilter) -> bool {
        let own = self.lines.iter().map(|(name, _)| HeaderFilter::of(name));
        let own = own.fold(HeaderFilter::default(), HeaderFilter::and);
        !own.is_disjoint(names)
    }
}

/// A state, compiled, and beside it states that have one of its rules each.
struct Compiled {
    state: State,
    policy: Policy,
    exempt: Policy,
    probers: Policy,
    scope: Policy,
    reads: Policy,
}

impl Compiled {
    fn new(mode: Mode, parts: &Parts) -> Self {
        let mut state = none(mode);
        state.exempt.paths = all(parts.exempt);
        state.exempt.hosts = all(parts.exempt_hosts);
        let probers = parts.probed.iter().map(|path| Prober {
            cidr: "10.0.0.0/8".parse().unwrap(),
            paths: [path.parse().unwrap()].into(),
        });
        state.exempt.probers = probers.collect();
        state.scope.paths = all(parts.paths);
        state.scope.hosts = all(parts.hosts);
        state.reads.paths = all(parts.reads);
        state.allowlist.enabled = parts.hosts.is_empty();
        state.allowlist.cidrs.push("10.0.0.1".parse().unwrap());
        let passes = parts.passes.iter();
        let passes = passes.map(|pass| Pass::new(PassDigest::of(pass.as_bytes()), None));
        state.allowlist.passes = passes.collect();
        let mut alone = [Mode::All, Mode::All, Mode::All, Mode::Writes].map(none);
        alone[0].exempt.paths.clone_from(&state.exempt.paths);
        alone[0].exempt.hosts.clone_from(&state.exempt.hosts);
        alone[1].exempt.probers.clone_from(&state.exempt.probers);
        alone[2].scope = state.scope.clone();
        alone[3].reads = state.reads.clone();
        let [exempt, probers, scope, reads] = alone.map(|alone| compile(&alone));
        Self {
            policy: compile(&state),
            state,
            exempt,
            probers,
            scope,
            reads,
        }
    }

    fn decide(&self, asked: &Asked) -> Decision {
        self.policy.decide(&asked.view(asked.lines.as_slice()))
    }

    /// How long the verdict lasts, from the verdicts of states with one rule each.
    fn lasting(&self, asked: &Asked) -> Lasting {
        let view = asked.view(asked.lines.as_slice());
        let by = |reason, alone: &Policy| {
            let admits = alone.decide(&view).verdict == Verdict::Admit(reason);
            admits.then_some(Lasting::from(reason))
        };
        let exempted =
            by(Reason::Exempt, &self.exempt).or_else(|| by(Reason::Probe, &self.probers));
        let names_h2c = |(name, value): &(String, String)| {
            name.eq_ignore_ascii_case("upgrade") && value.to_ascii_lowercase().contains("h2c")
        };
        match self.decide(asked).verdict {
            Verdict::Refuse(_) => Lasting::Open,
            Verdict::Admit(Reason::Open) if asked.lines.iter().any(names_h2c) => Lasting::Open,
            Verdict::Admit(Reason::Open) => exempted
                .or_else(|| by(Reason::OutOfScope, &self.scope))
                .or_else(|| by(Reason::ReadOnly, &self.reads))
                .unwrap_or(Lasting::Open),
            Verdict::Admit(reason) => exempted.unwrap_or(reason.into()),
        }
    }
}

/// What a state lists.
#[derive(Clone, Copy, Default)]
struct Parts {
    exempt: &'static [&'static str],
    exempt_hosts: &'static [&'static str],
    probed: &'static [&'static str],
    paths: &'static [&'static str],
    hosts: &'static [&'static str],
    reads: &'static [&'static str],
    passes: &'static [&'static str],
}

fn all<T: FromStr<Err: core::fmt::Debug>>(texts: &[&str]) -> Vec<T> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

/// A state without a rule but its mode's.
fn none(mode: Mode) -> State {
    let mut state = State::initial(ServiceName::unknown(), mode);
    state.exempt.paths.clear();
    state
}

fn compile(state: &State) -> Policy {
    Policy::compile(state, Timestamp::UNIX_EPOCH)
}

/// Compiled once, because that renders all answers.
static COMPILED: LazyLock<Vec<Compiled>> = LazyLock::new(|| {
    let none = Parts::default();
    let parts = [
        none,
        Parts {
            exempt: &["/healthz", "/b/"],
            probed: &["/"],
            passes: &[PASS],
            ..none
        },
        Parts {
            exempt: &["/a", "/a/"],
            paths: &["/shop"],
            reads: &["/a/*"],
            ..none
        },
        Parts {
            exempt: &["/a"],
            probed: &["/a", "/ab", "/"],
            paths: &["/shop", "/a"],
            ..none
        },
        Parts {
            exempt: &["/healthz"],
            probed: &["/a"],
            hosts: &["shop.example"],
            ..none
        },
        Parts {
            exempt: &["/a/"],
            probed: &["/"],
            paths: &["/b"],
            hosts: &["blog.example"],
            ..none
        },
        Parts {
            exempt_hosts: &["*.example"],
            reads: &["/a/b", "/a/*", "/ab"],
            passes: &[PASS, OTHER_PASS],
            ..none
        },
        Parts {
            exempt_hosts: &["shop.example"],
            hosts: &["*.example"],
            passes: &[OTHER_PASS],
            ..none
        },
    ];
    let modes = [Mode::Off, Mode::Writes, Mode::All].into_iter();
    let all = modes.flat_map(|mode| parts.map(|parts| Compiled::new(mode, &parts)));
    all.collect()
});

fn compiled() -> impl Strategy<Value = usize> {
    0..COMPILED.len()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_filter_of_header_names_changes_no_decision(now in compiled(), asked in asked()) {
        let now = &COMPILED[now];
        let filtered = Filtered::new(&asked.lines);
        prop_assert_eq!(now.policy.decide(&asked.view(&filtered)), now.decide(&asked));
    }

    #[test]
    fn a_verdict_lasts_as_the_rules_one_by_one_say(now in compiled(), asked in asked()) {
        let now = &COMPILED[now];
        prop_assert_eq!(now.decide(&asked).lasting, now.lasting(&asked));
    }

    #[test]
    fn a_state_that_still_admits_a_request_admits_it(
        before in compiled(), later in compiled(), asked in asked()
    ) {
        let (before, later) = (&COMPILED[before], &COMPILED[later]);
        let decided = before.decide(&asked);
        if matches!(decided.verdict, Verdict::Admit(_))
            && later.state.still_admits(decided.lasting, &before.state)
        {
            let verdict = later.decide(&asked).verdict;
            prop_assert!(matches!(verdict, Verdict::Admit(_)), "{:?}, then {:?}", decided, verdict);
        }
    }
}

#[test]
fn an_open_service_reads_no_header_of_a_usual_request() {
    let state = State::initial(ServiceName::unknown(), Mode::Off);
    let policy = Policy::compile(&state, Timestamp::UNIX_EPOCH);
    let names = [
        "host",
        "user-agent",
        "accept",
        "accept-language",
        "accept-encoding",
        "referer",
        "cookie",
        "sec-fetch-mode",
    ];
    let lines = names.map(|name| (name.into(), String::new()));
    for (method, lasting) in [("GET", Lasting::ReadOnly), ("POST", Lasting::Open)] {
        let filtered = Filtered::new(&lines);
        let view = RequestView::new(method.as_bytes(), b"/basket/items", &filtered);
        assert_eq!(policy.decide(&view).lasting, lasting);
        assert_eq!(filtered.read.get(), 0, "{method}");
    }
}

#[test]
fn a_request_that_names_h2c_lasts_only_while_the_service_is_open() {
    let mut state = State::initial(ServiceName::unknown(), Mode::Off);
    state.scope.paths.push("/shop".parse().unwrap());
    let policy = Policy::compile(&state, Timestamp::UNIX_EPOCH);
    let lasting = |path: &str, lines: &[&str]| {
        let headers: Vec<_> = lines.iter().map(|line| ("Upgrade", *line)).collect();
        let view = RequestView::new(b"GET", path.as_bytes(), headers.as_slice());
        policy.decide(&view).lasting
    };
    for (path, expected) in [
        ("/healthz", Lasting::Exempt),
        ("/blog", Lasting::OutOfScope),
        ("/shop", Lasting::ReadOnly),
    ] {
        assert_eq!(lasting(path, &[]), expected, "{path}");
        for lines in [&["h2c"][..], &["h2c, x"], &["x", "H2C"], &["h2c", "h2c"]] {
            assert_eq!(lasting(path, lines), Lasting::Open, "{path} {lines:?}");
        }
    }
}

#[test]
fn neither_path_of_a_rewritten_request_admits_it_alone() {
    let decision = |verdict, lasting| Decision { verdict, lasting };
    let exempt = decision(Verdict::Admit(Reason::Exempt), Lasting::Exempt);
    let reading = decision(Verdict::Admit(Reason::ReadOnly), Lasting::ReadOnly);
    let refused = decision(Verdict::Refuse(Kind::Page), Lasting::Open);
    let called = decision(Verdict::Refuse(Kind::Api), Lasting::Open);
    assert_eq!(exempt.and(exempt), exempt);
    assert_eq!(
        exempt.and(reading),
        decision(reading.verdict, Lasting::Open)
    );
    assert_eq!(exempt.and(refused), refused);
    assert_eq!(refused.and(exempt), refused);
    assert_eq!(refused.and(called), refused);
}
