use std::time::Duration;

use intermission_core::{Field, FieldError, Mode, PollOptions, ServiceName, State};

use crate::config::client::Client;
use crate::config::endpoint::Endpoint;
use crate::config::fields::{header_text, seconds};
use crate::config::token::Authorization;
use crate::digest::digest;
use crate::host::milliseconds;

/// The time for which requests are held at the start, where the configuration names none.
const START_WAIT: Duration = Duration::from_secs(2);

/// The configuration of the plugin, valid.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) endpoint: Endpoint,
    /// The service of this Envoy, if the configuration or the path names it; otherwise the first answer does.
    pub(crate) service: Option<ServiceName>,
    /// The name of this Envoy at control; `None` is Envoy's own name.
    pub(crate) node: Option<String>,
    pub(crate) interval: Duration,
    pub(crate) wait: Duration,
    pub(crate) start_wait: Duration,
    pub(crate) lease: Option<Duration>,
    pub(crate) client: Client,
    pub(crate) default: Mode,
    pub(crate) initial_state: Option<State>,
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
        root.only(&[
            "cluster",
            "authority",
            "path",
            "token",
            "token_env",
            "service",
            "node",
            "interval",
            "wait",
            "start_wait",
            "lease",
            "client",
            "default",
            "initial_state",
            "read_bodies",
        ])?;
        let seconds = |name, most, default| {
            let field = root.member(name);
            field.map_or(Ok(default), |field| seconds(&field, most))
        };
        let usual = PollOptions::default();
        let endpoint = Endpoint::read(&root, variable)?;
        let node = root.member("node");
        let node = node.map(|field| header_text(&field)).transpose()?;
        let interval = seconds("interval", 3600, usual.interval)?;
        if let Some(field) = root
            .member("interval")
            .filter(|_| interval < SHORTEST_INTERVAL)
        {
            return Err(field.refuse("is too short; poll every 0.1 seconds or less often"));
        }
        let lease = root.member("lease");
        let lease = lease.map(|field| lease_of(&field)).transpose()?;
        let service = match root.member("service") {
            Some(field) => Some(field.parsed()?),
            None => ServiceName::in_path(&endpoint.path),
        };
        Ok(Self {
            endpoint,
            service,
            node,
            interval,
            lease,
            wait: seconds("wait", 60, usual.wait)?,
            start_wait: seconds("start_wait", 60, START_WAIT)?,
            client: root
                .member("client")
                .map_or(Ok(Client::default()), |field| Client::read(&field))?,
            default: root
                .member("default")
                .map_or(Ok(Mode::Off), |field| field.parsed())?,
            initial_state: root
                .member("initial_state")
                .map(|field| State::read(&field))
                .transpose()?,
            read_bodies: root
                .member("read_bodies")
                .map_or(Ok(false), |field| field.boolean())?,
        })
    }
}

impl Config {
    /// A digest of the settings of polls: plugins with the same digest elect one leader.
    pub(crate) fn poll_digest(&self) -> u64 {
        let Self {
            endpoint,
            node,
            interval,
            wait,
            lease,
            ..
        } = self;
        let authorization = endpoint.authorization.as_ref();
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

const SHORTEST_INTERVAL: Duration = Duration::from_millis(100);
/// A third of it is what a poll may wait, in whole seconds.
const SHORTEST_LEASE: Duration = Duration::from_secs(3);

fn lease_of(field: &Field<'_>) -> Result<Duration, FieldError> {
    let lease = seconds(field, 86_400)?;
    if lease < SHORTEST_LEASE {
        return Err(field.refuse("is too short; a lease of 3 seconds is the shortest"));
    }
    Ok(lease)
}

#[cfg(test)]
mod tests;
