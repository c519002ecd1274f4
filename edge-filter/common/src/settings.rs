use std::time::Duration;

use intermission_core::{Field, FieldError, Mode, PollOptions, ServiceName, State};

use crate::fields::{header_text, seconds};

/// The time for which requests are held at the start, where the configuration names none.
const START_WAIT: Duration = Duration::from_secs(2);

/// The settings of both filters about polls and states, valid.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The service of this Envoy, if the configuration or the path names it; otherwise the first answer does.
    pub service: Option<ServiceName>,
    /// The name of this Envoy at control, if it is not the usual one.
    pub node: Option<String>,
    /// The pause between two polls that the server does not hold.
    pub interval: Duration,
    /// For how long the server is asked to hold a poll.
    pub wait: Duration,
    /// For how long requests are held at the start.
    pub start_wait: Duration,
    /// For how long the last state stays in force without an answer; `None` is for always.
    pub lease: Option<Duration>,
    /// The mode in force without an answer and without an initial state.
    pub default: Mode,
    /// The state in force without an answer.
    pub initial_state: Option<State>,
}

impl Settings {
    /// The keys of these settings, which `edge-filter/README.md` defines.
    pub const KEYS: [&'static str; 8] = [
        "service",
        "node",
        "interval",
        "wait",
        "start_wait",
        "lease",
        "default",
        "initial_state",
    ];

    /// Reads the settings of a configuration, in which the state has this `path`.
    ///
    /// # Errors
    ///
    /// A value is invalid.
    pub fn read(root: &Field<'_>, path: &str) -> Result<Self, FieldError> {
        let seconds = |name, most, default| {
            let field = root.member(name);
            field.map_or(Ok(default), |field| seconds(&field, most))
        };
        let usual = PollOptions::default();
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
            None => ServiceName::in_path(path),
        };
        Ok(Self {
            service,
            node,
            interval,
            lease,
            wait: seconds("wait", 60, usual.wait)?,
            start_wait: seconds("start_wait", 60, START_WAIT)?,
            default: root
                .member("default")
                .map_or(Ok(Mode::Off), |field| field.parsed())?,
            initial_state: root
                .member("initial_state")
                .map(|field| State::read(&field))
                .transpose()?,
        })
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
