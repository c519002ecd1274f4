use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::wire::difference::difference::Difference;

/// What a change of a service would do that is not made.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Preview {
    pub(crate) differences: Vec<Difference>,
    /// Which requests would be let in during maintenance, and were refused before.
    pub(crate) let_in: Vec<String>,
    /// Which ones would be kept out, and were let in before.
    pub(crate) kept_out: Vec<String>,
    /// Requests since the state before it came into force, by the rule that decided about them.
    pub(crate) rules: BTreeMap<String, u64>,
}
