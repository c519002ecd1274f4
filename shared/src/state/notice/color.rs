use crate::text::{ParseError, text_type};

text_type! {
    /// A colour of the page in the hexadecimal notation of CSS: `#09f` or `#0099ff`.
    Color, check
}

fn check(text: &str) -> Result<(), ParseError> {
    let digits = text.strip_prefix('#').unwrap_or_default();
    let is_color =
        matches!(digits.len(), 3 | 6) && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    let remedy = "is not a colour; write it in hexadecimal, like #0099ff";
    is_color
        .then_some(())
        .ok_or_else(|| ParseError::new(text, remedy))
}
