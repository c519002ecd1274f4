use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

use tokio::sync::{Notify, watch};

use crate::fleet::departures::Farewells;
use crate::fleet::forgetting::{Found, Whom};
use crate::fleet::member::Heard;
use crate::fleet::member::Member;
use crate::fleet::unstored::Node;
use crate::fleet::unstored::Unstored;
use crate::values::now::Now;
use crate::wire::forgotten::{Forgotten, Kept};
use crate::wire::node::MemberId;

/// The members of one service.
#[derive(Debug, Default)]
pub(super) struct Roll {
    members: BTreeMap<MemberId, Member>,
    /// What was answered for of members that may come back, as the store has it.
    forgiven: BTreeMap<MemberId, BTreeSet<String>>,
    farewells: Farewells,
    unstored: Unstored,
    /// Counts what happens, for those who watch.
    changes: watch::Sender<u64>,
    /// Wakes the held polls when somebody begins to wait for the nodes.
    awaited: Arc<Notify>,
}

/// How a report was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum News {
    /// From a member, or from one that has left since it was sent.
    Heard,
    /// From a member of which the store has something else: another token, or threads as forgiven that speak again.
    Changed,
    /// From a member that has left with it.
    Left,
    /// From one that is no member yet. It is noted as not stored until it [joins](Roll::join).
    Stranger,
}

impl Roll {
    pub(super) fn members(&self) -> impl Iterator<Item = &Member> {
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
        self.stir();
        is_news
    }

    /// Takes note of a process that is not stored, unless it is a member.
    pub(super) fn note_stranger(&mut self, id: &MemberId, token: &str, now: Now) {
        if !self.members.contains_key(id) {
            self.note_unstored(Node::Process(id.clone()), token, None, now);
        }
    }

    pub(super) fn hear(&mut self, heard: Heard, token: &str, revoked: bool) -> News {
        let report = &heard.report;
        let leaves = report.leaving && report.requests + report.upgraded == 0;
        if leaves {
            self.farewells.note(report, heard.at);
            self.unstored.remove(&report.id);
        }
        let Some(member) = self.members.get_mut(&report.id) else {
            return match () {
                () if leaves => News::Left,
                () if self.farewells.came_after(report, heard.at) => {
                    self.unstored.remove(&report.id);
                    News::Heard
                }
                () => {
                    let now = Now {
                        instant: heard.at,
                        time: heard.time,
                    };
                    self.note_unstored(Node::Process(report.id.clone()), token, None, now);
                    News::Stranger
                }
            };
        };
        self.unstored.remove(&report.id);
        let news = if leaves {
            self.forgiven.remove(&report.id);
            self.members.remove(&report.id);
            News::Left
        } else {
            member.hear(heard, token);
            member.revoked = revoked;
            let forgiven = self.forgiven.get(&member.id);
            let is_forgiven = forgiven.is_none_or(|kept| kept.is_subset(&member.forgiven));
            match is_forgiven && member.token == member.stored_token {
                true => News::Heard,
                false => News::Changed,
            }
        };
        self.stir();
        news
    }

    /// Takes a new member, unless it has left meanwhile.
    pub(super) fn join(&mut self, mut member: Member, now: Now) -> bool {
        self.unstored.remove_stored(&member.id, now);
        let heard = member.heard.as_ref();
        if heard.is_some_and(|heard| self.farewells.came_after(&heard.report, now.instant)) {
            return false;
        }
        if let Some(forgiven) = self.forgiven.get(&member.id) {
            member.forgive(forgiven);
        }
        self.members.insert(member.id.clone(), member);
        self.stir();
        true
    }

    /// Marks the members whose last report came with the token of this name, which has been revoked.
    pub(super) fn revoke(&mut self, token: &str) {
        let members = self.members.values_mut();
        for member in members.filter(|member| member.token == token) {
            member.revoked = true;
        }
        self.stir();
    }

    /// The members that an operator means, and what forgetting does to each.
    pub(super) fn find(&self, whom: &Whom, now: Instant) -> Found {
        let mut found = Found::default();
        let forgetting = &mut found.forgetting;
        if matches!(whom, Whom::Unstored) {
            forgetting.unstored = self.unstored.views();
            found.unstored = self.unstored.all();
        }
        let members = self.members.values();
        for member in members.filter(|member| whom.means(member, now)) {
            let forgotten = member.forget();
            if matches!(whom, Whom::Process(_)) || member.is_lost(now) {
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

    /// Forgets what `whom` has meant when it was [looked for](Self::find). A member that has been heard since stays, and
    /// is stored again with its next report.
    pub(super) fn forget(&mut self, whom: &Whom, found: &Found, now: Instant) {
        let forgetting = &found.forgetting;
        for forgotten in &forgetting.removed {
            match self.members.get_mut(&forgotten.id) {
                Some(member) if !matches!(whom, Whom::Process(_)) && !member.is_lost(now) => {
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
        self.stir();
    }

    pub(super) fn forgive(&mut self, Forgotten { id, silent }: &Forgotten) {
        let forgiven = self.forgiven.entry(id.clone()).or_default();
        forgiven.extend(silent.iter().cloned());
    }

    /// The threads of a member that are forgiven no more, though the store has them so.
    pub(super) fn spoken(&self, id: &MemberId) -> BTreeSet<String> {
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
    pub(super) fn take_back(&mut self, Forgotten { id, silent }: &Forgotten) {
        if let Some(kept) = self.forgiven.get_mut(id) {
            kept.retain(|name| !silent.contains(name));
        }
    }

    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    pub(super) fn awaited(&self) -> &Arc<Notify> {
        &self.awaited
    }

    pub(super) fn stir(&self) {
        self.changes.send_modify(|changes| *changes += 1);
    }
}
