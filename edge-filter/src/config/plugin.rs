use intermission_core::{Field, FieldError};
use intermission_edge::{Client, Settings};

use crate::config::Authorization;
use crate::config::endpoint::Endpoint;
use crate::digest::digest;
use crate::host::milliseconds;

/// The configuration of the plugin, valid.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) endpoint: Endpoint,
    pub(crate) settings: Settings,
    /// The source of the client's address.
    pub(crate) client: Client,
    /// The attribute that has the peer of the connection.
    pub(crate) peer: String,
    /// Whether the bodies of refused requests are read before the answer, which needs a setting of Envoy.
    pub(crate) read_bodies: bool,
}

impl Config {
    /// Reads the plugin configuration, which `edge-filter/README.md` defines; `variable` is the environment of the VM.
    pub(crate) fn parse(
        json: &[u8],
        variable: impl FnOnce(&str) -> Option<String>,
    ) -> Result<Self, FieldError> {
        let value = Field::read(json)?;
        let root = Field::root(&value);
        if value.is_string() {
            return Err(
                root.refuse("is a JSON string; write the object itself, without quotes around it")
            );
        }
        let own = [
            "cluster",
            "authority",
            "path",
            "token",
            "token_env",
            "client",
            "read_bodies",
        ];
        root.only(&[&own[..], &Settings::KEYS].concat())?;
        let endpoint = Endpoint::read(&root, variable)?;
        let client = Client::read(&root)?;
        Ok(Self {
            settings: Settings::read(&root, &endpoint.path)?,
            endpoint,
            peer: peer(&client),
            client,
            read_bodies: root
                .member("read_bodies")
                .map_or(Ok(false), |field| field.boolean())?,
        })
    }

    /// A digest of the settings of polls: plugins with the same digest elect one leader.
    pub(crate) fn poll_digest(&self) -> u64 {
        let Settings {
            node,
            interval,
            wait,
            lease,
            ..
        } = &self.settings;
        let authorization = self.endpoint.authorization.as_ref();
        let texts = [authorization.map(Authorization::as_str), node.as_deref()];
        let times = [*interval, *wait, lease.unwrap_or_default()];
        let texts = texts
            .into_iter()
            .flat_map(|text| text.unwrap_or_default().bytes().chain([b' ']));
        let times = times
            .into_iter()
            .flat_map(|time| milliseconds(time).to_be_bytes());
        digest(texts.chain(times))
    }
}

/// The attribute that has the peer: `source.address`, or the filter state that the recipe in the documentation fills.
fn peer(client: &Client) -> String {
    match client {
        Client::Source { .. } => "source\0address".into(),
        Client::Direct { filter_state, .. } => {
            let name = filter_state.as_deref().unwrap_or("intermission.peer");
            format!("filter_state\0{name}")
        }
    }
}

#[cfg(test)]
mod tests;
