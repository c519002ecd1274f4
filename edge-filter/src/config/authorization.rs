use std::fmt;

/// The value of `Authorization`, with the node's token. It appears in no error and no log.
pub(crate) struct Authorization(String);

impl Authorization {
    pub(super) fn of_token(token: &str) -> Self {
        Self(format!("Bearer {token}"))
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
