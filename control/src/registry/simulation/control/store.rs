//! The one writer of control's store, and what it is asked for.

use std::sync::Arc;

use intermission_core::StateTag;

use crate::change::Change;
use crate::fleet::{LastReport, Position, Selection};
use crate::registry::idempotency::Requester;
use crate::registry::reports::settling::Pending;
use crate::registry::simulation::events::Event;
use crate::registry::simulation::replicas::Reason;
use crate::registry::simulation::world::{SERVICE, World};
use crate::store::{Batch, StoreError};
use crate::wire::barrier::Progress;
use crate::wire::wait::Wait;

/// Work for the store.
#[derive(Debug)]
pub(in super::super) enum Work {
    /// What a report has changed of its process, and the poll that waits for it.
    Settle(u64, Arc<Pending>),
    End(Arc<Progress>),
    Change(Asked),
    Forget(Selection),
    Adopt,
    /// Memory follows what other replicas have stored.
    CatchUp(Reason),
    /// A replica begins to serve.
    Serve,
    /// Members that were forgotten elsewhere are stored again.
    StoreAgain,
}

/// A change that is asked for.
#[derive(Clone, Debug)]
pub(in super::super) struct Asked {
    pub(in super::super) change: Change,
    pub(in super::super) wait: Option<Wait>,
    /// The key under which it is obeyed once.
    pub(in super::super) key: Option<u64>,
    /// The state that it is for alone, if it is for one.
    pub(in super::super) expected: Option<StateTag>,
}

impl Asked {
    pub(in super::super) fn new(change: Change, wait: Option<Wait>) -> Self {
        Self {
            change,
            wait,
            key: None,
            expected: None,
        }
    }
}

#[derive(Debug)]
pub(in super::super) enum Outcome {
    Nothing,
    Applied,
    Failed(StoreError),
}

impl World {
    /// Asks for work, which is done in its turn.
    pub(in super::super) fn ask(&mut self, r: usize, work: Work) {
        self.controls[r].asked.push_back(work);
        self.work(r);
    }

    /// Decides about the next work, and begins to write what has been decided.
    pub(in super::super) fn work(&mut self, r: usize) {
        while self.controls[r].writing.is_none()
            && let Some(mut work) = self.controls[r].asked.pop_front()
        {
            if let Work::CatchUp(_) = work {
                self.controls[r].writing = Some((work, Batch::default()));
                self.fetch(r);
                return;
            }
            let batch = self.decide(r, &mut work);
            if batch.0.is_empty() {
                self.worked(r, work, Outcome::Nothing);
                continue;
            }
            if self.controls[r].replica.is_some() {
                self.commit(r, &batch);
                self.controls[r].writing = Some((work, batch));
            } else {
                self.controls[r].writing = Some((work, batch));
                self.later(0, 20, Event::Stored(r, self.controls[r].life));
            }
        }
    }

    fn decide(&mut self, r: usize, work: &mut Work) -> Batch {
        let now = self.moment(r);
        match work {
            Work::Settle(_, pending) => self.settle(r, pending),
            Work::End(progress) => {
                let batch = self.memory(r).end_barrier(progress, now);
                if !batch.0.is_empty() && self.controls[r].replica.is_none() {
                    self.check_end(r, progress);
                }
                batch
            }
            Work::Change(asked) => self.change(r, asked),
            Work::Forget(selection) => self.forget(r, selection),
            Work::Adopt => {
                self.tally.note("store adopt");
                let (batch, _) = self
                    .memory(r)
                    .adopt(Requester::new("operator"), None, now)
                    .unwrap();
                batch
            }
            Work::Serve => self.serve(r),
            Work::StoreAgain => self.memory(r).store_again(now),
            Work::CatchUp(_) => Batch::default(),
        }
    }

    /// What a report has changed of its process, and what others have that wait.
    fn settle(&mut self, r: usize, pending: &mut Arc<Pending>) -> Batch {
        self.controls[r].together.clear();
        if pending.is_settled() {
            return Batch::default();
        }
        if !pending.is_placed() {
            let mut heard = pending.heard.clone();
            heard.position = self.look_up(&heard);
            self.memory(r).place(SERVICE, &heard);
            *pending = self.controls[r].settling.wait(SERVICE, heard, &self.grant);
        }
        let now = self.moment(r);
        let settling = &self.controls[r].settling;
        let (batch, together) = settling.batch(pending, self.memory(r), now);
        if together.iter().filter(|(_, is_stored)| *is_stored).count() > 1 {
            self.tally.note("reports that are settled together");
        }
        self.controls[r].together = together;
        batch
    }

    /// What history says of the state that a node has reported.
    fn look_up(&self, heard: &LastReport) -> Position {
        let applied = heard.report.applied.as_deref().unwrap_or_default();
        let applied = applied.parse().unwrap();
        match self.disk.tables.has(&applied) {
            true => Position::At(applied.revision()),
            false => Position::Forked,
        }
    }

    /// The disk has taken a batch, or not. Memory follows, unless control dies in between.
    pub(in super::super) fn stored(&mut self, r: usize, life: u32) {
        if life != self.controls[r].life {
            return;
        }
        if let Some(until) = self.disk.hangs_until(self.now) {
            self.at(until, Event::Stored(r, life));
            return;
        }
        let Some((work, batch)) = self.controls[r].writing.take() else {
            return;
        };
        let committed = self.disk.commit(&batch);
        if committed.is_ok() {
            self.answered_for(&batch, self.now);
        }
        match committed {
            Err(error) => self.worked(r, work, Outcome::Failed(error)),
            Ok(()) if !self.is_calm && self.once_in(60) => {
                self.tally.note("death after a write");
                self.crash(r);
                return;
            }
            Ok(()) => {
                self.observer.note(&batch);
                self.follow(r, &batch);
                self.worked(r, work, Outcome::Applied);
            }
        }
        self.look_at_barriers(r);
        self.work(r);
    }

    /// Memory follows what is stored.
    pub(in super::super) fn follow(&mut self, r: usize, batch: &Batch) {
        self.trace(|| format!("control {r} follows {batch:?}"));
        let now = self.moment(r);
        let memory = self.memory(r);
        memory.apply(memory.version().next(), batch, now);
        self.sweep(r);
    }

    pub(in super::super) fn worked(&mut self, r: usize, work: Work, outcome: Outcome) {
        let now = self.moment(r);
        let memory = self.memory(r);
        match (work, outcome) {
            (Work::Settle(key, pending), Outcome::Failed(error)) => {
                let heard = &pending.heard;
                let is_removed = match &self.controls[r].replica {
                    None => memory
                        .not_settled(SERVICE, heard, &self.grant, error, now)
                        .is_ok(),
                    Some(_) => !heard.report.leaves(),
                };
                self.settled(r, key, is_removed);
            }
            (Work::Settle(key, pending), _) => {
                for (one, is_stored) in &self.controls[r].together {
                    one.note(memory, *is_stored, now);
                }
                if pending.is_settled() {
                    self.settled(r, key, true);
                } else {
                    self.controls[r].asked.push_back(Work::Settle(key, pending));
                }
            }
            (Work::End(progress), Outcome::Applied) if self.controls[r].replica.is_none() => {
                self.ended(&progress)
            }
            (Work::End(progress), Outcome::Failed(_)) if self.controls[r].replica.is_none() => {
                self.publish_end(r, &progress)
            }
            (Work::Change(asked), outcome) => self.changed(asked, &outcome),
            (Work::CatchUp(reason), outcome) => {
                self.caught_up(r, reason, matches!(outcome, Outcome::Applied))
            }
            (Work::Serve, outcome) => self.served(r, matches!(outcome, Outcome::Applied)),
            (Work::StoreAgain, outcome) => {
                self.stored_again(r, !matches!(outcome, Outcome::Failed(_)))
            }
            _ => {}
        }
    }

    /// Judges the barriers before long.
    pub(in super::super) fn look_at_barriers(&mut self, r: usize) {
        if !self.controls[r].is_judging && self.controls[r].lives() {
            self.controls[r].is_judging = true;
            self.later(10, 260, Event::Judge(r, self.controls[r].life));
        }
    }

    pub(in super::super) fn judge(&mut self, r: usize, life: u32) {
        if life != self.controls[r].life {
            return;
        }
        self.controls[r].is_judging = false;
        let now = self.moment(r);
        for progress in self.memory(r).judge(now) {
            if self.controls[r].replica.is_none() {
                self.check_judged(&progress);
                self.at(
                    self.now + super::control::ENDING,
                    Event::Late(r, life, Arc::clone(&progress)),
                );
            }
            self.ask(r, Work::End(progress));
        }
        let expired = self.memory(r).fleet().expired(None, now);
        for expired in expired {
            self.ask(r, Work::Forget(Selection::Gone(expired.ids)));
        }
        if self.memory(r).fleet().open_barriers(SERVICE) > 0 {
            self.look_at_barriers(r);
        }
    }

    /// Publishes the end of a wait that is not stored in time.
    pub(in super::super) fn late(&mut self, r: usize, life: u32, progress: &Arc<Progress>) {
        if life != self.controls[r].life {
            return;
        }
        let writing = self.controls[r].writing.iter().map(|(work, _)| work);
        let mut pending = writing.chain(&self.controls[r].asked);
        let is_own = |work: &Work| matches!(work, Work::End(end) if end.id == progress.id);
        if pending.any(is_own) {
            self.publish_end(r, progress);
        }
    }

    fn publish_end(&mut self, r: usize, progress: &Arc<Progress>) {
        let (memory, now) = (self.memory(r), self.moment(r));
        let ending = || Some(memory.fleet().progress(&progress.id)?.ending);
        let before = ending();
        memory.complete_unstored(Arc::clone(progress), now);
        let is_news = ending() != before;
        if is_news {
            self.tally.note("end that is not stored");
            self.check_end(r, progress);
            self.ended(progress);
        }
    }
}
