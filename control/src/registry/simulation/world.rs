use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::{Duration, Instant};

use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};

use super::control::{Control, Disk, found, grant};
use super::events::{Event, Scheduled};
use super::habits::Habits;
use super::nodes::{Phase, Process};
use super::observer::Observer;
use super::replicas::Cluster;
use super::tally::Tally;
use crate::token::Grant;
use crate::values::now::Now;

pub(super) const SERVICE: &str = "shop";
/// When everything must be well again, where it must.
const LAST: Duration = Duration::from_secs(150);

/// Everything there is.
#[derive(Debug)]
pub(super) struct World {
    pub(super) random: Rng,
    pub(super) habits: Habits,
    pub(super) now: Duration,
    zero: Instant,
    queue: BinaryHeap<Reverse<Scheduled>>,
    scheduled: u64,
    /// One, or all replicas of it.
    pub(super) controls: Vec<Control>,
    pub(super) disk: Disk,
    pub(super) cluster: Cluster,
    pub(super) grant: Grant,
    /// The number of the backup that control runs from.
    pub(super) epoch: u32,
    pub(super) processes: Vec<Process>,
    pub(super) observer: Observer,
    pub(super) tally: Tally,
    /// Whether faults have ended.
    pub(super) is_calm: bool,
    /// Whether the next change is the last, whose wait has to end well.
    pub(super) is_last: bool,
    pub(super) last_wait: Option<String>,
    pub(super) is_over: bool,
    trace: bool,
    /// What broke the promise.
    failure: Option<String>,
}

impl World {
    /// Runs one world to its end. Tells what has happened in it, or what broke the promise.
    pub(super) fn run(seed: u64, replicas: usize, trace: bool) -> Result<Tally, String> {
        let mut random = Rng::with_seed(seed);
        // Control draws from it.
        fastrand::seed(seed);
        let zero = Instant::now();
        let is_shared = replicas > 1;
        let habits = match is_shared {
            true => Habits::draw_replicas(&mut random),
            false => Habits::draw(&mut random),
        };
        let grant = grant(&mut random);
        let (memory, disk, stored) = found(now(zero, Duration::ZERO));
        let mut controls: Vec<_> = (0..replicas).map(|_| Control::default()).collect();
        if !is_shared {
            controls[0].memory = Some(memory);
        }
        let mut world = Self {
            habits,
            now: Duration::ZERO,
            zero,
            queue: BinaryHeap::new(),
            scheduled: 0,
            controls,
            disk,
            cluster: Cluster::default(),
            grant,
            epoch: 0,
            processes: Vec::new(),
            observer: Observer::default(),
            tally: Tally::default(),
            is_calm: false,
            is_last: false,
            last_wait: None,
            is_over: false,
            trace,
            failure: None,
            random,
        };
        world.trace(|| format!("{:?}", world.habits));
        if is_shared {
            world.found_replicas(stored);
        }
        for _ in 0..world.random.usize(1..=3) {
            world.start();
        }
        world.later(200, 2000, Event::Operate);
        world.later(0, 2000, Event::Disturb);
        world.at(world.habits.wild, Event::Calm);
        while let Some(Reverse(Scheduled(at, number, event))) = world.queue.pop() {
            world.now = at;
            if let Some(until) = world.paused(&event) {
                // What comes meanwhile is taken later, in its order.
                world.queue.push(Reverse(Scheduled(until, number, event)));
                continue;
            }
            world.trace(|| format!("{event:?}"));
            world.tally.events += 1;
            world.handle(event);
            if let Some(failure) = world.failure {
                return Err(failure);
            }
            if world.is_over {
                return Ok(world.tally);
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
            Event::Arrive(message) if message.epoch == self.epoch => self.arrive(message),
            Event::Arrive(_) => {}
            Event::Answer(process, number, response) => self.answered(process, number, response),
            Event::Fail(process, number) => self.unanswered(process, number),
            Event::Serve(process) => {
                if self.processes[process].phase == Phase::Starting {
                    self.processes[process].phase = Phase::Serving;
                }
            }
            Event::Adopt(process, thread, tag) => self.adopt(process, thread, &tag),
            Event::Join(process, thread) => self.join(process, thread),
            Event::Client(process) => self.client(process),
            Event::Stored(r, life) => self.stored(r, life),
            Event::Hurry(r, life, number) => self.hurry(r, life, number),
            Event::Release(r, life, number) => self.release(r, life, number),
            Event::Judge(r, life) => self.judge(r, life),
            Event::Late(r, life, progress) => self.late(r, life, &progress),
            Event::Restart(r) => self.restart(r),
            Event::Act(r, life, act) => self.act(r, life, act),
            Event::Call(call) => self.execute(&call),
            Event::Expire(lease) => self.expire(lease),
            Event::Revoke(lease) => self.revoke(lease),
            Event::Order(work) => self.ordered(*work),
            Event::Operate if !self.is_calm => self.operate(),
            Event::Disturb if !self.is_calm => self.disturb(),
            Event::Operate | Event::Disturb => {}
            Event::Heal => self.disk.health = Default::default(),
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

    /// Whether the network loses a message.
    pub(super) fn is_lost(&mut self) -> bool {
        !self.is_calm && self.once_in(self.habits.lost)
    }

    /// Whether the network is late with a message.
    pub(super) fn is_delayed(&mut self) -> bool {
        !self.is_calm && self.once_in(self.habits.delayed)
    }

    /// The moment by both clocks of a control.
    pub(super) fn moment(&self, r: usize) -> Now {
        let now = now(self.zero, self.now);
        let ahead = self.controls[r].replica.as_ref();
        let ahead = ahead.map_or(SignedDuration::ZERO, |replica| replica.ahead);
        Now {
            time: now.time + ahead,
            ..now
        }
    }

    /// Until when the control that an event comes to does nothing, if it does so now.
    fn paused(&self, event: &Event) -> Option<Duration> {
        let r = match event {
            Event::Arrive(message) => message.to,
            Event::Hurry(r, ..) | Event::Release(r, ..) | Event::Judge(r, _) => *r,
            Event::Act(r, ..) => *r,
            _ => return None,
        };
        let until = self.controls[r].replica.as_ref()?.paused;
        (until > self.now).then_some(until)
    }

    pub(super) fn trace(&self, text: impl FnOnce() -> String) {
        if self.trace {
            let text: String = text().chars().take(400).collect();
            eprintln!("{:>9.3} {text}", self.now.as_secs_f64());
        }
    }

    pub(super) fn fail(&mut self, failure: String) {
        self.failure.get_or_insert(failure);
    }
}

fn now(zero: Instant, elapsed: Duration) -> Now {
    Now {
        instant: zero + elapsed,
        time: Timestamp::UNIX_EPOCH + SignedDuration::try_from(elapsed).unwrap(),
    }
}
