use std::rc::Rc;
use std::time::Duration;

use super::replica::{Act, Replica};
use crate::fleet::{Heartbeat, Relayed};
use crate::registry::simulation::control::{Outcome, Work};
use crate::registry::simulation::events::Event;
use crate::registry::simulation::world::World;
use crate::store::{Batch, StoreError};
use crate::values::version::Version;

/// A call of a replica to the store, which is sent again until it is answered.
#[derive(Debug)]
pub(in super::super) struct Call {
    pub(super) r: usize,
    pub(super) life: u32,
    number: u64,
    pub(super) what: What,
    began: Duration,
    /// Until when it is tried.
    until: Duration,
}

#[derive(Debug)]
pub(super) enum What {
    /// A batch that was decided then at this version.
    Commit {
        at: u64,
        batch: Rc<Batch>,
        nonce: u64,
        decided: Duration,
    },
    /// What was stored after this version.
    After(u64),
    /// The newest version.
    Newest,
    /// A new lease.
    Grant,
    Keep(u64),
    Put(Put),
}

/// Puts keys of a replica under its lease, if its heartbeat was put by this revision of the store.
#[derive(Debug)]
pub(super) struct Put {
    pub(super) id: String,
    pub(super) lease: u64,
    pub(super) revision: u64,
    pub(super) what: Puts,
}

#[derive(Clone, Debug)]
pub(super) enum Puts {
    /// The first heartbeat under a new lease, which says nothing of reports.
    Announcement(Rc<Heartbeat>),
    Groups(Vec<(u64, Rc<Relayed>)>),
    Heartbeat(Rc<Heartbeat>),
}

/// What the store answers.
#[derive(Debug)]
pub(in super::super) enum Said {
    Failed,
    Stored,
    Behind,
    Log(Vec<Rc<Batch>>),
    /// All that the store has, where its log does not reach back so far.
    All(Version, Box<Batch>),
    Newest(u64),
    /// The lease, if it has not ended.
    Lease(Option<u64>),
    /// A put was executed, and the heartbeat has this revision.
    Done(u64),
    /// Nothing was put, because the heartbeat has this revision.
    Revision(u64),
}

/// How long a commit is tried, and any other call.
const COMMITTING: Duration = Duration::from_secs(10);
const ASKING: Duration = Duration::from_secs(3);

impl World {
    pub(super) fn call(&mut self, r: usize, what: What) {
        let limit = match &what {
            What::Commit { .. } => COMMITTING,
            _ => ASKING,
        };
        let number = self.cluster.number();
        let call = Rc::new(Call {
            r,
            life: self.controls[r].life,
            number,
            what,
            began: self.now,
            until: self.now + limit,
        });
        self.replica(r).pending.insert(number);
        self.send_call(&call);
    }

    pub(super) fn send_call(&mut self, call: &Rc<Call>) {
        if !self.replica(call.r).pending.contains(&call.number) {
            return;
        }
        let act = |act| Event::Act(call.r, call.life, act);
        if self.now >= call.until {
            let reply = Act::Reply(Rc::clone(call), Said::Failed);
            self.at(self.now, act(reply));
            return;
        }
        let again = self.now + self.millis(400, 1000);
        self.at(again.min(call.until), act(Act::Send(Rc::clone(call))));
        if !self.is_cut_off(call.r) && !self.is_lost() {
            let most = if self.is_delayed() { 3000 } else { 10 };
            self.later(1, most, Event::Call(Rc::clone(call)));
        }
    }

    /// Whether a replica does not reach a majority of the store.
    pub(super) fn is_cut_off(&self, r: usize) -> bool {
        let replica = self.controls[r].replica.as_ref();
        self.cluster.away > self.now || replica.is_some_and(|replica| replica.cut_off > self.now)
    }

    /// The store has answered a call.
    pub(super) fn replied(&mut self, call: &Call, said: Said) {
        let r = call.r;
        if !self.replica(r).pending.remove(&call.number) {
            return;
        }
        match (&call.what, said) {
            (What::Commit { .. }, Said::Behind) => {
                self.tally.note("commit behind others");
                self.fetch(r);
            }
            (What::Commit { batch, .. }, said) => {
                self.committed(r, batch, matches!(said, Said::Stored))
            }
            (What::After(_), Said::Log(batches)) => {
                for batch in batches {
                    self.follow(r, &batch);
                    self.check_history(r);
                }
                self.fetched(r);
            }
            (What::After(_), Said::All(version, loaded)) => {
                self.tally.note("store that is loaded anew");
                let now = self.moment(r);
                self.memory(r).apply_anew(version, &loaded, now);
                self.check_history(r);
                self.sweep(r);
                self.fetched(r);
            }
            (What::After(_), _) => self.finish_work(r, Outcome::Failed(unanswered())),
            (What::Newest, Said::Newest(version)) => self.newest(r, version, call.began),
            (What::Newest, _) => self.not_proven(r),
            (What::Grant, Said::Lease(Some(lease))) => self.granted(r, lease, call.began),
            (What::Keep(_), Said::Lease(Some(_))) => self.kept(r, call.began),
            (What::Put(put), Said::Done(revision)) => self.has_put(r, &put.what, revision),
            (What::Put(put), Said::Revision(revision)) => {
                self.tally.note("put that is sent again");
                self.replica(r).revision = revision;
                self.put(r, put.what.clone());
            }
            (What::Grant | What::Keep(_) | What::Put(_), _) => self.lose_lease(r),
        }
    }

    /// Begins to store a batch that was made at the version of memory.
    pub(in super::super) fn commit(&mut self, r: usize, batch: &Batch) {
        let commit = What::Commit {
            at: self.memory(r).version().0,
            batch: Rc::new(batch.clone()),
            nonce: self.cluster.number(),
            decided: self.now,
        };
        self.call(r, commit);
    }

    fn committed(&mut self, r: usize, batch: &Batch, is_stored: bool) {
        if !is_stored {
            self.tally.note("commit without an answer");
            self.finish_work(r, Outcome::Failed(unanswered()));
            return;
        }
        if !self.is_calm && self.once_in(100) {
            self.tally.note("death after a commit");
            self.crash(r);
            return;
        }
        self.follow(r, batch);
        self.check_history(r);
        self.finish_work(r, Outcome::Applied);
    }

    /// Asks for what others have stored.
    pub(in super::super) fn fetch(&mut self, r: usize) {
        let at = self.memory(r).version().0;
        self.call(r, What::After(at));
    }

    /// Memory has followed what others have stored. What was decided before is decided again.
    fn fetched(&mut self, r: usize) {
        self.look_at_barriers(r);
        match self.controls[r].writing.take() {
            Some((work @ Work::CatchUp(_), batch)) => {
                self.controls[r].writing = Some((work, batch));
                self.finish_work(r, Outcome::Applied);
            }
            Some((work, _)) => {
                self.controls[r].asked.push_front(work);
                self.work(r);
            }
            None => {}
        }
    }

    fn finish_work(&mut self, r: usize, outcome: Outcome) {
        if let Some((work, _)) = self.controls[r].writing.take() {
            self.worked(r, work, outcome);
        }
        self.look_at_barriers(r);
        self.work(r);
    }

    pub(super) fn replica(&mut self, r: usize) -> &mut Replica {
        self.controls[r].replica.as_mut().unwrap()
    }
}

fn unanswered() -> StoreError {
    StoreError::unchanged("the store does not answer")
}
