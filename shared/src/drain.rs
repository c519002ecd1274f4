use crate::{AddressSet, Cidr, Mode, Prober, Reason, State};

impl State {
    /// Whether this state surely admits a request that `before` admitted for `reason`, so that it may
    /// run on; the request itself is not at hand any more, and doubt counts against it.
    #[must_use]
    pub fn still_admits(&self, reason: Reason, before: &Self) -> bool {
        if self.maintenance == Mode::Off {
            return true;
        }
        match reason {
            Reason::Open => false,
            Reason::OutOfScope => self.scope == before.scope,
            Reason::ReadOnly => self.maintenance == Mode::Writes,
            Reason::Exempt => {
                let mut paths = before.exempt.paths.iter();
                paths.all(|path| self.exempt.paths.contains(path))
            }
            Reason::Probe => self.lets_probe_all_of(before),
            Reason::Allowlisted => self.allowlist.enabled && self.lists_all_of(before),
        }
    }

    /// Whether this state surely refuses whatever `before` refused, so that it may stand in for it.
    #[must_use]
    pub fn refuses_all_of(&self, before: &Self) -> bool {
        let covers = match before.maintenance {
            Mode::Off => return self.maintenance == Mode::Off,
            Mode::Writes => self.maintenance != Mode::Off,
            Mode::All => self.maintenance == Mode::All,
        };
        let lets_in_no_more =
            !self.allowlist.enabled || (before.allowlist.enabled && before.lists_all_of(self));
        let mut exempt = self.exempt.paths.iter();
        covers
            && lets_in_no_more
            && self.scope == before.scope
            && exempt.all(|path| before.exempt.paths.contains(path))
            && before.lets_probe_all_of(self)
    }

    /// Whether every prober of the other state may ask here for what it may ask for there.
    fn lets_probe_all_of(&self, other: &Self) -> bool {
        let own = &self.exempt.probers;
        other.exempt.probers.iter().all(|prober| {
            prober.paths.iter().all(|path| {
                let lets = |own: &Prober| own.cidr.covers(prober.cidr) && own.paths.contains(path);
                own.iter().any(lets)
            })
        })
    }

    /// Whether this allowlist has every address of the other.
    fn lists_all_of(&self, other: &Self) -> bool {
        let (own, other) = (&self.allowlist.cidrs, &other.allowlist.cidrs);
        let set = |cidrs: &[Cidr]| cidrs.iter().copied().collect::<AddressSet>();
        own == other || set(&[own.as_slice(), other].concat()) == set(own)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ServiceName;

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
        for reason in [
            Reason::Open,
            Reason::OutOfScope,
            Reason::ReadOnly,
            Reason::Exempt,
            Reason::Probe,
            Reason::Allowlisted,
        ] {
            assert!(off.still_admits(reason, &all), "{reason:?}");
        }
        assert!(!all.still_admits(Reason::Open, &off));
        assert!(!writes.still_admits(Reason::Open, &off));
        assert!(writes.still_admits(Reason::ReadOnly, &writes));
        assert!(!all.still_admits(Reason::ReadOnly, &writes));
        assert!(all.still_admits(Reason::Exempt, &off));
        assert!(all.still_admits(Reason::OutOfScope, &off));
    }

    #[test]
    fn a_change_of_what_spares_a_request_ends_the_sparing() {
        let mut fewer = state(Mode::All);
        fewer.exempt.paths.remove(0);
        assert!(!fewer.still_admits(Reason::Exempt, &state(Mode::Off)));
        assert!(state(Mode::All).still_admits(Reason::Exempt, &fewer));
        let mut narrowed = state(Mode::All);
        narrowed.scope.paths.push("/shop".parse().unwrap());
        assert!(!narrowed.still_admits(Reason::OutOfScope, &state(Mode::Off)));
    }

    #[test]
    fn a_probe_runs_on_while_its_prober_may_ask() {
        let with = |probers: &str| {
            let document = alloc::format!(
                r#"{{ "version": 1, "service": "shop", "revision": 1, "maintenance": "all",
                      "exempt": {{ "probers": {probers} }} }}"#
            );
            State::parse(document.as_bytes()).unwrap()
        };
        let one = with(r#"[{ "cidr": "10.1.0.0/16", "paths": ["/"] }]"#);
        let wider = with(r#"[{ "cidr": "10.0.0.0/8", "paths": ["/status", "/"] }]"#);
        let none = with("[]");
        assert!(wider.still_admits(Reason::Probe, &one));
        assert!(!one.still_admits(Reason::Probe, &wider));
        assert!(!none.still_admits(Reason::Probe, &one));
        assert!(one.refuses_all_of(&wider) && none.refuses_all_of(&one));
        assert!(!wider.refuses_all_of(&one) && !one.refuses_all_of(&none));
    }

    #[test]
    fn testers_run_on_while_all_entries_stay() {
        let before = with_allowlist(&["192.0.2.1", "10.0.0.0/8"]);
        let more = with_allowlist(&["10.0.0.0/8", "192.0.2.1", "192.0.2.2"]);
        assert!(more.still_admits(Reason::Allowlisted, &before));
        assert!(!before.still_admits(Reason::Allowlisted, &more));
        let mut disabled = more.clone();
        disabled.allowlist.enabled = false;
        assert!(!disabled.still_admits(Reason::Allowlisted, &before));
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
