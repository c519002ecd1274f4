use std::time::Duration;

use super::disk::Health;
use super::node::Phase;
use super::world::{Event, World};

impl World {
    /// Something breaks.
    pub(super) fn disturb(&mut self) {
        if self.is_calm {
            return;
        }
        self.later(100, 3000, Event::Disturb);
        let process = self.random.usize(0..self.processes.len());
        let pause = self.millis(100, 6000);
        let until = self.now + pause;
        match self.random.u32(0..14) {
            0 | 1 => self.start(),
            2 => self.kill(process),
            3 | 4 => self.leave(process),
            5 | 6 => self.freeze(process, until),
            7 => self.processes[process].cut_off = until,
            8 | 9 => self.stick(process),
            10 if self.control.memory.is_some() => self.crash(),
            11 => self.control.disk.health = Health::Hangs(until),
            12 => self.control.disk.health = Health::Full,
            13 => self.control.disk.health = Health::Fails,
            _ => {}
        }
        // A disk is seldom ill for long.
        if self.once_in(2) {
            self.control.disk.health = Health::Works;
        }
    }

    fn kill(&mut self, index: usize) {
        let process = &mut self.processes[index];
        if process.is_alive() {
            process.phase = Phase::Gone(self.now);
            process
                .threads
                .iter_mut()
                .for_each(|thread| thread.requests.clear());
        }
    }

    fn leave(&mut self, index: usize) {
        let process = &mut self.processes[index];
        if process.phase == Phase::Serving {
            process.phase = Phase::Leaving;
        }
    }

    fn freeze(&mut self, index: usize, until: Duration) {
        let process = &mut self.processes[index];
        if process.is_alive() && process.frozen.is_none() {
            process.finish(self.now);
            process.frozen = Some(until);
            self.at(until, Event::Thaw(index));
        }
    }

    pub(super) fn thaw(&mut self, index: usize) {
        let process = &mut self.processes[index];
        if process.frozen.take().is_some() {
            self.later(0, 100, Event::Poll(index));
            self.request(index);
        }
    }

    /// A thread of a process with several does nothing for a while.
    fn stick(&mut self, index: usize) {
        let place = self.random.usize(0..2);
        let (pause, now) = (self.millis(500, 9000), self.now);
        let process = &mut self.processes[index];
        process.finish(now);
        if process.threads.len() > 1 && process.threads[place].stuck.is_none() {
            process.threads[place].stuck = Some(now);
            self.at(now + pause, Event::Speak(index, place));
        }
    }

    /// A stuck thread goes on, with a request that was waiting, before it puts another state in force.
    pub(super) fn speak(&mut self, index: usize, place: usize) {
        let thread = &mut self.processes[index].threads[place];
        if thread.stuck.take().is_none() {
            return;
        }
        if !self.is_calm {
            self.request(index);
        }
        self.processes[index].adopt(place);
        self.check_process(index);
    }

    /// All faults end.
    pub(super) fn calm(&mut self) {
        self.is_calm = true;
        self.control.disk.health = Health::Works;
        self.control.grant.max_members = 1000;
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
}
