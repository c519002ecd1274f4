use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;
use std::time::Duration;

use jiff::SignedDuration;

use super::call::{Call, Said};
use super::news::News;
use super::proof::Request;
use crate::change::Change;
use crate::fleet::{Heartbeat, Relay, Relayed};
use crate::registry::memory::Memory;
use crate::registry::simulation::control::Disk;
use crate::registry::simulation::control::{Asked, Outcome, Work};
use crate::registry::simulation::events::Event;
use crate::registry::simulation::world::{SERVICE, World};
use crate::store::Batch;
use crate::values::version::Version;

/// What makes a control one of several replicas.
#[derive(Debug, Default)]
pub(in super::super) struct Replica {
    pub(in super::super) id: String,
    /// How far its clock is ahead.
    pub(in super::super) ahead: SignedDuration,
    /// Until when it does nothing.
    pub(in super::super) paused: Duration,
    /// Until when it does not reach the store.
    pub(super) cut_off: Duration,
    /// The calls that are not answered yet.
    pub(super) pending: BTreeSet<u64>,
    /// What waits for a proof, by when it came.
    pub(super) requests: BTreeMap<u64, (Duration, Request)>,
    pub(super) is_proving: bool,
    pub(super) lease: u64,
    /// The revision of the store by which its heartbeat was put.
    pub(super) revision: u64,
    /// When the lease was kept last.
    pub(super) kept: Duration,
    pub(super) serves_until: Duration,
    /// Whether the others know that it serves.
    pub(super) is_registered: bool,
    pub(super) relay: Relay,
    pub(super) heartbeat: Option<Heartbeat>,
    /// The number of its watch.
    pub(super) watch: u64,
    pub(in super::super) is_watching: bool,
    /// What came since the watch began, while it is read what there was before.
    pub(in super::super) opening: Option<Vec<News>>,
    /// When the last news come that are on their way.
    pub(super) last_news: Duration,
    pub(super) news: VecDeque<News>,
    /// Whether memory has to follow before the next of them is taken.
    pub(super) is_taking: bool,
}

/// Something that a replica does.
#[derive(Debug)]
pub(in super::super) enum Act {
    /// It sends a call, perhaps again.
    Send(Rc<Call>),
    Reply(Rc<Call>, Said),
    News(u64, Box<News>),
    Watch,
    /// The watch with this number has begun, and it is read how far the store is, or then who serves.
    Open(u64, Option<Version>),
    Prove,
    /// A request has waited too long for a proof.
    GiveUp(u64),
    Lease,
    Beat,
    /// It looks whether the timer is due.
    Look,
}

/// Why memory has to follow what others have stored.
#[derive(Debug)]
pub(in super::super) enum Reason {
    /// A proof that began then needs it.
    Proof(Duration),
    /// News do, such as these reports of another replica.
    News(Option<(String, Rc<Relayed>)>),
}

/// How often a replica looks at the timer, in milliseconds.
const LOOK: u64 = 1000;

impl World {
    pub(in super::super) fn act(&mut self, r: usize, life: u32, act: Act) {
        if life != self.controls[r].life || !self.controls[r].lives() {
            return;
        }
        match act {
            Act::Send(call) => self.send_call(&call),
            Act::Reply(call, said) => self.replied(&call, said),
            Act::News(watch, news) => self.learn(r, watch, *news),
            Act::Watch => self.watch(r),
            Act::Open(watch, version) => self.open(r, watch, version),
            Act::Prove => self.prove(r),
            Act::GiveUp(key) => self.give_up(r, key),
            Act::Lease => self.lease(r),
            Act::Beat => self.beat(r),
            Act::Look => self.look_at_timer(r),
        }
    }

    /// Founds the store, and starts the replicas.
    pub(in super::super) fn found_replicas(&mut self, stored: Batch) {
        self.disk = Disk::default();
        let nonce = self.cluster.number();
        self.append(&Rc::new(stored), nonce, Duration::ZERO);
        let clocks = self.once_in(2);
        for r in 0..self.controls.len() {
            let seconds = if clocks { self.random.i64(-20..=20) } else { 0 };
            self.controls[r].replica = Some(Replica {
                ahead: SignedDuration::from_secs(seconds),
                ..Replica::default()
            });
            self.begin_replica(r);
        }
    }

    /// A replica starts anew.
    pub(in super::super) fn begin_replica(&mut self, r: usize) {
        let (now, life) = (self.moment(r), self.controls[r].life);
        if self.is_cut_off(r) {
            self.later(500, 1000, Event::Restart(r));
            return;
        }
        let memory = Memory::default();
        let loaded = self.load();
        memory.apply(Version(self.cluster.version()), &loaded, now);
        let before = self.replica(r);
        let replica = Replica {
            id: format!("r{r}-{life}"),
            ahead: before.ahead,
            paused: before.paused,
            cut_off: before.cut_off,
            ..Replica::default()
        };
        memory.name(&replica.id, &replica.id, now);
        self.controls[r].replica = Some(replica);
        self.controls[r].memory = Some(memory);
        self.excuse_as_stored();
        self.check_history(r);
        for act in [Act::Watch, Act::Lease, Act::Look] {
            self.later(0, 50, Event::Act(r, life, act));
        }
        self.look_at_barriers(r);
    }

    /// Ends the maintenance whose timer is due by the slowest clock.
    fn look_at_timer(&mut self, r: usize) {
        let life = self.controls[r].life;
        self.later(LOOK, LOOK, Event::Act(r, life, Act::Look));
        let now = self.moment(r);
        let slowest = self.memory(r).fleet().peers().slowest(now);
        let service = self.memory(r).service(SERVICE).unwrap();
        let timer = service.summary.timer.as_ref();
        if let Some(timer) = timer.filter(|timer| timer.is_due(slowest)) {
            self.check_timer(r, timer.at);
            self.tally.note("timer");
            let exit = Asked {
                expected: Some(service.tag.clone()),
                ..Asked::new(Change::Exit, None)
            };
            self.ask(r, Work::Change(exit));
        }
    }

    /// An operator asks some replica, with a key where that is a change.
    pub(in super::super) fn order_once(&mut self, work: Work) {
        let work = match work {
            Work::Change(asked) => Work::Change(Asked {
                key: Some(self.cluster.number()),
                ..asked
            }),
            work => work,
        };
        self.order_at_some(work);
    }

    fn order_at_some(&mut self, work: Work) {
        let r = self.random.usize(0..self.controls.len());
        let now = self.now;
        let is_paused = self.replica(r).paused > now;
        if self.controls[r].lives() && !is_paused {
            self.when_proven(r, Request::Order(work));
        }
    }

    /// A request had no answer: the command asks another replica.
    pub(super) fn order_again(&mut self, work: Work) {
        if !self.is_calm {
            self.later(100, 1000, Event::Order(Box::new(work)));
        }
    }

    /// The command asks again.
    pub(in super::super) fn ordered(&mut self, work: Work) {
        self.tally.note("request that is sent again");
        self.order_at_some(work);
    }

    /// A change was stored, or not. Its answer may be lost too.
    pub(in super::super) fn changed(&mut self, asked: Asked, outcome: &Outcome) {
        let Some(key) = asked.key else { return };
        if matches!(outcome, Outcome::Applied) && !self.cluster.recalls(key) {
            self.fail(format!(
                "{asked:?} is acknowledged, and the store has it not"
            ));
        }
        if matches!(outcome, Outcome::Failed(_)) || self.once_in(5) {
            self.order_again(Work::Change(asked));
        }
    }
}
