use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::installed::SEARCH_PATH;
use super::{Envoy, Version, config};

/// An Envoy with a dynamic module, which answers `welcome` to what the module lets pass.
#[derive(Clone, Debug)]
pub struct Native<'n> {
    /// The name of the module.
    pub module: &'n str,
    /// The folder that has it.
    pub folder: &'n Path,
    /// The configuration of the filter, as the module reads it.
    pub configuration: &'n str,
}

impl Native<'_> {
    /// Starts it.
    ///
    /// # Errors
    ///
    /// If Envoy does not start; with what it logged.
    pub async fn try_start(&self) -> Result<Envoy, String> {
        let environment = [(SEARCH_PATH, self.folder.display().to_string())];
        let folder = TempDir::new().unwrap();
        Envoy::try_start(Version::Newest, 2, &environment, folder, &self.yaml()).await
    }

    /// Lets Envoy check the configuration.
    ///
    /// # Errors
    ///
    /// If Envoy does not accept it; with what it says.
    pub fn validate(&self) -> Result<(), String> {
        let folder = self.folder.display().to_string();
        Version::Newest.validate_with(&self.yaml(), &[(SEARCH_PATH, folder)])
    }

    fn yaml(&self) -> String {
        let filter = config::dynamic_module(self.module, self.configuration);
        let manager = json!({
            "stat_prefix": "native",
            "http_filters": [filter, config::router()],
            "route_config": { "virtual_hosts": [{
                "name": "application",
                "domains": ["*"],
                "routes": [{
                    "match": { "prefix": "/" },
                    "direct_response": { "status": 200, "body": { "inline_string": "welcome" } },
                }],
            }] },
        });
        let manager = config::typed(
            "envoy.filters.network.http_connection_manager",
            "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
            manager,
        );
        let configuration: Value = json!({
            "admin": { "address": config::tcp_address("127.0.0.1", 0) },
            "static_resources": { "listeners": [{
                "name": "tcp",
                "address": config::tcp_address("127.0.0.1", 0),
                "filter_chains": [{ "filters": [manager] }],
            }] },
        });
        configuration.to_string()
    }
}
