use std::time::Duration;

use super::control::Health;
use super::events::Event;
use super::nodes::Phase;
use super::world::World;

impl World {
    /// Something breaks, if it is something that does in this world.
    pub(super) fn disturb(&mut self) {
        self.later(100, 2000, Event::Disturb);
        let process = self.random.usize(0..self.processes.len());
        let pause = self.millis(100, 9000);
        let until = self.now + pause;
        if self.controls.len() > 1 && self.once_in(3) {
            self.disturb_replica(until);
            return;
        }
        let fault = self.random.u32(0..16);
        if self.habits.faults >> fault & 1 == 0 {
            return;
        }
        let health = |world: &mut Self, health| {
            world.disk.health = health;
            // A disk is seldom ill for long.
            if world.once_in(2) {
                world.later(50, 500, Event::Heal);
            }
        };
        match fault {
            0 | 1 => self.start(),
            2 => self.kill(process),
            3 | 4 => self.leave(process),
            5 | 6 => self.freeze(process, until),
            7 => self.processes[process].cut_off = until,
            8 | 9 => self.stick(process),
            10 | 11 => {
                let r = match self.controls.len() {
                    1 => 0,
                    replicas => self.random.usize(0..replicas),
                };
                if self.controls[r].lives() {
                    self.tally.note("death of control");
                    self.crash(r);
                }
            }
            12.. if self.controls.len() > 1 => self.spawn(process),
            12 => health(self, Health::Hangs(until)),
            13 => health(self, Health::Full),
            14 => health(self, Health::Fails),
            15 => self.spawn(process),
            _ => {}
        }
    }

    /// A process gets another thread, which has its place in the reports first and puts a state in force then.
    fn spawn(&mut self, index: usize) {
        let process = &mut self.processes[index];
        if process.phase == Phase::Serving && process.frozen.is_none() && process.threads.len() < 4
        {
            self.tally.note("new thread");
            let place = process.threads.len();
            process.spawn();
            self.later(0, 1500, Event::Join(index, place));
        }
    }

    /// A new thread takes requests, or does so later where nothing goes on in it.
    pub(super) fn join(&mut self, index: usize, place: usize) {
        let process = &mut self.processes[index];
        if process.frozen.is_some() || process.threads[place].stuck.is_some() {
            self.later(100, 500, Event::Join(index, place));
            return;
        }
        process.adopt(place);
        process.threads[place].serves = true;
        self.check_process(index);
        self.request_at(index, place);
    }

    fn kill(&mut self, index: usize) {
        let process = &mut self.processes[index];
        if process.is_alive() {
            self.tally.note("death of a process");
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
            self.tally.note("farewell");
            process.phase = Phase::Leaving;
        }
    }

    fn freeze(&mut self, index: usize, until: Duration) {
        let process = &mut self.processes[index];
        if process.is_alive() && process.frozen.is_none() {
            self.tally.note("frozen process");
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
        let place = self.random.usize(0..self.processes[index].threads.len());
        let (pause, now) = (self.millis(500, 9000), self.now);
        let process = &mut self.processes[index];
        process.finish(now);
        if process.threads.len() > 1 && process.threads[place].stuck.is_none() {
            self.tally.note("stuck thread");
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
        self.request_at(index, place);
        self.processes[index].adopt(place);
        self.check_process(index);
    }
}
