use std::collections::BTreeSet;
use std::time::Duration;

use intermission_core::{Field, MemberId};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::control::{Asked, Control, Work};
use super::events::Event;
use super::nodes::name;
use super::observer::ALIVE;
use super::world::{SERVICE, World};
use crate::change::{Change, Enter};
use crate::fleet::Selection;
use crate::registry::change::ChangeRequest;
use crate::registry::facts::Target;
use crate::registry::forget::ForgetRequest;
use crate::store::{Batch, Step};
use crate::values::duration::Timeout;
use crate::values::etag::Condition;
use crate::wire::node::UnstoredNode;
use crate::wire::wait::Wait;

impl World {
    /// An operator does something, if it is something that this one does.
    pub(super) fn operate(&mut self) {
        self.later(100, 2000, Event::Operate);
        let deed = self.random.u32(0..23);
        let lives = self.controls.iter().any(Control::lives);
        if self.habits.deeds >> deed & 1 == 0 || !lives {
            return;
        }
        match deed {
            0..6 => {
                let wait = self.wait();
                self.order(Work::Change(Asked::new(enter(), Some(wait))));
            }
            6..8 => self.order(Work::Change(Asked::new(Change::Exit, None))),
            8 | 9 => self.order(Work::Change(Asked::new(Change::EnableAllowlist, None))),
            10 | 11 => {
                let wait = self.wait();
                self.order(Work::Change(Asked::new(
                    Change::DisableAllowlist,
                    Some(wait),
                )));
            }
            12 => self.order(Work::Forget(Selection::Lost)),
            13..16 => {
                let process = self.random.usize(0..self.processes.len());
                let name = self.processes[process].id.name.clone();
                self.order(Work::Forget(Selection::Named(BTreeSet::from([name]))));
            }
            16 => self.order(Work::Forget(Selection::Unstored)),
            17 => self.order(Work::Adopt),
            // A store that was restored from a backup stops replicas.
            18.. if self.controls.len() > 1 => {
                let length = self.random.u64(1..=15);
                let enter = json!({ "for": format!("{length}s") });
                let enter = Change::Enter(Enter::read(&Field::root(&enter)).unwrap());
                self.order(Work::Change(Asked::new(enter, None)));
            }
            18..21 => self.disk.backup = self.disk.tables.clone(),
            _ => {
                self.tally.note("restored backup");
                self.restore();
            }
        }
    }

    /// An operator asks some control for something.
    fn order(&mut self, work: Work) {
        if self.controls.len() > 1 {
            self.order_once(work);
        } else {
            self.ask(0, work);
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
    pub(super) fn change(&mut self, r: usize, asked: &Asked) -> Batch {
        let Asked { change, wait, .. } = asked;
        if asked.key.is_some_and(|key| self.cluster.recalls(key)) {
            return Batch::default();
        }
        self.tally.note(match change {
            Change::Enter(_) => "enter",
            Change::Exit => "exit",
            Change::EnableAllowlist => "allowlist enable",
            _ => "allowlist disable",
        });
        let request = ChangeRequest {
            expected: asked.expected.as_ref().map(Condition::from),
            wait: wait.clone(),
            ..ChangeRequest::new(change.clone(), "operator")
        };
        let memory = self.memory(r);
        let before = memory.service(SERVICE).unwrap();
        let changed = memory.change(&Target::All, &request, self.moment(r));
        let Ok((mut batch, outcomes)) = changed else {
            // Another change was faster than a timer.
            assert!(asked.expected.is_some());
            return Batch::default();
        };
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
        if let Some(key) = asked.key.filter(|_| !batch.0.is_empty()) {
            batch.0.push(self.cluster.answer(key));
        }
        batch
    }

    /// Answers for nodes, though perhaps wrongly: control takes the operator's word for what is lost or silent.
    pub(super) fn forget(&mut self, r: usize, selection: &Selection) -> Batch {
        let request = ForgetRequest {
            service: SERVICE.to_owned(),
            selection: selection.clone(),
            actor: "operator".to_owned(),
            reason: None,
            once: None,
            dry_run: false,
        };
        let now = self.moment(r);
        let Ok((batch, forgetting)) = self.memory(r).forget(&request, now) else {
            return Batch::default();
        };
        let known = now.instant - self.memory(r).fleet().known(now).instant;
        let known = self.now.saturating_sub(known);
        for threads in forgetting
            .removed
            .iter()
            .filter(|_| matches!(selection, Selection::Gone(_)))
        {
            self.tally.note("node forget by --gone-after");
            let index = self.index_of(&threads.id);
            if self.processes[index].has_lease(known) {
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

    /// Takes note of what an operator has answered for, now that the disk has what was `decided` at this moment or, where
    /// there is one control, at the moment that it says.
    pub(super) fn answered_for(&mut self, batch: &Batch, decided: Duration) {
        let said = batch.0.iter().find_map(|step| match step {
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
                    let (index, life) = (self.index_of(id), self.life());
                    // What polls while it is being forgotten is stored again.
                    let (decided, is_heard) = match self.controls.len() {
                        1 => {
                            let decided = said.unwrap_or(self.now);
                            let again = self.observer.comes_after(life, index, decided);
                            (decided, again)
                        }
                        _ => {
                            let heard = self.observer.heard_at(life, index);
                            (decided, heard.is_some_and(|at| self.now - at <= ALIVE))
                        }
                    };
                    if !is_heard {
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
        let is_member = match &self.controls[..] {
            [_] => {
                let boots = self.memory(0).fleet().boots(SERVICE, &id.name);
                boots.contains(&id.boot)
            }
            _ => self.disk.tables.is_member(id),
        };
        if !is_member {
            if self.controls.len() > 1 {
                self.processes[index].was_member = None;
                self.processes[index].answered_for = self.cluster.version() + 1;
            }
            self.observer.forget(index);
            self.tally.note("node forget");
        }
    }
}

/// A moment by a clock that is right.
pub(super) fn time(at: Duration) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::try_from(at).unwrap()
}

pub(super) fn enter() -> Change {
    Change::Enter(Enter::read(&Field::root(&json!({}))).unwrap())
}
