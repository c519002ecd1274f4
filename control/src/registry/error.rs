use intermission_core::{FieldError, StateTag};

use crate::labels::PassLabel;
use crate::store::StoreError;
use crate::wire::difference::Conflict;
use crate::wire::forgotten::Kept;
use crate::wire::stamp::Stamp;

/// Why a change was not made; nothing was changed then, in any service.
#[derive(Debug)]
pub(crate) enum ChangeError {
    /// There is no such service, or it is removed.
    Unknown {
        service: String,
        removed: Option<Box<Stamp>>,
        known: Vec<String>,
    },
    /// All services were meant, and there is none.
    NoServices,
    /// It makes no valid state of this service.
    Invalid {
        service: String,
        invalid: FieldError,
    },
    /// Another change came first.
    Lost {
        service: String,
        revision: u64,
        tag: StateTag,
    },
    /// These services have changed since the file that is applied was exported.
    Conflicts(Vec<Conflict>),
    /// Something else was asked under the same key.
    KeyReused { key: String },
    /// A pass of the service has the name.
    PassTaken { service: String, pass: PassLabel },
    /// No pass of the service has this name.
    UnknownPass {
        service: String,
        pass: String,
        known: Vec<String>,
    },
    /// No node of the service has this name.
    UnknownNode { service: String, node: String },
    /// No process of this node has this boot.
    UnknownBoot {
        service: String,
        node: String,
        boot: String,
        known: Vec<String>,
    },
    /// All nodes of this name live, and none of their threads is silent.
    LiveNode {
        service: String,
        node: String,
        kept: Vec<Kept>,
    },
    /// The service is in use, by all of these.
    InUse { service: String, uses: Vec<String> },
    /// It could not be saved.
    Store(StoreError),
}

impl From<StoreError> for ChangeError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
