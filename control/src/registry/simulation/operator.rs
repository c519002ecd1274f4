use std::collections::BTreeSet;
use std::time::Duration;

use super::node::Phase;
use super::world::{Event, SERVICE, World};
use crate::change::{Change, Enter};
use crate::fleet::Selection;
use crate::registry::change::ChangeRequest;
use crate::registry::facts::Target;
use crate::registry::forget::ForgetRequest;
use crate::store::Step;
use crate::values::duration::Timeout;
use crate::wire::wait::Wait;
use intermission_core::Field;
use serde_json::json;

/// After what silence control takes a process for lost.
const LOST: Duration = Duration::from_secs(3);

impl World {
    /// An operator does something.
    pub(super) fn operate(&mut self) {
        if self.is_calm {
            return;
        }
        self.later(300, 3000, Event::Operate);
        let is_away = self.control.memory.is_none();
        if is_away || self.control.disk.hangs_until(self.now).is_some() {
            return;
        }
        match self.random.u32(0..16) {
            0..5 => self.enter(),
            5..7 => _ = self.change(Change::Exit, None),
            7 => _ = self.change(Change::EnableAllowlist, None),
            8 | 9 => {
                let wait = self.wait();
                self.change(Change::DisableAllowlist, Some(wait));
            }
            10 => self.forget(Selection::Lost),
            11 => {
                let name = self.some_name();
                self.forget(Selection::Named(BTreeSet::from([name])));
            }
            12 => self.forget(Selection::Unstored),
            13 if self.once_in(2) => self.control.disk.backup = self.control.disk.log.len(),
            14 if self.once_in(3) => self.restore(),
            15 => self.adopt_store(),
            _ => {}
        }
    }

    fn enter(&mut self) {
        let wait = self.wait();
        self.change(enter(), Some(wait));
    }

    fn some_name(&mut self) -> String {
        let process = self.random.usize(0..self.processes.len());
        self.processes[process].id.name.clone()
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
            gone_after: Timeout::from_seconds(5).filter(|_| self.once_in(8)),
        }
    }

    /// Makes a change, and perhaps waits.
    pub(super) fn change(&mut self, change: Change, wait: Option<Wait>) -> Option<String> {
        let request = ChangeRequest {
            change,
            expected: None,
            actor: "operator".to_owned(),
            reason: None,
            caller: None,
            once: None,
            wait: wait.clone(),
        };
        let memory = self.memory();
        let before = memory.service(SERVICE).unwrap().state.clone();
        let changed = memory.change(&Target::All, &request, self.moment());
        let (batch, outcomes) = changed.unwrap();
        let mut states = batch.0.iter().filter_map(|step| match step {
            Step::Changed(stored) => Some(&stored.state),
            _ => None,
        });
        let state = states.next().unwrap_or(&before);
        let id = outcomes[0].barrier.clone();
        if let (Some(id), Some(wait)) = (&id, &wait) {
            self.observer.begins(id, state, wait, self.now);
        }
        if !batch.0.is_empty() {
            self.commit(&batch);
        }
        id
    }

    /// Answers for nodes, though perhaps wrongly: control takes the operator's word for what is lost or silent.
    pub(super) fn forget(&mut self, selection: Selection) {
        let request = ForgetRequest {
            service: SERVICE.to_owned(),
            selection,
            actor: "operator".to_owned(),
            reason: None,
            once: None,
        };
        let Ok((batch, forgetting)) = self.memory().forget(&request, self.moment()) else {
            return;
        };
        let life = self.control.life;
        for index in 0..self.processes.len() {
            let heard = self.observer.heard_at(index, life);
            let is_lost = heard.is_none_or(|at| self.now - at > LOST);
            let process = &mut self.processes[index];
            let mut removed = forgetting.removed.iter();
            process.excused |= removed.any(|threads| threads.id == process.id) && is_lost;
            let all = forgetting.removed.iter().chain(&forgetting.forgiven);
            for threads in all.filter(|threads| threads.id == process.id) {
                for (place, thread) in process.threads.iter_mut().enumerate() {
                    thread.excused |= threads.silent.contains(&format!("t{place}"));
                }
            }
            let mut unstored = forgetting.unstored.iter();
            process.excused |= unstored.any(|node| node.boot.as_deref() == Some(&process.id.boot));
        }
        if !batch.0.is_empty() {
            self.commit(&batch);
        }
    }

    /// Control starts from a backup.
    fn restore(&mut self) {
        self.crash();
        self.control.disk.restore();
        for process in &mut self.processes {
            process.was_member = false;
        }
    }

    fn adopt_store(&mut self) {
        let now = self.moment();
        let (batch, _) = self.memory().adopt("operator", None, now).unwrap();
        self.commit(&batch);
    }

    /// When all nodes are heard again and the dead are forgotten, a wait has to end well.
    pub(super) fn finish(&mut self) {
        let life = self.control.life;
        let is_settled = self.control.memory.is_some()
            && (0..self.processes.len()).all(|index| match self.processes[index].phase {
                Phase::Gone(at) => self.now - at > LOST * 2,
                Phase::Leaving => false,
                Phase::Starting | Phase::Serving => {
                    let heard = self.observer.heard_at(index, life);
                    heard.is_some_and(|at| self.now - at <= LOST)
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
        self.adopt_store();
        self.forget(Selection::Lost);
        self.forget(Selection::Unstored);
        let wait = Wait {
            timeout: Timeout::from_seconds(30),
            ..Wait::default()
        };
        self.last_wait = self.change(enter(), Some(wait));
    }

    /// Whether the last wait has ended, which has to be well.
    pub(super) fn is_done(&mut self) -> bool {
        let Some(id) = &self.last_wait else {
            return false;
        };
        let steps = self
            .control
            .disk
            .log
            .last()
            .into_iter()
            .flat_map(|batch| &batch.0);
        let mut ends = steps.filter_map(|step| match step {
            Step::BarrierEnded(progress) if progress.id == *id => Some(progress),
            _ => None,
        });
        let Some(progress) = ends.next() else {
            return false;
        };
        if progress.ending != Some(crate::wire::barrier::Ending::Done) {
            let failure = format!(
                "the last wait ended {:?}: {:?}",
                progress.ending, progress.missing
            );
            self.fail(failure);
        }
        true
    }
}

fn enter() -> Change {
    Change::Enter(Enter::read(&Field::root(&json!({}))).unwrap())
}
