use intermission_core::Mode;
use serde::{Deserialize, Serialize};

use crate::wire::stamp::Stamp;

/// Who removed a service, when and why, and the mode of the state that its nodes keep.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Removed {
    #[serde(flatten)]
    pub(crate) stamp: Stamp,
    pub(crate) maintenance: String,
}

impl Removed {
    /// The mode, in which the service is if it is added again.
    pub(crate) fn mode(&self) -> Mode {
        self.maintenance.parse().unwrap_or(Mode::All)
    }
}
