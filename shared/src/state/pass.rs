use core::fmt;
use core::str::FromStr;

use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};

use crate::state::timestamp::Timestamp;
use crate::text::ParseError;

/// A pass: its holder is admitted during maintenance from any address while the allowlist is enabled.
///
/// A state has the digest of the pass alone, so that no reader of states can make a pass of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub struct Pass {
    /// The digest of the pass.
    pub sha256: PassDigest,
    /// The time after which the pass admits nothing more; `None` if it has no end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

impl Pass {
    /// A pass with this digest and end.
    #[must_use]
    pub fn new(sha256: PassDigest, until: Option<Timestamp>) -> Self {
        Self { sha256, until }
    }

    /// Whether the pass has ended at this time.
    #[must_use]
    pub fn has_ended(&self, now: Timestamp) -> bool {
        self.until.is_some_and(|until| until <= now)
    }
}

/// The SHA-256 (FIPS 180-4) of the text of a pass, written as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PassDigest([u8; 32]);

impl PassDigest {
    /// The digest of a pass.
    #[must_use]
    pub fn of(pass: &[u8]) -> Self {
        Self(Sha256::digest(pass).into())
    }
}

impl FromStr for PassDigest {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut digest = [0; 32];
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        let is_whole = rest.is_empty() && pairs.len() == digest.len();
        let read = |(byte, [high, low]): (&mut u8, &[u8; 2])| {
            *byte = digit(*high)? << 4 | digit(*low)?;
            Some(())
        };
        let read = digest
            .iter_mut()
            .zip(pairs)
            .try_for_each(|pair| read(pair).ok_or(()));
        (is_whole && read.is_ok())
            .then_some(Self(digest))
            .ok_or_else(|| {
                let remedy = "is not a SHA-256 in 64 lower-case hexadecimal digits";
                ParseError::new(text, remedy)
            })
    }
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}

impl fmt::Display for PassDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Serialize for PassDigest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    /// Of "abc", as FIPS 180-4 has it.
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn a_digest_has_one_spelling() {
        let digest: PassDigest = ABC.parse().unwrap();
        assert_eq!(digest, PassDigest::of(b"abc"));
        assert_eq!(digest.to_string(), ABC);
        for text in [
            "",
            &ABC[2..],
            &ABC[1..],
            &ABC.to_uppercase(),
            &ABC.replace('b', "g"),
        ] {
            let error = text.parse::<PassDigest>().unwrap_err();
            assert_eq!(
                error.to_string(),
                alloc::format!("{text:?} is not a SHA-256 in 64 lower-case hexadecimal digits")
            );
        }
    }

    #[test]
    fn a_pass_ends_at_its_end() {
        let ends =
            |until| Pass::new(PassDigest::of(b"abc"), until).has_ended(Timestamp::from_second(60));
        assert!(!ends(None) && !ends(Some(Timestamp::from_second(61))));
        assert!(ends(Some(Timestamp::from_second(60))));
    }
}
