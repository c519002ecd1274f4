//! What the VMs of an Envoy tell each other in shared data.
#![no_main]

use intermission_core::State;
use intermission_edge_filter::fuzzing::{news, word};

libfuzzer_sys::fuzz_target!(|value: &[u8]| {
    if let Some(said) = word(value) {
        assert_eq!(word(said.as_bytes()).as_deref(), Some(said.as_str()));
    }
    if let Some((state, etag)) = news(value) {
        let end = value
            .iter()
            .position(|byte| *byte == b'\n')
            .expect("a line before the document");
        // An entity tag that is no text is none.
        assert_eq!(
            etag.unwrap_or_default(),
            str::from_utf8(&value[..end]).unwrap_or_default()
        );
        assert_eq!(State::parse(&value[end + 1..]).as_ref(), Ok(&state));
    }
});
