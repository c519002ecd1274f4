use std::fmt;
use std::rc::Rc;
use std::time::Duration;

use intermission_core::{
    Lasting, MemberId, Mode, Poll, PollOptions, Report, Running, ServiceName, State, StateTag,
};

use super::polls::Message;

/// A client that the rules know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Client {
    Stranger,
    /// The allowlist admits it.
    Tester,
}

impl Client {
    pub(super) const ALL: [Self; 2] = [Self::Stranger, Self::Tester];

    /// Why a state admits it, if it does.
    pub(super) fn admitted_by(self, state: &State) -> Option<Lasting> {
        match state.maintenance {
            Mode::Off => Some(Lasting::Open),
            _ if self == Self::Tester && state.allowlist.enabled => Some(Lasting::Allowlisted),
            _ => None,
        }
    }
}

/// A request that runs.
#[derive(Clone)]
pub(super) struct Request {
    pub(super) client: Client,
    under: Rc<State>,
    lasting: Lasting,
    /// Whether the node does not see its end.
    pub(super) upgraded: bool,
    pub(super) ends: Duration,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (under, ends) = (self.under.revision, self.ends.as_secs_f64());
        write!(
            f,
            "a request of a {:?} admitted by {under}, until {ends:.3}",
            self.client
        )
    }
}

/// A thread of a process, such as a worker of Envoy.
#[derive(Debug)]
pub(super) struct Thread {
    pub(super) in_force: Rc<State>,
    tag: Option<StateTag>,
    /// Whether it takes requests; its place in the reports comes first.
    pub(super) serves: bool,
    pub(super) requests: Vec<Request>,
    /// Since when it does nothing.
    pub(super) stuck: Option<Duration>,
    /// Whether an operator answers for its silence.
    pub(super) excused: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
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
pub(super) struct Process {
    pub(super) id: MemberId,
    pub(super) poll: Poll,
    /// When it has started, which is time zero for its polls.
    pub(super) born: Duration,
    lease: Option<Duration>,
    pub(super) seq: u64,
    /// The number of the last poll that control has heard.
    pub(super) heard: u64,
    /// The number of the poll that is not answered yet.
    pub(super) in_flight: Option<u64>,
    pub(super) threads: Vec<Thread>,
    /// What is in force before the first answer.
    provisional: Rc<State>,
    /// What its threads have to put in force.
    pub(super) latest: Option<(Rc<State>, StateTag)>,
    pub(super) phase: Phase,
    /// Until when it does nothing at all.
    pub(super) frozen: Option<Duration>,
    /// Until when it reaches no control.
    pub(super) cut_off: Duration,
    pub(super) farewells: u32,
    /// Whether control has taken its farewell, and in which life.
    pub(super) farewell_taken: Option<u32>,
    /// When control has answered it as a stored member, which an operator has not answered for since.
    pub(super) was_member: Option<Duration>,
    /// The control that it asks.
    pub(super) asks: usize,
}

/// After what silence a thread is named as silent.
const SILENT: Duration = Duration::from_secs(1);
/// What polls of a node take.
pub(super) const WAIT: Duration = Duration::from_secs(1);

impl Process {
    /// A process that starts, with the state that an earlier one has saved if there is one.
    pub(super) fn new(
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
        let service: ServiceName = super::world::SERVICE.parse().unwrap();
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
            asks: 0,
        };
        for thread in 0..threads {
            process.spawn();
            process.threads[thread].serves = true;
        }
        process
    }

    /// Gives a new thread its place in the reports.
    pub(super) fn spawn(&mut self) {
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
    pub(super) fn heard(&mut self, message: &Message) {
        let Report { seq, silent, .. } = &message.report;
        if *seq > self.heard {
            self.heard = *seq;
            let threads = self.threads.iter_mut().enumerate();
            for (_, thread) in threads.filter(|(place, _)| !silent.contains(&name(*place))) {
                thread.excused = false;
            }
        }
    }

    pub(super) fn is_alive(&self) -> bool {
        !matches!(self.phase, Phase::Gone(_))
    }

    /// Whether it has a lease, and admits a client.
    pub(super) fn serves_under_lease(&self, now: Duration) -> bool {
        let mut threads = 0..self.threads.len();
        let admits = |thread, client| self.admits(thread, client, now).is_some();
        self.lease.is_some()
            && threads.any(|thread| Client::ALL.iter().any(|client| admits(thread, *client)))
    }

    /// Why the thread would admit a client now.
    pub(super) fn admits(&self, thread: usize, client: Client, now: Duration) -> Option<Lasting> {
        let end = self.poll.lapses_at();
        let lapsed = end.is_some_and(|end| self.born + end <= now);
        let serves = matches!(self.phase, Phase::Starting | Phase::Serving);
        let thread = &self.threads[thread];
        let admitted = client.admitted_by(&thread.in_force);
        admitted.filter(|_| serves && !lapsed && thread.serves)
    }

    /// Starts a request, if it is admitted.
    pub(super) fn request(
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
    pub(super) fn finish(&mut self, now: Duration) {
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

    pub(super) fn is_idle(&self) -> bool {
        self.threads.iter().all(|thread| thread.requests.is_empty())
    }

    /// Puts the latest state in force in a thread, if the thread does something.
    pub(super) fn adopt(&mut self, thread: usize) {
        let thread = &mut self.threads[thread];
        if let Some((state, tag)) = self.latest.as_ref().filter(|_| thread.stuck.is_none()) {
            thread.in_force = Rc::clone(state);
            thread.tag = Some(tag.clone());
        }
    }

    /// The names of the threads that are silent.
    pub(super) fn silent(&self, now: Duration) -> impl Iterator<Item = usize> {
        let since = move |thread: &Thread| thread.stuck.is_some_and(|since| now - since >= SILENT);
        let threads = self.threads.iter().enumerate();
        threads
            .filter(move |(_, thread)| since(thread))
            .map(|(place, _)| place)
    }

    /// What the next poll says.
    pub(super) fn report(&mut self, leaving: bool, now: Duration) -> Report {
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

/// The name of a thread in reports.
pub(super) fn name(place: usize) -> String {
    format!("t{place}")
}

impl Thread {
    /// The requests that what is in force would refuse.
    fn running(&self) -> Running {
        let mut running = Running::default();
        for request in &self.requests {
            if !self.in_force.still_admits(request.lasting, &request.under) {
                running = running.and(Running {
                    requests: u64::from(!request.upgraded),
                    upgraded: u64::from(request.upgraded),
                    oldest: Some(request.under.revision_in_order_of(&self.in_force)),
                });
            }
        }
        running
    }
}
