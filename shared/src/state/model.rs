//! The document that says what is in force.

use alloc::boxed::Box;
use alloc::vec::Vec;

use serde::Serialize;

use crate::address::Cidr;
use crate::path::PathPrefix;
use crate::request::HostName;
use crate::state::exempt::Exempt;
use crate::state::mode::Mode;
use crate::state::notice::Notice;
use crate::state::origin::Origin;
use crate::state::service::ServiceName;

/// What is in force for one service, parsed and valid.
///
/// `docs/state.md` defines the document; [`State::parse`] reads it and [`State::to_json`] writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct State {
    /// Identity of the store that the state comes from; empty where no control wrote it.
    pub store: Box<str>,
    /// The service that is switched.
    pub service: ServiceName,
    /// How many times the state has changed.
    pub revision: u64,
    /// What is refused.
    pub maintenance: Mode,
    /// Who passes all the same.
    pub allowlist: Allowlist,
    /// What is in maintenance; an empty list means everything.
    pub scope: Area,
    /// What stays open in maintenance.
    pub exempt: Exempt,
    /// What is answered as an API, however it is asked.
    pub api: Area,
    /// The texts and the appearance of refusals.
    pub notice: Notice,
}

impl State {
    /// The version of the document that this code reads and writes.
    pub const VERSION: u64 = 1;
    /// The level of the format: it rises with each field that a reader may pass over, while the version stays. A node
    /// reports its own level (`docs/state.md`), so that control knows which nodes read a document whole.
    pub const FORMAT: u64 = 2;
    /// Longest document that is read, in bytes.
    pub const MAX_BYTES: usize = 1 << 20;

    /// The level of the format that a reader needs to read this state whole. Readers of a lower level refuse its document.
    #[must_use]
    pub fn least_format(&self) -> u64 {
        let origins = &self.notice.cors_origins;
        if origins.iter().all(Origin::is_known_to_all) {
            1
        } else {
            2
        }
    }

    /// The state of a new `service`, or of one of which nothing is known yet: revision 0 of no store, with the
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
            api: Area::default_api(),
            notice: Notice::default(),
        }
    }

    /// The state in force after a lease has ended: it admits only requests for exempt paths and those of probers.
    #[must_use]
    pub fn closed(&self) -> Self {
        let mut closed = self.clone();
        closed.maintenance = Mode::All;
        closed.allowlist.enabled = false;
        closed.scope = Area::default();
        closed
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
        // Every key is a string and every value plain data, so there is nothing to fail.
        serde_json::to_vec(&document).unwrap_or_default()
    }

    /// Whether a node that enforces `self` may go on to `next`: a later revision of the same store,
    /// or any revision of a store that was founded later. States of different services are not ordered.
    #[must_use]
    pub fn may_give_way_to(&self, next: &Self) -> bool {
        next.service != self.service || (&next.store, next.revision) >= (&self.store, self.revision)
    }
}

/// Clients that pass while it is enabled.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Allowlist {
    /// Whether it counts.
    pub enabled: bool,
    /// The blocks of addresses, which stay while it does not count.
    pub cidrs: Vec<Cidr>,
}

/// A part of a service, by host and path.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Area {
    /// Hosts that belong to it.
    pub hosts: Vec<HostName>,
    /// Paths that belong to it.
    pub paths: Vec<PathPrefix>,
}

impl Area {
    /// What is taken for an API where the document does not say: `/api`.
    pub(crate) fn default_api() -> Self {
        Self {
            hosts: Vec::new(),
            paths: "/api".parse().into_iter().collect(),
        }
    }
}
