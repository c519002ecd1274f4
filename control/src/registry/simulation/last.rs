//! The calm at the end of a world, and the last wait, which has to end well.

use std::time::Duration;

use super::control::{Asked, Control, Health, Work};
use super::events::Event;
use super::nodes::{Phase, WAIT};
use super::observer::ALIVE;
use super::operator::{enter, time};
use super::world::{SERVICE, World};
use crate::fleet::Selection;
use crate::values::duration::Timeout;
use crate::wire::barrier::{Ending, Progress};
use crate::wire::wait::Wait;

/// How long after its time a wait may end: clocks differ, and the store may not answer at once.
const OVERDUE: Duration = Duration::from_secs(45);

impl World {
    /// The wild time is over. In some worlds all faults end then, and all must be well before long.
    pub(super) fn calm(&mut self) {
        if !self.habits.ends_well {
            self.is_over = true;
            return;
        }
        self.tally.note("calm end");
        self.is_calm = true;
        self.disk.health = Health::Works;
        self.grant.max_members = 1000;
        self.calm_replicas();
        for index in 0..self.processes.len() {
            self.processes[index].cut_off = self.now;
            self.thaw(index);
            for place in 0..self.processes[index].threads.len() {
                self.speak(index, place);
                let most = self.now + Duration::from_secs(3);
                for request in &mut self.processes[index].threads[place].requests {
                    request.ends = request.ends.min(most);
                }
            }
        }
        self.start();
        self.later(6000, 6000, Event::Finish);
    }

    /// Whether control takes a process for lost, or for no member.
    fn has_lost(&self, index: usize) -> bool {
        let shown = self.memory(0).fleet().view(SERVICE, 0, self.moment(0));
        let boot = &self.processes[index].id.boot;
        let mut members = shown.nodes.iter().filter(|node| node.boot == *boot);
        members.all(|node| node.lost)
    }

    /// When all nodes are heard again and the dead are forgotten, a wait has to end well.
    pub(super) fn finish(&mut self) {
        let life = self.life();
        let has_written = |control: &Control| {
            control.lives() && control.writing.is_none() && control.asked.is_empty()
        };
        let is_settled = self.controls.iter().all(has_written)
            && self.all_serve()
            && (0..self.processes.len()).all(|index| match self.processes[index].phase {
                Phase::Gone(_) => self.has_lost(index),
                Phase::Leaving => false,
                Phase::Starting | Phase::Serving => {
                    let process = &self.processes[index];
                    let polls_soon = process.born + process.poll.next_at() <= self.now + WAIT;
                    let heard = self.observer.heard_at(life, index);
                    let is_heard = heard.is_some_and(|at| self.now - at <= ALIVE);
                    // What another replica hears of it has come to the one that is asked.
                    polls_soon && is_heard && !self.has_lost(index)
                }
            });
        if !is_settled {
            self.trace(|| {
                let written: Vec<_> = self.controls.iter().map(has_written).collect();
                let phases = (0..self.processes.len()).map(|index| {
                    let process = &self.processes[index];
                    (&process.id, &process.phase, self.has_lost(index))
                });
                format!("not settled: {written:?} {:?}", phases.collect::<Vec<_>>())
            });
            self.later(500, 500, Event::Finish);
            return;
        }
        for index in 0..self.processes.len() {
            let process = &self.processes[index];
            let boots = self.memory(0).fleet().boots(SERVICE, &process.id.name);
            if process.farewell_taken == Some(life) && boots.contains(&process.id.boot) {
                self.fail(format!("process {index} has left, and is a member"));
            }
        }
        self.ask(0, Work::Adopt);
        self.ask(0, Work::Forget(Selection::Lost));
        self.ask(0, Work::Forget(Selection::Unstored));
        self.is_last = true;
        let wait = Wait {
            // The clocks of replicas may differ.
            timeout: Timeout::from_seconds(if self.controls.len() > 1 { 80 } else { 30 }),
            ..Wait::default()
        };
        self.ask(0, Work::Change(Asked::new(enter(), Some(wait))));
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
