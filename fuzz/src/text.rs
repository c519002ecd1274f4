use std::fmt::Display;
use std::str::FromStr;

use intermission_core::{DocumentError, is_unseen};

/// Reads a text that one spelling of a `T` is. What is read must be `written` as it was, and an error must be a line that
/// a terminal can show.
pub fn text<T: FromStr<Err: Display>>(
    bytes: &[u8],
    written: impl FnOnce(&T) -> String,
) -> Option<T> {
    let text = str::from_utf8(bytes).ok()?;
    match text.parse() {
        Ok(value) => {
            assert_eq!(written(&value), text);
            Some(value)
        }
        Err(error) => {
            let error = error.to_string();
            assert!(!error.is_empty() && is_clean(&error), "{error:?}");
            None
        }
    }
}

/// Whether a terminal shows the text as it is.
#[must_use]
pub fn is_clean(text: &str) -> bool {
    !text.chars().any(is_unseen)
}

/// That an error about a document names a place which the document has, and says what is wrong there.
pub fn check_refusal(document: &[u8], error: &DocumentError) {
    assert!(!error.reason().is_empty());
    assert!(is_clean(&error.to_string()), "{error:?}");
    if let Ok(value) = serde_json::from_slice::<serde_json::Value>(document) {
        let there = value.pointer(error.pointer()).is_some();
        assert!(there || error.reason() == "is missing", "{error}");
    }
}
