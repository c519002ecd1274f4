use std::fmt;

use intermission_core::{Field, FieldError};

/// The value of `Authorization`, with the node's token. It appears in no error and no log.
pub(crate) struct Authorization(String);

impl Authorization {
    /// Reads `token`, or the environment variable of the VM that `token_env` names.
    pub(super) fn read(
        root: &Field<'_>,
        variable: impl FnOnce(&str) -> Option<String>,
    ) -> Result<Option<Self>, FieldError> {
        let (token, named) = (root.member("token"), root.member("token_env"));
        match (token, named) {
            (Some(token), None) => Self::of(token.text()?, &token).map(Some),
            (None, Some(named)) => {
                let name = named.text()?;
                if !is_variable(name) {
                    return Err(named.refuse(
                        "is no name of an environment variable; write it like INTERMISSION_NODE_TOKEN",
                    ));
                }
                let value = variable(name).ok_or_else(|| {
                    named.refuse(
                        "names a variable that this VM does not have; list it in \
                         vm_config.environment_variables, and set it where Envoy is started",
                    )
                })?;
                Self::of(&value, &named).map(Some)
            }
            (Some(_), Some(named)) => {
                Err(named.refuse("goes without token only; leave out one of the two"))
            }
            (None, None) => Ok(None),
        }
    }

    /// A token as it was given at `place`, with or without the line feed at the end of its file.
    fn of(text: &str, place: &Field<'_>) -> Result<Self, FieldError> {
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
            None => Ok(Self(format!("Bearer {token}"))),
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Authorization(..)")
    }
}

fn is_variable(name: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    !name.is_empty() && name.bytes().all(is_part)
}
