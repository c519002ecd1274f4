//! The one writer of control's store, and what it is asked for.

use std::sync::Arc;

use super::world::{Event, SERVICE, World};
use crate::change::Change;
use crate::fleet::{LastReport, Position, Selection};
use crate::store::{Batch, StoreError};
use crate::wire::barrier::{Ending, Progress};
use crate::wire::wait::Wait;

/// Work for the store.
#[derive(Debug)]
pub(super) enum Work {
    /// What a report has changed of its process, and the poll that waits for it.
    Settle(u64, Box<LastReport>),
    End(Arc<Progress>),
    Change(Change, Option<Wait>),
    Forget(Selection),
    Adopt,
}

#[derive(Debug)]
enum Outcome {
    Nothing,
    Applied,
    Failed(StoreError),
}

impl World {
    /// Asks for work, which is done in its turn.
    pub(super) fn ask(&mut self, work: Work) {
        self.control.asked.push_back(work);
        self.work();
    }

    /// Decides about the next work, and begins to write what has been decided.
    fn work(&mut self) {
        while self.control.writing.is_none()
            && let Some(mut work) = self.control.asked.pop_front()
        {
            let batch = self.decide(&mut work);
            if batch.0.is_empty() {
                self.worked(work, Outcome::Nothing);
                continue;
            }
            self.control.writing = Some((work, batch));
            self.later(0, 20, Event::Stored(self.control.life));
        }
    }

    fn decide(&mut self, work: &mut Work) -> Batch {
        let now = self.moment();
        match work {
            Work::Settle(_, heard) => {
                if heard.position == Position::Unproven {
                    heard.position = self.look_up(heard);
                    self.memory().place(SERVICE, heard);
                }
                let grant = &self.control.grant;
                self.memory().settle(SERVICE, heard, grant, now)
            }
            Work::End(progress) => {
                let batch = self.memory().end_barrier(progress, now);
                if !batch.0.is_empty() {
                    self.check_end(progress);
                }
                batch
            }
            Work::Change(change, wait) => self.change(change, wait.as_ref()),
            Work::Forget(selection) => self.forget(selection),
            Work::Adopt => {
                self.tally.note("store adopt");
                let (batch, _) = self.memory().adopt("operator", None, now).unwrap();
                batch
            }
        }
    }

    /// What history says of the state that a node has reported.
    fn look_up(&self, heard: &LastReport) -> Position {
        let applied = heard.report.applied.as_deref().unwrap_or_default();
        let applied = applied.parse().unwrap();
        match self.control.disk.tables.has(&applied) {
            true => Position::At(applied.revision()),
            false => Position::Forked,
        }
    }

    /// The disk has taken a batch, or not. Memory follows, unless control dies in between.
    pub(super) fn stored(&mut self, life: u32) {
        if life != self.control.life {
            return;
        }
        if let Some(until) = self.control.disk.hangs_until(self.now) {
            self.at(until, Event::Stored(life));
            return;
        }
        let Some((work, batch)) = self.control.writing.take() else {
            return;
        };
        let committed = self.control.disk.commit(&batch);
        if committed.is_ok() {
            self.answered_for(&batch);
        }
        match committed {
            Err(error) => self.worked(work, Outcome::Failed(error)),
            Ok(()) if !self.is_calm && self.once_in(60) => {
                self.tally.note("death after a write");
                self.crash();
                return;
            }
            Ok(()) => {
                self.trace(|| format!("stored {batch:?}"));
                self.observer.note(&batch);
                let now = self.moment();
                let memory = self.memory();
                memory.apply(memory.version().next(), &batch, now);
                self.sweep();
                self.worked(work, Outcome::Applied);
            }
        }
        self.look_at_barriers();
        self.work();
    }

    fn worked(&mut self, work: Work, outcome: Outcome) {
        let now = self.moment();
        let (grant, memory) = (&self.control.grant, self.memory());
        match (work, outcome) {
            (Work::Settle(key, heard), Outcome::Applied) => {
                memory.settled(SERVICE, &heard, grant);
                self.control.asked.push_back(Work::Settle(key, heard));
            }
            (Work::Settle(key, _), Outcome::Nothing) => self.settled(key, true),
            (Work::Settle(key, heard), Outcome::Failed(error)) => {
                let settled = memory.not_settled(SERVICE, &heard, grant, error, now);
                self.settled(key, settled.is_ok());
            }
            (Work::End(progress), Outcome::Applied) => self.ended(&progress),
            (Work::End(progress), Outcome::Failed(_)) => self.publish_end(&progress),
            _ => {}
        }
    }

    /// Judges the barriers before long.
    pub(super) fn look_at_barriers(&mut self) {
        if !self.control.is_judging && self.control.memory.is_some() {
            self.control.is_judging = true;
            self.later(10, 260, Event::Judge(self.control.life));
        }
    }

    pub(super) fn judge(&mut self, life: u32) {
        if life != self.control.life {
            return;
        }
        self.control.is_judging = false;
        let now = self.moment();
        for progress in self.memory().judge(now) {
            self.check_judged(&progress);
            self.at(
                self.now + super::control::ENDING,
                Event::Late(life, Arc::clone(&progress)),
            );
            self.ask(Work::End(progress));
        }
        let expired = self.memory().fleet().expired(None, now);
        for expired in expired {
            self.ask(Work::Forget(Selection::Gone(expired.ids)));
        }
        if self.memory().fleet().open_barriers(SERVICE) > 0 {
            self.look_at_barriers();
        }
    }

    /// Publishes the end of a wait that is not stored in time.
    pub(super) fn late(&mut self, life: u32, progress: &Arc<Progress>) {
        if life != self.control.life {
            return;
        }
        let writing = self.control.writing.iter().map(|(work, _)| work);
        let mut pending = writing.chain(&self.control.asked);
        let is_own = |work: &Work| matches!(work, Work::End(end) if end.id == progress.id);
        if pending.any(is_own) {
            self.publish_end(progress);
        }
    }

    fn publish_end(&mut self, progress: &Arc<Progress>) {
        let (memory, now) = (self.memory(), self.moment());
        let ending = || Some(memory.fleet().progress(&progress.id)?.ending);
        let before = ending();
        memory.complete_unstored(Arc::clone(progress), now);
        let is_news = ending() != before;
        if is_news {
            self.tally.note("end that is not stored");
            self.check_end(progress);
            self.ended(progress);
        }
    }

    /// A wait has ended for those who wait.
    fn ended(&mut self, progress: &Progress) {
        self.trace(|| format!("ended {:?}", progress.ending));
        self.tally.note(progress.ending.map_or("", Ending::name));
        if self.last_wait.as_deref() == Some(&*progress.id) {
            self.is_over = true;
            if progress.ending != Some(Ending::Done) {
                let (ending, missing) = (progress.ending, &progress.missing);
                self.fail(format!("the last wait ended {ending:?}: {missing:?}"));
            }
        }
    }
}
