use std::rc::Rc;
use std::time::Duration;

use intermission_core::{PollResponse, Report};

use super::{Phase, WAIT};
use crate::registry::simulation::control::Response;
use crate::registry::simulation::events::Event;
use crate::registry::simulation::world::World;

/// A poll on its way to control.
#[derive(Debug)]
pub(in super::super) struct Message {
    pub(in super::super) process: usize,
    pub(in super::super) report: Report,
    pub(in super::super) if_none_match: Option<Box<str>>,
    /// How long control may hold it.
    pub(in super::super) wait: Option<Duration>,
    /// The number of the backup that control runs from.
    pub(in super::super) epoch: u32,
    /// The control that it goes to.
    pub(in super::super) to: usize,
}

/// How often a farewell is sent.
const FAREWELLS: u32 = 4;

impl World {
    /// A process polls, if it is time.
    pub(in super::super) fn poll(&mut self, index: usize) {
        let now = self.now;
        let process = &mut self.processes[index];
        process.finish(now);
        if !process.is_alive() || process.in_flight.is_some() || process.frozen.is_some() {
            return;
        }
        let at = process.born + process.poll.next_at();
        if at > now {
            self.at(at, Event::Poll(index));
            return;
        }
        let leaves = process.phase == Phase::Leaving && process.is_idle();
        let request = process.poll.send(now - process.born);
        let report = process.report(leaves, now);
        let number = report.seq;
        process.in_flight = Some(number);
        let to = process.asks;
        let is_cut_off = process.cut_off > now;
        let message = Rc::new(Message {
            process: index,
            report,
            if_none_match: request.if_none_match,
            wait: request.prefer.map(|_| WAIT).filter(|_| !leaves),
            epoch: self.epoch,
            to,
        });
        self.perhaps_move(index);
        self.at(now + request.timeout, Event::Fail(index, number));
        if is_cut_off || self.is_lost() {
            self.later(50, 2000, Event::Fail(index, number));
            return;
        }
        if self.is_delayed() {
            self.tally.note("poll that comes twice");
            self.later(1, 4000, Event::Arrive(Rc::clone(&message)));
        }
        let most = if self.is_delayed() { 3000 } else { 20 };
        self.later(1, most, Event::Arrive(message));
    }

    /// An answer comes to a process.
    pub(in super::super) fn answered(
        &mut self,
        index: usize,
        number: u64,
        response: Box<Response>,
    ) {
        let now = self.now;
        let process = &mut self.processes[index];
        if !process.is_alive() || process.in_flight != Some(number) {
            return;
        }
        if let Some(until) = process.frozen {
            self.at(until, Event::Answer(index, number, response));
            return;
        }
        process.in_flight = None;
        if response.status == 503 {
            self.refused(index);
            return;
        }
        if response.leaves {
            process.phase = Phase::Gone(now);
            process.farewell_taken = Some(response.life);
            return;
        }
        let received = process.poll.receive(
            now - process.born,
            PollResponse {
                status: response.status,
                etag: Some(response.etag.as_bytes()),
                preference_applied: response.was_held.then_some(b"wait"),
                retry_after: None,
                body: &response.body,
            },
        );
        if response.is_shared {
            self.check_answer(index);
        }
        let process = &mut self.processes[index];
        if let Some(end) = process.poll.lapses_at() {
            process.leases.push((response.heard, process.born + end));
        }
        let next = process.born + process.poll.next_at();
        let tag = process.poll.tag().cloned();
        let was_starting = process.phase == Phase::Starting;
        let threads = process.threads.len();
        self.at(next, Event::Poll(index));
        if let (Ok(Some(state)), Some(tag)) = (received, tag) {
            self.processes[index].latest = Some((Rc::new(state), tag.clone()));
            for thread in 0..threads {
                // The first answer is in force everywhere before anything is served.
                if was_starting {
                    self.processes[index].adopt(thread);
                } else {
                    let most = if thread == 0 { 0 } else { 400 };
                    self.later(0, most, Event::Adopt(index, thread, Box::new(tag.clone())));
                }
            }
        }
        if was_starting {
            self.processes[index].phase = Phase::Serving;
            self.check_process(index);
        }
    }

    /// A process gets no state, and asks another replica. Until then it goes on as it is.
    fn refused(&mut self, index: usize) {
        let now = self.now;
        let process = &mut self.processes[index];
        let refusal = PollResponse {
            status: 503,
            etag: None,
            preference_applied: None,
            retry_after: Some(b"1"),
            body: b"",
        };
        let refused = process.poll.receive(now - process.born, refusal);
        assert!(refused.is_err());
        let next = process.born + process.poll.next_at();
        self.move_on(index);
        self.at(next, Event::Poll(index));
    }

    /// A process asks another control, if there is one.
    fn move_on(&mut self, index: usize) {
        if self.controls.len() > 1 {
            self.processes[index].asks = self.random.usize(0..self.controls.len());
        }
    }

    /// The next poll of a process may go to another control.
    fn perhaps_move(&mut self, index: usize) {
        if self.controls.len() > 1 && self.once_in(self.habits.moves) {
            self.tally.note("node that moves");
            self.move_on(index);
        }
    }

    /// A process gets no answer.
    pub(in super::super) fn unanswered(&mut self, index: usize, number: u64) {
        let now = self.now;
        let process = &mut self.processes[index];
        if !process.is_alive() || process.in_flight != Some(number) {
            return;
        }
        process.in_flight = None;
        process.poll.fail(now - process.born);
        if process.phase == Phase::Leaving && process.is_idle() {
            process.farewells += 1;
            if process.farewells >= FAREWELLS {
                process.phase = Phase::Gone(now);
                return;
            }
        }
        let next = process.born + process.poll.next_at();
        self.move_on(index);
        self.at(next, Event::Poll(index));
    }
}
