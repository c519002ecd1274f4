use std::rc::Rc;
use std::time::Duration;

use intermission_core::{MemberId, StateTag};

use super::{Client, Process};
use crate::registry::simulation::events::Event;
use crate::registry::simulation::world::World;

/// How long a node holds requests for the first answer.
const START_WAIT: Duration = Duration::from_secs(2);

impl World {
    /// Starts another process.
    pub(in super::super) fn start(&mut self) {
        let number = self.processes.len();
        // Some share a name.
        let name = format!("node-{}", self.random.usize(0..=number));
        let id = MemberId::new(&name, number as u64 + 1);
        let threads = self.random.usize(1..=2);
        let lease =
            [None, None, Some(3), Some(6)][self.random.usize(0..4)].map(Duration::from_secs);
        let seed = self.random.u64(..);
        let earlier = self.processes.get(self.random.usize(0..=number));
        let saved = earlier.and_then(|earlier| earlier.latest.as_ref());
        let saved = saved.map(|(state, _)| Rc::clone(state));
        if saved.is_some() {
            self.tally.note("saved copy");
        }
        let mut process = Process::new(id, threads, lease, saved, self.now, seed);
        if self.controls.len() > 1 {
            process.asks = self.random.usize(0..self.controls.len());
        }
        self.processes.push(process);
        self.later(0, 500, Event::Poll(number));
        self.later(0, 1000, Event::Client(number));
        self.at(self.now + START_WAIT, Event::Serve(number));
    }

    /// A client comes to a process, and comes again.
    pub(in super::super) fn client(&mut self, process: usize) {
        if self.processes[process].is_alive() && !self.is_calm {
            self.request(process);
            self.later(100, 2000, Event::Client(process));
        }
    }

    /// A client comes to some thread of a process.
    pub(in super::super) fn request(&mut self, process: usize) {
        let thread = self.random.usize(0..self.processes[process].threads.len());
        self.request_at(process, thread);
    }

    /// A client comes to a thread of a process.
    pub(in super::super) fn request_at(&mut self, process: usize, thread: usize) {
        if self.is_calm {
            return;
        }
        let client = Client::ALL[self.random.usize(0..2)];
        let upgraded = self.once_in(20);
        let most = if self.once_in(5) { 12_000 } else { 1500 };
        let ends = self.now + self.millis(10, most);
        let admitted = self.processes[process].request(thread, client, upgraded, self.now, ends);
        if admitted {
            self.check_process(process);
        }
    }

    /// A thread puts a state in force, and perhaps admits a last request before.
    pub(in super::super) fn adopt(&mut self, process: usize, thread: usize, tag: &StateTag) {
        // What a later answer has brought is adopted later.
        if self.processes[process].poll.tag() != Some(tag) {
            return;
        }
        if self.once_in(2) {
            self.request_at(process, thread);
        }
        self.processes[process].adopt(thread);
        self.check_process(process);
    }
}
