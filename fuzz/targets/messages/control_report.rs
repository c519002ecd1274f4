//! The header of a node, as anything may send it with a node's token.
#![no_main]

use std::time::Duration;

use intermission_control::fuzzing::report;
use intermission_fuzz::is_clean;

libfuzzer_sys::fuzz_target!(|line: &[u8]| {
    match report(line) {
        Ok(read) => {
            let texts = [&read.id.name, &read.id.boot, &read.kind];
            let texts = texts
                .into_iter()
                .chain(&read.applied)
                .chain(&read.error)
                .chain(&read.silent);
            for text in texts {
                assert!(
                    !text.contains(char::is_control) && text.chars().count() <= 1000,
                    "{text:?}"
                );
            }
            let day = Duration::from_secs(24 * 60 * 60);
            for time in [Some(read.wait), read.lease].into_iter().flatten() {
                assert!((Duration::from_secs(1)..=day).contains(&time), "{time:?}");
            }
        }
        Err(error) => assert!(!error.is_empty() && is_clean(&error), "{error:?}"),
    }
});
