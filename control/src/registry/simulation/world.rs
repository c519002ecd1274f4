use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use fastrand::Rng;
use intermission_core::StateTag;
use jiff::{SignedDuration, Timestamp};

use super::control::{Control, Response};
use super::node::{Client, Phase, Process};
use super::observer::Observer;
use super::polls::Message;
use crate::fleet::LastReport;
use crate::values::now::Now;
use crate::wire::barrier::Progress;

pub(super) const SERVICE: &str = "shop";
/// How long faults are made, and operators do as they please.
const WILD: Duration = Duration::from_secs(12);
/// When everything must be well again.
const LAST: Duration = Duration::from_secs(150);
/// How long a node holds requests for the first answer.
const START_WAIT: Duration = Duration::from_secs(2);

/// Everything there is.
#[derive(Debug)]
pub(super) struct World {
    pub(super) random: Rng,
    pub(super) now: Duration,
    zero: Instant,
    queue: BinaryHeap<Reverse<Scheduled>>,
    scheduled: u64,
    pub(super) control: Control,
    pub(super) processes: Vec<Process>,
    pub(super) observer: Observer,
    /// Whether faults have ended.
    pub(super) is_calm: bool,
    /// The last wait, which has to end well.
    pub(super) last_wait: Option<String>,
    trace: bool,
    /// What broke the promise.
    pub(super) failure: Option<String>,
}

#[derive(Debug)]
pub(super) enum Event {
    /// A process polls.
    Poll(usize),
    Arrive(Message),
    Answer(usize, u64, Response),
    Fail(usize, u64),
    /// A process starts without an answer.
    Serve(usize),
    Adopt(usize, usize, StateTag),
    Client(usize),
    /// It is the turn of the store, in this life of control.
    Settle(u32, u64, Box<LastReport>),
    /// A poll is answered though the store has not taken what it should.
    Hurry(u32, u64),
    /// A held poll ends.
    Release(u32, u64),
    Judge(u32),
    End(u32, Arc<Progress>),
    /// The end of a wait is not stored in time.
    Late(u32, Arc<Progress>),
    Restart,
    Operate,
    Disturb,
    Thaw(usize),
    Speak(usize, usize),
    Calm,
    Finish,
}

#[derive(Debug)]
struct Scheduled(Duration, u64, Event);

impl PartialEq for Scheduled {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Scheduled {}

impl PartialOrd for Scheduled {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Scheduled {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.0, self.1).cmp(&(other.0, other.1))
    }
}

impl World {
    /// Runs one world to its end. Tells how many waits have ended well, and what broke the promise.
    pub(super) fn run(seed: u64, trace: bool) -> Result<usize, String> {
        let mut random = Rng::with_seed(seed);
        // Control draws from it.
        fastrand::seed(seed);
        let mut world = Self {
            now: Duration::ZERO,
            zero: Instant::now(),
            queue: BinaryHeap::new(),
            scheduled: 0,
            control: Control::new(&mut random),
            processes: Vec::new(),
            observer: Observer::default(),
            is_calm: false,
            last_wait: None,
            trace,
            failure: None,
            random,
        };
        for _ in 0..world.random.usize(1..=3) {
            world.start();
        }
        world.later(1500, 3000, Event::Operate);
        world.later(0, 4000, Event::Disturb);
        world.at(WILD, Event::Calm);
        while let Some(Reverse(Scheduled(at, _, event))) = world.queue.pop() {
            world.now = at;
            world.trace(|| format!("{event:?}"));
            world.handle(event);
            let is_done = world.is_done();
            if let Some(failure) = world.failure {
                return Err(failure);
            }
            if is_done {
                return Ok(world.observer.done);
            }
            if at > LAST {
                return Err("the last wait never ended".to_owned());
            }
        }
        Err("nothing happens any more".to_owned())
    }

    fn handle(&mut self, event: Event) {
        match event {
            Event::Poll(process) => self.poll(process),
            Event::Arrive(message) => self.arrive(message),
            Event::Answer(process, number, response) => self.answered(process, number, response),
            Event::Fail(process, number) => self.unanswered(process, number),
            Event::Serve(process) => {
                if self.processes[process].phase == Phase::Starting {
                    self.processes[process].phase = Phase::Serving;
                }
            }
            Event::Adopt(process, thread, tag) => self.adopt(process, thread, &tag),
            Event::Client(process) => self.client(process),
            Event::Settle(life, waiting, heard) => self.settle(life, waiting, *heard),
            Event::Hurry(life, number) => self.hurry(life, number),
            Event::Release(life, number) => self.release(life, number),
            Event::Judge(life) => self.judge(life),
            Event::End(life, progress) => self.end(life, &progress),
            Event::Late(life, progress) => self.late(life, &progress),
            Event::Restart => self.restart(),
            Event::Operate => self.operate(),
            Event::Disturb => self.disturb(),
            Event::Thaw(process) => self.thaw(process),
            Event::Speak(process, thread) => self.speak(process, thread),
            Event::Calm => self.calm(),
            Event::Finish => self.finish(),
        }
    }

    pub(super) fn at(&mut self, at: Duration, event: Event) {
        self.scheduled += 1;
        let at = at.max(self.now);
        self.queue
            .push(Reverse(Scheduled(at, self.scheduled, event)));
    }

    /// In so many milliseconds from now.
    pub(super) fn later(&mut self, least: u64, most: u64, event: Event) {
        let pause = self.millis(least, most);
        self.at(self.now + pause, event);
    }

    pub(super) fn millis(&mut self, least: u64, most: u64) -> Duration {
        Duration::from_millis(self.random.u64(least..=most))
    }

    /// Whether something happens that does so once in so many times.
    pub(super) fn once_in(&mut self, times: u32) -> bool {
        self.random.u32(0..times) == 0
    }

    /// The moment by both clocks of control.
    pub(super) fn moment(&self) -> Now {
        let elapsed = SignedDuration::try_from(self.now).unwrap();
        Now {
            instant: self.zero + self.now,
            time: Timestamp::UNIX_EPOCH + elapsed,
        }
    }

    pub(super) fn trace(&self, text: impl FnOnce() -> String) {
        if self.trace {
            let text: String = text().chars().take(400).collect();
            eprintln!("{:>9.3} {text}", self.now.as_secs_f64());
        }
    }

    /// Starts another process.
    pub(super) fn start(&mut self) {
        let number = self.processes.len() as u64;
        // Some share a name.
        let name = format!("node-{}", self.random.u64(0..=number));
        let threads = if self.once_in(2) { 1 } else { 2 };
        let lease = self.once_in(3).then_some(Duration::from_secs(4));
        let seed = self.random.u64(..);
        let process = Process::new(&name, number + 1, threads, lease, seed);
        self.processes.push(process);
        let process = self.processes.len() - 1;
        self.later(0, 500, Event::Poll(process));
        self.later(0, 1000, Event::Client(process));
        self.at(self.now + START_WAIT, Event::Serve(process));
    }

    /// A client comes to a process, and comes again.
    fn client(&mut self, process: usize) {
        if self.processes[process].is_alive() && !self.is_calm {
            self.request(process);
            self.later(100, 2000, Event::Client(process));
        }
    }

    /// A client comes to some thread of a process.
    pub(super) fn request(&mut self, process: usize) {
        let client = Client::ALL[self.random.usize(0..2)];
        let thread = self.random.usize(0..self.processes[process].threads.len());
        let upgraded = self.once_in(20);
        let most = if self.once_in(5) { 12_000 } else { 1500 };
        let ends = self.now + self.millis(10, most);
        let admitted = self.processes[process].request(thread, client, upgraded, self.now, ends);
        if admitted {
            self.check_process(process);
        }
    }

    /// A thread puts a state in force, and perhaps admits a last request before.
    fn adopt(&mut self, process: usize, thread: usize, tag: &StateTag) {
        // What a later answer has brought is adopted later.
        if self.processes[process].poll.tag() != Some(tag) {
            return;
        }
        if !self.is_calm && self.once_in(2) {
            self.request(process);
        }
        self.processes[process].adopt(thread);
        self.check_process(process);
    }
}
