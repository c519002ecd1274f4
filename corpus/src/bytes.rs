//! Text that stands for bytes.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error};

/// Any bytes, written in ASCII with `\xNN` for what is not; everything else stands for itself.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Bytes(Vec<u8>);

impl Bytes {
    fn parse(text: &str) -> Result<Self, String> {
        if !text.is_ascii() {
            return Err(format!(
                "{text:?} is not ASCII; write each byte as \\xNN, in a literal '…' string"
            ));
        }
        let mut bytes = Vec::with_capacity(text.len());
        let mut rest = text.as_bytes();
        while let Some((first, after)) = rest.split_first() {
            if let [b'\\', b'x', high, low, after @ ..] = rest
                && let (Some(high), Some(low)) = (hex(*high), hex(*low))
            {
                bytes.push(high << 4 | low);
                rest = after;
            } else {
                bytes.push(*first);
                rest = after;
            }
        }
        Ok(Self(bytes))
    }
}

impl std::ops::Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl From<&[u8]> for Bytes {
    fn from(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }
}

impl From<&str> for Bytes {
    fn from(text: &str) -> Self {
        Self(text.as_bytes().to_vec())
    }
}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.escape_ascii())
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(D::Error::custom)
    }
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|digit| digit.try_into().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_escape_stands_for_its_byte_and_a_backslash_for_itself() {
        let bytes = |text| Bytes::parse(text).unwrap().0;
        assert_eq!(bytes(r"a\xffb\x00"), b"a\xffb\0");
        assert_eq!(bytes(r"a\b\xg0\x1"), br"a\b\xg0\x1");
        assert_eq!(bytes(r"\x5cx41"), br"\x41");
        assert!(Bytes::parse("é").is_err());
    }
}
