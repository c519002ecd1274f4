use intermission_core::FieldError;
use jiff::Timestamp;

/// Refuses an announced end that is past.
pub(super) fn in_future(until: Timestamp, now: Timestamp, pointer: &str) -> Result<(), FieldError> {
    if until > now {
        return Ok(());
    }
    let now = now.round(jiff::Unit::Second).unwrap_or(now);
    Err(FieldError::new(
        pointer,
        format!("{until} is past; it is {now} now"),
    ))
}
