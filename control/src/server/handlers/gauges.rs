//! What is looked up when Prometheus asks.

use intermission_core::{Counts, Mode};

use crate::fleet::Fleet;
use crate::registry::{Memory, Published};
use crate::server::app::App;
use crate::server::handlers::samples::Samples;
use crate::server::replica::Replica;
use crate::store::Usage;
use crate::token::Grant;
use crate::values::now::Now;
use crate::wire::node::Standing;

/// What is true now of the services that a token is for, in the text format of Prometheus.
pub(crate) fn of_services(app: &App, grant: &Grant) -> String {
    let (mut samples, memory) = (Samples::default(), app.registry.memory());
    for service in memory.facts().covered_by(grant) {
        of_service(service, &memory.fleet(), &mut samples);
    }
    samples.into_text()
}

/// What is true now of control.
pub(crate) fn of_control(app: &App) -> String {
    let mut samples = Samples::default();
    let App {
        connections,
        long_polls,
        registry,
        ..
    } = app;
    samples.gauge(
        "build_info",
        "Always 1; the label is the version of control.",
        &[("version", env!("CARGO_PKG_VERSION"))],
        1,
    );
    let mut set = |name, help, value: usize| samples.gauge(name, help, &[], value);
    set(
        "connections",
        "Connections that are open.",
        connections.count(),
    );
    set(
        "connections_unproven",
        "Connections that have shown no valid token.",
        connections.unproven(),
    );
    set(
        "connections_limit",
        "How many connections there may be.",
        connections.most(),
    );
    set(
        "polls_held",
        "Polls that are held until there is news.",
        long_polls.count(),
    );
    set(
        "polls_held_limit",
        "How many polls may be held.",
        long_polls.most(),
    );
    set(
        "disk_failed",
        "Whether the disk has failed, so that no change is taken.",
        registry.has_failed().into(),
    );
    samples.counter(
        "connections_evicted_total",
        "Connections without a valid token that were closed to make place for others.",
        connections.evicted(),
    );
    for (certificate, ends) in app.certificates.all() {
        samples.gauge(
            "certificate_expiration_timestamp_seconds",
            "When a certificate ends that control shows, uses or trusts, or that etcd shows.",
            &[("certificate", &certificate)],
            ends.as_second(),
        );
    }
    let usage = *app.usage.borrow();
    if let Some(Usage { bytes, .. }) = usage {
        samples.gauge("store_bytes", "Size of the database.", &[], bytes);
    }
    if let Some(replica) = &app.replica {
        of_replica(replica, registry.memory(), &mut samples);
        samples.gauge(
            "store_full",
            "Whether etcd is full, so that no change is taken.",
            &[],
            usage.is_some_and(|usage| usage.is_full),
        );
    }
    samples.into_text()
}

fn of_replica(replica: &Replica, memory: &Memory, samples: &mut Samples) {
    let fleet = memory.fleet();
    samples.gauge(
        "version",
        "Version of the store that this replica has.",
        &[],
        fleet.version().0,
    );
    let age = replica
        .freshness
        .age()
        .map_or(-1, |age| i64::try_from(age.as_secs()).unwrap_or(i64::MAX));
    samples.gauge(
        "proof_age_seconds",
        "How long ago it was proven that this replica has the newest version; -1 before the first proof.",
        &[],
        age,
    );
    let now = Now::read();
    for (heartbeat, came) in fleet.peers().all() {
        let Some(heartbeat) = heartbeat else { continue };
        let only = ("replica", heartbeat.address.as_str());
        let silence = now.instant.saturating_duration_since(came.instant);
        samples.gauge(
            "replica_silence_seconds",
            "How long ago the last heartbeat of another replica came.",
            &[only],
            silence.as_secs(),
        );
        samples.gauge(
            "replica_clock_seconds",
            "How far the clock of another replica is ahead of the clock of this one.",
            &[only],
            heartbeat.time.duration_since(came.time).as_secs(),
        );
    }
}

fn of_service(service: &Published, fleet: &Fleet, samples: &mut Samples) {
    let Published { state, summary, .. } = service;
    let (name, revision, now) = (state.service.as_str(), state.revision, Now::read());
    let only = ("service", name);
    samples.gauge("revision", "Revision that is in force.", &[only], revision);
    for mode in [Mode::Off, Mode::Writes, Mode::All] {
        samples.gauge(
            "maintenance",
            "1 for the mode that is in force, 0 for the others.",
            &[("mode", &mode.to_string()), only],
            mode == state.maintenance,
        );
    }
    if let Some(since) = &summary.since {
        samples.gauge(
            "maintenance_begun_timestamp_seconds",
            "When the maintenance in force began.",
            &[only],
            since.at.as_second(),
        );
    }
    if let Some(timer) = &summary.timer {
        samples.gauge(
            "maintenance_ends_timestamp_seconds",
            "When the maintenance in force ends by itself.",
            &[only],
            timer.at.as_second(),
        );
    }
    samples.gauge(
        "allowlist_enabled",
        "Whether the allowlist counts.",
        &[only],
        state.allowlist.enabled,
    );
    let standings = fleet.standings(name, revision, now);
    for standing in Standing::ALL {
        samples.gauge(
            "members",
            "Nodes, by how they stand to the revision in force.",
            &[only, ("standing", standing.name())],
            standings.get(&standing).copied().unwrap_or_default(),
        );
    }
    samples.gauge(
        "barriers_open",
        "Waits that have not ended.",
        &[only],
        fleet.open_barriers(name),
    );
    samples.gauge(
        "nodes_unstored",
        "Nodes that have the state and could not be stored as members.",
        &[only],
        fleet.unstored(name),
    );
    let requests = fleet.requests(name, revision, now);
    for rule in Counts::rules() {
        samples.gauge(
            "node_requests",
            "Requests on the nodes since the revision in force, by the rule that decided.",
            &[("rule", rule), only],
            requests.get(rule).copied().unwrap_or_default(),
        );
    }
}
