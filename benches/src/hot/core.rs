use std::hint::black_box;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use intermission_core::{
    AddressSet, Cidr, Kind, Mode, Policy, Reason, ServiceName, State, Timestamp, Verdict,
};

use super::function::{Hot, Run, repeated};
use crate::{CALL, PAGE, Random, Request, api_paths};

pub(super) const ALL: [Hot; 11] = [
    Hot {
        name: "decide/open",
        start: || {
            decide(state(Mode::Off), page(), |verdict| {
                verdict == Verdict::Admit(Reason::Open)
            })
        },
    },
    Hot {
        name: "decide/exempt",
        start: || {
            let probe = Request::navigation("/healthz");
            decide(state(Mode::All), probe, |verdict| {
                verdict == Verdict::Admit(Reason::Exempt)
            })
        },
    },
    Hot {
        name: "decide/allowlisted-1000",
        start: || {
            let mut state = state(Mode::All);
            let cidrs = v4_cidrs();
            let tester = page().from(cidrs[499].first());
            state.allowlist.enabled = true;
            state.allowlist.cidrs = cidrs;
            decide(state, tester, |verdict| {
                verdict == Verdict::Admit(Reason::Allowlisted)
            })
        },
    },
    Hot {
        name: "decide/refused-page",
        start: || {
            decide(state(Mode::All), page(), |verdict| {
                verdict == Verdict::Refuse(Kind::Page)
            })
        },
    },
    Hot {
        name: "decide/refused-page-30",
        start: || {
            decide(with_api_paths(), page(), |verdict| {
                verdict == Verdict::Refuse(Kind::Page)
            })
        },
    },
    Hot {
        name: "decide/refused-api-30",
        start: || {
            let call = Request::navigation(CALL);
            decide(with_api_paths(), call, |verdict| {
                verdict == Verdict::Refuse(Kind::Api)
            })
        },
    },
    Hot {
        name: "decide/refused-script-30",
        start: || {
            let script = Request::script(PAGE);
            decide(with_api_paths(), script, |verdict| {
                verdict == Verdict::Refuse(Kind::Api)
            })
        },
    },
    Hot {
        name: "reply/page",
        start: || reply(page(), Kind::Page),
    },
    Hot {
        name: "reply/api",
        start: || reply(Request::script(CALL), Kind::Api),
    },
    Hot {
        name: "contains/v4-1000",
        start: || contains(v4_cidrs()),
    },
    Hot {
        name: "contains/v6-1000",
        start: || contains(v6_cidrs()),
    },
];

fn page() -> Request {
    Request::navigation(PAGE)
}

fn state(maintenance: Mode) -> State {
    State::initial(ServiceName::unknown(), maintenance)
}

fn with_api_paths() -> State {
    let mut state = state(Mode::All);
    state.api.paths = api_paths(30)
        .iter()
        .map(|path| path.parse().unwrap())
        .collect();
    state
}

fn v4_cidrs() -> Vec<Cidr> {
    let mut random = Random::new(4);
    let address = |random: u64| IpAddr::V4(Ipv4Addr::from_bits((random >> 32) as u32 & !0xff));
    (0..1000)
        .map(|_| format!("{}/24", address(random.next())).parse().unwrap())
        .collect()
}

fn v6_cidrs() -> Vec<Cidr> {
    let mut random = Random::new(6);
    let address = |random: u64| Ipv6Addr::from_bits((0x2000 << 112) | u128::from(random) << 64);
    (0..1000)
        .map(|_| {
            format!("{}/64", address(random.next() >> 4))
                .parse()
                .unwrap()
        })
        .collect()
}

pub(super) fn decide(
    state: State,
    request: Request,
    expected: impl Fn(Verdict) -> bool + 'static,
) -> Run {
    let policy = Policy::compile(&state, Timestamp::from_second(0));
    let request: &'static Request = Box::leak(Box::new(request));
    let view = request.view();
    repeated(move || {
        let decision = black_box(black_box(&policy).decide(black_box(&view)));
        assert!(expected(decision.verdict));
    })
}

fn reply(request: Request, kind: Kind) -> Run {
    let policy = Policy::compile(&state(Mode::All), Timestamp::from_second(0));
    let request: &'static Request = Box::leak(Box::new(request));
    let view = request.view();
    let mut draw = 0;
    repeated(move || {
        draw += 1;
        let reply = black_box(&policy).reply(black_box(kind), black_box(&view), draw);
        assert_eq!(reply.status(), 503);
    })
}

/// Asks for an address of the set and for one that is not, by turns.
fn contains(cidrs: Vec<Cidr>) -> Run {
    let set: AddressSet = cidrs.iter().copied().collect();
    let listed = cidrs[499].last();
    let beside = match listed {
        IpAddr::V4(address) => IpAddr::V4(Ipv4Addr::from_bits(address.to_bits() + 1)),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() + 1)),
    };
    let mut turn = false;
    repeated(move || {
        turn = !turn;
        let address = if turn { listed } else { beside };
        assert_eq!(black_box(&set).contains(black_box(address)), turn);
    })
}
