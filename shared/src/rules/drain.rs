use crate::address::{AddressSet, Cidr};
use crate::path::ExemptPath;
use crate::request::HostPattern;
use crate::rules::decision::Lasting;
use crate::rules::lists::{ExemptPaths, Hosts, Reads, by_path};
use crate::state::{Mode, Pass, State};

impl State {
    /// Whether this state surely admits a request that `before` admitted with a verdict of this `lasting`, so that the
    /// request may run on. The request itself is no longer known, and doubt counts against it.
    #[must_use]
    pub fn still_admits(&self, lasting: Lasting, before: &Self) -> bool {
        if self.maintenance == Mode::Off {
            return true;
        }
        match lasting {
            Lasting::Open => false,
            Lasting::OutOfScope => self.scope == before.scope,
            Lasting::ReadOnly => self.maintenance == Mode::Writes && self.reads_all_of(before),
            Lasting::Exempt => self.exempts_all_of(before),
            Lasting::Probe => self.lets_probe_all_of(before),
            Lasting::Allowlisted => self.allowlist.enabled && self.lists_all_of(before),
            Lasting::Pass => self.allowlist.enabled && self.has_all_passes_of(before),
            Lasting::Application => self.allowlist.enabled,
        }
    }

    /// Whether this state surely refuses whatever `before` refused, so that it may stand in for it.
    #[must_use]
    pub fn refuses_all_of(&self, before: &Self) -> bool {
        let covers = match before.maintenance {
            Mode::Off => return self.maintenance == Mode::Off,
            Mode::Writes => match self.maintenance {
                Mode::Off => false,
                Mode::Writes => before.reads_all_of(self),
                Mode::All => true,
            },
            Mode::All => self.maintenance == Mode::All,
        };
        let lets_in_no_more = !self.allowlist.enabled
            || (before.allowlist.enabled
                && before.lists_all_of(self)
                && before.has_all_passes_of(self));
        covers
            && lets_in_no_more
            && self.scope == before.scope
            && before.exempts_all_of(self)
            && before.lets_probe_all_of(self)
    }

    /// Whether every prober of the other state may ask here for what it may ask for there.
    fn lets_probe_all_of(&self, other: &Self) -> bool {
        let (own, other) = (&self.exempt.probers, &other.exempt.probers);
        own == other || {
            let own = by_path(own);
            by_path(other).iter().all(|(path, cidrs)| {
                let own = own.get(path);
                own.is_some_and(|own| covers_all_of(own, cidrs))
            })
        }
    }

    /// Whether every path on which requests only read there is one here.
    fn reads_all_of(&self, other: &Self) -> bool {
        let (own, other) = (&self.reads.paths, &other.reads.paths);
        let covers = |own: &Reads| other.iter().all(|path| own.list(path.as_str().as_bytes()));
        own == other || other.is_empty() || Reads::new(own).is_some_and(|own| covers(&own))
    }

    /// Whether every host and path that is exempt there is exempt here.
    fn exempts_all_of(&self, other: &Self) -> bool {
        has_all_of(&self.exempt.paths, &other.exempt.paths)
            && has_all_hosts_of(&self.exempt.hosts, &other.exempt.hosts)
    }

    /// Whether this allowlist has every pass of the other, with the same end or a later one.
    fn has_all_passes_of(&self, other: &Self) -> bool {
        let (own, other) = (&self.allowlist.passes, &other.allowlist.passes);
        own == other || {
            // There are few; one without an end ends last.
            let end = |pass: &Pass| (pass.until.is_none(), pass.until);
            let lasts = |pass: &Pass| {
                let outlasts = |own: &Pass| own.sha256 == pass.sha256 && end(pass) <= end(own);
                own.iter().any(outlasts)
            };
            other.iter().all(lasts)
        }
    }

    /// Whether this allowlist has every address of the other.
    fn lists_all_of(&self, other: &Self) -> bool {
        covers_all_of(&self.allowlist.cidrs, &other.allowlist.cidrs)
    }
}

/// Whether each of the other paths is among one's own, or below one of these.
fn has_all_of(own: &[ExemptPath], other: &[ExemptPath]) -> bool {
    own == other || {
        let own = ExemptPaths::new(own);
        other.iter().all(|path| own.list(path.as_str().as_bytes()))
    }
}

/// Whether each of the other hosts is among one's own, or below one of these.
fn has_all_hosts_of(own: &[HostPattern], other: &[HostPattern]) -> bool {
    own == other || {
        let own = Hosts::new(own);
        other.iter().all(|host| own.list(host.as_str().as_bytes()))
    }
}

/// Whether one's own blocks have every address of the others.
fn covers_all_of(own: &[Cidr], other: &[Cidr]) -> bool {
    let set = |cidrs: &[Cidr]| cidrs.iter().copied().collect::<AddressSet>();
    own == other || set(&[own, other].concat()) == set(own)
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;
    use crate::state::{PassDigest, Prober, ServiceName, Timestamp};

    fn state(mode: Mode) -> State {
        State::initial(ServiceName::unknown(), mode)
    }

    fn with_allowlist(cidrs: &[&str]) -> State {
        let mut state = state(Mode::All);
        state.allowlist.enabled = true;
        state.allowlist.cidrs = cidrs.iter().map(|cidr| cidr.parse().unwrap()).collect();
        state
    }

    #[test]
    fn what_runs_is_judged_by_why_it_was_admitted() {
        let [off, writes, all] = [Mode::Off, Mode::Writes, Mode::All].map(state);
        for lasting in Lasting::ALL {
            assert!(off.still_admits(lasting, &all), "{lasting:?}");
        }
        assert!(!all.still_admits(Lasting::Open, &off));
        assert!(!writes.still_admits(Lasting::Open, &off));
        assert!(writes.still_admits(Lasting::ReadOnly, &writes));
        assert!(!all.still_admits(Lasting::ReadOnly, &writes));
        assert!(all.still_admits(Lasting::Exempt, &off));
        assert!(all.still_admits(Lasting::OutOfScope, &off));
    }

    #[test]
    fn a_change_of_what_spares_a_request_ends_the_sparing() {
        let mut fewer = state(Mode::All);
        fewer.exempt.paths.remove(0);
        assert!(!fewer.still_admits(Lasting::Exempt, &state(Mode::Off)));
        assert!(state(Mode::All).still_admits(Lasting::Exempt, &fewer));
        let [mut folder, mut below] = [(); 2].map(|()| state(Mode::All));
        folder.exempt.paths = alloc::vec!["/probes/".parse().unwrap()];
        below.exempt.paths = ["/probes/live", "/probes/a/"]
            .map(|path| path.parse().unwrap())
            .into();
        assert!(folder.still_admits(Lasting::Exempt, &below));
        assert!(!below.still_admits(Lasting::Exempt, &folder));
        let mut narrowed = state(Mode::All);
        narrowed.scope.paths.push("/shop".parse().unwrap());
        assert!(!narrowed.still_admits(Lasting::OutOfScope, &state(Mode::Off)));
    }

    fn with_probers(probers: &str) -> State {
        let document = alloc::format!(
            r#"{{ "version": 1, "service": "shop", "revision": 1, "maintenance": "all",
                  "exempt": {{ "probers": {probers} }} }}"#
        );
        State::parse(document.as_bytes()).unwrap()
    }

    #[test]
    fn a_probe_runs_on_while_its_prober_may_ask() {
        let one = with_probers(r#"[{ "cidr": "10.1.0.0/16", "paths": ["/"] }]"#);
        let wider = with_probers(r#"[{ "cidr": "10.0.0.0/8", "paths": ["/status", "/"] }]"#);
        let none = with_probers("[]");
        assert!(wider.still_admits(Lasting::Probe, &one));
        assert!(!one.still_admits(Lasting::Probe, &wider));
        assert!(!none.still_admits(Lasting::Probe, &one));
        assert!(one.refuses_all_of(&wider) && none.refuses_all_of(&one));
        assert!(!wider.refuses_all_of(&one) && !one.refuses_all_of(&none));
    }

    #[test]
    fn a_prober_is_covered_by_several_blocks_together() {
        let halves = with_probers(
            r#"[{ "cidr": "10.0.0.0/9", "paths": ["/"] }, { "cidr": "10.128.0.0/9", "paths": ["/"] }]"#,
        );
        let whole = with_probers(r#"[{ "cidr": "10.0.0.0/8", "paths": ["/"] }]"#);
        let one_half = with_probers(
            r#"[{ "cidr": "10.0.0.0/9", "paths": ["/"] }, { "cidr": "10.128.0.0/9", "paths": ["/b"] }]"#,
        );
        assert!(halves.still_admits(Lasting::Probe, &whole));
        assert!(whole.still_admits(Lasting::Probe, &halves));
        assert!(!one_half.still_admits(Lasting::Probe, &whole));
    }

    /// Comparing each of them with each other one would take minutes.
    #[test]
    fn a_hundred_thousand_paths_are_compared_in_any_order() {
        let paths: Vec<ExemptPath> = (0..100_000)
            .map(|number| alloc::format!("/{number}").parse().unwrap())
            .collect();
        let mut forth = state(Mode::All);
        forth.exempt.paths = paths.clone();
        let probers = paths.iter().map(|path| Prober {
            cidr: "10.0.0.0/8".parse().unwrap(),
            paths: alloc::vec![path.as_str().parse().unwrap()],
        });
        forth.exempt.probers = probers.collect();
        let mut back = forth.clone();
        back.exempt.paths.reverse();
        back.exempt.probers.reverse();
        for lasting in [Lasting::Exempt, Lasting::Probe] {
            assert!(back.still_admits(lasting, &forth), "{lasting:?}");
        }
        assert!(back.refuses_all_of(&forth));
        let mut fewer = back.clone();
        fewer.exempt.paths.pop();
        fewer.exempt.probers.pop();
        for lasting in [Lasting::Exempt, Lasting::Probe] {
            assert!(!fewer.still_admits(lasting, &forth), "{lasting:?}");
        }
        assert!(fewer.refuses_all_of(&forth) && !forth.refuses_all_of(&fewer));
    }

    #[test]
    fn testers_run_on_while_all_entries_stay() {
        let before = with_allowlist(&["192.0.2.1", "10.0.0.0/8"]);
        let more = with_allowlist(&["10.0.0.0/8", "192.0.2.1", "192.0.2.2"]);
        assert!(more.still_admits(Lasting::Allowlisted, &before));
        assert!(!before.still_admits(Lasting::Allowlisted, &more));
        let mut disabled = more.clone();
        disabled.allowlist.enabled = false;
        assert!(!disabled.still_admits(Lasting::Allowlisted, &before));
    }

    fn with_passes(passes: &[(&str, Option<i64>)]) -> State {
        let mut state = with_allowlist(&[]);
        let passes = passes.iter().map(|(pass, until)| {
            let until = until.map(Timestamp::from_second);
            Pass::new(PassDigest::of(pass.as_bytes()), until)
        });
        state.allowlist.passes = passes.collect();
        state
    }

    #[test]
    fn holders_of_passes_run_on_while_their_passes_last_as_long() {
        let one = with_passes(&[("a", Some(60))]);
        let longer = with_passes(&[("b", None), ("a", Some(30)), ("a", Some(90))]);
        let endless = with_passes(&[("a", None)]);
        for (before, later, expected) in [
            (&one, &one, true),
            (&one, &longer, true),
            (&one, &endless, true),
            (&longer, &one, false),
            (&endless, &one, false),
            (&endless, &longer, false),
        ] {
            assert_eq!(later.still_admits(Lasting::Pass, before), expected);
            assert_eq!(before.refuses_all_of(later), expected);
        }
        let mut disabled = longer.clone();
        disabled.allowlist.enabled = false;
        for (lasting, expected) in [
            (Lasting::Pass, one.clone()),
            (Lasting::Application, longer.clone()),
        ] {
            assert!(
                longer.still_admits(lasting, &expected)
                    && !disabled.still_admits(lasting, &expected)
            );
        }
    }

    #[test]
    fn a_pass_that_is_made_while_the_allowlist_is_disabled_admits_no_more() {
        let before = state(Mode::All);
        let mut with_pass = with_passes(&[("a", None)]);
        with_pass.allowlist.enabled = false;
        assert!(with_pass.refuses_all_of(&before) && before.refuses_all_of(&with_pass));
        with_pass.allowlist.enabled = true;
        assert!(!with_pass.refuses_all_of(&before));
    }

    #[test]
    fn requests_that_read_run_on_while_all_paths_that_read_stay() {
        let reads = |mode, paths: &[&str]| {
            let mut state = state(mode);
            state.reads.paths = paths.iter().map(|path| path.parse().unwrap()).collect();
            state
        };
        let one = reads(Mode::Writes, &["/a/b"]);
        let more = reads(Mode::Writes, &["/a/*"]);
        assert!(more.still_admits(Lasting::ReadOnly, &one));
        assert!(!one.still_admits(Lasting::ReadOnly, &more));
        assert!(one.refuses_all_of(&more) && !more.refuses_all_of(&one));
        let [one, more] = [&["/a/b"], &["/a/*"]].map(|paths| reads(Mode::All, paths));
        assert!(one.refuses_all_of(&more) && more.refuses_all_of(&one));
    }

    #[test]
    fn an_exempt_host_is_covered_by_a_wildcard() {
        let exempt = |hosts: &[&str]| {
            let mut state = state(Mode::All);
            state.exempt.hosts = hosts.iter().map(|host| host.parse().unwrap()).collect();
            state
        };
        let (one, below) = (exempt(&["a.shop.example"]), exempt(&["*.b.shop.example"]));
        let all = exempt(&["*.shop.example"]);
        for fewer in [&one, &below] {
            assert!(all.still_admits(Lasting::Exempt, fewer) && fewer.refuses_all_of(&all));
            assert!(!fewer.still_admits(Lasting::Exempt, &all) && !all.refuses_all_of(fewer));
        }
    }

    #[test]
    fn only_a_state_that_lets_in_no_more_may_stand_in() {
        let [off, writes, all] = [Mode::Off, Mode::Writes, Mode::All].map(state);
        assert!(all.refuses_all_of(&writes));
        assert!(!writes.refuses_all_of(&all));
        assert!(!off.refuses_all_of(&all));
        assert!(!all.refuses_all_of(&off));
        assert!(off.refuses_all_of(&off));

        let one = with_allowlist(&["192.0.2.1"]);
        let two = with_allowlist(&["192.0.2.1", "192.0.2.2"]);
        assert!(one.refuses_all_of(&two) && all.refuses_all_of(&one));
        assert!(!two.refuses_all_of(&one) && !one.refuses_all_of(&all));

        let mut other = state(Mode::All);
        other.notice.look.message = Some("soon".into());
        assert!(other.refuses_all_of(&all));
        other.exempt.paths.push("/more".parse().unwrap());
        assert!(!other.refuses_all_of(&all) && all.refuses_all_of(&other));
        let mut narrowed = state(Mode::All);
        narrowed.scope.paths.push("/shop".parse().unwrap());
        assert!(!narrowed.refuses_all_of(&all) && !all.refuses_all_of(&narrowed));
    }
}
