use std::time::{Duration, Instant};

use intermission_core::State;
use jiff::Timestamp;

use crate::fleet::member::Member;
use crate::fleet::member::requests;
use crate::fleet::unstored::Unstored;
use crate::values::now::Now;
use crate::values::version::Version;
use crate::wire::barrier::Ending;
use crate::wire::barrier::Progress;
use crate::wire::node::Standing;
use crate::wire::wait::Wait;

/// A wait until one revision is in force everywhere, and what came before has drained.
#[derive(Clone, Debug)]
pub(crate) struct Barrier {
    pub(crate) id: String,
    /// What is waited for.
    pub(crate) state: State,
    pub(crate) wait: Wait,
    pub(crate) actor: String,
    pub(crate) began: Timestamp,
    pub(crate) deadline: Timestamp,
    /// The later revision that may admit what this one refuses.
    pub(crate) superseded_by: Option<u64>,
    /// The version of memory that it began at, or that control started at again.
    pub(super) since: Version,
    /// Since when only those are missing that time will not bring.
    stuck: Option<Instant>,
}

/// How long nodes have to be stuck before one gives up on them: a thread that is busy may speak again.
const SETTLED: Duration = Duration::from_secs(5);
/// How many of the missing are named.
const NAMED: usize = 100;

impl Barrier {
    pub(crate) fn new(
        id: String,
        state: State,
        wait: Wait,
        actor: String,
        began: Timestamp,
        since: Version,
    ) -> Self {
        let timeout = jiff::SignedDuration::try_from(wait.timeout()).unwrap_or_default();
        Self {
            id,
            state,
            actor,
            began,
            deadline: began.saturating_add(timeout).unwrap_or(began),
            wait,
            superseded_by: None,
            since,
            stuck: None,
        }
    }

    pub(crate) fn service(&self) -> &str {
        self.state.service.as_str()
    }

    /// Takes note of a later state.
    pub(crate) fn note_later(&mut self, later: &State) {
        let stands_in = later.store == self.state.store && later.refuses_all_of(&self.state);
        if later.revision > self.state.revision && !stands_in {
            self.supersede(later.revision);
        }
    }

    /// Takes note of a later revision that may admit what this one refuses.
    pub(crate) fn supersede(&mut self, later: u64) {
        self.superseded_by.get_or_insert(later);
    }

    /// Whether `member` is waited for, and may come.
    pub(super) fn waits_for_member(&self, member: &Member, now: Instant) -> bool {
        self.standing(member, now) != Standing::Drained
    }

    /// How `member` stands to it. What hindered it before this began may have been mended since.
    fn standing(&self, member: &Member, now: Instant) -> Standing {
        let standing = member.standing(self.state.revision, &self.wait, now);
        let heard = member.heard.as_ref();
        let before = heard.is_some_and(|heard| heard.version < self.since);
        match standing {
            // It can mend nothing any more.
            Standing::Forked if before && member.is_lost(now) => Standing::Lost,
            // It may have died since.
            Standing::Drained if before && !member.is_lost(now) => Standing::Behind,
            Standing::Refused | Standing::Forked | Standing::Unsure if before => Standing::Behind,
            standing => standing,
        }
    }

    /// How far it is, and whether this is its end.
    pub(super) fn judge<'m>(
        &mut self,
        members: impl Iterator<Item = &'m Member>,
        unstored: Option<&Unstored>,
        now: Now,
    ) -> Progress {
        let revision = self.state.revision;
        let members: Vec<(&Member, Standing)> = members
            .map(|member| (member, self.standing(member, now.instant)))
            .collect();
        let is_lost = |member: &Member| member.is_lost(now.instant);
        let has_drained = |(_, standing): &&(&Member, Standing)| *standing == Standing::Drained;
        let living: Vec<_> = members
            .iter()
            .filter(|(member, _)| !is_lost(member))
            .collect();
        let missing: Vec<_> = members
            .iter()
            .filter(|member| !has_drained(member))
            .collect();
        let lost = members
            .iter()
            .filter(has_drained)
            .filter(|(member, _)| is_lost(member));
        let in_force =
            |member: &Member| member.revision().is_some_and(|applied| applied >= revision);
        let running = members
            .iter()
            .filter(|(_, standing)| *standing == Standing::Running);
        let running = running.filter_map(|(member, _)| member.heard.as_ref());
        let view = |(member, standing): &(&Member, Standing)| member.view(*standing, now.instant);
        let standings = missing.iter().map(|(_, standing)| *standing).collect();
        let requests = requests(
            members.iter().map(|(member, _)| *member),
            revision,
            now.instant,
        );
        Progress {
            ending: self.ending(living.len(), standings, unstored, now),
            id: self.id.clone(),
            service: self.service().to_owned(),
            revision,
            actor: self.actor.clone(),
            began: self.began,
            deadline: self.deadline,
            expect: self.wait.expect,
            superseded_by: self.superseded_by,
            removed: None,
            nodes: living.len(),
            in_force: living.iter().filter(|(member, _)| in_force(member)).count(),
            drained: living.iter().copied().filter(has_drained).count(),
            lost: lost.take(NAMED).map(view).collect(),
            unstored: unstored.map_or(0, Unstored::count),
            unstored_nodes: unstored.map_or_else(Vec::new, Unstored::views),
            rules: requests
                .into_iter()
                .map(|(rule, count)| (rule.to_owned(), count))
                .collect(),
            waiting_for: missing.len(),
            running: running.map(|heard| heard.report.running.requests).sum(),
            edge_only: !members.is_empty()
                && members.iter().all(|(member, _)| member.kind == "envoy"),
            missing: missing.iter().copied().take(NAMED).map(view).collect(),
        }
    }

    fn ending(
        &mut self,
        living: usize,
        mut missing: Vec<Standing>,
        unstored: Option<&Unstored>,
        now: Now,
    ) -> Option<Ending> {
        if self.superseded_by.is_some() {
            return Some(Ending::Superseded);
        }
        let living = u64::try_from(living).unwrap_or(u64::MAX);
        let enough = living >= self.wait.expect.unwrap_or(1);
        // A node that is not stored is a node all the same: its state is not known.
        missing.extend(
            unstored
                .filter(|unstored| unstored.count() > 0)
                .map(|unstored| match unstored.are_on_their_way(now.instant) {
                    true => Standing::Unheard,
                    false => Standing::Unsure,
                }),
        );
        if missing.is_empty() {
            if enough {
                return Some(Ending::Done);
            }
            if self.wait.expect.is_none() {
                return Some(Ending::TooFew);
            }
        }
        let is_stuck = !missing.iter().any(|standing| standing.is_on_its_way());
        // Nodes that are expected may come until the time is up.
        let may_come = !enough && self.wait.expect.is_some();
        if !is_stuck || may_come {
            self.stuck = None;
        } else if now
            .instant
            .saturating_duration_since(*self.stuck.get_or_insert(now.instant))
            >= SETTLED
        {
            return worst(&missing);
        }
        if now.time < self.deadline {
            return None;
        }
        if !is_stuck {
            return Some(Ending::TimedOut);
        }
        let too_few = (!enough).then_some(Ending::TooFew);
        // Of the lost ones among the expected the output tells.
        let hindering = worst(&missing).filter(|ending| enough || *ending > Ending::Lost);
        hindering.or(too_few)
    }
}

/// What hinders most among those that time will not bring.
fn worst(missing: &[Standing]) -> Option<Ending> {
    let endings = missing.iter().filter_map(|standing| match standing {
        Standing::Forked => Some(Ending::Forked),
        Standing::Refused => Some(Ending::Refused),
        Standing::Unsure => Some(Ending::Unsure),
        Standing::Lost => Some(Ending::Lost),
        Standing::Drained | Standing::Running | Standing::Behind | Standing::Unheard => None,
    });
    endings.max()
}

#[cfg(test)]
mod tests;
