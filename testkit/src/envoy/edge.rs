use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Envoy, Module, Version, config};

/// A cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// There is none.
    Absent,
    /// It has no endpoint.
    Empty,
    /// It has this one.
    At(SocketAddr),
}

/// An Envoy as one would run it: the filter, before an application.
#[derive(Clone, Debug)]
pub struct Edge {
    /// Which Envoy.
    pub version: Version,
    /// How many worker threads.
    pub workers: u32,
    /// Which filter.
    pub module: Module,
    /// The plugin configuration; the cluster with the state is `control`.
    pub plugin: Value,
    /// The cluster `control` at the start.
    pub control: Control,
    /// Further clusters, with their names.
    pub clusters: Vec<(&'static str, SocketAddr)>,
    /// What Envoy does about `X-Forwarded-For`.
    pub use_remote_address: bool,
    /// The application; without one Envoy answers `welcome` itself.
    pub application: Option<SocketAddr>,
    /// Whether Envoy is set up for the filter to read the bodies of refused requests.
    pub reads_bodies: bool,
    /// Further members of the `HttpConnectionManager`.
    pub manager: Value,
    /// Environment variables of the Envoy process, which the VMs of the filter get from it.
    pub host_environment: Vec<(&'static str, String)>,
    /// Environment variables of the VMs that the configuration sets.
    pub environment: Vec<(&'static str, String)>,
}

impl Edge {
    /// With two workers, and with a plugin that asks often.
    #[must_use]
    pub fn new(control: SocketAddr) -> Self {
        Self {
            version: Version::Newest,
            workers: 2,
            module: Module::Released,
            plugin: json!({ "cluster": "control", "path": "/state", "interval": 0.1, "wait": 0 }),
            control: Control::At(control),
            clusters: Vec::new(),
            use_remote_address: true,
            application: None,
            reads_bodies: false,
            manager: json!({}),
            host_environment: Vec::new(),
            environment: Vec::new(),
        }
    }

    /// Sets members of the plugin configuration.
    #[must_use]
    pub fn with_plugin(mut self, members: Value) -> Self {
        if let (Some(known), Value::Object(new)) = (self.plugin.as_object_mut(), members) {
            known.extend(new);
        }
        self
    }

    /// Starts it.
    pub async fn start(&self) -> Envoy {
        self.try_start().await.unwrap()
    }

    /// Starts it.
    ///
    /// # Errors
    ///
    /// If Envoy does not start; with what it logged.
    pub async fn try_start(&self) -> Result<Envoy, String> {
        let folder = TempDir::new().unwrap();
        write_clusters(folder.path(), self.control);
        self.write_listener(folder.path());
        let source = |name: &str| {
            json!({
                "resource_api_version": "V3",
                "path_config_source": {
                    "path": folder.path().join(name),
                    "watched_directory": { "path": folder.path() },
                },
            })
        };
        let application = self.application.map(|address| ("application", address));
        let clusters = self.clusters.iter().copied().chain(application);
        let clusters = clusters.map(|(name, address)| config::cluster(name, address));
        let bootstrap = json!({
            "bootstrap_extensions": config::bootstrap_extensions(self.module),
            "layered_runtime": config::runtime(self.module),
            "static_resources": { "clusters": clusters.collect::<Vec<_>>() },
            "node": { "id": "edge", "cluster": "edge" },
            "admin": { "address": config::tcp_address("127.0.0.1", 0) },
            "dynamic_resources": { "cds_config": source(CLUSTERS), "lds_config": source(LISTENERS) },
        });
        // A dynamic module has the environment of the process.
        let own = self
            .environment
            .iter()
            .filter(|_| self.module == Module::Native);
        let environment: Vec<_> = self.host_environment.iter().chain(own).cloned().collect();
        let bootstrap = bootstrap.to_string();
        Envoy::try_start(self.version, self.workers, &environment, folder, &bootstrap).await
    }

    fn write_listener(&self, folder: &Path) {
        let route = match self.application {
            Some(_) => json!({
                "match": { "prefix": "/" },
                "route": { "cluster": "application", "timeout": "0s" },
            }),
            None => json!({
                "match": { "prefix": "/" },
                "direct_response": { "status": 200, "body": { "inline_string": "welcome" } },
            }),
        };
        let keys = self.host_environment.iter().map(|(name, _)| name);
        let values = self.environment.iter().cloned();
        let environment = json!({
            "host_env_keys": keys.collect::<Vec<_>>(),
            "key_values": values.collect::<BTreeMap<_, _>>(),
        });
        let cluster = |name: &str| match self.control {
            Control::At(address) if name == "control" => Some(address),
            _ => {
                let mut others = self.clusters.iter();
                others
                    .find(|(known, _)| *known == name)
                    .map(|(_, address)| *address)
            }
        };
        let filter = config::intermission(
            self.module,
            &self.plugin,
            &environment,
            self.reads_bodies,
            cluster,
        );
        let mut manager = json!({
                "stat_prefix": "edge",
                "use_remote_address": self.use_remote_address,
                // A client that is turned away need not be given time to notice.
                "delayed_close_timeout": "0.01s",
                "upgrade_configs": [{ "upgrade_type": "websocket" }],
                "proxy_100_continue": self.reads_bodies,
                "http_protocol_options": { "enable_trailers": true },
                "route_config": { "virtual_hosts": [{
                    "name": "application",
                    "domains": ["*"],
                    "routes": [route],
                }] },
                "http_filters": [
                    config::peer_state(config::DIRECT_PEER),
                    filter,
                    config::router(),
                ],
        });
        if let (Some(known), Some(more)) = (manager.as_object_mut(), self.manager.as_object()) {
            known.extend(more.clone());
        }
        let manager = config::typed(
            "envoy.filters.network.http_connection_manager",
            "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
            manager,
        );
        let listener = json!({
            "name": "tcp",
            "address": config::tcp_address("127.0.0.1", 0),
            // So that every worker gets its share of so few connections.
            "connection_balance_config": { "exact_balance": {} },
            "filter_chains": [{ "filters": [manager] }],
        });
        let listener = config::of_type("envoy.config.listener.v3.Listener", listener);
        write(folder, LISTENERS, &[listener]);
    }
}

impl Envoy {
    /// Gives an [`Edge`] another cluster `control`.
    pub fn set_control(&self, control: Control) {
        write_clusters(self.folder(), control);
    }

    /// Gives an [`Edge`] another plugin configuration.
    pub fn reconfigure(&self, edge: &Edge) {
        edge.write_listener(self.folder());
    }
}

const CLUSTERS: &str = "clusters.json";
const LISTENERS: &str = "listeners.json";

fn write_clusters(folder: &Path, control: Control) {
    let cluster = match control {
        Control::Absent => None,
        Control::Empty => {
            Some(json!({ "name": "control", "type": "STATIC", "connect_timeout": "5s" }))
        }
        Control::At(address) => Some(config::cluster("control", address)),
    };
    let cluster =
        cluster.map(|cluster| config::of_type("envoy.config.cluster.v3.Cluster", cluster));
    write(folder, CLUSTERS, cluster.as_slice());
}

/// Envoy reads the file when another is moved to its place.
fn write(folder: &Path, name: &str, resources: &[Value]) {
    let new = folder.join("new.json");
    std::fs::write(&new, json!({ "resources": resources }).to_string()).unwrap();
    std::fs::rename(new, folder.join(name)).unwrap();
}
