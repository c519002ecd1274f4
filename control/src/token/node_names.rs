use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The nodes that a token may speak for: one by its exact name, or all whose names begin so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct NodeNames(String);

impl NodeNames {
    const LONGEST: usize = 128;

    /// Every node.
    pub(crate) fn all() -> Self {
        Self("*".to_owned())
    }

    /// Whether the node called `name` is among them.
    pub(crate) fn cover(&self, name: &str) -> bool {
        match self.0.strip_suffix('*') {
            Some(prefix) => name.starts_with(prefix),
            None => name == self.0,
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for NodeNames {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let name = text.strip_suffix('*').unwrap_or(text);
        let plain = name
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'*');
        if plain && (1..=Self::LONGEST).contains(&text.len()) {
            return Ok(Self(text.to_owned()));
        }
        Err(format!(
            "{text:?} is neither a node's name nor the beginning of names; write it like edge-7 or edge-*"
        ))
    }
}

impl TryFrom<String> for NodeNames {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<NodeNames> for String {
    fn from(names: NodeNames) -> Self {
        names.0
    }
}

impl fmt::Display for NodeNames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_the_rest_of_a_name() {
        for (pattern, name, covered) in [
            ("*", "edge-7", true),
            ("*", "", true),
            ("edge-*", "edge-7", true),
            ("edge-*", "edge-", true),
            ("edge-*", "edge", false),
            ("edge-*", "my-edge-7", false),
            ("edge-*", "Edge-7", false),
            ("edge-7", "edge-7", true),
            ("edge-7", "edge-70", false),
            ("edge-7", "edge-*", false),
        ] {
            let names: NodeNames = pattern.parse().unwrap();
            assert_eq!(names.cover(name), covered, "{pattern} {name}");
        }
    }

    #[test]
    fn a_star_stands_at_the_end_alone() {
        for text in [
            "",
            "*-edge",
            "a*b",
            "**",
            "a b",
            "a\n",
            "é",
            &"a".repeat(129),
        ] {
            assert_eq!(
                text.parse::<NodeNames>().unwrap_err(),
                format!(
                    "{text:?} is neither a node's name nor the beginning of names; write it like edge-7 or edge-*"
                )
            );
        }
    }
}
