//! What is looked up when Prometheus asks.

use std::collections::BTreeMap;

use intermission_core::{Counts, Mode};
use prometheus::core::Collector;
use prometheus::{IntCounter, IntGaugeVec, Opts};

use crate::fleet::Fleet;
use crate::registry::{Memory, Published};
use crate::server::app::App;
use crate::server::replica::Replica;
use crate::values::now::Now;
use crate::wire::node::Standing;

type Collectors = Vec<Box<dyn Collector>>;

/// All that is true now.
pub(crate) fn scrape(app: &App) -> prometheus::Result<Collectors> {
    let (mut gauges, memory) = (Gauges::default(), app.registry.memory());
    of_control(app, &mut gauges)?;
    for service in memory.facts().services.values() {
        of_service(service, &memory.fleet(), &mut gauges)?;
    }
    let gauges = gauges.0.into_values().map(|gauge| Box::new(gauge) as _);
    Ok(gauges.chain([Box::new(evicted(app)?) as _]).collect())
}

fn of_control(app: &App, gauges: &mut Gauges) -> prometheus::Result<()> {
    let App {
        connections,
        long_polls,
        registry,
        ..
    } = app;
    gauges.set(
        "build_info",
        "Always 1; the label is the version of control.",
        &[("version", env!("CARGO_PKG_VERSION"))],
        1,
    )?;
    let mut set = |name, help, value: usize| gauges.set(name, help, &[], value);
    set(
        "connections",
        "Connections that are open.",
        connections.count(),
    )?;
    set(
        "connections_unproven",
        "Connections that have shown no valid token.",
        connections.unproven(),
    )?;
    set(
        "connections_limit",
        "How many connections there may be.",
        connections.most(),
    )?;
    set(
        "polls_held",
        "Polls that are held until there is news.",
        long_polls.count(),
    )?;
    set(
        "polls_held_limit",
        "How many polls may be held.",
        long_polls.most(),
    )?;
    set(
        "disk_failed",
        "Whether the disk has failed, so that no change is taken.",
        registry.has_failed().into(),
    )?;
    match &app.replica {
        Some(replica) => of_replica(replica, registry.memory(), gauges),
        None => Ok(()),
    }
}

fn of_replica(replica: &Replica, memory: &Memory, gauges: &mut Gauges) -> prometheus::Result<()> {
    let fleet = memory.fleet();
    gauges.set(
        "version",
        "Version of the store that this replica has.",
        &[],
        fleet.version().0,
    )?;
    let age = replica
        .freshness
        .age()
        .map_or(-1, |age| i64::try_from(age.as_secs()).unwrap_or(i64::MAX));
    gauges.set(
        "proof_age_seconds",
        "How long ago it was proven that this replica has the newest version; -1 before the first proof.",
        &[],
        age,
    )?;
    let now = Now::read();
    for (heartbeat, came) in fleet.peers().all() {
        let Some(heartbeat) = heartbeat else { continue };
        let only = ("replica", heartbeat.address.as_str());
        let silence = now.instant.saturating_duration_since(came.instant);
        gauges.set(
            "replica_silence_seconds",
            "How long ago the last heartbeat of another replica came.",
            &[only],
            silence.as_secs(),
        )?;
        gauges.set(
            "replica_clock_seconds",
            "How far the clock of another replica is ahead of the clock of this one.",
            &[only],
            heartbeat.time.duration_since(came.time).as_secs(),
        )?;
    }
    Ok(())
}

fn of_service(service: &Published, fleet: &Fleet, gauges: &mut Gauges) -> prometheus::Result<()> {
    let Published { state, summary, .. } = service;
    let (name, revision, now) = (state.service.as_str(), state.revision, Now::read());
    let only = ("service", name);
    gauges.set("revision", "Revision that is in force.", &[only], revision)?;
    for mode in [Mode::Off, Mode::Writes, Mode::All] {
        gauges.set(
            "maintenance",
            "1 for the mode that is in force, 0 for the others.",
            &[only, ("mode", &mode.to_string())],
            mode == state.maintenance,
        )?;
    }
    if let Some(since) = &summary.since {
        gauges.set(
            "maintenance_begun_timestamp_seconds",
            "When the maintenance in force began.",
            &[only],
            since.at.as_second(),
        )?;
    }
    if let Some(timer) = &summary.timer {
        gauges.set(
            "maintenance_ends_timestamp_seconds",
            "When the maintenance in force ends by itself.",
            &[only],
            timer.at.as_second(),
        )?;
    }
    gauges.set(
        "allowlist_enabled",
        "Whether the allowlist counts.",
        &[only],
        state.allowlist.enabled,
    )?;
    let standings = fleet.standings(name, revision, now);
    for standing in Standing::ALL {
        gauges.set(
            "members",
            "Nodes, by how they stand to the revision in force.",
            &[only, ("standing", standing.name())],
            standings.get(&standing).copied().unwrap_or_default(),
        )?;
    }
    gauges.set(
        "barriers_open",
        "Waits that have not ended.",
        &[only],
        fleet.open_barriers(name),
    )?;
    gauges.set(
        "nodes_unstored",
        "Nodes that have the state and could not be stored as members.",
        &[only],
        fleet.unstored(name),
    )?;
    let requests = fleet.requests(name, revision, now);
    for rule in Counts::rules() {
        gauges.set(
            "node_requests",
            "Requests on the nodes since the revision in force, by the rule that decided.",
            &[only, ("rule", rule)],
            requests.get(rule).copied().unwrap_or_default(),
        )?;
    }
    Ok(())
}

/// Gauges by name.
#[derive(Default)]
struct Gauges(BTreeMap<&'static str, IntGaugeVec>);

impl Gauges {
    /// Sets the gauge that has this name and these labels.
    fn set(
        &mut self,
        name: &'static str,
        help: &str,
        labels: &[(&str, &str)],
        value: impl TryInto<i64>,
    ) -> prometheus::Result<()> {
        let (labels, values): (Vec<_>, Vec<_>) = labels.iter().copied().unzip();
        if !self.0.contains_key(name) {
            let gauge = IntGaugeVec::new(opts(name, help), &labels)?;
            self.0.insert(name, gauge);
        }
        if let Some(gauge) = self.0.get(name) {
            let value = value.try_into().unwrap_or(i64::MAX);
            gauge.with_label_values(&values).set(value);
        }
        Ok(())
    }
}

/// The connections without a valid token that were closed to make place for others.
fn evicted(app: &App) -> prometheus::Result<IntCounter> {
    let evicted = IntCounter::with_opts(opts(
        "connections_evicted_total",
        "Connections without a valid token that were closed to make place for others.",
    ))?;
    evicted.inc_by(app.connections.evicted());
    Ok(evicted)
}

fn opts(name: &str, help: &str) -> Opts {
    Opts::new(format!("intermission_control_{name}"), help)
}
