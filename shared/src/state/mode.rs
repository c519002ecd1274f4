use core::fmt;
use core::str::FromStr;

use serde::Serialize;

use crate::text::ParseError;

/// The requests that are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// None.
    Off,
    /// Requests that may change something; safe methods pass (RFC 9110, section 9.2.1).
    Writes,
    /// All.
    All,
}

impl FromStr for Mode {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "off" => Ok(Self::Off),
            "writes" => Ok(Self::Writes),
            "all" => Ok(Self::All),
            _ => Err(ParseError::new(
                text,
                "is none of \"off\", \"writes\" and \"all\"",
            )),
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Off => "off",
            Self::Writes => "writes",
            Self::All => "all",
        })
    }
}
