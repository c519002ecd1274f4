//! What of the filter reads bytes that others have written, for the targets in `fuzz/`: no public interface.

use intermission_core::State;

use crate::config::Config;
use crate::shared_data::{self, Word};

/// Reads the configuration of the plugin.
///
/// # Errors
///
/// Where it is refused: the JSON pointer to the place, and the reason.
pub fn configuration(json: &[u8]) -> Result<(), (String, String)> {
    let refused = Config::parse(json, |_| None)
        .map(|config| config.manner())
        .err();
    refused.map_or(Ok(()), |error| {
        Err((error.pointer().into(), error.reason().into()))
    })
}

/// Reads what one VM says of itself in shared data, and writes it again.
#[must_use]
pub fn word(value: &[u8]) -> Option<String> {
    Word::read(value).map(|word| word.to_text())
}

/// Reads the state in shared data, and its entity tag.
#[must_use]
pub fn news(value: &[u8]) -> Option<(State, Option<String>)> {
    let (state, etag) = shared_data::read(value)?;
    Some((State::clone(&state), etag.map(String::from)))
}
