//! The one writer of control's store, and what it is asked for.

use std::sync::Arc;
use std::time::Duration;

use intermission_core::StateTag;

use super::events::Event;
use super::operator::time;
use super::replicas::Reason;
use super::world::{SERVICE, World};
use crate::change::Change;
use crate::fleet::{LastReport, Position, Selection};
use crate::store::{Batch, StoreError};
use crate::wire::barrier::{Ending, Progress};
use crate::wire::wait::Wait;

/// How long after its time a wait may end: clocks differ, and the store may not answer at once.
const OVERDUE: Duration = Duration::from_secs(45);

/// Work for the store.
#[derive(Debug)]
pub(super) enum Work {
    /// What a report has changed of its process, and the poll that waits for it.
    Settle(u64, Box<LastReport>),
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
pub(super) struct Asked {
    pub(super) change: Change,
    pub(super) wait: Option<Wait>,
    /// The key under which it is obeyed once.
    pub(super) key: Option<u64>,
    /// The state that it is for alone, if it is for one.
    pub(super) expected: Option<StateTag>,
}

impl Asked {
    pub(super) fn new(change: Change, wait: Option<Wait>) -> Self {
        Self {
            change,
            wait,
            key: None,
            expected: None,
        }
    }
}

#[derive(Debug)]
pub(super) enum Outcome {
    Nothing,
    Applied,
    Failed(StoreError),
}

impl World {
    /// Asks for work, which is done in its turn.
    pub(super) fn ask(&mut self, r: usize, work: Work) {
        self.controls[r].asked.push_back(work);
        self.work(r);
    }

    /// Decides about the next work, and begins to write what has been decided.
    pub(super) fn work(&mut self, r: usize) {
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
            Work::Settle(_, heard) => {
                if heard.position == Position::Unproven {
                    heard.position = self.look_up(heard);
                    self.memory(r).place(SERVICE, heard);
                }
                self.memory(r).settle(SERVICE, heard, &self.grant, now)
            }
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
                let (batch, _) = self.memory(r).adopt("operator", None, now).unwrap();
                batch
            }
            Work::Serve => self.serve(r),
            Work::StoreAgain => self.memory(r).store_again(now),
            Work::CatchUp(_) => Batch::default(),
        }
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
    pub(super) fn stored(&mut self, r: usize, life: u32) {
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
    pub(super) fn follow(&mut self, r: usize, batch: &Batch) {
        self.trace(|| format!("control {r} follows {batch:?}"));
        let now = self.moment(r);
        let memory = self.memory(r);
        memory.apply(memory.version().next(), batch, now);
        self.sweep(r);
    }

    pub(super) fn worked(&mut self, r: usize, work: Work, outcome: Outcome) {
        let now = self.moment(r);
        let (grant, memory) = (&self.grant, self.memory(r));
        match (work, outcome) {
            (Work::Settle(key, heard), Outcome::Applied) => {
                memory.settled(SERVICE, &heard, grant);
                self.controls[r].asked.push_back(Work::Settle(key, heard));
            }
            (Work::Settle(key, _), Outcome::Nothing) => self.settled(r, key, true),
            (Work::Settle(key, heard), Outcome::Failed(error)) => {
                let is_removed = match &self.controls[r].replica {
                    None => memory
                        .not_settled(SERVICE, &heard, grant, error, now)
                        .is_ok(),
                    Some(_) => !heard.report.leaves(),
                };
                self.settled(r, key, is_removed);
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
    pub(super) fn look_at_barriers(&mut self, r: usize) {
        if !self.controls[r].is_judging && self.controls[r].lives() {
            self.controls[r].is_judging = true;
            self.later(10, 260, Event::Judge(r, self.controls[r].life));
        }
    }

    pub(super) fn judge(&mut self, r: usize, life: u32) {
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
    pub(super) fn late(&mut self, r: usize, life: u32, progress: &Arc<Progress>) {
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

    /// Checks that all waits before the last have ended, each when its time was up at the latest.
    fn check_others_ended(&mut self) {
        let Some(before) = self.now.checked_sub(OVERDUE) else {
            return;
        };
        if let Some(barrier) = self.disk.tables.overdue(time(before)) {
            let failure = format!("the wait for {} never ended", barrier.revision);
            self.fail(failure);
        }
    }

    /// A wait has ended for those who wait.
    pub(super) fn ended(&mut self, progress: &Progress) {
        self.trace(|| format!("ended {:?}", progress.ending));
        self.tally.note(progress.ending.map_or("", Ending::name));
        if self.last_wait.as_deref() == Some(&*progress.id) {
            self.is_over = true;
            self.check_others_ended();
            if progress.ending != Some(Ending::Done) {
                let (ending, missing) = (progress.ending, &progress.missing);
                self.fail(format!("the last wait ended {ending:?}: {missing:?}"));
            }
        }
    }
}
