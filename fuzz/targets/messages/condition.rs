//! The values of `If-Match`, `If-None-Match`, `Authorization` and `Prefer`, several lines of each.
#![no_main]

use std::sync::LazyLock;
use std::time::Duration;

use intermission_control::fuzzing::{bearer, condition, wait};
use intermission_core::{Mode, ServiceName, State};

static DOCUMENT: LazyLock<State> =
    LazyLock::new(|| State::initial(ServiceName::unknown(), Mode::Off));

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
    let (weakly, strongly) = condition(&lines, &DOCUMENT).expect("there is a line");
    assert!(weakly || !strongly);
    if let Some(wait) = wait(&lines) {
        assert!(
            (Duration::from_secs(1)..=Duration::from_secs(60)).contains(&wait),
            "{wait:?}"
        );
        assert!(
            bytes
                .windows(4)
                .any(|word| word.eq_ignore_ascii_case(b"wait"))
        );
    }
    if let Some(token) = bearer(&lines) {
        assert_eq!(token, token.trim_ascii());
        assert!(bytes.windows(token.len().max(1)).any(|word| word == token) || token.is_empty());
    }
});
