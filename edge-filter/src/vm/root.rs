mod provisional;

use std::cell::OnceCell;
use std::rc::Rc;
use std::time::{Duration, UNIX_EPOCH};

use intermission_core::{Policy, State, Timestamp};

use crate::config::Config;
use crate::host::{Host, Level};
use crate::poller::{Metrics, Poller};
use crate::request::{Action, Plugin, Rest};
use crate::shared_data::{
    Freshness, Leadership, ProcessIdentity, SharedState, Slot, TaggedState, list,
};

/// The tick period of a root context.
pub(crate) const TICK: Duration = Duration::from_millis(200);
/// The time between two renderings of the answers while an end is announced.
const RENDERED_EVERY: Duration = Duration::from_secs(1);

/// One root context, which keeps the policy of its VM up to date.
///
/// Each worker thread and the main thread has one; the leader polls for all.
#[derive(Debug)]
pub(crate) struct Root<H> {
    plugin: Rc<Plugin<H>>,
    context: u32,
    started: Duration,
    /// The last state of an answer; `None` before the first answer.
    known: Option<TaggedState>,
    /// The state in force before the first answer.
    provisional: Option<Rc<State>>,
    /// The state that decides: one of these, or its closed form.
    in_force: Option<Rc<State>>,
    /// Whether the service is closed because the lease has ended.
    closed: bool,
    freshness: Freshness,
    shared_state: SharedState,
    poller: Poller,
    rendered: Duration,
    metrics: OnceCell<Metrics>,
}

impl<H: Host + Clone> Root<H> {
    /// Begins with the state in shared data, if there is one. Writes nothing: Envoy tries a configuration in a VM that it
    /// discards.
    pub(crate) fn new(host: H, config: Config, context: u32, identity: u64) -> Self {
        let prefix = config.endpoint.key();
        // Plugins with other settings of polls have a leader of their own.
        let leader = format!("{prefix}turn {:x}", config.poll_digest());
        let now = host.uptime();
        let mut root = Self {
            context,
            started: now,
            known: None,
            provisional: None,
            in_force: None,
            closed: false,
            freshness: Freshness::new(format!("{prefix}heard"), config.settings.lease, &host),
            shared_state: SharedState::new(&prefix, identity),
            poller: Poller::new(
                Leadership::new(leader, identity),
                ProcessIdentity::new(&prefix),
                list(&prefix),
            ),
            rendered: now,
            metrics: OnceCell::new(),
            plugin: Rc::new(Plugin::new(host, config, Slot::new(&prefix, identity))),
        };
        root.closed = root.freshness.has_lapsed(&root.plugin.host);
        root.adopt_shared();
        root
    }

    pub(crate) fn plugin(&self) -> Rc<Plugin<H>> {
        Rc::clone(&self.plugin)
    }

    /// Handles the request of `context`, which is the effective one.
    pub(crate) fn request(&mut self, context: u32, rest: Rest) -> Action {
        let plugin = self.plugin();
        if !plugin.slot.exists() {
            let queue = self.shared_state.queue(&plugin.host);
            plugin.slot.make(&plugin.host, queue);
            // In this order: this VM sees each state that the leader has written before it sees the slot.
            self.check_lease();
            self.adopt_shared();
            plugin.host.act_for(context);
        } else if !self.closed && self.freshness.seems_lapsed(&plugin.host) {
            // A process that was stopped serves the waiting requests before its next tick.
            self.check_lease();
            plugin.host.act_for(context);
        }
        plugin.request(context, rest)
    }

    /// Does the periodic work, every [`TICK`].
    pub(crate) fn tick(&mut self) {
        let plugin = Rc::clone(&self.plugin);
        let host = &plugin.host;
        self.check_lease();
        self.adopt_shared();
        if self.known.is_none() && self.elapsed() >= plugin.config.settings.start_wait {
            self.start_without_answer();
        }
        self.poll();
        self.render_again();
        plugin.answer_unread();
        host.act_for(self.context);
        plugin.slot.send_heartbeat(host, plugin.counters.since());
        plugin.counters.flush(host);
        self.measure();
    }

    /// Another context has written a state.
    pub(crate) fn woken(&mut self, queue: u32) {
        self.plugin.host.empty_queue(queue);
        self.check_lease();
        self.adopt_shared();
        // If this one is the leader, the others have adopted its state.
        self.poll();
    }

    /// The poll under way is over without a response.
    pub(crate) fn unanswered(&mut self) {
        let (metrics, now) = (self.metrics(), self.elapsed());
        let plugin = self.plugin();
        self.poller
            .fail(&plugin.host, &plugin.config, &metrics, now);
        // Another cluster is asked at once.
        self.poll();
    }

    /// The response to the poll under way has come.
    pub(crate) fn answered(&mut self) {
        let (plugin, now) = (Rc::clone(&self.plugin), self.elapsed());
        let metrics = self.metrics();
        let answer = self
            .poller
            .receive(&plugin.host, &plugin.config, &metrics, now);
        if let Some(answer) = answer {
            // In this order: a document that kills this VM kills no other, and a renewed lease puts the newest state in
            // force again.
            if let Some((changed, document)) = answer.changed {
                let shared = &self.shared_state;
                if answer.is_provisional {
                    shared.write_provisional(&plugin.host, &changed, &document);
                } else {
                    self.adopt(changed.clone());
                    self.shared_state.write(&plugin.host, &changed, &document);
                }
            }
            if let Some(age) = answer.age {
                self.freshness.write(&plugin.host, age);
            }
            self.check_lease();
        }
        self.poll();
    }

    fn poll(&mut self) {
        let (plugin, now) = (Rc::clone(&self.plugin), self.elapsed());
        let metrics = self.metrics();
        self.poller.poll(
            &plugin.host,
            &plugin.config,
            &metrics,
            self.known.as_ref(),
            now,
        );
    }

    fn adopt_shared(&mut self) {
        let plugin = self.plugin();
        if let Some(state) = self.shared_state.read(&plugin.host) {
            self.adopt(state);
            if plugin.slot.exists() {
                self.shared_state.wake_writer(&plugin.host);
            }
        }
    }

    /// Puts a state in force that is not older than the one in force.
    fn adopt(&mut self, next: TaggedState) {
        if self.known.as_ref() == Some(&next) {
            return;
        }
        let (state, _) = &next;
        let known = self.known.as_ref().map(|(known, _)| known);
        if known.is_some_and(|known| !known.may_give_way_to(state)) {
            return;
        }
        if known != Some(state) {
            let (service, revision, mode) = (&state.service, state.revision, state.maintenance);
            let allowlist = if state.allowlist.enabled {
                "enabled"
            } else {
                "disabled"
            };
            let line = format!(
                "{service}: revision {revision} in force, maintenance {mode}, allowlist {allowlist}"
            );
            self.plugin.host.log(Level::Info, &line);
        }
        self.known = Some(next);
        self.put();
    }

    /// Closes the service when the lease on the state in force has ended, and opens it after a renewal.
    fn check_lease(&mut self) {
        let plugin = Rc::clone(&self.plugin);
        let lapsed = self.freshness.has_lapsed(&plugin.host);
        if lapsed == self.closed {
            return;
        }
        self.closed = lapsed;
        let (level, line) = if lapsed {
            (
                Level::Error,
                "the lease has ended without an answer from the endpoint: closed until it answers",
            )
        } else {
            (
                Level::Info,
                "the lease is renewed: the last state is in force again",
            )
        };
        plugin.host.log(level, line);
        self.put();
    }

    fn put(&mut self) {
        let known = self.known.as_ref();
        let Some(state) = known.map(|(state, _)| state).or(self.provisional.as_ref()) else {
            return;
        };
        let state = if self.closed {
            Rc::new(state.closed())
        } else {
            Rc::clone(state)
        };
        let policy = self.compile(&state);
        self.plugin
            .put(policy, &state, known.map(|(_, tag)| tag.clone()));
        self.plugin.host.act_for(self.context);
        self.in_force = Some(state);
    }

    /// Renders the answers again, because `Retry-After` counts down to the announced end.
    fn render_again(&mut self) {
        let now = self.plugin.host.uptime();
        let due = now.saturating_sub(self.rendered) >= RENDERED_EVERY;
        let announced = self.in_force.as_ref();
        if let Some(state) = announced.filter(|state| due && state.has_end()) {
            self.plugin.render(self.compile(state), state);
            self.rendered = now;
        }
    }

    fn compile(&self, state: &State) -> Policy {
        let now = self.plugin.host.now();
        let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        let now = Timestamp::from_second(i64::try_from(since.as_secs()).unwrap_or(i64::MAX));
        Policy::compile(state, now)
    }

    fn measure(&self) {
        let revision = self.known.as_ref().map_or(0, |(state, _)| state.revision);
        let host = &self.plugin.host;
        self.metrics()
            .measure(host, revision, self.freshness.age(host));
    }

    fn metrics(&self) -> Metrics {
        *self
            .metrics
            .get_or_init(|| Metrics::define(&self.plugin.host))
    }

    /// The age of this context.
    fn elapsed(&self) -> Duration {
        self.plugin.host.uptime().saturating_sub(self.started)
    }
}
