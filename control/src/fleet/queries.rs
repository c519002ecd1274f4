//! What is asked of the members, and of those who wait for them.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::fleet::fleet::Fleet;
use crate::fleet::member::requests;
use crate::fleet::members::Members;
use crate::values::now::Now;
use crate::wire::barrier::Progress;
use crate::wire::fleet::FleetView;
use crate::wire::node::Standing;
use crate::wire::wait::Wait;

impl Fleet {
    /// How many members over all services that are not lost have reported with a token last.
    pub(crate) fn count(&self, token: &str, now: Now) -> usize {
        let inner = self.lock();
        let members = inner.services.values().flat_map(Members::all);
        let living = members.filter(|member| member.token == token && !member.is_lost(now.instant));
        living.count()
    }

    /// How many members a service has.
    pub(crate) fn members(&self, service: &str) -> usize {
        let inner = self.lock();
        let of_service = inner.services.get(service);
        of_service.into_iter().flat_map(Members::all).count()
    }

    /// The boots of the members of a service that have this name.
    pub(crate) fn boots(&self, service: &str, name: &str) -> Vec<String> {
        let inner = self.lock();
        let of_service = inner.services.get(service);
        let members = of_service.into_iter().flat_map(Members::all);
        let meant = members.filter(|member| member.id.name == name);
        meant.map(|member| member.id.boot.clone()).collect()
    }

    /// The members of a service, as they stand to `revision`.
    pub(crate) fn view(&self, service: &str, revision: u64, now: Now) -> FleetView {
        let (now, wait) = (now.instant, Wait::default());
        let mut inner = self.lock();
        let barriers: Vec<Arc<Progress>> = inner
            .barriers
            .values()
            .filter(|open| open.waits_for(service))
            .map(|open| Arc::clone(&open.progress.borrow()))
            .collect();
        let of_service = inner.of(service);
        FleetView {
            service: service.to_owned(),
            revision,
            unstored: of_service.unstored().count(),
            unstored_nodes: of_service.unstored().views(),
            nodes: of_service
                .all()
                .map(|member| member.view(member.standing(revision, &wait, now), now))
                .collect(),
            barriers: barriers.iter().map(|open| (**open).clone()).collect(),
        }
    }

    /// How many members of a service stand so to `revision`. One that had it in force when it was heard last, and is
    /// lost since, counts as lost: no barrier waits for it, but metrics report it.
    pub(crate) fn standings(
        &self,
        service: &str,
        revision: u64,
        now: Now,
    ) -> BTreeMap<Standing, usize> {
        let (now, wait) = (now.instant, Wait::default());
        let inner = self.lock();
        let of_service = inner.services.get(service);
        let mut standings = BTreeMap::new();
        for member in of_service.into_iter().flat_map(Members::all) {
            let standing = match member.standing(revision, &wait, now) {
                Standing::Drained if member.is_lost(now) => Standing::Lost,
                standing => standing,
            };
            *standings.entry(standing).or_default() += 1;
        }
        standings
    }

    /// Requests since `revision` came into force, by the rule that decided about them, on the members that are not lost and
    /// have just this revision in force.
    pub(crate) fn requests(
        &self,
        service: &str,
        revision: u64,
        now: Now,
    ) -> BTreeMap<&'static str, u64> {
        let inner = self.lock();
        let of_service = inner.services.get(service);
        requests(
            of_service.into_iter().flat_map(Members::all),
            revision,
            now.instant,
        )
    }

    /// How many nodes of a service have the state and could not be stored.
    pub(crate) fn unstored(&self, service: &str) -> u64 {
        let inner = self.lock();
        let of_service = inner.services.get(service);
        of_service.map_or(0, |of_service| of_service.unstored().count())
    }

    /// How many barriers of a service are open.
    pub(crate) fn open_barriers(&self, service: &str) -> usize {
        let inner = self.lock();
        let open = inner.barriers.values();
        open.filter(|open| open.waits_for(service)).count()
    }
}
