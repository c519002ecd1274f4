//! The order of the rules, which the documentation lists.
#![cfg(test)]

use std::net::IpAddr;

use intermission_core::{
    Allowlist, Area, Counts, Pass, PassDigest, Peer, Policy, Prober, RequestView, State, Timestamp,
    Verdict,
};

const PASS: &str = "imp_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// The rule that decides about a request to which each rule of the core applies unless the state is without it.
fn rule(state: &State) -> &'static str {
    let client: IpAddr = "10.0.0.1".parse().unwrap();
    let headers = [("intermission-pass", PASS)];
    let view = RequestView {
        client: Some(client),
        peer: Peer::Address(client),
        ..RequestView::new(b"GET", b"/healthz", &headers[..])
    };
    let policy = Policy::compile(state, Timestamp::UNIX_EPOCH);
    policy.decide(&view).verdict.rule()
}

/// The rules of the core in the order in which they are tried, found by leaving out the first one each time.
fn tried() -> Vec<&'static str> {
    let mut state = State::initial("shop".parse().unwrap(), "writes".parse().unwrap());
    state.scope.paths = vec!["/shop".parse().unwrap()];
    let probed = vec!["/healthz".parse().unwrap()];
    state.exempt.probers = vec![Prober::new("10.0.0.0/8".parse().unwrap(), probed)];
    state.allowlist.enabled = true;
    state.allowlist.cidrs = vec!["10.0.0.1".parse().unwrap()];
    state.allowlist.passes = vec![Pass::new(PassDigest::of(PASS.as_bytes()), None)];
    let leave_out: [fn(&mut State); 6] = [
        |state| state.scope = Area::default(),
        |state| state.maintenance = "all".parse().unwrap(),
        |state| state.exempt.paths.clear(),
        |state| state.exempt.probers.clear(),
        |state| state.allowlist.cidrs.clear(),
        |state| state.allowlist = Allowlist::default(),
    ];
    let mut tried = vec![rule(&state)];
    for leave_out in leave_out {
        leave_out(&mut state);
        tried.push(rule(&state));
    }
    tried
}

#[test]
fn the_documentation_has_the_rules_in_the_order_in_which_they_are_tried() {
    let mut tried = tried();
    // Only a node within the application has this rule, and asks it where all others refuse.
    tried.insert(tried.len() - 1, "application");
    let refused = tried.pop().unwrap();
    assert_eq!(
        refused,
        Verdict::Refuse(intermission_core::Kind::Page).rule()
    );

    let counted: Vec<_> = Counts::rules().collect();
    assert_eq!(counted, [&[refused], &tried[..]].concat());

    let layer = include_str!("../../middleware/src/lib.md");
    let listed = layer.lines().take_while(|line| !line.starts_with("# "));
    let listed = listed.filter_map(|line| {
        let (number, rule) = line.split_once(". `")?;
        number.parse::<u8>().ok()?;
        rule.split('`').next()
    });
    assert_eq!(listed.collect::<Vec<_>>(), tried);

    let document = include_str!("../../docs/state.md");
    let row = document
        .lines()
        .find(|line| line.starts_with("| `refused`, "));
    let cell = row.unwrap().split('|').nth(1).unwrap();
    let reported: Vec<_> = cell
        .split(',')
        .map(|name| name.trim().trim_matches('`'))
        .collect();
    assert_eq!(reported, counted);
}
