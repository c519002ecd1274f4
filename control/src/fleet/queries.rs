//! What is asked of the members, and of those who wait for them.

use std::collections::BTreeMap;
use std::sync::Arc;

use intermission_core::Report;

use crate::fleet::fleet::{Fleet, Open};
use crate::fleet::member::{LastReport, Member, requests};
use crate::fleet::members::Members;
use crate::fleet::unstored::Unstored;
use crate::values::now::Now;
use crate::values::version::Version;
use crate::wire::barrier::Progress;
use crate::wire::fleet::FleetView;
use crate::wire::node::{MemberId, NodeView, Standing, UnstoredNode};
use crate::wire::wait::Wait;

impl Fleet {
    pub(super) fn all(&self, service: &str) -> impl Iterator<Item = &Member> {
        let of_service = self.services.get(service);
        of_service.into_iter().flat_map(Members::all)
    }

    /// How many members over all services that are not lost have reported with a token last.
    pub(crate) fn count(&self, token: &str, now: Now) -> usize {
        let now = self.known(now);
        let members = self.services.values().flat_map(Members::all);
        let living = members.filter(|member| member.token == token && !member.is_lost(now.instant));
        living.count()
    }

    /// How many members all services have.
    pub(crate) fn all_members(&self) -> usize {
        self.services.values().map(Members::count).sum()
    }

    /// How many members a service has.
    pub(crate) fn members(&self, service: &str) -> usize {
        self.all(service).count()
    }

    /// The boots of the members of a service that have this name.
    pub(crate) fn boots(&self, service: &str, name: &str) -> Vec<String> {
        let meant = self.all(service).filter(|member| member.id.name == name);
        meant.map(|member| member.id.boot.clone()).collect()
    }

    /// Whether a barrier waits for this member.
    pub(crate) fn is_awaited(&self, service: &str, id: &MemberId, now: Now) -> bool {
        let of_service = self.services.get(service);
        let Some(member) = of_service.and_then(|of_service| of_service.member(id)) else {
            return false;
        };
        let (mut open, now) = (self.open(service), self.known(now));
        open.any(|open| open.barrier.waits_for_member(member, now.instant))
    }

    /// The members of all services that were forgotten while they reported here, by their last reports and the tokens that
    /// these came with.
    pub(crate) fn kept(&self, now: Now) -> impl Iterator<Item = (&str, &LastReport, &str)> {
        self.services.iter().flat_map(move |(service, members)| {
            let kept = members.kept(now.instant);
            kept.map(move |(heard, token)| (service.as_str(), heard, token))
        })
    }

    /// Whether any barrier is open.
    pub(crate) fn is_any_open(&self) -> bool {
        self.barriers.values().any(Open::is_open)
    }

    /// The versions at which the open barriers of a service began.
    pub(super) fn awaited_since(&self, service: &str) -> Vec<Version> {
        self.open(service).map(|open| open.barrier.since).collect()
    }

    /// Whether the store has this node, as a member or as one that could not become one.
    pub(crate) fn is_stored(&self, service: &str, node: &UnstoredNode) -> bool {
        let Some(of_service) = self.services.get(service) else {
            return false;
        };
        let member = match node {
            UnstoredNode::Process(id) => of_service.member(id),
            UnstoredNode::Unreadable { .. } => None,
        };
        member.is_some_and(|member| !member.stored_token.is_empty())
            || of_service.unstored().is_stored(node)
    }

    /// Whether the store may take a node of this service that cannot become a member: other replicas have to know of it, and
    /// know such facts.
    pub(crate) fn stores_unstored(&self, service: &str, own_level: u32) -> bool {
        let of_service = self.services.get(service);
        self.peers().level(own_level) >= 2
            && of_service.is_none_or(|of_service| of_service.unstored().has_room())
    }

    /// Whether every replica knows facts of this level, as far as there are others.
    pub(crate) fn knows(&self, level: u32, own_level: u32) -> bool {
        !(1..level).contains(&self.peers().level(own_level))
    }

    /// The kind of the member that is this process.
    pub(crate) fn kind(&self, service: &str, id: &MemberId) -> Option<&str> {
        let member = self.services.get(service)?.member(id)?;
        Some(&member.kind)
    }

    /// The members of a service, as they stand to `revision`.
    pub(crate) fn view(&self, service: &str, revision: u64, now: Now) -> FleetView {
        let replicas = self.peers().views(self.version().0, now);
        let (now, wait) = (self.known(now).instant, Wait::default());
        let unstored = self.services.get(service).map(Members::unstored);
        FleetView {
            service: service.to_owned(),
            revision,
            unstored: unstored.map_or(0, Unstored::count),
            unstored_nodes: unstored.map_or_else(Vec::new, Unstored::views),
            nodes: self
                .all(service)
                .map(|member| {
                    let view = member.view(member.standing(revision, &wait, now), now);
                    NodeView {
                        replica: view.replica.and_then(|id| self.peers().address(&id)),
                        ..view
                    }
                })
                .collect(),
            replicas,
            barriers: self
                .open(service)
                .map(|open| Progress::clone(&open.progress))
                .collect(),
        }
    }

    /// The names of the members of a service that are not lost, those too that were not heard yet.
    pub(crate) fn present(&self, service: &str, now: Now) -> Vec<&str> {
        let now = self.known(now).instant;
        let present = self.all(service).filter(|member| !member.is_lost(now));
        present.map(|member| member.id.name.as_str()).collect()
    }

    /// How far the barriers of a service are whose end is not stored.
    pub(crate) fn waits(&self, service: &str) -> Vec<Arc<Progress>> {
        let barriers = self.barriers.values();
        let own = barriers.filter(|open| open.barrier.service() == service);
        own.map(|open| Arc::clone(&open.progress)).collect()
    }

    /// The last reports of the members of a service that are not lost.
    pub(crate) fn living(&self, service: &str, now: Now) -> impl Iterator<Item = &Report> {
        let now = self.known(now).instant;
        let living = self.all(service).filter(move |member| !member.is_lost(now));
        living.filter_map(|member| Some(&member.heard.as_ref()?.report))
    }

    /// How many members of a service stand so to `revision`. One that had it in force when it was heard last, and is
    /// lost since, counts as lost: no barrier waits for it, but metrics report it.
    pub(crate) fn standings(
        &self,
        service: &str,
        revision: u64,
        now: Now,
    ) -> BTreeMap<Standing, usize> {
        let (now, wait) = (self.known(now).instant, Wait::default());
        let mut standings = BTreeMap::new();
        for member in self.all(service) {
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
        requests(self.all(service), revision, self.known(now).instant)
    }

    /// How many nodes of a service have the state and could not be stored.
    pub(crate) fn unstored(&self, service: &str) -> u64 {
        let of_service = self.services.get(service);
        of_service.map_or(0, |of_service| of_service.unstored().count())
    }

    /// How many barriers of a service are open.
    pub(crate) fn open_barriers(&self, service: &str) -> usize {
        self.open(service).count()
    }

    /// The first revision of a service that the store still has a barrier for.
    pub(crate) fn first_awaited(&self, service: &str) -> Option<u64> {
        let barriers = self.barriers.values().map(|open| &open.barrier);
        let own = barriers.filter(|barrier| barrier.service() == service);
        own.map(|barrier| barrier.state.revision).min()
    }

    fn open(&self, service: &str) -> impl Iterator<Item = &Open> {
        let barriers = self.barriers.values();
        barriers.filter(move |open| open.waits_for(service))
    }
}
