use core::fmt;

/// A text as messages show it: in quotes, what cannot be seen or turns the line around as an escape.
///
/// Unlike the standard library's way to debug it needs no tables of characters, in every Envoy worker.
#[derive(Debug)]
pub struct Quoted<'t>(pub &'t str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"")?;
        for c in self.0.chars() {
            match c {
                '"' | '\\' => write!(f, "\\{c}")?,
                '\n' => f.write_str("\\n")?,
                '\r' => f.write_str("\\r")?,
                '\t' => f.write_str("\\t")?,
                c if is_unseen(c) => write!(f, "{}", c.escape_unicode())?,
                c => fmt::Write::write_char(f, c)?,
            }
        }
        f.write_str("\"")
    }
}

/// A text as messages show it without quotes: what cannot be seen or turns the line around as an escape.
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

/// Texts with another between each two.
#[derive(Debug)]
pub struct Listed<'t>(pub &'t [&'t str], pub &'t str);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(texts, between) = self;
        texts.iter().enumerate().try_for_each(|(index, text)| {
            f.write_str(if index > 0 { between } else { "" })?;
            f.write_str(text)
        })
    }
}

/// Whether a character is a control character, or one that turns the direction of what follows (Unicode Standard
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
    fn a_text_is_shown_in_one_line_in_which_nothing_hides() {
        let text = "a\"b\\c\r\n\té\u{7f}\u{85}\u{202e}日本";
        assert_eq!(
            Quoted(text).to_string(),
            r#""a\"b\\c\r\n\té\u{7f}\u{85}\u{202e}日本""#
        );
        assert_eq!(
            Visible(text).to_string(),
            r#"a"b\c\u{d}\u{a}\u{9}é\u{7f}\u{85}\u{202e}日本"#
        );
    }
}
