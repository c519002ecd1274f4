use crate::state::notice::lookup::look_up;
use crate::text::{ParseError, text_type};

text_type! {
    /// A language tag (RFC 5646), such as `ja` or `zh-Hant`.
    LanguageTag, check
}

impl LanguageTag {
    /// English.
    #[must_use]
    pub(crate) fn english() -> Self {
        Self("en".into())
    }

    /// Whether the language is written from right to left.
    pub(crate) fn is_right_to_left(&self) -> bool {
        let primary = self.0.split('-').next().unwrap_or_default();
        let known = ["ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"];
        known
            .iter()
            .any(|known| primary.eq_ignore_ascii_case(known))
    }

    /// The index that `find` gives for the tag or for the longest known beginning of it (RFC 4647, section 3.4).
    pub(super) fn look_up(&self, find: impl Fn(&[u8]) -> Option<usize>) -> Option<usize> {
        look_up(self.0.as_bytes(), find)
    }
}

fn check(text: &str) -> Result<(), ParseError> {
    let subtag = |part: &str| {
        (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    let primary = text.split('-').next().unwrap_or_default();
    let is_tag = text.len() <= 35
        && (2..=8).contains(&primary.len())
        && primary.bytes().all(|byte| byte.is_ascii_alphabetic())
        && text.split('-').all(subtag);
    let remedy = "is not a language tag; write it like ja or zh-Hant";
    is_tag
        .then_some(())
        .ok_or_else(|| ParseError::new(text, remedy))
}
