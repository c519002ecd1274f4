use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use intermission_core::State;
use tokio::sync::{Notify, watch};

use crate::fleet::barrier::Barrier;
use crate::fleet::forgetting::{Found, Selection};
use crate::fleet::member::LastReport;
use crate::fleet::member::{Member, Position};
use crate::fleet::members::Members;
use crate::fleet::members::Reported;
use crate::fleet::report::Report;
use crate::fleet::unstored::Node;
use crate::values::now::Now;
use crate::wire::barrier::Ending;
use crate::wire::barrier::Progress;
use crate::wire::forgotten::Forgotten;
use crate::wire::node::MemberId;

/// The members of every service, and the barriers that are open.
#[derive(Debug, Default)]
pub(crate) struct Fleet {
    inner: Mutex<Inner>,
    /// There is something to look at.
    changed: Notify,
}

#[derive(Debug, Default)]
pub(super) struct Inner {
    pub(super) services: BTreeMap<String, Members>,
    pub(super) barriers: BTreeMap<String, Open>,
    /// The names of the tokens that are revoked.
    revoked: BTreeSet<String>,
}

#[derive(Debug)]
pub(super) struct Open {
    pub(super) barrier: Barrier,
    pub(super) progress: watch::Sender<Arc<Progress>>,
    pub(super) ended: Option<Ended>,
}

/// How a wait has ended, until that is kept.
#[derive(Debug)]
pub(super) struct Ended {
    progress: Arc<Progress>,
    /// When it was last tried to keep it.
    tried: Instant,
}

/// When an end that could not be kept is tried to be kept again.
const AGAIN: Duration = Duration::from_secs(5);

impl Open {
    pub(super) fn waits_for(&self, service: &str) -> bool {
        self.ended.is_none() && self.barrier.service() == service
    }
}

impl Fleet {
    /// The fleet as the store knows it; no member has reported.
    pub(crate) fn new(
        members: impl IntoIterator<Item = (String, Member)>,
        forgotten: impl IntoIterator<Item = (String, Forgotten)>,
        barriers: impl IntoIterator<Item = Barrier>,
        now: Now,
    ) -> Self {
        let fleet = Self::default();
        let mut inner = fleet.lock();
        for (service, forgotten) in forgotten {
            inner.of(&service).forgive(&forgotten);
        }
        for (service, member) in members {
            inner.of(&service).join(member, now);
        }
        for barrier in barriers {
            inner.begin(barrier, now);
        }
        drop(inner);
        fleet
    }

    /// What a member said before with this entity tag in force, so that it need not be looked up again.
    pub(crate) fn position(&self, service: &str, report: &Report) -> Option<Position> {
        let inner = self.lock();
        let member = inner.services.get(service)?.member(&report.id)?;
        let heard = member.heard.as_ref()?;
        (heard.report.applied == report.applied).then_some(heard.position)
    }

    /// Takes a report that came with `token`. A stranger has to be stored before it may [`join`](Self::join), and is
    /// noted as not stored until then.
    pub(crate) fn report(
        &self,
        service: &str,
        report: Report,
        position: Position,
        token: &str,
        now: Now,
    ) -> Reported {
        let heard = LastReport::new(report, position, now);
        let mut inner = self.lock();
        let revoked = inner.revoked.contains(token);
        let news = inner.of(service).report(heard, token, revoked);
        drop(inner);
        self.changed.notify_one();
        news
    }

    /// Takes a new member, unless it has left meanwhile.
    pub(crate) fn join(&self, service: &str, mut member: Member, now: Now) -> bool {
        let mut inner = self.lock();
        member.revoked = inner.revoked.contains(&member.token);
        let has_joined = inner.of(service).join(member, now);
        self.changed.notify_one();
        has_joined
    }

    /// What is known of a member.
    pub(crate) fn member(&self, service: &str, id: &MemberId) -> Option<Member> {
        let inner = self.lock();
        inner.services.get(service)?.member(id).cloned()
    }

    /// Takes note of a process that is not stored, unless it is a member.
    pub(crate) fn note_unknown(&self, service: &str, id: &MemberId, token: &str, now: Now) {
        self.lock().of(service).note_unknown(id, token, now);
        self.changed.notify_one();
    }

    /// Takes note of a node that has the state and is no member, and tells whether that is news.
    pub(crate) fn note_unstored(
        &self,
        service: &str,
        node: Node,
        token: &str,
        reason: Option<String>,
        now: Now,
    ) -> bool {
        let mut inner = self.lock();
        let is_news = inner.of(service).note_unstored(node, token, reason, now);
        self.changed.notify_one();
        is_news
    }

    /// Takes note that the store has this token of a member.
    pub(crate) fn token_stored(&self, service: &str, id: &MemberId, token: &str) {
        self.lock().of(service).token_stored(id, token);
    }

    /// Takes every member whose last report came with this token for lost, from now on and until it reports with
    /// another.
    pub(crate) fn revoke(&self, token: &str) {
        let mut inner = self.lock();
        inner.revoked.insert(token.to_owned());
        inner
            .services
            .values_mut()
            .for_each(|of_service| of_service.revoke(token));
        self.changed.notify_one();
    }

    /// The threads of a member that have spoken again since they were forgiven, where the store still has them so.
    pub(crate) fn heard_again(&self, service: &str, id: &MemberId) -> Forgotten {
        let inner = self.lock();
        let of_service = inner.services.get(service);
        Forgotten {
            id: id.clone(),
            silent: of_service
                .map(|of_service| of_service.heard_again(id))
                .unwrap_or_default(),
        }
    }

    /// Takes note that the store has them so no more.
    pub(crate) fn unforgive(&self, service: &str, heard_again: &Forgotten) {
        self.lock().of(service).unforgive(heard_again);
    }

    /// What is to become of the members that an operator means.
    pub(crate) fn find(&self, service: &str, selection: &Selection, now: Now) -> Found {
        let inner = self.lock();
        let of_service = inner.services.get(service);
        of_service
            .map(|of_service| of_service.find(selection, now.instant))
            .unwrap_or_default()
    }

    /// Forgets members. One that still lives is a new member with its next poll.
    pub(crate) fn forget(&self, service: &str, selection: &Selection, found: &Found, now: Now) {
        self.lock()
            .of(service)
            .forget(selection, found, now.instant);
        self.changed.notify_one();
    }

    /// Begins to wait.
    pub(crate) fn begin(&self, barriers: impl IntoIterator<Item = Barrier>, now: Now) {
        let mut inner = self.lock();
        for barrier in barriers {
            let of_service = inner.of(barrier.service());
            of_service.barrier_began().notify_waiters();
            of_service.notify();
            inner.begin(barrier, now);
        }
        self.changed.notify_one();
    }

    /// Takes note of a state that is about to be published: no wait for an earlier one ends well by what nodes say
    /// of it.
    pub(crate) fn supersede(&self, state: &State) {
        let mut inner = self.lock();
        let barriers = inner.barriers.values_mut().map(|open| &mut open.barrier);
        for barrier in barriers.filter(|barrier| barrier.service() == state.service.as_str()) {
            barrier.note_later(state);
        }
    }

    /// Wakes those who watch a service of which another state was published.
    pub(crate) fn notify(&self, service: &str) {
        self.lock().of(service).notify();
        self.changed.notify_one();
    }

    /// Whether a barrier waits for this member.
    pub(crate) fn is_awaited(&self, service: &str, id: &MemberId, now: Now) -> bool {
        let inner = self.lock();
        let of_service = inner.services.get(service);
        let Some(member) = of_service.and_then(|of_service| of_service.member(id)) else {
            return false;
        };
        let barriers = inner.barriers.values();
        let mut open = barriers.filter(|open| open.waits_for(service));
        open.any(|open| open.barrier.waits_for_member(member, now.instant))
    }

    /// Wakes the held polls when a barrier of a service begins.
    pub(crate) fn barrier_began(&self, service: &str) -> Arc<Notify> {
        Arc::clone(self.lock().of(service).barrier_began())
    }

    /// The progress of an open barrier.
    pub(crate) fn watch(&self, id: &str) -> Option<watch::Receiver<Arc<Progress>>> {
        let inner = self.lock();
        Some(inner.barriers.get(id)?.progress.subscribe())
    }

    /// What changes when the fleet of a service does.
    pub(crate) fn changes(&self, service: &str) -> watch::Receiver<u64> {
        self.lock().of(service).changes()
    }

    /// Waits until something happens that may end a barrier, other than silence.
    pub(crate) async fn changed(&self) {
        self.changed.notified().await;
    }

    /// Tells those who wait how far they are, but for those whose wait has ended: they are to be
    /// [completed](Self::complete) when that is stored.
    pub(crate) fn judge(&self, now: Now) -> Vec<Arc<Progress>> {
        let mut inner = self.lock();
        let Inner {
            services, barriers, ..
        } = &mut *inner;
        let mut ended = Vec::new();
        for open in barriers.values_mut() {
            if let Some(Ended { progress, tried }) = &mut open.ended {
                if now.instant.saturating_duration_since(*tried) >= AGAIN {
                    *tried = now.instant;
                    ended.push(Arc::clone(progress));
                }
                continue;
            }
            let progress = Arc::new(judged(services, &mut open.barrier, now));
            if progress.ending.is_some() {
                open.ended = Some(Ended {
                    progress: Arc::clone(&progress),
                    tried: now.instant,
                });
                ended.push(progress);
            } else {
                open.progress.send_if_modified(|known| {
                    let changed = known.quiet() != progress.quiet();
                    *known = progress;
                    changed
                });
            }
        }
        ended
    }

    /// Tells those who wait how it ended, and closes the barrier.
    pub(crate) fn complete(&self, progress: Arc<Progress>) {
        let mut inner = self.lock();
        if let Some(open) = inner.barriers.remove(&progress.id) {
            inner.of(&progress.service).notify();
            open.progress.send_replace(progress);
        }
    }

    /// Whether a wait ends as it was judged a moment ago. A good end has to hold still: a later change, or a node that
    /// has come meanwhile, takes it back, and the wait goes on.
    pub(crate) fn confirm(&self, progress: &Progress, now: Now) -> bool {
        self.lock().confirm(progress, now)
    }

    /// Publishes how a barrier ended, though that could not be stored; later requests get it from here.
    pub(crate) fn complete_unstored(&self, progress: Arc<Progress>, now: Now) {
        let mut inner = self.lock();
        if !inner.confirm(&progress, now) {
            return;
        }
        inner.of(&progress.service).notify();
        if let Some(open) = inner.barriers.get(&progress.id) {
            open.progress.send_replace(progress);
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        // Nothing here can panic half-way.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How far a barrier is, by the members of its service.
fn judged(services: &BTreeMap<String, Members>, barrier: &mut Barrier, now: Now) -> Progress {
    let of_service = services.get(barrier.service());
    let members = of_service.into_iter().flat_map(Members::all);
    barrier.judge(members, of_service.map(Members::unstored), now)
}

impl Inner {
    pub(super) fn of(&mut self, service: &str) -> &mut Members {
        self.services.entry(service.to_owned()).or_default()
    }

    fn confirm(&mut self, progress: &Progress, now: Now) -> bool {
        let Self {
            services, barriers, ..
        } = self;
        let Some(open) = barriers.get_mut(&progress.id) else {
            return false;
        };
        if progress.ending != Some(Ending::Done) {
            return true;
        }
        let again = judged(services, &mut open.barrier, now);
        let holds = again.ending == Some(Ending::Done);
        if !holds {
            open.ended = None;
        }
        holds
    }

    fn begin(&mut self, mut barrier: Barrier, now: Now) {
        let mut progress = judged(&self.services, &mut barrier, now);
        // An end is published when it is stored.
        progress.ending = None;
        let open = Open {
            progress: watch::Sender::new(Arc::new(progress)),
            barrier,
            ended: None,
        };
        self.barriers.insert(open.barrier.id.clone(), open);
    }
}

#[cfg(test)]
mod tests;
