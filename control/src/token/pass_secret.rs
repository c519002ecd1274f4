use std::fmt;

use intermission_core::{PASS_PREFIX, PassDigest};

use crate::token::secret::draw;

/// The secret of a pass, which only its holder keeps.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct PassSecret(String);

impl PassSecret {
    /// Draws a new one.
    pub(crate) fn mint() -> Result<Self, getrandom::Error> {
        draw(PASS_PREFIX).map(Self)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// What control keeps of it, and nodes get.
    pub(crate) fn digest(&self) -> PassDigest {
        PassDigest::of(self.0.as_bytes())
    }
}

impl fmt::Debug for PassSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PassSecret(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_has_the_form_that_nodes_read_and_is_not_shown() {
        let secret = PassSecret::mint().unwrap();
        assert_eq!(secret.as_str().len(), 47);
        assert!(secret.as_str().starts_with("imp_"));
        assert_ne!(secret, PassSecret::mint().unwrap());
        assert_eq!(format!("{secret:?}"), "PassSecret(..)");
    }
}
