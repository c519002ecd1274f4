use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

use tokio::sync::{Notify, watch};

use crate::fleet::departures::Departures;
use crate::fleet::forgetting::{Found, Selection};
use crate::fleet::member::LastReport;
use crate::fleet::member::Member;
use crate::fleet::unstored::Node;
use crate::fleet::unstored::Unstored;
use crate::values::now::Now;
use crate::wire::forgotten::{Forgotten, Kept};
use crate::wire::node::MemberId;

/// The members of one service.
#[derive(Debug, Default)]
pub(super) struct Members {
    members: BTreeMap<MemberId, Member>,
    /// What was answered for of members that may come back, as the store has it.
    forgiven: BTreeMap<MemberId, BTreeSet<String>>,
    departures: Departures,
    unstored: Unstored,
    /// Counts what happens, for those who watch.
    changes: watch::Sender<u64>,
    /// Wakes the held polls when a barrier begins.
    barrier_began: Arc<Notify>,
}

/// How a report was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reported {
    /// From a member, or from one that has left since it was sent.
    Known,
    /// From a member of which the store has something else: another token, or threads as forgiven that speak again.
    Changed,
    /// From a member that has left with it.
    Left,
    /// From one that is no member yet. It is noted as not stored until it [joins](Members::join).
    Unknown,
}

impl Members {
    pub(super) fn all(&self) -> impl Iterator<Item = &Member> {
        self.members.values()
    }

    pub(super) fn member(&self, id: &MemberId) -> Option<&Member> {
        self.members.get(id)
    }

    pub(super) fn unstored(&self) -> &Unstored {
        &self.unstored
    }

    /// Takes note of a node that has the state and is not stored.
    pub(super) fn note_unstored(
        &mut self,
        node: Node,
        token: &str,
        reason: Option<String>,
        now: Now,
    ) -> bool {
        let is_news = self.unstored.note(node, token, reason, now);
        self.notify();
        is_news
    }

    /// Takes note of a process that is not stored, unless it is a member.
    pub(super) fn note_unknown(&mut self, id: &MemberId, token: &str, now: Now) {
        if !self.members.contains_key(id) {
            self.note_unstored(Node::Process(id.clone()), token, None, now);
        }
    }

    pub(super) fn report(&mut self, heard: LastReport, token: &str, revoked: bool) -> Reported {
        let report = &heard.report;
        let leaves = report.leaving && report.requests + report.upgraded == 0;
        if leaves {
            self.departures.note(report, heard.at);
            self.unstored.remove(&report.id);
        }
        let Some(member) = self.members.get_mut(&report.id) else {
            return match () {
                () if leaves => Reported::Left,
                () if self.departures.overtook(report, heard.at) => {
                    self.unstored.remove(&report.id);
                    Reported::Known
                }
                () => {
                    let now = Now {
                        instant: heard.at,
                        time: heard.time,
                    };
                    self.note_unstored(Node::Process(report.id.clone()), token, None, now);
                    Reported::Unknown
                }
            };
        };
        self.unstored.remove(&report.id);
        let news = if leaves {
            self.forgiven.remove(&report.id);
            self.members.remove(&report.id);
            Reported::Left
        } else {
            member.report(heard, token);
            member.revoked = revoked;
            let forgiven = self.forgiven.get(&member.id);
            let is_forgiven = forgiven.is_none_or(|kept| kept.is_subset(&member.forgiven));
            match is_forgiven && member.token == member.stored_token {
                true => Reported::Known,
                false => Reported::Changed,
            }
        };
        self.notify();
        news
    }

    /// Takes a new member, unless it has left meanwhile.
    pub(super) fn join(&mut self, mut member: Member, now: Now) -> bool {
        self.unstored.remove_stored(&member.id, now);
        let heard = member.heard.as_ref();
        if heard.is_some_and(|heard| self.departures.overtook(&heard.report, now.instant)) {
            return false;
        }
        if let Some(forgiven) = self.forgiven.get(&member.id) {
            member.forgive(forgiven);
        }
        self.members.insert(member.id.clone(), member);
        self.notify();
        true
    }

    /// Marks the members whose last report came with the token of this name, which has been revoked.
    pub(super) fn revoke(&mut self, token: &str) {
        let members = self.members.values_mut();
        for member in members.filter(|member| member.token == token) {
            member.revoked = true;
        }
        self.notify();
    }

    /// The members that an operator means, and what forgetting does to each.
    pub(super) fn find(&self, selection: &Selection, now: Instant) -> Found {
        let mut found = Found::default();
        let forgetting = &mut found.forgetting;
        if matches!(selection, Selection::Unstored) {
            forgetting.unstored = self.unstored.views();
            found.unstored = self.unstored.all();
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
        found
    }

    /// Forgets what `selection` has meant when it was [looked for](Self::find). A member that has been heard since stays, and
    /// is stored again with its next report.
    pub(super) fn forget(&mut self, selection: &Selection, found: &Found, now: Instant) {
        let forgetting = &found.forgetting;
        for forgotten in &forgetting.removed {
            match self.members.get_mut(&forgotten.id) {
                Some(member)
                    if !matches!(selection, Selection::Process(_)) && !member.is_lost(now) =>
                {
                    member.stored_token.clear();
                }
                _ => {
                    self.members.remove(&forgotten.id);
                }
            }
            self.forgive(forgotten);
        }
        for forgotten in &forgetting.forgiven {
            if let Some(member) = self.members.get_mut(&forgotten.id) {
                member.forgive(&forgotten.silent);
            }
            self.forgive(forgotten);
        }
        self.unstored.forget(&found.unstored);
        self.notify();
    }

    pub(super) fn forgive(&mut self, Forgotten { id, silent }: &Forgotten) {
        let forgiven = self.forgiven.entry(id.clone()).or_default();
        forgiven.extend(silent.iter().cloned());
    }

    /// The threads of a member that are forgiven no more, though the store has them so.
    pub(super) fn heard_again(&self, id: &MemberId) -> BTreeSet<String> {
        let Some((member, kept)) = self.members.get(id).zip(self.forgiven.get(id)) else {
            return BTreeSet::new();
        };
        kept.difference(&member.forgiven).cloned().collect()
    }

    /// Takes note that the store has this token of a member.
    pub(super) fn token_stored(&mut self, id: &MemberId, token: &str) {
        if let Some(member) = self.members.get_mut(id) {
            token.clone_into(&mut member.stored_token);
        }
    }

    /// Takes note that the store has them so no more.
    pub(super) fn unforgive(&mut self, Forgotten { id, silent }: &Forgotten) {
        if let Some(kept) = self.forgiven.get_mut(id) {
            kept.retain(|name| !silent.contains(name));
        }
    }

    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    pub(super) fn barrier_began(&self) -> &Arc<Notify> {
        &self.barrier_began
    }

    pub(super) fn notify(&self) {
        self.changes.send_modify(|changes| *changes += 1);
    }
}
