use alloc::boxed::Box;
use alloc::vec::Vec;

use serde::Serialize;
use serde_json::{Value, json};

use crate::request::HostPattern;
use crate::state::allowlist::Allowlist;
use crate::state::area::Area;
use crate::state::exempt::Exempt;
use crate::state::mode::Mode;
use crate::state::notice::{Notice, Origin};
use crate::state::reads::Reads;
use crate::state::service::ServiceName;

/// The state of one service, parsed and valid.
///
/// `docs/state.md` defines the document; [`State::parse`] reads it and [`State::to_json`] writes it. To build one in memory,
/// change the fields of [`State::initial`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct State {
    /// The identity of the store that the state comes from; empty if no control wrote the state.
    pub store: Box<str>,
    /// The service that is switched.
    pub service: ServiceName,
    /// The number of the state; each change of the service adds one.
    pub revision: u64,
    /// The requests that are refused: none, writes or all.
    pub maintenance: Mode,
    /// The clients that are admitted during maintenance.
    pub allowlist: Allowlist,
    /// The part of the service that is in maintenance; without hosts and paths, the whole service.
    pub scope: Area,
    /// The requests that stay open during maintenance.
    pub exempt: Exempt,
    /// The requests that only read though their method does not say so.
    #[serde(skip_serializing_if = "Reads::is_empty")]
    pub reads: Reads,
    /// The part of the service whose refusals are those of an API, whatever the request accepts.
    pub api: Area,
    /// Whether nodes in maintenance answer to each client what they see of it, at [`ME_PATH`](crate::ME_PATH).
    #[serde(skip_serializing_if = "is_off")]
    pub show_me: bool,
    /// The texts and the appearance of refusals.
    pub notice: Notice,
}

impl State {
    /// The version of the document that this code reads and writes.
    pub const VERSION: u64 = 1;
    /// The level of the format, which rises with each field that a reader may ignore, while the version stays. A node
    /// reports its own level (`docs/state.md`), so that control knows which nodes read a whole document.
    pub const FORMAT: u64 = 3;
    /// The most bytes of a document.
    pub const MAX_BYTES: usize = 1 << 20;

    /// The level of the format that a reader needs for this state. Readers of a lower level refuse its document.
    #[must_use]
    pub fn least_format(&self) -> u64 {
        let origins = &self.notice.cors_origins;
        let mut hosts = self.scope.hosts.iter().chain(&self.api.hosts);
        if hosts.any(HostPattern::is_wildcard) {
            3
        } else if !origins.iter().all(Origin::is_of_first_format) {
            2
        } else {
            1
        }
    }

    /// The state of a new `service`, or of a service whose state is unknown: revision 0 of no store, with the
    /// [usual exemptions](Exempt::usual) and the defaults of every other field.
    #[must_use]
    pub fn initial(service: ServiceName, maintenance: Mode) -> Self {
        Self {
            store: Box::default(),
            service,
            revision: 0,
            maintenance,
            allowlist: Allowlist::default(),
            scope: Area::default(),
            exempt: Exempt::usual(),
            reads: Reads::default(),
            api: Area::default_api(),
            show_me: false,
            notice: Notice::default(),
        }
    }

    /// The state in force after a lease has ended: it admits only requests for exempt hosts and paths and those of probers.
    #[must_use]
    pub fn closed(&self) -> Self {
        let mut closed = self.clone();
        closed.maintenance = Mode::All;
        closed.allowlist.enabled = false;
        closed.scope = Area::default();
        closed
    }

    /// Whether a policy of this state changes as time passes: the end of the maintenance is announced, or a pass ends.
    #[must_use]
    pub fn has_end(&self) -> bool {
        self.notice.until.is_some()
            || self
                .allowlist
                .passes
                .iter()
                .any(|pass| pass.until.is_some())
    }

    /// The document with every member, those too that [`to_json`](Self::to_json) leaves out while they are empty.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let Self {
            store,
            service,
            revision,
            maintenance,
            allowlist:
                Allowlist {
                    enabled,
                    cidrs,
                    passes,
                },
            scope,
            exempt:
                Exempt {
                    paths,
                    hosts,
                    probers,
                },
            reads,
            api,
            show_me,
            notice,
        } = self;
        json!({
            "version": Self::VERSION,
            "critical": [],
            "store": store,
            "service": service,
            "revision": revision,
            "maintenance": maintenance,
            "allowlist": { "enabled": enabled, "cidrs": cidrs, "passes": passes },
            "scope": scope,
            "exempt": { "paths": paths, "hosts": hosts, "probers": probers },
            "reads": reads,
            "api": api,
            "show_me": show_me,
            "notice": notice,
        })
    }

    /// The document, as [`State::parse`] reads it, without white space. A document of at most
    /// [`MAX_BYTES`](Self::MAX_BYTES) has room for some 70,000 IPv4 addresses.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        #[derive(Serialize)]
        struct Document<'s> {
            version: u64,
            critical: [&'static str; 0],
            #[serde(flatten)]
            state: &'s State,
        }
        let document = Document {
            version: Self::VERSION,
            critical: [],
            state: self,
        };
        // Plain data under keys that are strings cannot fail.
        serde_json::to_vec(&document).unwrap_or_default()
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_off(switch: &bool) -> bool {
    !*switch
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_state_keeps_its_exempt_paths_and_probers_alone() {
        let document = br#"{
            "version": 1, "service": "shop", "revision": 17, "maintenance": "off",
            "allowlist": { "enabled": true, "cidrs": ["203.0.113.0/24"] },
            "scope": { "paths": ["/shop"] },
            "exempt": { "paths": ["/status"], "probers": [{ "cidr": "10.0.0.0/8", "paths": ["/"] }] }
        }"#;
        let state = State::parse(document).unwrap();
        let closed = state.closed();
        assert_eq!((closed.maintenance, closed.revision), (Mode::All, 17));
        assert!(!closed.allowlist.enabled && closed.scope == Area::default());
        assert_eq!(closed.exempt, state.exempt);
        assert_eq!(closed.exempt.probers.len(), 1);
    }
}
