use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use intermission_core::Report;

use crate::fleet::departures::Departures;
use crate::fleet::forgetting::Selection;
use crate::fleet::member::{LastReport, Member, Position};
use crate::fleet::unstored::Unstored;
use crate::values::now::Now;
use crate::wire::forgotten::{Forgetting, Forgotten, Kept};
use crate::wire::node::{MemberId, UnstoredNode};

/// The members of one service.
#[derive(Debug, Default)]
pub(crate) struct Members {
    members: BTreeMap<MemberId, Member>,
    /// What was answered for of members that may come back, as the store has it.
    forgiven: BTreeMap<MemberId, BTreeSet<String>>,
    departures: Departures,
    unstored: Unstored,
    /// Whether other replicas may hear its members too.
    is_shared: bool,
    /// When an operator has last answered for lost members or silent threads, which other replicas may have heard since.
    answered: Option<Instant>,
}

/// How a report was taken.
#[derive(Debug)]
pub(crate) enum Reported {
    /// It is in memory, and that is all.
    Taken,
    /// The store has to take something of its process; a stranger is noted as not stored until it [joins](Members::join).
    Unsettled(Box<LastReport>),
}

/// What the store has to take of a process.
#[derive(Debug)]
pub(crate) enum Unsettled {
    Nothing,
    /// It is a new member.
    Joins,
    /// It has left, with the report of this number.
    Leaves(u64),
    /// It reports with another token, or threads whose silence is forgiven are not silent any more.
    Differs {
        token: String,
        unforgiven: BTreeSet<String>,
    },
}

impl Members {
    /// Forgets the members that the store does not have any more, and all else that it has. Reports, departures and nodes that
    /// it has not taken are in memory alone and stay. Which members other replicas have heard is not known, so that their
    /// silence begins now.
    pub(super) fn begin_anew(&mut self, is_stored: impl Fn(&MemberId) -> bool, now: Instant) {
        self.members.retain(|id, _| is_stored(id));
        self.forgiven.clear();
        self.unstored.begin_anew();
        for member in self.members.values_mut() {
            member.forgiven.clear();
            member.expected = now;
        }
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Member> {
        self.members.values()
    }

    pub(super) fn count(&self) -> usize {
        self.members.len()
    }

    pub(super) fn member(&self, id: &MemberId) -> Option<&Member> {
        self.members.get(id)
    }

    pub(super) fn unstored(&self) -> &Unstored {
        &self.unstored
    }

    /// Takes note of a node that has the state and is no member, and tells whether that is news.
    pub(crate) fn note_unstored(
        &mut self,
        node: UnstoredNode,
        token: &str,
        reason: Option<String>,
        now: Now,
    ) -> bool {
        self.unstored.note(node, token, reason, now)
    }

    /// Other replicas may hear the members too.
    pub(super) fn share(&mut self) {
        self.is_shared = true;
        self.unstored.share();
    }

    pub(super) fn report(&mut self, heard: LastReport, token: &str) -> Reported {
        let report = &heard.report;
        let leaves = report.leaves();
        if leaves {
            self.departures
                .note(&report.id, report.seq, false, heard.at);
        }
        let node = UnstoredNode::Process(report.id.clone());
        let now = Now {
            instant: heard.at,
            time: heard.time,
        };
        let Some(member) = self.members.get_mut(&report.id) else {
            if leaves || self.departures.overtook(report, heard.at) {
                if self.has_to_store_departure(report) {
                    return Reported::Unsettled(Box::new(heard));
                }
                self.unstored.remove(&report.id);
                return Reported::Taken;
            }
            self.note_unstored(node, token, None, now);
            self.unstored.hear(&heard, token);
            return Reported::Unsettled(Box::new(heard));
        };
        member.report(heard.clone(), token);
        let position = member.heard.as_ref().map(|heard| heard.position);
        if leaves || !member.stored_token.is_empty() {
            self.unstored.remove(&report.id);
        } else {
            self.note_unstored(node, token, None, now);
            self.unstored.hear(&heard, token);
        }
        match self.unsettled(&heard, heard.at) {
            Unsettled::Nothing if position != Some(Position::Unproven) => Reported::Taken,
            _ => Reported::Unsettled(Box::new(heard)),
        }
    }

    /// What of a process has to be stored, after this report of it was taken.
    pub(crate) fn unsettled(&self, heard: &LastReport, now: Instant) -> Unsettled {
        let Some(member) = self.members.get(&heard.report.id) else {
            let report = &heard.report;
            let has_left = report.leaves() || self.departures.overtook(report, now);
            if has_left && self.has_to_store_departure(report) {
                return Unsettled::Leaves(self.departures.last(report));
            }
            // By the time of its turn it may have joined and been forgotten.
            return if has_left || !self.unstored.has(&report.id) {
                Unsettled::Nothing
            } else {
                Unsettled::Joins
            };
        };
        let last = &member.heard.as_ref().unwrap_or(heard).report;
        if last.leaves() || self.departures.overtook(last, now) {
            return Unsettled::Leaves(self.departures.last(last));
        }
        let forgiven = self.forgiven.get(&member.id);
        let unforgiven = forgiven.map_or_else(BTreeSet::new, |forgiven| {
            forgiven.difference(&member.forgiven).cloned().collect()
        });
        if unforgiven.is_empty() && member.token == member.stored_token {
            return Unsettled::Nothing;
        }
        Unsettled::Differs {
            token: member.token.clone(),
            unforgiven,
        }
    }

    /// Whether the store has to know that a process which is no member has left. A poll that the departure overtook may be on
    /// its way to another replica.
    fn has_to_store_departure(&self, report: &Report) -> bool {
        let node = UnstoredNode::Process(report.id.clone());
        let may_join_elsewhere = self.is_shared && report.leaves();
        self.unstored.is_stored(&node)
            || (may_join_elsewhere && !self.departures.is_stored(&report.id))
    }

    /// Takes note of what the history of the store says of the state that a node has reported.
    pub(crate) fn place(&mut self, placed: &LastReport) {
        match self.members.get_mut(&placed.report.id) {
            Some(member) => member.place(placed),
            None => self.unstored.place(placed),
        }
    }

    /// Takes a member with what it has reported while the store took it, or the token with which the store has it.
    pub(super) fn join(&mut self, mut member: Member, now: Now) -> &mut Member {
        match self.members.entry(member.id.clone()) {
            Entry::Occupied(known) => {
                let known = known.into_mut();
                known.stored_token = member.stored_token;
                self.unstored.remove(&known.id);
                known
            }
            Entry::Vacant(place) => {
                let heard = self.unstored.remove_stored(&member.id, now);
                if let Some(forgiven) = self.forgiven.get(&member.id) {
                    member.forgive(forgiven);
                }
                if let Some((heard, token)) = heard {
                    if !self.is_shared {
                        // It has been silent since, and no other replica may have heard it.
                        member.expected = heard.at;
                    }
                    member.report(heard, &token);
                }
                place.insert(member)
            }
        }
    }

    /// Takes a report that another replica relays, and gives the member if there is one.
    pub(super) fn relayed(&mut self, relayed: LastReport) -> Option<&mut Member> {
        let member = self.members.get_mut(&relayed.report.id)?;
        member.relayed(relayed);
        Some(member)
    }

    /// Takes note that the replica `peer` lives, and hears the members whose reports it has relayed.
    pub(super) fn hears(&mut self, peer: &str, now: Now) {
        let members = self.members.values_mut();
        members.for_each(|member| member.hears(peer, now));
    }

    /// Removes a member that has left with the report of this number.
    pub(crate) fn leave(&mut self, id: &MemberId, seq: u64, now: Instant) {
        self.departures.note(id, seq, true, now);
        self.members.remove(id);
        self.forgiven.remove(id);
        self.unstored.remove(id);
    }

    /// Marks the members whose last report came with the token of this name, which has been revoked.
    pub(super) fn revoke(&mut self, token: &str) {
        let members = self.members.values_mut();
        for member in members.filter(|member| member.token == token) {
            member.revoked = true;
        }
    }

    /// The members that an operator means, and what forgetting does to each.
    pub(crate) fn find(
        &self,
        selection: &Selection,
        now: Instant,
    ) -> (Forgetting, (Vec<UnstoredNode>, u64)) {
        let mut forgetting = Forgetting::default();
        let mut unstored = Default::default();
        if matches!(selection, Selection::Unstored) {
            forgetting.unstored = self.unstored.views();
            unstored = self.unstored.all();
        }
        let members = self.members.values();
        for member in members.filter(|member| selection.means(member, now)) {
            let forgotten = member.forget();
            if matches!(selection, Selection::Process(_)) || member.is_lost(now) {
                forgetting.removed.push(forgotten);
            } else if forgotten.silent.is_empty() {
                forgetting.kept.push(Kept {
                    id: forgotten.id,
                    heard: member.heard.as_ref().map(|heard| heard.time),
                });
            } else {
                forgetting.forgiven.push(forgotten);
            }
        }
        (forgetting, unstored)
    }

    /// Forgets all members, as their service is removed, or added again. Which processes have left is known still, because
    /// polls that their farewells have overtaken may be on their way.
    pub(crate) fn remove_all(&mut self) {
        self.members.clear();
        self.forgiven.clear();
        self.unstored = Unstored::default();
        if self.is_shared {
            self.unstored.share();
        }
    }

    /// Forgets a member. One that lives is a new member with its next poll.
    pub(crate) fn forget(&mut self, id: &MemberId) {
        self.members.remove(id);
    }

    /// Takes note that the store is about to forget a member. One that reports meanwhile has to be stored again.
    pub(crate) fn begin_to_forget(&mut self, id: &MemberId) {
        if let Some(member) = self.members.get_mut(id) {
            member.stored_token.clear();
        }
    }

    /// Forgets a member that was lost. One that has reported here since stays, and has to be stored again.
    pub(crate) fn forget_lost(&mut self, id: &MemberId, now: Instant) {
        self.answered = Some(now);
        match self.members.get_mut(id) {
            Some(member) if member.is_heard_here(now) => member.stored_token.clear(),
            _ => self.forget(id),
        }
    }

    /// Whether it is known by `known` which of those that an operator has answered for have reported since.
    pub(super) fn has_settled(&self, known: Instant) -> bool {
        self.answered.is_none_or(|at| at <= known)
    }

    /// The members that were forgotten while they reported, by their last reports and the tokens that these came with.
    pub(super) fn kept(&self, now: Instant) -> impl Iterator<Item = (&LastReport, &str)> {
        let members = self.members.values();
        let kept = members
            .filter(move |member| member.stored_token.is_empty() && member.is_heard_here(now));
        kept.filter_map(|member| Some((member.heard.as_ref()?, member.token.as_str())))
    }

    /// Answers for the silence of threads. One that has spoken since is silent no more.
    pub(crate) fn forgive(&mut self, Forgotten { id, silent }: &Forgotten, now: Instant) {
        self.answered = Some(now);
        if let Some(member) = self.members.get_mut(id) {
            member.forgive(silent);
        }
        let forgiven = self.forgiven.entry(id.clone()).or_default();
        forgiven.extend(silent.iter().cloned());
    }

    /// Takes note that the store has these threads forgiven no more. They may have spoken to another replica, and be silent again.
    pub(crate) fn unforgive(&mut self, Forgotten { id, silent }: &Forgotten) {
        if let Some(member) = self.members.get_mut(id) {
            member.forgiven.retain(|name| !silent.contains(name));
        }
        if let Some(kept) = self.forgiven.get_mut(id) {
            kept.retain(|name| !silent.contains(name));
        }
    }

    /// Takes note of a node that has the state and is no member, as the store has it.
    pub(crate) fn store_unstored(
        &mut self,
        node: UnstoredNode,
        token: &str,
        reason: String,
        now: Now,
    ) {
        self.unstored.store(node, token, reason, now);
    }

    /// Forgets these nodes that could not be stored, and so many of those that are not kept.
    pub(crate) fn forget_unstored(&mut self, nodes: &[UnstoredNode], more: u64) {
        self.unstored.forget(nodes, more);
    }
}
