//! The states that were in force, and what still runs of the requests that they admitted.

use std::collections::HashSet;
use std::sync::Arc;

use intermission_core::{Lasting, Mode, Running, State};

use crate::current::epoch::Epoch;
use crate::current::shards::Upgrades;

/// All that came before the state in force, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Past {
    epochs: Vec<Ended>,
    /// Upgraded connections of epochs in which nothing else runs any more. Their end is not seen, so that such epochs
    /// would otherwise stay as long as the process.
    upgraded: Option<Upgraded>,
}

/// A state that was in force, and in whose time requests were admitted that may still run.
#[derive(Debug)]
struct Ended {
    state: State,
    epoch: Arc<Epoch>,
}

/// What is left of several epochs, as if of one state which admitted all that any of them did.
#[derive(Debug)]
struct Upgraded {
    state: State,
    /// Whether all of them had the scope of `state`.
    one_scope: bool,
    counts: Upgrades,
}

impl Past {
    pub(crate) fn push(&mut self, state: State, epoch: Arc<Epoch>) {
        self.epochs.push(Ended { state, epoch });
        self.tidy();
    }

    /// What runs of it that `state` might refuse.
    pub(crate) fn running_under(&mut self, state: &State) -> Running {
        self.tidy();
        let ended = self.epochs.iter().map(|past| past.running_under(state));
        let upgraded = self.upgraded.iter().map(|past| past.running_under(state));
        ended.chain(upgraded).fold(Running::default(), Running::and)
    }

    /// Whether nothing runs any more, whatever the state that would refuse it.
    #[cfg(feature = "poller")]
    pub(crate) fn is_idle(&mut self) -> bool {
        self.tidy();
        self.epochs.is_empty() && self.upgraded.is_none()
    }

    /// Drops the epochs that have ended, and folds those into one that have but upgraded connections left.
    fn tidy(&mut self) {
        let upgraded = &mut self.upgraded;
        self.epochs.retain(|past| {
            let Some(counts) = past.epoch.take_upgrades() else {
                return true;
            };
            if !counts.is_empty() {
                match upgraded {
                    Some(upgraded) => upgraded.fold(&past.state, &counts),
                    None => *upgraded = Some(Upgraded::new(past.state.clone(), counts)),
                }
            }
            false
        });
    }
}

impl Ended {
    fn running_under(&self, state: &State) -> Running {
        let spared = |lasting| state.still_admits(lasting, &self.state);
        with_oldest(self.epoch.running(spared), &self.state, state)
    }
}

impl Upgraded {
    fn new(state: State, counts: Upgrades) -> Self {
        Self {
            state,
            one_scope: true,
            counts,
        }
    }

    /// Adds those of a later epoch.
    fn fold(&mut self, state: &State, counts: &Upgrades) {
        let before = &mut self.state;
        if !before.has_order_of(state) {
            before.store = Box::default();
        }
        before.revision = before.revision.min(state.revision);
        self.one_scope &= before.scope == state.scope;
        add(&mut before.exempt.paths, &state.exempt.paths);
        add(&mut before.exempt.hosts, &state.exempt.hosts);
        add(&mut before.exempt.probers, &state.exempt.probers);
        add(&mut before.reads.paths, &state.reads.paths);
        add(&mut before.allowlist.cidrs, &state.allowlist.cidrs);
        add(&mut before.allowlist.passes, &state.allowlist.passes);
        self.counts.add(counts);
    }

    fn running_under(&self, state: &State) -> Running {
        // No scope is that of all of them.
        let is_certain = |lasting| {
            lasting != Lasting::OutOfScope || self.one_scope || state.maintenance == Mode::Off
        };
        let spared = |lasting| is_certain(lasting) && state.still_admits(lasting, &self.state);
        with_oldest(self.counts.running(spared), &self.state, state)
    }
}

/// Adds what is not there yet.
fn add<T: Clone + Eq + std::hash::Hash>(all: &mut Vec<T>, others: &[T]) {
    if all == others {
        return;
    }
    let known: HashSet<_> = all.iter().cloned().collect();
    all.extend(
        others
            .iter()
            .filter(|other| !known.contains(other))
            .cloned(),
    );
}

/// With the revision under which it was admitted, in the order of the state that is in force `now`.
fn with_oldest(running: Running, before: &State, now: &State) -> Running {
    let revision = before.revision_in_order_of(now);
    let oldest = (running != Running::default()).then_some(revision);
    Running { oldest, ..running }
}

#[cfg(test)]
mod tests {
    use intermission_core::{Prober, ServiceName};

    use super::*;

    fn state(revision: u64, cidrs: &[&str]) -> State {
        let mut state = State::initial(ServiceName::unknown(), Mode::All);
        state.revision = revision;
        state.allowlist.enabled = true;
        state.allowlist.cidrs = cidrs.iter().map(|cidr| cidr.parse().unwrap()).collect();
        state
    }

    fn upgraded_in(lasting: Lasting) -> Arc<Epoch> {
        let epoch = Arc::new(Epoch::new());
        epoch.shard(0).count(lasting).leave_upgraded();
        epoch
    }

    #[test]
    fn epochs_with_but_upgraded_connections_are_folded_into_one() {
        let mut past = Past::default();
        for revision in 1..=500 {
            past.push(
                state(revision, &["192.0.2.1"]),
                upgraded_in(Lasting::Allowlisted),
            );
        }
        assert!(past.epochs.is_empty());
        let running = past.running_under(&state(501, &[]));
        assert_eq!(
            running,
            Running {
                requests: 0,
                upgraded: 500,
                oldest: Some(1),
            }
        );
        let spared = past.running_under(&state(501, &["192.0.2.0/24"]));
        assert_eq!(spared, Running::default());
    }

    #[test]
    fn what_is_folded_is_spared_only_by_a_state_that_spares_all_of_it() {
        let mut past = Past::default();
        past.push(state(1, &["192.0.2.1"]), upgraded_in(Lasting::Allowlisted));
        past.push(state(2, &["192.0.2.2"]), upgraded_in(Lasting::Allowlisted));
        for (cidrs, upgraded) in [
            (&["192.0.2.1"][..], 2),
            (&["192.0.2.2"], 2),
            (&["192.0.2.1", "192.0.2.2"], 0),
        ] {
            let running = past.running_under(&state(3, cidrs));
            assert_eq!(running.upgraded, upgraded, "{cidrs:?}");
        }
        let mut scoped = state(3, &[]);
        scoped.scope.paths.push("/shop".parse().unwrap());
        past.push(scoped.clone(), upgraded_in(Lasting::OutOfScope));
        assert_eq!(past.running_under(&scoped).upgraded, 3);
        let open = State::initial(ServiceName::unknown(), Mode::Off);
        assert_eq!(past.running_under(&open), Running::default());
    }

    #[test]
    fn what_is_folded_of_probers_is_spared_by_a_state_that_has_all_of_them() {
        let with = |revision, probers: &[&str]| {
            let mut state = state(revision, &[]);
            let paths = vec!["/".parse().unwrap()];
            let probers = probers
                .iter()
                .map(|cidr| Prober::new(cidr.parse().unwrap(), paths.clone()));
            state.exempt.probers = probers.collect();
            state
        };
        let mut past = Past::default();
        past.push(with(1, &["192.0.2.1"]), upgraded_in(Lasting::Probe));
        past.push(with(2, &["192.0.2.2"]), upgraded_in(Lasting::Probe));
        for (probers, upgraded) in [
            (&["192.0.2.1"][..], 2),
            (&["192.0.2.2"], 2),
            (&["192.0.2.1", "192.0.2.2"], 0),
        ] {
            let running = past.running_under(&with(3, probers));
            assert_eq!(running.upgraded, upgraded, "{probers:?}");
        }
    }

    #[test]
    fn an_epoch_in_which_something_runs_is_not_folded() {
        let mut past = Past::default();
        let epoch = upgraded_in(Lasting::Open);
        let counted = epoch.shard(0).count(Lasting::Open);
        past.push(state(1, &[]), epoch);
        assert_eq!(past.epochs.len(), 1);
        assert_eq!(past.running_under(&state(2, &[])).upgraded, 1);
        drop(counted);
        assert_eq!(past.running_under(&state(2, &[])).upgraded, 1);
        assert!(past.epochs.is_empty());
    }

    #[test]
    fn a_folded_connection_of_another_store_is_older_than_any_revision() {
        let mut past = Past::default();
        past.push(state(7, &[]), upgraded_in(Lasting::Open));
        let mut restored = state(3, &[]);
        restored.store = "T".into();
        past.push(restored.clone(), upgraded_in(Lasting::Open));
        assert_eq!(past.running_under(&restored).oldest, Some(0));
    }
}
