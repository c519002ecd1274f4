//! Members of the JSON objects in requests, beyond what the core reads.

use intermission_core::{Field, FieldError};
use jiff::Timestamp;

/// A whole number that fits into 32 bits.
pub(crate) fn whole_number(field: &Field<'_>) -> Result<u32, FieldError> {
    let number = field.integer(0, u32::MAX.into())?;
    Ok(number.try_into().unwrap_or(u32::MAX))
}

/// A time of RFC 3339.
pub(crate) fn time(field: &Field<'_>) -> Result<Timestamp, FieldError> {
    let time = field.value().as_str().and_then(|text| text.parse().ok());
    time.ok_or_else(|| field.mistyped("a time like \"2026-11-23T02:00:00Z\""))
}

/// A list of strings.
pub(crate) fn texts(field: &Field<'_>) -> Result<Vec<String>, FieldError> {
    field.list(str::parse)
}

/// Refuses the members of an object that are not among `known`: a misspelt one would be a switch that was not thrown.
pub(crate) fn only(object: &Field<'_>, known: &[&str]) -> Result<(), FieldError> {
    object.only(known).map_err(|error| {
        let mut names = object.object().into_iter().flatten().map(|(name, _)| name);
        let unknown = names.find(|name| !known.contains(&name.as_str()));
        FieldError::new(
            error.pointer(),
            format!(
                "{:?} {}",
                unknown.map_or("", String::as_str),
                error.reason()
            ),
        )
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_unknown_member_is_refused_by_name() {
        let body = json!({"reason": "deploy", "mesage": "x"});
        assert_eq!(
            only(&Field::root(&body), &["message", "reason"]),
            Err(FieldError::new(
                "/mesage",
                "\"mesage\" is not known; known here: message, reason"
            ))
        );
    }

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
                "\"soon\" is not a time like \"2026-11-23T02:00:00Z\""
            ))
        );
        assert_eq!(whole_number(&body.member("whole").unwrap()), Ok(3));
    }
}
