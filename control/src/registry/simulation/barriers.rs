//! What the task of control that ends barriers does.

use std::sync::Arc;
use std::time::Duration;

use super::control::Committed;
use super::world::{Event, SERVICE, World};
use crate::fleet::Selection;
use crate::wire::barrier::Progress;

/// How long the end of a wait may take to be stored.
const ENDING: Duration = Duration::from_secs(2);

impl World {
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
            self.later(0, 50, Event::End(life, Arc::clone(&progress)));
            self.at(self.now + ENDING, Event::Late(life, progress));
        }
        let expired = self.memory().fleet().expired(None, now);
        for expired in expired {
            self.forget(Selection::Gone(expired.ids));
            if life != self.control.life {
                return;
            }
        }
        if self.memory().fleet().open_barriers(SERVICE) > 0 {
            self.look_at_barriers();
        }
    }

    /// Stores the end of a wait, and then publishes it.
    pub(super) fn end(&mut self, life: u32, progress: &Arc<Progress>) {
        if life != self.control.life {
            return;
        }
        if let Some(until) = self.control.disk.hangs_until(self.now) {
            self.at(until, Event::End(life, Arc::clone(progress)));
            return;
        }
        let batch = self.memory().end_barrier(progress, self.moment());
        if batch.0.is_empty() {
            self.look_at_barriers();
            return;
        }
        match self.commit(&batch) {
            Committed::Applied | Committed::Died => self.check_end(life, progress),
            Committed::Failed(_) => self.publish_end(life, progress),
        }
    }

    /// Publishes the end of a wait that is not stored in time.
    pub(super) fn late(&mut self, life: u32, progress: &Arc<Progress>) {
        if life == self.control.life && self.control.disk.hangs_until(self.now).is_some() {
            self.publish_end(life, progress);
        }
    }

    fn publish_end(&mut self, life: u32, progress: &Arc<Progress>) {
        let (memory, now) = (self.memory(), self.moment());
        memory.complete_unstored(Arc::clone(progress), now);
        let shown = memory.fleet().progress(&progress.id);
        if shown.is_some_and(|shown| shown.ending == progress.ending) {
            self.check_end(life, progress);
        }
    }
}
