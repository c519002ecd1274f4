use std::fmt;
use std::str::FromStr;

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// What a token lets its holder do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Role {
    /// Change and see everything, of its services where it is for some
    Operator,
    /// Poll the state of its services, and nothing else
    Node,
    /// See which of its services there are and what is in force, but not whom the allowlists name
    Viewer,
}

impl Role {
    const ALL: [Self; 3] = [Self::Operator, Self::Node, Self::Viewer];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Node => "node",
            Self::Viewer => "viewer",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut roles = Self::ALL.into_iter();
        roles
            .find(|role| role.as_str() == text)
            .ok_or_else(|| format!("{text:?} is none of operator, node, viewer"))
    }
}
