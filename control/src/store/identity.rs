use jiff::Timestamp;
use ulid::Ulid;

use crate::store::error::{OpenError, StoreError};
use crate::values::random::random;

/// A new identity for a store: a ULID, so that later ones are greater.
pub(super) fn mint(now: Timestamp) -> Result<String, OpenError> {
    let random = random().map_err(OpenError::Random)?;
    let milliseconds = u64::try_from(now.as_millisecond()).unwrap_or_default();
    Ok(Ulid::from_parts(milliseconds, random).to_string())
}

/// A new identity for a store that is greater than the one `before`.
pub(crate) fn mint_after(before: &str, now: Timestamp) -> Result<String, StoreError> {
    let minted = mint(now).map_err(StoreError::unchanged)?;
    if *minted > *before {
        return Ok(minted);
    }
    // The clock was set back: what counts is that it is greater.
    let before: Option<Ulid> = before.parse().ok();
    let next = before.and_then(|ulid| ulid.increment().ok());
    next.map(|ulid| ulid.to_string())
        .ok_or_else(|| StoreError::unchanged(OpenError::Random(getrandom::Error::UNEXPECTED)))
}
