//! A language tag of a document.
#![no_main]

use intermission_core::LanguageTag;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let tag = intermission_fuzz::text::<LanguageTag>(bytes, |tag| tag.as_str().into());
    if let Some(tag) = tag {
        let subtag = |part: &str| {
            (1..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric())
        };
        assert!(tag.as_str().split('-').all(subtag), "{}", tag.as_str());
    }
});
