use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::mem;
use std::sync::Arc;
use std::time::{Duration, Instant};

use intermission_core::State;

use crate::fleet::barrier::Barrier;
use crate::fleet::member::{LastReport, Member};
use crate::fleet::members::{Members, Reported};
use crate::fleet::peers::{Heartbeat, Peers};
use crate::values::now::Now;
use crate::values::version::Version;
use crate::wire::barrier::Ending;
use crate::wire::barrier::Progress;
use crate::wire::node::MemberId;

/// The members of every service, and the barriers that are open.
#[derive(Debug, Default)]
pub(crate) struct Fleet {
    pub(super) services: BTreeMap<String, Members>,
    pub(super) barriers: BTreeMap<String, Open>,
    /// How the last barriers ended, for those who ask at once.
    ended: VecDeque<Arc<Progress>>,
    /// The names of the tokens that are revoked.
    revoked: BTreeSet<String>,
    /// The other replicas that hear members.
    peers: Peers,
    /// The version of what is stored.
    version: Version,
    /// The services of which operators see something else than before.
    touched: BTreeSet<String>,
}

#[derive(Debug)]
pub(super) struct Open {
    pub(super) barrier: Barrier,
    pub(super) progress: Arc<Progress>,
    ended: Option<Ended>,
}

/// The end of a wait that is not stored yet.
#[derive(Debug)]
struct Ended {
    progress: Arc<Progress>,
    /// When it was last tried to store it.
    tried: Instant,
}

/// When an end that could not be stored is tried again.
const AGAIN: Duration = Duration::from_secs(5);
/// How many ends are remembered. All of them are in the store.
const REMEMBERED: usize = 100;

impl Open {
    pub(super) fn is_open(&self) -> bool {
        self.ended.is_none()
    }

    pub(super) fn waits_for(&self, service: &str) -> bool {
        self.is_open() && self.barrier.service() == service
    }
}

impl Fleet {
    /// The members of a service.
    pub(crate) fn of(&mut self, service: &str) -> &mut Members {
        self.services.entry(service.to_owned()).or_default()
    }

    /// Forgets what the store does not have any more; all that it has is about to be loaded anew.
    pub(crate) fn begin_anew(&mut self, is_stored: impl Fn(&str, &MemberId) -> bool, now: Now) {
        self.barriers.clear();
        self.peers.load(now);
        for (service, members) in &mut self.services {
            members.begin_anew(|id| is_stored(service, id), now.instant);
        }
    }

    /// Takes a report that came with `token`. A stranger has to be stored before it may [`join`](Self::join), and is
    /// noted as not stored until then.
    pub(crate) fn report(&mut self, service: &str, heard: LastReport, token: &str) -> Reported {
        let is_revoked = self.revoked.contains(token);
        let is_replica = self.peers.is_replica();
        let of_service = self.of(service);
        if is_replica {
            of_service.share();
        }
        let reported = of_service.report(heard, token);
        if is_revoked {
            of_service.revoke(token);
        }
        reported
    }

    /// Takes a member, or the token with which the store has it.
    pub(crate) fn join(&mut self, service: &str, member: Member, now: Now) {
        let of_service = self.services.entry(service.to_owned()).or_default();
        let member = of_service.join(member, now);
        member.revoked = self.revoked.contains(&member.token);
    }

    /// Takes every member whose last report came with this token for lost, from now on and until it reports with
    /// another.
    pub(crate) fn revoke(&mut self, token: &str) {
        self.revoked.insert(token.to_owned());
        let services = self.services.values_mut();
        services.for_each(|of_service| of_service.revoke(token));
    }

    /// Begins to wait.
    pub(crate) fn begin(&mut self, mut barrier: Barrier, now: Now) {
        let mut progress = judged(&self.services, &self.peers, &mut barrier, self.known(now));
        // An end is published when it is stored.
        progress.ending = None;
        let open = Open {
            progress: Arc::new(progress),
            barrier,
            ended: None,
        };
        self.barriers.insert(open.barrier.id.clone(), open);
    }

    /// Takes note of a state that is about to be published: no wait for an earlier one ends well by what nodes say
    /// of it.
    pub(crate) fn supersede(&mut self, state: &State) {
        let barriers = self.barriers.values_mut().map(|open| &mut open.barrier);
        for barrier in barriers.filter(|barrier| barrier.service() == state.service.as_str()) {
            barrier.note_later(state);
        }
    }

    /// Finds out how far the open barriers are, and gives those that have ended: they are to be
    /// [completed](Self::complete) when that is stored.
    pub(crate) fn judge(&mut self, now: Now) -> Vec<Arc<Progress>> {
        let known = self.known(now);
        let mut ended = Vec::new();
        for open in self.barriers.values_mut() {
            if let Some(Ended { progress, tried }) = &mut open.ended {
                if now.instant.saturating_duration_since(*tried) >= AGAIN {
                    *tried = now.instant;
                    ended.push(Arc::clone(progress));
                }
                continue;
            }
            let progress = judged(&self.services, &self.peers, &mut open.barrier, known);
            let progress = Arc::new(progress);
            if progress.ending.is_some() {
                open.ended = Some(Ended {
                    progress: Arc::clone(&progress),
                    tried: now.instant,
                });
                ended.push(progress);
            } else {
                if progress.is_news_after(&open.progress) {
                    self.touched.insert(progress.service.clone());
                }
                open.progress = progress;
            }
        }
        ended
    }

    /// Closes a barrier whose end is stored.
    pub(crate) fn complete(&mut self, progress: Arc<Progress>) {
        if self.barriers.remove(&progress.id).is_some() {
            self.ended.push_front(progress);
            self.ended.truncate(REMEMBERED);
        }
    }

    /// Whether a wait ends as it was judged a moment ago. A good end has to hold still: a later change, or a node that
    /// has come meanwhile, takes it back, and the wait goes on.
    pub(crate) fn confirm(&mut self, progress: &Progress, now: Now) -> bool {
        let known = self.known(now);
        let Some(open) = self.barriers.get_mut(&progress.id) else {
            return false;
        };
        if progress.ending != Some(Ending::Done) {
            return true;
        }
        let again = judged(&self.services, &self.peers, &mut open.barrier, known);
        let holds = again.ending == Some(Ending::Done);
        if !holds {
            open.ended = None;
        }
        holds
    }

    /// Publishes how a barrier ended, though that could not be stored; later requests get it from here.
    pub(crate) fn complete_unstored(&mut self, progress: Arc<Progress>, now: Now) {
        if self.confirm(&progress, now)
            && let Some(open) = self.barriers.get_mut(&progress.id)
        {
            open.progress = progress;
        }
    }

    /// The version of what is stored.
    pub(crate) fn version(&self) -> Version {
        self.version
    }

    /// Follows what is stored as this version.
    pub(crate) fn follow(&mut self, version: Version) {
        self.version = version;
    }

    /// The other replicas.
    pub(crate) fn peers(&self) -> &Peers {
        &self.peers
    }

    pub(crate) fn peers_mut(&mut self) -> &mut Peers {
        &mut self.peers
    }

    /// The moment up to which all that replicas have heard is known here.
    pub(crate) fn known(&self, now: Now) -> Now {
        self.peers.known(now)
    }

    /// Takes a heartbeat of the replica `id`, which hears the members whose reports it has relayed.
    pub(crate) fn take_heartbeat(&mut self, id: &str, heartbeat: Heartbeat, now: Now) {
        if self.peers.hear(id, heartbeat, now) {
            let services = self.services.values_mut();
            services.for_each(|of_service| of_service.hears(id, now));
        }
    }

    /// Takes the last report of a member, as another replica relays it.
    pub(crate) fn relayed(&mut self, service: &str, mut relayed: LastReport) {
        relayed.at = self.peers.silent_from(relayed.at);
        let of_service = self.services.get_mut(service);
        if let Some(member) = of_service.and_then(|of_service| of_service.relayed(relayed)) {
            member.revoked = self.revoked.contains(&member.token);
        }
    }

    /// Notes that operators see something else of a service.
    pub(crate) fn touch(&mut self, service: &str) {
        if !self.touched.contains(service) {
            self.touched.insert(service.to_owned());
        }
    }

    /// The services that were touched since this was last asked.
    pub(crate) fn take_touched(&mut self) -> BTreeSet<String> {
        mem::take(&mut self.touched)
    }

    /// How far a barrier is, or how it ended of late.
    pub(crate) fn progress(&self, id: &str) -> Option<Arc<Progress>> {
        let open = self.barriers.get(id).map(|open| &open.progress);
        let ended = || self.ended.iter().find(|progress| progress.id == id);
        open.or_else(ended).cloned()
    }
}

/// How far a barrier is, by the members of its service.
fn judged(
    services: &BTreeMap<String, Members>,
    peers: &Peers,
    barrier: &mut Barrier,
    now: Now,
) -> Progress {
    let of_service = services.get(barrier.service());
    let members = of_service.into_iter().flat_map(Members::all);
    let mut progress = barrier.judge(members, of_service.map(Members::unstored), now);
    let has_settled = of_service.is_none_or(|of_service| of_service.has_settled(now.instant));
    let is_known = has_settled && peers.have_answered(now.instant);
    let is_hasty = match progress.ending {
        Some(Ending::Done) => true,
        // Those that are forgotten, or were never known here, may have reported to other replicas.
        Some(Ending::TooFew) => now.time < progress.deadline,
        _ => false,
    };
    if is_hasty && !is_known {
        progress.ending = None;
    }
    progress
}

#[cfg(test)]
mod tests;
