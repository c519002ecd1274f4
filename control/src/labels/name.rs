use std::fmt;
use std::str::FromStr;

use intermission_core::is_unseen;

/// The name of an entry or of a pass, fit for a path, a log and a terminal. No address is a name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Name(String);

impl Name {
    const LONGEST: usize = 64;

    /// Whether the text is a name, where it may be an address too.
    pub(crate) fn is_one(text: &str) -> bool {
        let begins = |byte: u8| byte.is_ascii_lowercase();
        let goes_on = |byte: u8| begins(byte) || byte.is_ascii_digit() || b"-_.@".contains(&byte);
        (1..=Self::LONGEST).contains(&text.len())
            && text.bytes().next().is_some_and(begins)
            && text.bytes().all(goes_on)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Name {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if Self::is_one(text) {
            return Ok(Self(text.to_owned()));
        }
        Err(format!(
            "{text:?} is not a name; use lower-case letters, digits and -_.@, at most {}, and begin with a letter",
            Self::LONGEST
        ))
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A note on an entry: one line that operators read in a table.
pub(crate) fn checked_note(note: &str) -> Result<String, String> {
    const LONGEST: usize = 200;
    if note.trim().is_empty() {
        return Err("is empty; leave it out".to_owned());
    }
    if note.chars().count() > LONGEST {
        return Err(format!("has more than {LONGEST} characters"));
    }
    // It is printed on operators' terminals.
    if note.chars().any(is_unseen) {
        return Err(
            "has a control character, one that turns the direction of text, or a second line; write it on one line"
                .to_owned(),
        );
    }
    Ok(note.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_no_address_and_fit_for_paths_and_terminals() {
        for text in ["a", "ann", "ann@example.com", "qa-7", "a.b_c"] {
            assert_eq!(text.parse::<Name>().unwrap().as_str(), text);
        }
        let long = "a".repeat(65);
        for text in [
            "", "-a", "Ann", "a b", "a/b", "a\nb", "é", "7", "10.0.0.1", "fe80::1", &long,
        ] {
            assert_eq!(
                text.parse::<Name>().unwrap_err(),
                format!(
                    "{text:?} is not a name; use lower-case letters, digits and -_.@, at most 64, and begin with a letter"
                )
            );
        }
    }

    #[test]
    fn a_note_is_one_printable_line() {
        assert_eq!(
            checked_note("Hôtel, 3rd floor").unwrap(),
            "Hôtel, 3rd floor"
        );
        for (note, reason) in [
            (" ", "is empty"),
            ("a\nb", "has a control character"),
            ("a\u{202e}b", "has a control character"),
            (&*"x".repeat(201), "has more than 200 characters"),
        ] {
            let refused = checked_note(note).unwrap_err();
            assert!(refused.starts_with(reason), "{refused}");
        }
    }
}
