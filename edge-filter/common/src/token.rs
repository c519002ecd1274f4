use intermission_core::{Field, FieldError};

/// Reads `token`, or the environment variable that `token_env` names: a token as `intermission token create` prints it, with
/// or without the line feed at the end of its file. `remedy` says how a variable that is missing gets there.
///
/// # Errors
///
/// There are both, or the token is none. The error does not quote it.
pub fn token(
    root: &Field<'_>,
    variable: impl FnOnce(&str) -> Option<String>,
    remedy: &str,
) -> Result<Option<String>, FieldError> {
    let (token, named) = (root.member("token"), root.member("token_env"));
    match (token, named) {
        (Some(token), None) => token_at(token.text()?, &token).map(Some),
        (None, Some(named)) => {
            let name = named.text()?;
            if !is_variable(name) {
                return Err(named.refuse(
                    "is no name of an environment variable; write it like INTERMISSION_NODE_TOKEN",
                ));
            }
            let value = variable(name).ok_or_else(|| named.refuse(remedy))?;
            token_at(&value, &named).map(Some)
        }
        (Some(_), Some(named)) => {
            Err(named.refuse("goes without token only; leave out one of the two"))
        }
        (None, None) => Ok(None),
    }
}

/// The token that was given at `place`.
fn token_at(text: &str, place: &Field<'_>) -> Result<String, FieldError> {
    let token = text.trim_end_matches(['\r', '\n']);
    let fault = token.bytes().find_map(|byte| match byte {
        b'!'..=b'~' => None,
        b'\r' | b'\n' => Some("holds a line feed"),
        b' ' => Some("holds a space"),
        ..=0x7f => Some("holds a control character"),
        0x80.. => Some("holds a character beyond ASCII"),
    });
    let fault = fault.or_else(|| token.is_empty().then_some("is empty"));
    match fault {
        Some(fault) => Err(place.refuse(format!(
            "the token {fault}; give it as `intermission token create` prints it"
        ))),
        None => Ok(token.into()),
    }
}

fn is_variable(name: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    !name.is_empty() && name.bytes().all(is_part)
}
