//! What of the filter reads bytes that others have written, for the targets in `fuzz/`: no public interface.

use intermission_core::State;

use crate::config::Config;
use crate::shared_data::{self, VmStatus};

/// Reads the configuration of the plugin.
///
/// # Errors
///
/// Where it is refused: the JSON pointer to the place, and the reason.
pub fn configuration(json: &[u8]) -> Result<(), (String, String)> {
    let refused = Config::parse(json, |_| None)
        .map(|config| config.poll_digest())
        .err();
    refused.map_or(Ok(()), |error| {
        Err((error.pointer().into(), error.reason().into()))
    })
}

/// Reads the status of one VM in shared data, and writes it again.
#[must_use]
pub fn vm_status(value: &[u8]) -> Option<String> {
    VmStatus::read(value).map(|status| status.to_text())
}

/// Reads the state in shared data, and its entity tag.
#[must_use]
pub fn shared_state(value: &[u8]) -> Option<(State, String)> {
    let (state, tag) = shared_data::read(value)?;
    Some((State::clone(&state), tag.to_string()))
}
