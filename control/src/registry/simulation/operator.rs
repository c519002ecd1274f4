use std::collections::BTreeSet;
use std::time::Duration;

use intermission_core::{Field, MemberId};
use jiff::Timestamp;
use serde_json::json;

use super::node::{Phase, WAIT, name};
use super::observer::ALIVE;
use super::store::Work;
use super::world::{Event, SERVICE, World};
use crate::change::{Change, Enter};
use crate::fleet::Selection;
use crate::registry::change::ChangeRequest;
use crate::registry::facts::Target;
use crate::registry::forget::ForgetRequest;
use crate::store::{Batch, Step};
use crate::values::duration::Timeout;
use crate::wire::node::UnstoredNode;
use crate::wire::wait::Wait;

impl World {
    /// An operator does something, if it is something that this one does.
    pub(super) fn operate(&mut self) {
        self.later(100, 2000, Event::Operate);
        let deed = self.random.u32(0..23);
        if self.habits.deeds >> deed & 1 == 0 || self.control.memory.is_none() {
            return;
        }
        match deed {
            0..6 => {
                let wait = self.wait();
                self.ask(Work::Change(enter(), Some(wait)));
            }
            6..8 => self.ask(Work::Change(Change::Exit, None)),
            8 | 9 => self.ask(Work::Change(Change::EnableAllowlist, None)),
            10 | 11 => {
                let wait = self.wait();
                self.ask(Work::Change(Change::DisableAllowlist, Some(wait)));
            }
            12 => self.ask(Work::Forget(Selection::Lost)),
            13..16 => {
                let process = self.random.usize(0..self.processes.len());
                let name = self.processes[process].id.name.clone();
                self.ask(Work::Forget(Selection::Named(BTreeSet::from([name]))));
            }
            16 => self.ask(Work::Forget(Selection::Unstored)),
            17 => self.ask(Work::Adopt),
            18..21 => self.control.disk.backup = self.control.disk.tables.clone(),
            _ => {
                self.tally.note("restored backup");
                self.restore();
            }
        }
    }

    fn wait(&mut self) -> Wait {
        let expect = match self.random.u64(0..6) {
            0 => Some(0),
            1 => Some(self.random.u64(1..=3)),
            _ => None,
        };
        Wait {
            timeout: Timeout::from_seconds(self.random.u64(1..=20)),
            expect,
            ignore_upgraded: self.once_in(4),
            gone_after: Timeout::from_seconds(4).filter(|_| self.once_in(8)),
        }
    }

    /// Makes a change, and perhaps waits.
    pub(super) fn change(&mut self, change: &Change, wait: Option<&Wait>) -> Batch {
        self.tally.note(match change {
            Change::Enter(_) => "enter",
            Change::Exit => "exit",
            Change::EnableAllowlist => "allowlist enable",
            _ => "allowlist disable",
        });
        let request = ChangeRequest {
            change: change.clone(),
            expected: None,
            actor: "operator".to_owned(),
            reason: None,
            caller: None,
            once: None,
            wait: wait.cloned(),
        };
        let memory = self.memory();
        let before = memory.service(SERVICE).unwrap();
        let changed = memory.change(&Target::All, &request, self.moment());
        let (batch, outcomes) = changed.unwrap();
        let state = batch.0.iter().find_map(|step| match step {
            Step::Changed(stored) => Some(&stored.state),
            _ => None,
        });
        let state = state.unwrap_or(&before.state);
        if let (Some(id), Some(wait)) = (&outcomes[0].barrier, wait) {
            self.observer.begins(id, state, wait, self.now);
            if self.is_last {
                self.last_wait = Some(id.clone());
            }
        }
        batch
    }

    /// Answers for nodes, though perhaps wrongly: control takes the operator's word for what is lost or silent.
    pub(super) fn forget(&mut self, selection: &Selection) -> Batch {
        let request = ForgetRequest {
            service: SERVICE.to_owned(),
            selection: selection.clone(),
            actor: "operator".to_owned(),
            reason: None,
            once: None,
        };
        let Ok((batch, forgetting)) = self.memory().forget(&request, self.moment()) else {
            return Batch::default();
        };
        for threads in forgetting
            .removed
            .iter()
            .filter(|_| matches!(selection, Selection::Gone(_)))
        {
            self.tally.note("node forget by --gone-after");
            let index = self.index_of(&threads.id);
            if self.processes[index].serves_under_lease(self.now) {
                self.fail(format!(
                    "process {index} is forgotten by --gone-after, and its lease has not closed it"
                ));
            }
        }
        batch
    }

    fn index_of(&self, id: &MemberId) -> usize {
        let mut processes = self.processes.iter();
        processes.position(|process| process.id == *id).unwrap()
    }

    /// Takes note of what an operator has answered for, now that the disk has it.
    pub(super) fn answered_for(&mut self, batch: &Batch) {
        let decided = batch.0.iter().find_map(|step| match step {
            Step::Event { event, .. } => {
                let since = event.at.duration_since(Timestamp::UNIX_EPOCH);
                Duration::try_from(since).ok()
            }
            _ => None,
        });
        for step in &batch.0 {
            match step {
                Step::Forgotten { id, .. } => {
                    self.tally.note("node forget");
                    let (index, life) = (self.index_of(id), self.control.life);
                    // What polls while it is being forgotten is stored again.
                    let decided = decided.unwrap_or(self.now);
                    if !self.observer.comes_after(life, index, decided) {
                        self.observer.forget(index);
                    }
                    let process = &mut self.processes[index];
                    process.was_member.take_if(|at| *at <= decided);
                }
                Step::Forgiven { threads, .. } => {
                    let index = self.index_of(&threads.id);
                    let places = self.processes[index].threads.iter_mut().enumerate();
                    for (place, thread) in places {
                        if threads.silent.contains(&name(place)) {
                            self.tally.note("thread forgiven");
                            thread.excused = true;
                        }
                    }
                }
                Step::UnstoredForgotten { nodes, .. } => {
                    for node in nodes {
                        if let UnstoredNode::Process(id) = node {
                            self.forget_unstored(id);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn forget_unstored(&mut self, id: &MemberId) {
        let index = self.index_of(id);
        let memory = self.memory();
        let boots = memory.fleet().boots(SERVICE, &id.name);
        if !boots.contains(&id.boot) {
            self.observer.forget(index);
            self.tally.note("node forget");
        }
    }

    /// Whether control takes a process for lost, or for no member.
    fn has_lost(&self, index: usize) -> bool {
        let shown = self.memory().fleet().view(SERVICE, 0, self.moment());
        let boot = &self.processes[index].id.boot;
        let mut members = shown.nodes.iter().filter(|node| node.boot == *boot);
        members.all(|node| node.lost)
    }

    /// When all nodes are heard again and the dead are forgotten, a wait has to end well.
    pub(super) fn finish(&mut self) {
        let life = self.control.life;
        let is_written = self.control.writing.is_none() && self.control.asked.is_empty();
        let is_settled = self.control.memory.is_some()
            && is_written
            && (0..self.processes.len()).all(|index| match self.processes[index].phase {
                Phase::Gone(_) => self.has_lost(index),
                Phase::Leaving => false,
                Phase::Starting | Phase::Serving => {
                    let process = &self.processes[index];
                    let polls_soon = process.born + process.poll.next_at() <= self.now + WAIT;
                    let heard = self.observer.heard_at(life, index);
                    polls_soon && heard.is_some_and(|at| self.now - at <= ALIVE)
                }
            });
        if !is_settled {
            self.later(500, 500, Event::Finish);
            return;
        }
        for index in 0..self.processes.len() {
            let process = &self.processes[index];
            let boots = self.memory().fleet().boots(SERVICE, &process.id.name);
            if process.farewell_taken == Some(life) && boots.contains(&process.id.boot) {
                self.fail(format!("process {index} has left, and is a member"));
            }
        }
        self.ask(Work::Adopt);
        self.ask(Work::Forget(Selection::Lost));
        self.ask(Work::Forget(Selection::Unstored));
        self.is_last = true;
        let wait = Wait {
            timeout: Timeout::from_seconds(30),
            ..Wait::default()
        };
        self.ask(Work::Change(enter(), Some(wait)));
    }
}

fn enter() -> Change {
    Change::Enter(Enter::read(&Field::root(&json!({}))).unwrap())
}
