use core::fmt;

/// A text for a message, without quotes: escapes stand for control characters and for those that change the direction.
#[derive(Debug)]
pub struct Visible<'t>(pub &'t str);

impl fmt::Display for Visible<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| {
            if is_unseen(c) {
                write!(f, "{}", c.escape_unicode())
            } else {
                fmt::Write::write_char(f, c)
            }
        })
    }
}

/// Whether a character is a control character, or one that changes the direction of the text after it (Unicode Standard
/// Annex #9, section 2).
#[must_use]
pub fn is_unseen(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn a_text_is_shown_in_one_line_without_hidden_characters() {
        let text = "a\"b\\c\r\n\té\u{7f}\u{85}\u{202e}日本";
        assert_eq!(
            Visible(text).to_string(),
            r#"a"b\c\u{d}\u{a}\u{9}é\u{7f}\u{85}\u{202e}日本"#
        );
    }
}
