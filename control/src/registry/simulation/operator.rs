use std::collections::BTreeSet;

use intermission_core::Field;
use serde_json::json;

use super::node::{Phase, name};
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
        let life = self.control.life;
        for index in 0..self.processes.len() {
            let heard = self.observer.heard_at(life, index);
            let is_lost = heard.is_none_or(|at| self.now - at > ALIVE);
            let process = &mut self.processes[index];
            let mut removed = forgetting.removed.iter();
            let is_removed = removed.any(|threads| threads.id == process.id);
            let all = forgetting.removed.iter().chain(&forgetting.forgiven);
            for threads in all.filter(|threads| threads.id == process.id) {
                for (place, thread) in process.threads.iter_mut().enumerate() {
                    let is_forgiven = threads.silent.contains(&name(place));
                    thread.excused |= is_forgiven;
                    if is_forgiven {
                        self.tally.note("thread forgiven");
                    }
                }
            }
            let mut unstored = forgetting.unstored.iter();
            let is_unstored = unstored.any(|node| node.boot.as_deref() == Some(&process.id.boot));
            if is_removed && is_lost || is_unstored {
                process.was_member = false;
                self.observer.forget(index);
                self.tally.note("node forget");
            }
            let is_gone = is_removed && matches!(selection, Selection::Gone(_));
            if is_gone {
                self.tally.note("node forget by --gone-after");
            }
            if is_gone && self.processes[index].serves_under_lease(self.now) {
                self.fail(format!(
                    "process {index} is forgotten by --gone-after, and its lease has not closed it"
                ));
            }
        }
        batch
    }

    /// When all nodes are heard again and the dead are forgotten, a wait has to end well.
    pub(super) fn finish(&mut self) {
        let life = self.control.life;
        let is_settled = self.control.memory.is_some()
            && (0..self.processes.len()).all(|index| match self.processes[index].phase {
                Phase::Gone(at) => self.now - at > ALIVE * 2,
                Phase::Leaving => false,
                Phase::Starting | Phase::Serving => {
                    let heard = self.observer.heard_at(life, index);
                    heard.is_some_and(|at| self.now - at <= ALIVE)
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
