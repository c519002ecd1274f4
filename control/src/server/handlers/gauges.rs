//! What is looked up when Prometheus asks.

use intermission_core::{Counts, Mode};
use jiff::Timestamp;
use prometheus::core::Collector;
use prometheus::{IntCounter, IntGauge, IntGaugeVec, Opts};

use crate::fleet::Fleet;

use crate::registry::Published;
use crate::server::app::App;
use crate::values::now::Now;
use crate::wire::node::Standing;

type Collectors = Vec<Box<dyn Collector>>;

/// All that is true now.
pub(crate) fn scrape(app: &App) -> prometheus::Result<Collectors> {
    let build = vec(
        "build_info",
        "Always 1; the label is the version of control.",
        &["version"],
    )?;
    build.with_label_values(&[env!("CARGO_PKG_VERSION")]).set(1);
    let mut collectors: Collectors = vec![
        Box::new(build),
        one(
            "connections",
            "Connections that are open.",
            count(app.connections.count()),
        )?,
        one(
            "polls_held",
            "Polls that are held until there is news.",
            count(app.long_polls.count()),
        )?,
        one(
            "connections_unproven",
            "Connections that have shown no valid token.",
            count(app.connections.unproven()),
        )?,
        one(
            "connections_limit",
            "How many connections there may be.",
            count(app.connections.most()),
        )?,
        one(
            "polls_held_limit",
            "How many polls may be held.",
            count(app.long_polls.most()),
        )?,
        Box::new(evicted(app)?),
        one(
            "disk_failed",
            "Whether the disk has failed, so that no change is taken.",
            app.registry.has_failed().into(),
        )?,
    ];
    let services = Services::new()?;
    for service in app.registry.facts().services.values() {
        services.add(service, app.registry.fleet());
    }
    collectors.extend(services.into_collectors());
    Ok(collectors)
}

/// What there is of each service.
struct Services {
    revision: IntGaugeVec,
    maintenance: IntGaugeVec,
    begun: IntGaugeVec,
    ends: IntGaugeVec,
    allowlist: IntGaugeVec,
    members: IntGaugeVec,
    barriers: IntGaugeVec,
    unstored: IntGaugeVec,
    node_requests: IntGaugeVec,
}

impl Services {
    fn new() -> prometheus::Result<Self> {
        let by_service = |name, help| vec(name, help, &["service"]);
        Ok(Self {
            revision: by_service("revision", "Revision that is in force.")?,
            maintenance: vec(
                "maintenance",
                "1 for the mode that is in force, 0 for the others.",
                &["service", "mode"],
            )?,
            begun: by_service(
                "maintenance_begun_timestamp_seconds",
                "When the maintenance in force began.",
            )?,
            ends: by_service(
                "maintenance_ends_timestamp_seconds",
                "When the maintenance in force ends by itself.",
            )?,
            allowlist: by_service("allowlist_enabled", "Whether the allowlist counts.")?,
            members: vec(
                "members",
                "Nodes, by how they stand to the revision in force.",
                &["service", "standing"],
            )?,
            barriers: by_service("barriers_open", "Waits that have not ended.")?,
            unstored: by_service(
                "nodes_unstored",
                "Nodes that have the state and could not be stored as members.",
            )?,
            node_requests: vec(
                "node_requests",
                "Requests on the nodes since the revision in force, by the rule that decided.",
                &["service", "rule"],
            )?,
        })
    }

    fn add(&self, service: &Published, fleet: &Fleet) {
        let Published { state, summary, .. } = service;
        let name = state.service.as_str();
        let revision = state.revision;
        self.revision
            .with_label_values(&[name])
            .set(i64::try_from(revision).unwrap_or(i64::MAX));
        for mode in [Mode::Off, Mode::Writes, Mode::All] {
            self.maintenance
                .with_label_values(&[name, &mode.to_string()])
                .set((mode == state.maintenance).into());
        }
        let set = |gauge: &IntGaugeVec, at: Option<Timestamp>| {
            if let Some(at) = at {
                gauge.with_label_values(&[name]).set(at.as_second());
            }
        };
        set(&self.begun, summary.since.as_ref().map(|since| since.at));
        set(&self.ends, summary.timer.as_ref().map(|timer| timer.at));
        self.allowlist
            .with_label_values(&[name])
            .set(state.allowlist.enabled.into());
        let now = Now::read();
        let standings = fleet.standings(name, revision, now);
        for standing in Standing::ALL {
            let members = standings.get(&standing).copied().unwrap_or_default();
            self.members
                .with_label_values(&[name, standing.name()])
                .set(count(members));
        }
        self.barriers
            .with_label_values(&[name])
            .set(count(fleet.open_barriers(name)));
        self.unstored
            .with_label_values(&[name])
            .set(i64::try_from(fleet.unstored(name)).unwrap_or(i64::MAX));
        let rules = fleet.requests(name, revision, now);
        for rule in Counts::rules() {
            let requests = rules.get(rule).copied().unwrap_or_default();
            self.node_requests
                .with_label_values(&[name, rule])
                .set(i64::try_from(requests).unwrap_or(i64::MAX));
        }
    }

    fn into_collectors(self) -> impl Iterator<Item = Box<dyn Collector>> {
        let Self {
            revision,
            maintenance,
            begun,
            ends,
            allowlist,
            members,
            barriers,
            unstored,
            node_requests,
        } = self;
        let gauges = [
            revision,
            maintenance,
            begun,
            ends,
            allowlist,
            members,
            barriers,
            unstored,
            node_requests,
        ];
        gauges.into_iter().map(|gauge| Box::new(gauge) as _)
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

fn vec(name: &str, help: &str, labels: &[&str]) -> prometheus::Result<IntGaugeVec> {
    IntGaugeVec::new(opts(name, help), labels)
}

fn one(name: &str, help: &str, value: i64) -> prometheus::Result<Box<dyn Collector>> {
    let gauge = IntGauge::with_opts(opts(name, help))?;
    gauge.set(value);
    Ok(Box::new(gauge))
}

fn opts(name: &str, help: &str) -> Opts {
    Opts::new(format!("intermission_control_{name}"), help)
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
