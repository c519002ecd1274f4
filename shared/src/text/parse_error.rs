use alloc::boxed::Box;
use alloc::format;
use alloc::string::ToString;
use core::fmt;

/// The reason why a text is no value of a type: the text, the fault and the remedy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError(Box<str>);

impl ParseError {
    /// The error of a `text`, which its message quotes before the `reason`.
    pub(crate) fn new(text: &str, reason: &str) -> Self {
        Self(format!("{text:?} {reason}").into())
    }

    /// The error of a text that is too long for a message.
    pub(crate) fn without_text(reason: impl fmt::Display) -> Self {
        Self(reason.to_string().into())
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl core::error::Error for ParseError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_shown_in_one_line_without_hidden_characters() {
        let text = "a\"b\\c\r\n\té\u{7f}\u{85}\u{202e}\u{2066}日本";
        assert_eq!(
            ParseError::new(text, "is wrong").to_string(),
            r#""a\"b\\c\r\n\té\u{7f}\u{85}\u{202e}\u{2066}日本" is wrong"#
        );
    }
}
