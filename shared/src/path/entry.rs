use alloc::boxed::Box;
use alloc::string::String;
use core::str::FromStr;

use serde::Serialize;

use crate::path::plain::is_plain;
use crate::text::ParseError;

/// A path that stays open during maintenance, compared byte for byte.
///
/// A path that ends in `/` covers all paths that begin with it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct ExemptPath(Box<str>);

impl ExemptPath {
    /// The path as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ExemptPath {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let remedy = if text == "/" {
            Some(
                "would exempt every path; to open the service, exit; for the health checks of a balancer \
                 name the path in exempt.probers",
            )
        } else if !is_plain(text.as_bytes()) {
            Some(PLAIN)
        } else {
            None
        };
        match remedy {
            None => Ok(Self(text.into())),
            Some(remedy) => Err(ParseError::new(text, remedy)),
        }
    }
}

/// A path that stays open to probers. It covers only itself, compared byte for byte.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct ProbePath(Box<str>);

impl ProbePath {
    /// The path as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ProbePath {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if is_plain(text.as_bytes()) {
            Ok(Self(text.into()))
        } else {
            Err(ParseError::new(text, PLAIN))
        }
    }
}

/// A path and all paths below it, compared by whole segments and without case: `/api` covers `/api` and `/API/x`, not
/// `/apix`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct PathPrefix(Box<str>);

impl PathPrefix {
    /// The path as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PathPrefix {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let readable = !text
            .chars()
            .any(|c| !c.is_ascii() && (c.is_control() || c.is_whitespace()));
        let ascii: String = text
            .chars()
            .map(|c| if c.is_ascii() { c } else { 'x' })
            .collect();
        if !readable || !is_plain(ascii.as_bytes()) {
            return Err(ParseError::new(text, PLAIN));
        }
        if text.len() > 1 && text.ends_with('/') {
            return Err(ParseError::new(
                text,
                "covers whole segments anyway; leave out the slash at its end",
            ));
        }
        Ok(Self(text.into()))
    }
}

const PLAIN: &str = "is not a plain path; write it decoded, from its first slash, without query, \
                     empty segment, dot segment, semicolon or backslash, like /api/orders";

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    #[test]
    fn entries_have_one_spelling() {
        for text in [
            "", "api", "/a%20b", "/a?b", "/a#b", "/a;b", "/a\\b", "//a", "/a/../b", "/a.", "/a\n",
        ] {
            let error = text.parse::<PathPrefix>().unwrap_err();
            assert_eq!(format!("{error}"), format!("{text:?} {PLAIN}"));
            assert!(text.parse::<ExemptPath>().is_err(), "{text}");
        }
        assert_eq!(
            "/api/".parse::<PathPrefix>().unwrap_err().to_string(),
            "\"/api/\" covers whole segments anyway; leave out the slash at its end"
        );
        assert_eq!(
            "/".parse::<ExemptPath>().unwrap_err().to_string(),
            "\"/\" would exempt every path; to open the service, exit; for the health checks of a balancer \
                 name the path in exempt.probers"
        );
    }

    use alloc::string::ToString;
}
