//! The name of a service.
#![no_main]

use intermission_core::ServiceName;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let name = intermission_fuzz::text::<ServiceName>(bytes, |name| name.to_string());
    if let Some(name) = name {
        let known = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        assert!((1..=63).contains(&name.as_str().len()) && name.as_str().chars().all(known));
        assert!(!name.as_str().starts_with('-') && !name.as_str().ends_with('-'));
    }
});
