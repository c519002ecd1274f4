use std::rc::Rc;
use std::time::Duration;

use intermission_core::{
    Lasting, MemberId, Mode, Poll, PollOptions, Report, Running, ServiceName, State, StateTag,
};

use super::thread::{Request, Thread};
use super::{Client, Message, name};
use crate::registry::simulation::world::SERVICE;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Phase {
    /// It holds requests until the first answer, and starts without one after a while.
    Starting,
    Serving,
    /// It admits nothing any more, and says so when nothing runs.
    Leaving,
    /// It is no more, since this moment.
    Gone(Duration),
}

/// A process of a node.
#[derive(Debug)]
pub(in super::super) struct Process {
    pub(in super::super) id: MemberId,
    pub(in super::super) poll: Poll,
    /// When it has started, which is time zero for its polls.
    pub(in super::super) born: Duration,
    lease: Option<Duration>,
    pub(in super::super) seq: u64,
    /// The number of the last poll that control has heard.
    pub(in super::super) heard: u64,
    /// The number of the poll that is not answered yet.
    pub(in super::super) in_flight: Option<u64>,
    pub(in super::super) threads: Vec<Thread>,
    /// What is in force before the first answer.
    provisional: Rc<State>,
    /// What its threads have to put in force.
    pub(in super::super) latest: Option<(Rc<State>, StateTag)>,
    pub(in super::super) phase: Phase,
    /// Until when it does nothing at all.
    pub(in super::super) frozen: Option<Duration>,
    /// Until when it reaches no control.
    pub(in super::super) cut_off: Duration,
    pub(in super::super) farewells: u32,
    /// Whether control has taken its farewell, and in which life.
    pub(in super::super) farewell_taken: Option<u32>,
    /// When control has answered it as a stored member, which an operator has not answered for since.
    pub(in super::super) was_member: Option<Duration>,
    /// By which version of a shared store an operator has last answered for it as one that is no member.
    pub(in super::super) answered_for: u64,
    /// By a poll that control has heard then, up to when its lease lasts.
    pub(in super::super) leases: Vec<(Duration, Duration)>,
    /// The control that it asks.
    pub(in super::super) asks: usize,
}

/// After what silence a thread is named as silent.
const SILENT: Duration = Duration::from_secs(1);
/// What polls of a node take.
pub(in super::super) const WAIT: Duration = Duration::from_secs(1);

impl Process {
    /// A process that starts, with the state that an earlier one has saved if there is one.
    pub(in super::super) fn new(
        id: MemberId,
        threads: usize,
        lease: Option<Duration>,
        saved: Option<Rc<State>>,
        born: Duration,
        seed: u64,
    ) -> Self {
        let mut options = PollOptions::default();
        options.interval = Duration::from_millis(500);
        options.wait = WAIT;
        options.lease = lease;
        let service: ServiceName = SERVICE.parse().unwrap();
        let open = || Rc::new(State::initial(service.clone(), Mode::Off));
        let mut poll = Poll::new(options, seed).with_service(Some(service.clone()));
        if let Some(saved) = &saved {
            poll = poll.with_saved_copy(State::clone(saved));
        }
        let provisional = saved.unwrap_or_else(open);
        let mut process = Self {
            id,
            poll,
            born,
            lease,
            seq: 0,
            heard: 0,
            in_flight: None,
            threads: Vec::new(),
            provisional,
            latest: None,
            phase: Phase::Starting,
            frozen: None,
            cut_off: Duration::ZERO,
            farewells: 0,
            farewell_taken: None,
            was_member: None,
            answered_for: 0,
            leases: Vec::new(),
            asks: 0,
        };
        for thread in 0..threads {
            process.spawn();
            process.threads[thread].serves = true;
        }
        process
    }

    /// Gives a new thread its place in the reports.
    pub(in super::super) fn spawn(&mut self) {
        self.threads.push(Thread {
            in_force: Rc::clone(&self.provisional),
            tag: None,
            serves: false,
            requests: Vec::new(),
            stuck: None,
            excused: false,
        });
    }

    /// Control hears a poll of it.
    pub(in super::super) fn heard(&mut self, message: &Message) {
        let Report { seq, silent, .. } = &message.report;
        if *seq > self.heard {
            self.heard = *seq;
            let threads = self.threads.iter_mut().enumerate();
            for (_, thread) in threads.filter(|(place, _)| !silent.contains(&name(*place))) {
                thread.excused = false;
            }
        }
    }

    pub(in super::super) fn is_alive(&self) -> bool {
        !matches!(self.phase, Phase::Gone(_))
    }

    /// Whether it has a lease at a moment, by a poll that control has heard before.
    pub(in super::super) fn has_lease(&self, now: Duration) -> bool {
        let mut leases = self.leases.iter();
        self.is_alive() && leases.any(|(heard, until)| *heard <= now && now < *until)
    }

    /// Why the thread would admit a client now.
    pub(in super::super) fn admits(
        &self,
        thread: usize,
        client: Client,
        now: Duration,
    ) -> Option<Lasting> {
        let end = self.poll.lapses_at();
        let lapsed = end.is_some_and(|end| self.born + end <= now);
        let serves = matches!(self.phase, Phase::Starting | Phase::Serving);
        let thread = &self.threads[thread];
        let admitted = client.admitted_by(&thread.in_force);
        admitted.filter(|_| serves && !lapsed && thread.serves)
    }

    /// Starts a request, if it is admitted.
    pub(in super::super) fn request(
        &mut self,
        thread: usize,
        client: Client,
        upgraded: bool,
        now: Duration,
        ends: Duration,
    ) -> bool {
        let idle = self.phase == Phase::Starting
            || self.frozen.is_some()
            || self.threads[thread].stuck.is_some();
        let Some(lasting) = self.admits(thread, client, now).filter(|_| !idle) else {
            return false;
        };
        let thread = &mut self.threads[thread];
        thread.requests.push(Request {
            client,
            under: Rc::clone(&thread.in_force),
            lasting,
            upgraded,
            ends,
        });
        true
    }

    /// Ends the requests whose time has come, but where nothing goes on.
    pub(in super::super) fn finish(&mut self, now: Duration) {
        if self.frozen.is_none() {
            for thread in self
                .threads
                .iter_mut()
                .filter(|thread| thread.stuck.is_none())
            {
                thread.requests.retain(|request| request.ends > now);
            }
        }
    }

    pub(in super::super) fn is_idle(&self) -> bool {
        self.threads.iter().all(|thread| thread.requests.is_empty())
    }

    /// Puts the latest state in force in a thread, if the thread does something.
    pub(in super::super) fn adopt(&mut self, thread: usize) {
        let thread = &mut self.threads[thread];
        if let Some((state, tag)) = self.latest.as_ref().filter(|_| thread.stuck.is_none()) {
            thread.in_force = Rc::clone(state);
            thread.tag = Some(tag.clone());
        }
    }

    /// The names of the threads that are silent.
    pub(in super::super) fn silent(&self, now: Duration) -> impl Iterator<Item = usize> {
        let since = move |thread: &Thread| thread.stuck.is_some_and(|since| now - since >= SILENT);
        let threads = self.threads.iter().enumerate();
        threads
            .filter(move |(_, thread)| since(thread))
            .map(|(place, _)| place)
    }

    /// What the next poll says.
    pub(in super::super) fn report(&mut self, leaving: bool, now: Duration) -> Report {
        self.seq += 1;
        let silent: Vec<_> = self.silent(now).collect();
        let threads = self.threads.iter().enumerate();
        let speaking = threads.filter(|(place, _)| !silent.contains(place));
        let known = self.poll.tag();
        let (mut applied, mut running) = (known, Running::default());
        for (_, thread) in speaking {
            running = running.and(thread.running());
            // As the edge filter does: of two documents of one revision, that which the poller does not have counts.
            let tag = thread.tag.as_ref();
            let is_later = match tag.partial_cmp(&applied) {
                Some(order) => order.is_gt(),
                None => applied != known,
            };
            if !is_later {
                applied = tag;
            }
        }
        let kind = if self.threads.len() > 1 {
            "envoy"
        } else {
            "tower"
        };
        Report {
            seq: self.seq,
            applied: applied.and_then(StateTag::bare).map(str::to_owned),
            running,
            silent: silent.iter().map(|place| name(*place)).collect(),
            wait: WAIT,
            lease: self.lease,
            error: self.poll.objection().map(str::to_owned),
            leaving,
            ..Report::new(self.id.clone(), kind)
        }
    }
}
