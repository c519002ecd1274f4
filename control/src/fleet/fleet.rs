use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use intermission_core::State;
use tokio::sync::{Notify, watch};

use crate::fleet::barrier::Barrier;
use crate::fleet::forgetting::Selection;
use crate::fleet::member::{LastReport, Member};
use crate::fleet::members::{Members, Reported, Unsettled};
use crate::values::now::Now;
use crate::wire::barrier::Ending;
use crate::wire::barrier::Progress;
use crate::wire::forgotten::{Forgetting, Forgotten};
use crate::wire::node::{MemberId, UnstoredNode};

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
    /// Takes a report that came with `token`. A stranger has to be stored before it may [`join`](Self::join), and is
    /// noted as not stored until then.
    pub(crate) fn report(&self, service: &str, heard: LastReport, token: &str) -> Reported {
        let mut inner = self.lock();
        let revoked = inner.revoked.contains(token);
        let reported = inner.of(service).report(heard, token, revoked);
        drop(inner);
        self.changed.notify_one();
        reported
    }

    /// What of a process has to be stored, after this report of it was taken.
    pub(crate) fn unsettled(&self, service: &str, heard: &LastReport, now: Now) -> Unsettled {
        self.lock().of(service).unsettled(heard, now.instant)
    }

    /// Takes note of what the history of the store says of the state that a member has reported.
    pub(crate) fn place(&self, service: &str, heard: &LastReport) {
        self.lock().of(service).place(heard);
        self.changed.notify_one();
    }

    /// Takes a member, or the token with which the store has it.
    pub(crate) fn join(&self, service: &str, mut member: Member, now: Now) {
        let mut inner = self.lock();
        member.revoked = inner.revoked.contains(&member.token);
        inner.of(service).join(member, now);
        self.changed.notify_one();
    }

    /// Removes a member that has left.
    pub(crate) fn leave(&self, service: &str, id: &MemberId) {
        self.lock().of(service).leave(id);
        self.changed.notify_one();
    }

    /// Takes note of a node that has the state and is no member, and tells whether that is news.
    pub(crate) fn note_unstored(
        &self,
        service: &str,
        node: UnstoredNode,
        token: &str,
        reason: Option<String>,
        now: Now,
    ) -> bool {
        let mut inner = self.lock();
        let is_news = inner.of(service).note_unstored(node, token, reason, now);
        self.changed.notify_one();
        is_news
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

    /// What is to become of the members that an operator means; for the nodes that could not be stored, which they are
    /// and how many more.
    pub(crate) fn find(
        &self,
        service: &str,
        selection: &Selection,
        now: Now,
    ) -> (Forgetting, (Vec<UnstoredNode>, u64)) {
        let inner = self.lock();
        let of_service = inner.services.get(service);
        of_service
            .map(|of_service| of_service.find(selection, now.instant))
            .unwrap_or_default()
    }

    /// Forgets a member. One that `was_lost` and has reported since stays; another one that lives is a new member with
    /// its next poll.
    pub(crate) fn forget(&self, service: &str, id: &MemberId, was_lost: bool, now: Now) {
        self.lock().of(service).forget(id, was_lost, now.instant);
        self.changed.notify_one();
    }

    /// Answers for the silence of threads.
    pub(crate) fn forgive(&self, service: &str, threads: &Forgotten) {
        self.lock().of(service).forgive(threads);
        self.changed.notify_one();
    }

    /// Takes note that the store has these threads forgiven no more.
    pub(crate) fn unforgive(&self, service: &str, threads: &Forgotten) {
        self.lock().of(service).unforgive(threads);
    }

    /// Forgets these nodes that could not be stored, and so many of those that are not kept.
    pub(crate) fn forget_unstored(&self, service: &str, nodes: &[UnstoredNode], more: u64) {
        self.lock().of(service).forget_unstored(nodes, more);
        self.changed.notify_one();
    }

    /// Begins to wait.
    pub(crate) fn begin(&self, barrier: Barrier, now: Now) {
        let mut inner = self.lock();
        let of_service = inner.of(barrier.service());
        of_service.barrier_began().notify_waiters();
        of_service.notify();
        inner.begin(barrier, now);
        drop(inner);
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
