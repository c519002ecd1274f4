use std::rc::Rc;

use intermission_core::{ServiceName, State};

use crate::host::{Host, Level, milliseconds};
use crate::request::Plugin;
use crate::vm::root::Root;

impl<H: Host + Clone> Root<H> {
    /// Puts the provisional document of the endpoint in force, or the initial state or the default. The document may come
    /// later than those, or a later one.
    pub(super) fn start_without_answer(&mut self) {
        let plugin = self.plugin();
        let config = &plugin.config;
        let offered = self.shared_state.read_provisional(&plugin.host);
        if offered.is_none() && self.provisional.is_some() {
            return;
        }
        let initial = self.initial_state();
        let is_later = |offered: &State| initial.is_none_or(|own| own.may_give_way_to(offered));
        let offered = offered.map(|(state, _)| state);
        let (mut state, what) = match (offered.filter(|offered| is_later(offered)), initial) {
            (Some(state), _) => (
                State::clone(&state),
                "the state that the endpoint cannot prove to be the latest",
            ),
            (None, Some(state)) => (
                state.clone(),
                "the initial state of the plugin configuration",
            ),
            (None, None) => (
                State::initial(
                    config
                        .settings
                        .service
                        .clone()
                        .unwrap_or_else(ServiceName::unknown),
                    config.settings.default,
                ),
                "the configured default",
            ),
        };
        // Requests that it admits are older than each revision of control.
        state.store = Box::default();
        if self.provisional.as_deref() == Some(&state) {
            return;
        }
        let (revision, mode, waited) = (
            state.revision,
            state.maintenance,
            milliseconds(config.settings.start_wait),
        );
        plugin.host.log(
            Level::Warn,
            &format!("no answer from the endpoint within {waited} ms: {what} is in force, provisionally: revision {revision}, maintenance {mode}"),
        );
        self.provisional = Some(Rc::new(state));
        self.put();
    }

    /// The initial state in the configuration of the plugin, unless it is of another service than this node.
    fn initial_state(&self) -> Option<&State> {
        let Plugin { host, config, .. } = &*self.plugin;
        let state = config.settings.initial_state.as_ref()?;
        if let Some(own) = config
            .settings
            .service
            .as_ref()
            .filter(|own| **own != state.service)
        {
            let other = &state.service;
            host.log(
                Level::Error,
                &format!("the initial state is ignored: it is of service {other}, and this node is of {own}"),
            );
            return None;
        }
        Some(state)
    }
}
