use std::time::Duration;

use intermission_core::{Field, FieldError, Poll};

/// A number of seconds with a fraction, up to `most`.
pub(crate) fn seconds(field: &Field<'_>, most: u64) -> Result<Duration, FieldError> {
    if let Some(text) = field.value().as_str()
        && text.parse::<f64>().is_ok()
    {
        return Err(field.refuse(format!(
            "{text:?} is a text, which Envoy makes of a fraction in a Struct; write the configuration as JSON in a \
             google.protobuf.StringValue"
        )));
    }
    let duration = field
        .value()
        .as_f64()
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    duration
        .filter(|duration| *duration <= Duration::from_secs(most))
        .ok_or_else(|| field.mistyped(format!("a number of seconds from 0 to {most}")))
}

/// A text for a header.
///
/// # Errors
///
/// It is no text, or no header can have it.
pub fn header_text(field: &Field<'_>) -> Result<String, FieldError> {
    header_value(field.text()?).map_err(|error| field.refuse(error))
}

/// The same for a text of which the place is known.
///
/// # Errors
///
/// No header can have it.
pub fn header_value(text: &str) -> Result<String, String> {
    if text.is_empty() || !text.bytes().all(|byte| matches!(byte, b'!'..=b'~')) {
        return Err(format!(
            "{text:?} is no header value; use one or more visible ASCII characters without spaces"
        ));
    }
    Ok(text.into())
}

/// The path of the state at control.
///
/// # Errors
///
/// It is missing, or no path.
pub fn state_path(root: &Field<'_>) -> Result<String, FieldError> {
    let path = root.required("path")?;
    if !path.text()?.starts_with('/') {
        return Err(
            path.refuse("does not begin with a slash; write it like /v1/services/shop/state")
        );
    }
    header_text(&path)
}

/// One text, or a list of as many `what` as a node may poll, each as `read` reads it.
///
/// # Errors
///
/// One of them is refused, or there are too many or none.
pub fn one_or_several(
    field: &Field<'_>,
    what: &str,
    read: impl Fn(&str) -> Result<String, String>,
) -> Result<Vec<String>, FieldError> {
    if !field.value().is_array() {
        let one = read(field.text()?).map_err(|error| field.refuse(error))?;
        return Ok(vec![one]);
    }
    let several = field.list(read)?;
    let (count, most) = (several.len(), Poll::MOST_ENDPOINTS);
    if !(1..=most).contains(&count) {
        return Err(field.refuse(format!("has {count} {what}; name from 1 to {most}")));
    }
    Ok(several)
}
