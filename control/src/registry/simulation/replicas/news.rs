use std::collections::BTreeSet;
use std::rc::Rc;

use super::replica::{Act, Reason, Replica};
use crate::fleet::{Heartbeat, Relayed};
use crate::registry::simulation::control::Work;
use crate::registry::simulation::events::Event;
use crate::registry::simulation::world::{SERVICE, World};
use crate::values::version::Version;

/// What a replica learns by its watch.
#[derive(Clone, Debug)]
pub(in super::super) enum News {
    /// The version that is stored.
    Stored(u64),
    /// These replicas serve, and no others of those that began by this version or before.
    Serving(BTreeSet<String>, Version),
    Heartbeat(String, Rc<Heartbeat>),
    Relayed(String, Rc<Relayed>),
    Ended(String),
}

impl World {
    /// Sends news to all replicas that watch.
    pub(super) fn publish(&mut self, news: &News) {
        for r in 0..self.controls.len() {
            match self.controls[r].replica.as_mut() {
                Some(Replica {
                    opening: Some(later),
                    ..
                }) => later.push(news.clone()),
                Some(replica) if replica.is_watching => self.deliver(r, news.clone()),
                _ => {}
            }
        }
    }

    /// Sends news to one, in their order.
    fn deliver(&mut self, r: usize, news: News) {
        let lag = if self.is_calm { 20 } else { self.habits.lag };
        let most = if self.is_delayed() { 10 * lag } else { lag };
        let pause = self.millis(0, most);
        let (now, life) = (self.now, self.controls[r].life);
        let replica = self.replica(r);
        let at = replica.last_news.max(now + pause);
        replica.last_news = at;
        let act = Act::News(replica.watch, Box::new(news));
        self.at(at, Event::Act(r, life, act));
    }

    /// Begins to watch.
    pub(super) fn watch(&mut self, r: usize) {
        let life = self.controls[r].life;
        if self.is_cut_off(r) {
            self.later(100, 500, Event::Act(r, life, Act::Watch));
            return;
        }
        let replica = self.replica(r);
        if replica.is_watching {
            return;
        }
        replica.is_watching = true;
        replica.opening = Some(Vec::new());
        let open = Act::Open(replica.watch, None);
        self.later(0, self.habits.lag, Event::Act(r, life, open));
    }

    /// Reads the version of the store, and then who serves it, which comes before what the watch has seen since it began.
    pub(super) fn open(&mut self, r: usize, watch: u64, version: Option<Version>) {
        if self.replica(r).watch != watch {
            return;
        }
        if self.is_cut_off(r) {
            self.break_watch(r);
            return;
        }
        let Some(version) = version else {
            let open = Act::Open(watch, Some(Version(self.cluster.version())));
            self.later(
                0,
                self.habits.lag,
                Event::Act(r, self.controls[r].life, open),
            );
            return;
        };
        let live = self.cluster.live.iter();
        let serving = live.filter(|(_, live)| live.heartbeat.is_some());
        let serving = serving.map(|(id, _)| id.clone()).collect();
        let mut news = vec![News::Stored(version.0), News::Serving(serving, version)];
        for (id, live) in &self.cluster.live {
            let groups = live.groups.values();
            news.extend(groups.map(|(said, _)| News::Relayed(id.clone(), Rc::clone(said))));
            let heartbeat = live.heartbeat.iter();
            news.extend(heartbeat.map(|beat| News::Heartbeat(id.clone(), Rc::clone(&beat.said))));
        }
        let later = self.replica(r).opening.take().unwrap_or_default();
        for news in news.into_iter().chain(later) {
            self.deliver(r, news);
        }
    }

    /// The watch of a replica ends, and what was on its way is lost.
    pub(super) fn break_watch(&mut self, r: usize) {
        let life = self.controls[r].life;
        let replica = self.replica(r);
        replica.is_watching = false;
        replica.opening = None;
        replica.watch += 1;
        self.later(200, 5000, Event::Act(r, life, Act::Watch));
    }

    /// News come.
    pub(super) fn learn(&mut self, r: usize, watch: u64, news: News) {
        let replica = self.replica(r);
        if replica.watch == watch {
            replica.news.push_back(news);
            self.take_news(r);
        }
    }

    fn take_news(&mut self, r: usize) {
        let now = self.moment(r);
        while !self.replica(r).is_taking
            && let Some(news) = self.replica(r).news.pop_front()
        {
            let own = self.replica(r).id.clone();
            let memory = self.memory(r);
            match news {
                News::Stored(version) if version > memory.version().0 => {
                    self.replica(r).is_taking = true;
                    self.ask(r, Work::CatchUp(Reason::News(None)));
                }
                News::Stored(_) => {}
                News::Serving(ids, version) => memory.keep_replicas(&ids, version, now),
                News::Heartbeat(id, said) if id != own => {
                    memory.take_heartbeat(&id, Heartbeat::clone(&said), now);
                }
                News::Ended(id) => memory.end_replica(&id, now),
                News::Relayed(id, said) if id != own => {
                    if said.version > memory.version().0 {
                        self.replica(r).is_taking = true;
                        self.ask(r, Work::CatchUp(Reason::News(Some((id, said)))));
                    } else {
                        memory.relayed(SERVICE, &id, &said, now);
                    }
                }
                News::Heartbeat(..) | News::Relayed(..) => {}
            }
        }
        self.look_at_barriers(r);
    }

    /// Memory has followed others, or could not.
    pub(in super::super) fn caught_up(&mut self, r: usize, reason: Reason, has_followed: bool) {
        match reason {
            Reason::Proof(began) if has_followed => self.proven(r, began),
            Reason::Proof(_) => self.not_proven(r),
            Reason::News(_) if !has_followed => {
                let replica = self.replica(r);
                replica.news.clear();
                replica.is_taking = false;
                self.break_watch(r);
            }
            Reason::News(relayed) => {
                let (now, memory) = (self.moment(r), self.memory(r));
                if let Some((id, said)) = relayed
                    && said.version <= memory.version().0
                {
                    memory.relayed(SERVICE, &id, &said, now);
                }
                self.replica(r).is_taking = false;
                self.take_news(r);
            }
        }
    }
}
