//! How a change is waited for.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::values::duration::Timeout;

/// What a barrier waits for, and how long.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Wait {
    pub(crate) timeout: Option<Timeout>,
    /// How many nodes there have to be at least; one, where nothing is said.
    pub(crate) expect: Option<u64>,
    /// Whether upgraded connections whose end no node sees are passed over.
    pub(crate) ignore_upgraded: bool,
    /// After what silence a lost node is forgotten.
    pub(crate) gone_after: Option<Timeout>,
}

impl Wait {
    /// How long it waits at most: 5 minutes where nothing is said, and a day at most.
    pub(crate) fn timeout(&self) -> Duration {
        self.timeout.unwrap_or(Timeout::DEFAULT).duration()
    }
}
