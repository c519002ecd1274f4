//! A token itself: 256 random bits that only their owner keeps in clear.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use intermission_core::TOKEN_PREFIX;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// A token in clear.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Token(String);

impl Token {
    /// Draws a new one.
    pub(crate) fn mint() -> Result<Self, getrandom::Error> {
        draw(TOKEN_PREFIX).map(Self)
    }

    /// Reads one that [`Token::mint`] made; nothing shorter is strong enough to stand alone.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let bits = URL_SAFE_NO_PAD
            .decode(text.strip_prefix(TOKEN_PREFIX)?)
            .ok()?;
        (bits.len() == 32).then(|| Self(text.to_owned()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn hash(&self) -> TokenHash {
        TokenHash::of(self.0.as_bytes())
    }
}

/// A secret of 256 random bits, after its prefix.
pub(super) fn draw(prefix: &str) -> Result<String, getrandom::Error> {
    let mut bits = [0; 32];
    getrandom::fill(&mut bits)?;
    Ok(format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bits)))
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

/// What is kept of a token. A plain hash does, since 256 random bits cannot be guessed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct TokenHash([u8; 32]);

impl TokenHash {
    pub(crate) fn of(presented: &[u8]) -> Self {
        Self(Sha256::digest(presented).into())
    }

    pub(crate) fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Compares in the same time whatever differs.
    pub(crate) fn is(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minted_token_is_read_back_and_known_by_its_hash() {
        let token = Token::mint().unwrap();
        assert_eq!(token.as_str().len(), 4 + 43);
        assert_eq!(Token::parse(token.as_str()), Some(token.clone()));
        assert!(token.hash().is(&TokenHash::of(token.as_str().as_bytes())));
        assert!(!token.hash().is(&Token::mint().unwrap().hash()));
        assert_eq!(format!("{token:?}"), "Token(..)");
    }

    #[test]
    fn nothing_weaker_is_a_token() {
        for text in ["", "imo_", "imo_secret", "secret"] {
            assert_eq!(Token::parse(text), None, "{text}");
        }
        let token = Token::mint().unwrap();
        assert_eq!(
            Token::parse(token.as_str().trim_start_matches("imo_")),
            None
        );
        assert_eq!(Token::parse(&format!("{} ", token.as_str())), None);
    }
}
