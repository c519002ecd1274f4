use std::fmt;
use std::str::FromStr;

use crate::token::grant::{CONTROL, TIMER};

/// The name of a token, fit for a path, a log and a terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TokenName(String);

impl TokenName {
    const LONGEST: usize = 64;

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for TokenName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let fits = (1..=Self::LONGEST).contains(&text.len())
            && text.bytes().next().is_some_and(plain)
            && text
                .bytes()
                .all(|byte| plain(byte) || b"-_.@".contains(&byte));
        if !fits {
            return Err(format!(
                "{text:?} is not a name for a token; use lower-case letters, digits and -_.@, at most {}, and begin \
                 with a letter or digit",
                Self::LONGEST
            ));
        }
        if [CONTROL, TIMER].contains(&text) {
            return Err(format!(
                "{text:?} is what history calls what control does by itself; choose another name"
            ));
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for TokenName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_fit_for_paths_and_terminals() {
        for text in ["a", "edge-1", "ci.deploy", "alice@example.com", "7"] {
            assert_eq!(text.parse::<TokenName>().unwrap().as_str(), text);
        }
        for text in [
            "",
            "-a",
            "A",
            "a b",
            "a/b",
            "a\nb",
            "é",
            "a?",
            &"a".repeat(65),
        ] {
            assert_eq!(
                text.parse::<TokenName>().unwrap_err(),
                format!(
                    "{text:?} is not a name for a token; use lower-case letters, digits and -_.@, at most 64, and begin \
                     with a letter or digit"
                )
            );
        }
        assert_eq!(
            "control".parse::<TokenName>().unwrap_err(),
            "\"control\" is what history calls what control does by itself; choose another name"
        );
    }
}
