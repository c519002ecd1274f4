//! Members of the JSON objects in requests, beyond what the core reads.

use intermission_core::{Field, FieldError};
use jiff::Timestamp;

use crate::values::timestamp::read_time;

/// A member that may be missing.
pub(crate) fn optional<T>(
    object: &Field<'_>,
    name: &str,
    read: impl FnOnce(&Field<'_>) -> Result<T, FieldError>,
) -> Result<Option<T>, FieldError> {
    object.member(name).map(|field| read(&field)).transpose()
}

/// The pointer (RFC 6901) to the member `name` of the object at `pointer`.
pub(crate) fn below(pointer: &str, name: &str) -> String {
    format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// A string.
pub(crate) fn text(field: &Field<'_>) -> Result<String, FieldError> {
    field.text().map(str::to_owned)
}

/// `true` or `false`.
pub(crate) fn flag(field: &Field<'_>) -> Result<bool, FieldError> {
    field.boolean()
}

/// A whole number that fits into 32 bits.
pub(crate) fn whole_number(field: &Field<'_>) -> Result<u32, FieldError> {
    let number = field.integer(0, u32::MAX.into())?;
    Ok(number.try_into().unwrap_or(u32::MAX))
}

/// A time of RFC 3339.
pub(crate) fn time(field: &Field<'_>) -> Result<Timestamp, FieldError> {
    read_time(field.text()?).map_err(|error| field.refuse(error))
}

/// Refuses an end that is past.
pub(crate) fn in_future(until: Timestamp, now: Timestamp, pointer: &str) -> Result<(), FieldError> {
    if until > now {
        return Ok(());
    }
    let now = now.round(jiff::Unit::Second).unwrap_or(now);
    Err(FieldError::new(
        pointer,
        format!("{until} is past; it is {now} now"),
    ))
}

/// A list of strings.
pub(crate) fn texts(field: &Field<'_>) -> Result<Vec<String>, FieldError> {
    field.list(str::parse)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_wrong_type_is_refused_where_it_is() {
        let body = json!({"retry_after": -1, "until": "soon", "whole": 3.0});
        let body = Field::root(&body);
        assert_eq!(
            whole_number(&body.member("retry_after").unwrap()),
            Err(FieldError::new(
                "/retry_after",
                "-1 is not a whole number from 0 to 4294967295"
            ))
        );
        assert_eq!(
            time(&body.member("until").unwrap()),
            Err(FieldError::new(
                "/until",
                "\"soon\" is not a time with its offset; write it like 2026-11-23T02:00:00Z"
            ))
        );
        assert_eq!(whole_number(&body.member("whole").unwrap()), Ok(3));
    }
}
